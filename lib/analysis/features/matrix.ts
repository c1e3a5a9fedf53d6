import { aList, either, listOf, withFields, type Rule } from "../../checks.js";

/** Numbers in rows, one row an image: what {@link embed} gives. */
export interface Matrix {
  /** [N, D] */
  readonly shape: readonly [number, number];
  /** Row after row, N · D numbers. */
  readonly values: ArrayLike<number>;
}

/** Numbers in rows: a matrix, or N rows of D numbers each. */
export type MatrixLike = Matrix | ArrayLike<ArrayLike<number>>;

/** Of an argument that takes {@link MatrixLike}. */
export const someRows: Rule = {
  ...either(withFields("a matrix", { shape: aList, values: aList }, "shape", "values"), listOf(aList)),
  what: "rows of numbers: what embed gives, or an array of arrays",
};

/** A copy in float64. @throws TypeError for rows that are no matrix; RangeError for one that is not finite */
export function matrixOf(
  fn: string,
  name: string,
  rows: MatrixLike,
): { readonly values: Float64Array; n: number; d: number } {
  const isMatrix = "shape" in rows; // an array has values too
  const [n, d] = isMatrix ? rows.shape : [rows.length, rows[0]?.length ?? 0];
  const wrong = isMatrix ? rows.values.length !== n * d : Array.from(rows).some((row) => row.length !== d);
  if (wrong || !(n >= 1 && d >= 1)) {
    const got = isMatrix ? `${rows.values.length} numbers for [${n}, ${d}]` : `rows of other lengths than ${d}`;
    throw new TypeError(`${fn}: ${name} must be [N, D], one number or more, got ${n >= 1 && d >= 1 ? got : "none"}`);
  }
  const values = new Float64Array(n * d);
  if (isMatrix) values.set(rows.values);
  else Array.from(rows, (row, i) => values.set(row, i * d));
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`${fn}: ${name} must be finite, got ${values[bad]} in row ${Math.floor(bad / d)}`);
  return { values, n, d };
}

/** Takes from each column its mean, in place. @returns the means [D] */
export function center(values: Float64Array, n: number, d: number): Float64Array {
  const means = new Float64Array(d);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < d; j++, at++) means[j]! += values[at]! / n;
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < d; j++, at++) values[at]! -= means[j]!;
  return means;
}
