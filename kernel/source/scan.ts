/** A text's tokens as far as they can be told without its grammar: words, what is quoted, comments, brackets. */
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

/** A level of brackets, the text's own among them. */
export interface Level {
  /** The bracket; "${" within a template, "" of the text itself. */
  readonly open: string;
  /** Where what stands in it begins. */
  readonly start: number;
  /** Words and operators in a row. */
  parts: number;
}

/** Reads a text token by token, one that goes on or is wrong too: what of it is code, and how its brackets stand. */
export class Scan {
  /** Characters of code so far. */
  code = 0;
  /** Where the next token begins. */
  at = 0;
  /** The brackets that are open, from the outermost on. */
  readonly levels: Level[] = [{ open: "", start: 0, parts: 0 }];
  readonly #text: string;
  /** The last character of code: what a slash means, and whether a line ends a statement. */
  #last = "";

  constructor(text: string) {
    this.#text = text;
  }

  /** Reads one more token; false at the text's end. */
  next(): boolean {
    if (this.at >= this.#text.length) return false;
    this.#token(this.#text[this.at]!);
    return true;
  }

  #token(character: string): void {
    if (this.#skip(BLANK)) return;
    if (character === "\n") return this.#line();
    if (character === "/" && this.#skip(COMMENT)) return;
    const start = this.at;
    const level = this.levels.at(-1)!;
    if (character === "`") return this.#template(level);
    if (character === "}" && level.open === "${") {
      this.levels.pop();
      return this.#template(this.levels.at(-1)!, true);
    }
    const isPattern = character === "/" && !/[\p{ID_Continue}$)\]}"'`]/u.test(this.#last);
    if (this.#skip(QUOTED) || (isPattern && this.#skip(PATTERN)) || this.#skip(WORD)) {
      level.parts++;
      this.code += /["'/]/.test(character) ? 2 : this.at - start;
      this.#last = "a";
      return;
    }
    this.at++;
    this.code++;
    this.#last = character === ">" && this.#last === "=" ? "=" : character; // "=>" goes on
    if (OPEN.includes(character)) {
      level.parts++;
      this.levels.push({ open: character, start: this.at, parts: 0 });
    } else if (CLOSE.includes(character)) {
      if (this.levels.length > 1) this.levels.pop();
    } else if (character === "," || character === ";") level.parts = 0;
    else level.parts++;
  }

  /** A template up to its end, or its next "${". */
  #template(level: { parts: number }, goesOn = false): void {
    if (!goesOn) level.parts++;
    this.at++;
    TEMPLATE.lastIndex = this.at;
    const [skipped] = TEMPLATE.exec(this.#text)!;
    this.at += skipped.length;
    this.code += 2;
    this.#last = "a";
    if (skipped.endsWith("${")) {
      this.levels.push({ open: "${", start: this.at, parts: 0 });
      this.#last = "{";
    }
  }

  /** A line's end is a statement's where neither it nor the next line's start asks for more. */
  #line(): void {
    this.at++;
    const next = /\S/.exec(this.#text.slice(this.at, this.at + 200))?.[0] ?? "";
    const goesOn = (OPERATORS.includes(this.#last) && this.#last !== ">") || (OPERATORS.includes(next) && next !== "<");
    if (!goesOn || this.#last === "" || next === "") this.levels.at(-1)!.parts = 0;
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text);
    if (!found || found[0] === "") return false;
    this.at += found[0].length;
    return true;
  }
}
