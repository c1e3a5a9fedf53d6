/**
 * How large and how deep a text may be that is parsed: found in one pass over its characters, before anything reads it
 * that goes into itself for each level. Data of such a size belong in a file.
 */
export const LIMITS = {
  /** Characters, text in quotes and comments too. */
  characters: 2_000_000,
  /** Characters of code: each of literal data costs the type checker about 5 µs. */
  code: 500_000,
  /** Brackets within one another. The checker takes a minute for literals of 250 levels. */
  depth: 100,
  /** Words and operators in a row, without a comma, a semicolon or a new statement between them. */
  parts: 4_000,
} as const;

const REMEDY = 'write the data to a file and read it: JSON.parse(readFileSync("data.json", "utf8"))';
const OPERATORS = "+-*/%=<>!&|^~?:.@#";
const OPEN = "([{";
const CLOSE = ")]}";
const WORD = /[\p{ID_Continue}$\u200c\u200d]+/uy;
const BLANK = /[^\S\n]+/y;
const COMMENT = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/y;
/** Up to its end, or its line's: an apostrophe may stand in the text of an element. */
const QUOTED = /"[^"\\\n]*(?:\\[^][^"\\\n]*)*"?|'[^'\\\n]*(?:\\[^][^'\\\n]*)*'?/y;
const TEMPLATE = /[^`\\$]*(?:(?:\\[^]|\$(?!\{))[^`\\$]*)*(?:`|\$\{|$)/y;
const PATTERN = /\/(?![*/])(?:[^/\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+\//y;

/** Why a text is not read, and from where on. */
export interface OverLimit {
  /** One sentence that says what to do. */
  readonly message: string;
  readonly start: number;
}

/** The first limit that the text does not keep, or undefined. */
export function overLimit(text: string): OverLimit | undefined {
  const tooMany = (count: number, what: string, most: number): string =>
    `The text has ${count.toLocaleString("en")} ${what}, of ${most.toLocaleString("en")} at most: ${REMEDY}`;
  if (text.length > LIMITS.characters)
    return { message: tooMany(text.length, "characters", LIMITS.characters), start: 0 };
  const scan = new Scan(text);
  const found = scan.run();
  if (found) return found;
  return scan.code > LIMITS.code
    ? { message: tooMany(scan.code, "characters of code", LIMITS.code), start: 0 }
    : undefined;
}

class Scan {
  /** Characters of code so far. */
  code = 0;
  readonly #text: string;
  #at = 0;
  /** Parts in a row, by level; "`" levels are templates. */
  readonly #levels: { readonly open: string; parts: number }[] = [{ open: "", parts: 0 }];
  /** The last character of code: what a slash means, and whether a line ends a statement. */
  #last = "";

  constructor(text: string) {
    this.#text = text;
  }

  run(): OverLimit | undefined {
    while (this.#at < this.#text.length) {
      const start = this.#at;
      this.#token(this.#text[start]!);
      if (this.#levels.length - 1 > LIMITS.depth)
        return { message: `Brackets stand more than ${LIMITS.depth} deep in one another: ${REMEDY}`, start };
      if (this.#levels.at(-1)!.parts > LIMITS.parts)
        return {
          message: `An expression has more than ${LIMITS.parts.toLocaleString("en")} parts: split it, or ${REMEDY}`,
          start,
        };
    }
    return undefined;
  }

  #token(character: string): void {
    if (this.#skip(BLANK)) return;
    if (character === "\n") return this.#line();
    if (character === "/" && this.#skip(COMMENT)) return;
    const start = this.#at;
    const level = this.#levels.at(-1)!;
    if (character === "`") return this.#template(level);
    if (character === "}" && level.open === "${") {
      this.#levels.pop();
      return this.#template(this.#levels.at(-1)!, true);
    }
    const isPattern = character === "/" && !/[\p{ID_Continue}$)\]}"'`]/u.test(this.#last);
    if (this.#skip(QUOTED) || (isPattern && this.#skip(PATTERN)) || this.#skip(WORD)) {
      level.parts++;
      this.code += /["'/]/.test(character) ? 2 : this.#at - start;
      this.#last = "a";
      return;
    }
    this.#at++;
    this.code++;
    this.#last = character === ">" && this.#last === "=" ? "=" : character; // "=>" goes on
    if (OPEN.includes(character)) {
      level.parts++;
      this.#levels.push({ open: character, parts: 0 });
    } else if (CLOSE.includes(character)) {
      if (this.#levels.length > 1) this.#levels.pop();
    } else if (character === "," || character === ";") level.parts = 0;
    else level.parts++;
  }

  /** A template up to its end, or its next "${". */
  #template(level: { parts: number }, goesOn = false): void {
    if (!goesOn) level.parts++;
    this.#at++;
    TEMPLATE.lastIndex = this.#at;
    const [skipped] = TEMPLATE.exec(this.#text)!;
    this.#at += skipped.length;
    this.code += 2;
    this.#last = "a";
    if (skipped.endsWith("${")) {
      this.#levels.push({ open: "${", parts: 0 });
      this.#last = "{";
    }
  }

  /** A line's end is a statement's where neither it nor the next line's start asks for more. */
  #line(): void {
    this.#at++;
    const next = /\S/.exec(this.#text.slice(this.#at, this.#at + 200))?.[0] ?? "";
    const goesOn = (OPERATORS.includes(this.#last) && this.#last !== ">") || (OPERATORS.includes(next) && next !== "<");
    if (!goesOn || this.#last === "" || next === "") this.#levels.at(-1)!.parts = 0;
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found || found[0] === "") return false;
    this.#at += found[0].length;
    return true;
  }
}
