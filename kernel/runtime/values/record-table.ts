/** Arrays of records as an HTML table. */
import { inspect } from "node:util";
import { cut, escapeHtml, isArray, isProxy } from "./safe.js";

const { keys, getPrototypeOf, getOwnPropertyDescriptor, prototype } = Object;

const MAX_COLUMNS = 30;
/** Longer tables show their first and last ten rows. */
const MAX_ROWS = 60;
const EDGE_ROWS = 10;

type Row = Readonly<Record<string, unknown>>;

/** Whether `value` is an array of plain objects whose entries fit in cells. */
export function isRecordArray(value: object): value is readonly Row[] {
  if (!isArray(value) || isProxy(value) || value.length === 0) return false;
  for (let i = 0; i < value.length && i < MAX_ROWS; i++) {
    const row = value[i] as unknown;
    if (typeof row !== "object" || row === null || isProxy(row) || isArray(row)) return false;
    const parent = getPrototypeOf(row) as unknown;
    if (parent !== prototype && parent !== null && !isForeignPlain(row, parent as object)) return false;
  }
  const columns = columnsOf(value);
  return columns.length > 0 && columns.length <= MAX_COLUMNS;
}

/** A plain object of another realm, as JSON from a vm context gives. */
function isForeignPlain(row: object, parent: object): boolean {
  return (
    getPrototypeOf(parent) === null &&
    getOwnPropertyDescriptor(parent, "isPrototypeOf") !== undefined &&
    Object.prototype.toString.call(row) === "[object Object]"
  );
}

/** The table's HTML, without colours of its own so that any theme can draw it. */
export function tableHtml(rows: readonly Row[]): string {
  const columns = columnsOf(rows);
  let html = "<table>\n<thead><tr><th></th>";
  for (let c = 0; c < columns.length; c++)
    html += `<th style="text-align:left">${escapeHtml(cut(columns[c] as string, 80))}</th>`;
  html += "</tr></thead>\n<tbody>\n";
  const long = rows.length > MAX_ROWS;
  for (let i = 0; i < rows.length; i++) {
    if (long && i === EDGE_ROWS) {
      html += `<tr><th>…</th>${repeat("<td>…</td>", columns.length)}</tr>\n`;
      i = rows.length - EDGE_ROWS;
    }
    html += rowHtml(i, rows[i] as Row, columns);
  }
  html += "</tbody>\n</table>\n";
  if (long) html += `<p>${rows.length} rows × ${columns.length} columns</p>\n`;
  return html;
}

function rowHtml(index: number, row: Row, columns: readonly string[]): string {
  let html = `<tr><th>${index}</th>`;
  for (let c = 0; c < columns.length; c++) {
    const value = entry(row, columns[c] as string);
    const align = typeof value === "number" || typeof value === "bigint" ? "right" : "left";
    html += `<td style="text-align:${align}">${escapeHtml(cellText(value))}</td>`;
  }
  return `${html}</tr>\n`;
}

function cellText(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return cut(value, 200);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  try {
    return cut(inspect(value, { depth: 0, maxArrayLength: 6, maxStringLength: 60, breakLength: Infinity }), 200);
  } catch {
    return "[cannot be shown]";
  }
}

/** Getters are not called. */
function entry(row: unknown, name: string): unknown {
  return typeof row === "object" && row !== null ? getOwnPropertyDescriptor(row, name)?.value : row;
}

/** Names of the rows that are looked at, in the order they first appear. */
function columnsOf(rows: readonly Row[]): string[] {
  const seen = new Set<string>();
  const columns: string[] = [];
  for (let i = 0; i < rows.length && i < MAX_ROWS && columns.length <= MAX_COLUMNS; i++) {
    const names = keys(rows[i] as Row);
    for (let k = 0; k < names.length && columns.length <= MAX_COLUMNS; k++) {
      const name = names[k] as string;
      if (!seen.has(name)) columns[columns.length] = name;
      seen.add(name);
    }
  }
  return columns;
}

function repeat(text: string, times: number): string {
  let all = "";
  for (let i = 0; i < times; i++) all += text;
  return all;
}
