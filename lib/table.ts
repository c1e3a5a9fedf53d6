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

const NUMBER = /^[-−+]?[\d,.]+(e[-+]\d+)?( ?%| ?[a-zµ]{1,4})?$|^NaN$|^[-−]?Infinity$|^–$/;

type Title = string | null | undefined;

function asText(columns: readonly string[], rows: readonly (readonly string[])[], title: Title): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]!.length)));
  const right = columns.map((_, i) => rows.every((row) => NUMBER.test(row[i]!)));
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

function asHtml(columns: readonly string[], rows: readonly (readonly string[])[], title: Title): string {
  const one = (tag: "th" | "td", cell: string): string =>
    `<${tag}${tag === "th" ? ' scope="col"' : ""} style="text-align:${NUMBER.test(cell) ? "right" : "left"}">` +
    `${escapeHtml(cell)}</${tag}>`;
  const line = (tag: "th" | "td", cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => one(tag, cell)).join("")}</tr>`;
  const caption = title == null ? "" : `<caption>${escapeHtml(title)}</caption>`;
  const body = rows.map((row) => line("td", row)).join("");
  return `<table>${caption}<thead>${line("th", columns)}</thead><tbody>${body}</tbody></table>`;
}
