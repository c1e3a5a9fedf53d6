/**
 * How large and how deep a text may be that is parsed: found in one pass over its characters, before anything reads it
 * that goes into itself for each level. Data of such a size belong in a file.
 */
import { Scan } from "./scan.js";

/** What is read at most. */
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
  for (let start = 0; scan.next(); start = scan.at) {
    if (scan.levels.length - 1 > LIMITS.depth)
      return { message: `Brackets stand more than ${LIMITS.depth} deep in one another: ${REMEDY}`, start };
    if (scan.levels.at(-1)!.parts > LIMITS.parts)
      return {
        message: `An expression has more than ${LIMITS.parts.toLocaleString("en")} parts: split it, or ${REMEDY}`,
        start,
      };
  }
  return scan.code > LIMITS.code
    ? { message: tooMany(scan.code, "characters of code", LIMITS.code), start: 0 }
    : undefined;
}
