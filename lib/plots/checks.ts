/** What the public doors of figures refuse. */

/** @throws TypeError when `text` is not a text, or empty */
export function checkText(where: string, name: string, text: unknown): void {
  if (typeof text !== "string" || text.trim() === "")
    throw new TypeError(`${where}: ${name} must be a text, got ${JSON.stringify(text)}`);
}

/** @throws RangeError when `values` does not hold `length` entries */
export function checkLength(where: string, name: string, values: ArrayLike<unknown>, length: number, of: string): void {
  if (values.length !== length)
    throw new RangeError(`${where}: ${name} must hold one entry for each of the ${length} ${of}, got ${values.length}`);
}

/** Rows of one length. @throws RangeError when there is no cell, or rows differ in length */
export function checkRows(
  where: string,
  name: string,
  rows: ArrayLike<ArrayLike<number>>,
): { readonly rows: number; readonly columns: number } {
  const columns = rows[0]?.length ?? 0;
  if (columns === 0)
    throw new RangeError(`${where}: ${name} must hold one cell or more, got ${rows.length} × ${columns}`);
  for (let i = 0; i < rows.length; i++) {
    if (rows[i]?.length !== columns)
      throw new RangeError(
        `${where}: ${name} must have rows of one length, got ${columns} and ${rows[i]?.length} (row ${i})`,
      );
  }
  return { rows: rows.length, columns };
}

/** Numbers as JSON holds them: 7 significant digits, which is what float32 carries, and null for what is not finite. */
export function plainNumbers(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? Number(value.toPrecision(7)) : null));
}

/** A number for a reader: 4 significant digits. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(2).replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}
