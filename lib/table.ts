import { aList, aText, checkArguments, listOf, optional, orNull } from "./checks.js";
import { escapeHtml } from "./escape-html.js";
import { shownAs, type ShowsItself } from "./shown.js";

/** A table that notebooks draw and terminals write. */
export interface Table {
  /** The header. */
  readonly columns: readonly string[];
  /** As many texts each as there are columns. */
  readonly rows: readonly (readonly string[])[];
  /** Columns as wide as their widest cell, numbers to the right. */
  toString(): string;
}

/** What a cell can be: a number is written as it is, null and undefined as a dash. */
export type Cell = string | number | boolean | null | undefined;

/**
 * @param columns the header
 * @param rows as many cells each as there are columns
 * @param title a line above it, its caption; null, as left out: none
 * @throws RangeError where a row has another number of cells
 */
export function table(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  title?: string | null,
): Table & ShowsItself {
  checkArguments(
    "table",
    { columns, rows, title },
    { columns: listOf(aText), rows: listOf(aList), title: optional(orNull(aText)) },
  );
  for (const row of rows) {
    if (row.length !== columns.length)
      throw new RangeError(`table: a row must have ${columns.length} cells, got ${row.length}: ${row.join(", ")}`);
  }
  const cells = rows.map((row) => row.map(text));
  const toString = () => asText(columns, cells, title);
  return shownAs({ columns, rows: cells, toString }, () => ({
    "text/html": asHtml(columns, cells, title),
    "text/plain": toString(),
  }));
}

function text(cell: Cell): string {
  if (cell === null || cell === undefined) return "–";
  return typeof cell === "boolean" ? (cell ? "yes" : "NO") : String(cell);
}

/** "−1.5e-3", "48 %", "3.2 MB", "210,000 times", "< 0.0001" */
const QUANTITY = String.raw`(?:[<>≤≥≈] ?)?[-−+]?[\d,.]+(?:e[-+]\d+)?(?: ?%| ?[a-zA-Zµ]{1,5})?`;
/** One, or two and what stands between: "40.5 % to 42.5 %", "31 : 27", "93,863 (77.3 %)". */
const NUMBER = new RegExp(
  String.raw`^${QUANTITY}(?:(?: to |: ?| : | ± |, )${QUANTITY})?(?: \(${QUANTITY}\))?$|^NaN$|^[-−]?Infinity$|^–?$`,
);

type Title = string | null | undefined;
type Rows = readonly (readonly string[])[];

/** Of each column, whether numbers alone stand in it: they are written to the right, and not broken. */
function numberColumns(columns: readonly string[], rows: Rows): boolean[] {
  return columns.map((_, i) => rows.every((row) => NUMBER.test(row[i]!)));
}

function asText(columns: readonly string[], rows: Rows, title: Title): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]!.length)));
  const right = numberColumns(columns, rows);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  return [
    ...(title == null ? [] : [title]),
    line(columns),
    widths.map((width) => "─".repeat(width)).join("  "),
    ...rows.map(line),
  ].join("\n");
}

function asHtml(columns: readonly string[], rows: Rows, title: Title): string {
  const right = numberColumns(columns, rows);
  const head = columns.map(
    (name, i) => `<th scope="col" style="text-align:${right[i] ? "right" : "left"}">${escapeHtml(name)}</th>`,
  );
  const styles = right.map((one) => (one ? "text-align:right;white-space:nowrap" : "text-align:left"));
  const body = rows.map(
    (row) => `<tr>${row.map((cell, i) => `<td style="${styles[i]}">${escapeHtml(cell)}</td>`).join("")}</tr>`,
  );
  const caption = title == null ? "" : `<caption>${escapeHtml(title)}</caption>`;
  return `<table>${caption}<thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}
