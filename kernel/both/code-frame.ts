/** The lines around a position, with numbers and a caret under it. */
import { dim, red } from "./paint.js";

/** Longer lines are shown around the position only. */
const MAX_LINE = 160;

/** A place in a source, and how much of its line the caret underlines. */
export interface FramePosition {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Characters to underline; where it is left out, the word at the position. */
  readonly length?: number;
}

/** Lines of `source` from two before to two after the position; "" where there is no such line. */
export function codeFrame(source: string, position: FramePosition): string {
  const lines = source.split(/\r\n|[\n\r\u2028\u2029]/);
  const at = position.line;
  if (at < 1 || at > lines.length) return "";
  const first = Math.max(1, at - 2);
  const last = Math.min(lines.length, at + 2);
  const width = `${last}`.length;
  let text = "";
  for (let i = first; i <= last; i++) {
    const line = lines[i - 1] as string;
    const window = i === at ? windowStart(line, position.column) : 0;
    const number = `${" ".repeat(width - `${i}`.length)}${i} | `;
    const shown = printable(line.slice(window, window + MAX_LINE));
    if (text) text += "\n";
    text += i === at ? `${red(">")} ${number}${shown}` : dim(`  ${number}${shown}`.trimEnd());
    if (i === at) text += `\n${dim(`  ${" ".repeat(width)} | `)}${caret(line, window, position)}`;
  }
  return text;
}

function caret(line: string, window: number, position: FramePosition): string {
  const column = Math.min(position.column, line.length + 1) - 1;
  const word = /^[\p{ID_Continue}$]+/u.exec(line.slice(column))?.[0].length ?? 1;
  const length = Math.max(1, Math.min(position.length ?? word, line.length - column, MAX_LINE));
  // Tabs stay tabs, so that the caret stands right whatever a tab's width.
  const indent = line.slice(window, column).replace(/[^\t]/gu, (character) => " ".repeat(columnsOf(character)));
  return indent + red("^".repeat(length));
}

/** Characters beyond the basic plane and full-width ones take two columns. */
function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ||
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xff00 && code <= 0xff60)
    ? 2
    : 1;
}

function windowStart(line: string, column: number): number {
  return line.length <= MAX_LINE ? 0 : Math.max(0, Math.min(column - MAX_LINE / 2, line.length - MAX_LINE));
}

/** Control characters as a visible stand-in. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "\u00b7");
}
