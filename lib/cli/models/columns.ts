/**
 * Rows of cells as lines of text in columns, two spaces apart; the first row is underlined.
 *
 * @param sides one for each column
 */
export function alignColumns(rows: readonly (readonly string[])[], sides: readonly ("left" | "right")[]): string {
  const widths = sides.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (sides[i] === "left" ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd();
  const [head, ...body] = rows.map(line);
  return [head, widths.map((width) => "─".repeat(width)).join("  "), ...body].join("\n");
}
