/** Whether a cell's text can run as it stands, goes on, or never will. */
import type { Completeness } from "../contract.js";
import type { SyntaxFault } from "./ast.js";
import { parseCell } from "./parse.js";

const INDENT = "  ";

/** Whether the text is a whole cell, one that goes on, or none. */
export function isComplete(source: string): Completeness {
  const cell = source.trim() === "" ? undefined : parseCell(source);
  if (cell === undefined || !("faults" in cell)) return { status: "complete", indent: "" };
  const open = cell.faults.some((fault) => isOpen(fault, source));
  return open ? { status: "incomplete", indent: indentAfter(source) } : { status: "invalid", indent: "" };
}

/** The parser met the text's end too early; an open quote is never closed on a later line. */
function isOpen({ start, end, message }: SyntaxFault, source: string): boolean {
  const length = source.trimEnd().length;
  if (start >= length) return true;
  return end >= length && message.startsWith("Unterminated") && source[start] !== '"' && source[start] !== "'";
}

function indentAfter(source: string): string {
  const line = source.trimEnd().split("\n").at(-1)!;
  const own = line.slice(0, line.length - line.trimStart().length);
  return "{[(".includes(line.at(-1)!) ? own + INDENT : own;
}
