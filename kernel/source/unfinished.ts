/** A cell as it stands while someone types: good enough to complete and explain, whatever its syntax. */
import type { ParsedCell } from "./parse.js";
import { parseCellWith } from "./parse.js";
import { EditedText } from "./edits.js";

/** What may be missing at the cursor: a bracket alone before one with a name, which would go on with a name there. */
const FILLERS = ["", "$_", '"', "'", '";', "';", '")', "')", "`", ")", "]", "}", ")}", "$_)", "$_]", "$_}", "$_)}"];

/** Parses a cell with what may be missing at the offset put in; where nothing helps, a cell without names. */
export function parseUnfinished(source: string, offset: number): ParsedCell {
  for (const text of FILLERS) {
    const cell = parseCellWith(source, text === "" ? [] : [{ start: offset, end: offset, text }]);
    if ("program" in cell) return cell;
  }
  return {
    edited: new EditedText(source, []),
    text: source,
    lang: "ts",
    program: { type: "Program", start: 0, end: 0, body: [] },
    declared: [],
    used: new Set(words(source)),
    earlier: [],
    specifiers: [],
    result: undefined,
    exported: new Set(),
    noCheck: false,
    augments: false,
    needsLowering: false,
  };
}

/** Whether a character may stand in a name. */
export function isWordPart(char: string | undefined): boolean {
  return char !== undefined && /[\p{ID_Continue}$\u200c\u200d]/u.test(char);
}

/** Where the word that ends at the offset starts; by code points, so that a half surrogate is never kept. */
export function wordStart(source: string, offset: number): number {
  let start = offset;
  for (const char of [...source.slice(0, offset)].reverse()) {
    if (!isWordPart(char)) break;
    start -= char.length;
  }
  return start;
}

function words(source: string): string[] {
  return source.split(/[^\p{ID_Continue}$]+/u);
}
