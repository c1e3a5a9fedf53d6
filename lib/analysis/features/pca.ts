import { aCount, checkArguments, checkOptions, optional } from "../../checks.js";
import { percentText, shownAs } from "../../shown.js";
import { leadingEigenvectors, type Eigenpairs } from "./leading-eigenvectors.js";
import { center, matrixOf, someRows, type Matrix, type MatrixLike } from "./matrix.js";

/** Principal components of rows. */
export interface Pca {
  /** The rows in the components' coordinates [N, K]: what `scatter` draws, see `classPoints`. */
  readonly scores: Matrix;
  /** Orthonormal directions [K, D], that of the greatest variance first. */
  readonly components: Matrix;
  /** Variance along each (over N − 1) [K]. */
  readonly explainedVariance: readonly number[];
  /** Its share in the whole variance, 0 to 1 [K]. */
  readonly explainedVarianceRatio: readonly number[];
  /** Means of the columns [D], which are taken off first. */
  readonly mean: Float64Array;
}

/** What {@link pca} takes. */
export interface PcaOptions {
  /** How many components, 1 to the smaller of N − 1 and D. Default 2. */
  readonly components?: number;
}

/**
 * Principal component analysis: the directions in which rows vary most, exactly, in float64. Each direction points so
 * that its entry of the greatest size is positive (scikit-learn's `svd_flip` with `u_based_decision=False`). Time grows
 * with N · D times the smaller of them, for many components with its cube.
 *
 * @param rows [N, D] of 2 rows or more: what `embed` gives, or an array of arrays
 * @throws RangeError for too many components, or rows that are not finite; TypeError for rows of several lengths
 * Source: scikit-learn's `decomposition.PCA(svd_solver="full")`.
 */
export function pca(rows: MatrixLike, options: PcaOptions = {}): Pca {
  checkArguments("pca", { rows }, { rows: someRows });
  checkOptions("pca", options, { components: optional(aCount) }, [], { nComponents: "components" });
  const { values, n, d } = matrixOf("pca", "rows", rows);
  const most = Math.min(n - 1, d);
  if (most < 1) throw new RangeError(`pca: rows must be 2 or more, got ${n}`);
  const { components = Math.min(2, most) } = options;
  if (components > most)
    throw new RangeError(`pca: components must be at most ${most} of ${n} rows of ${d}, got ${components}`);
  const mean = center(values, n, d);
  const found = d < n ? ofColumns(values, n, d, components) : ofRows(values, n, d, components);
  const total = values.reduce((sum, value) => sum + value * value, 0) / (n - 1);
  const explainedVarianceRatio = found.variances.map((variance) => (total === 0 ? 0 : variance / total));
  const result: Pca = {
    scores: matrix([n, components], project(values, n, d, found.directions), "scores"),
    components: matrix([components, d], joined(found.directions), "components"),
    explainedVariance: found.variances,
    explainedVarianceRatio,
    mean,
  };
  return shownAs(result, ({ scores, explainedVarianceRatio: shares }) => {
    const texts = shares.slice(0, 10).map(percentText);
    const more = shares.length > 10 ? ", …" : "";
    const what = `${scores.shape[0]} rows of ${d} numbers in ${shares.length} principal components`;
    return { "text/plain": `${what}; share of the variance: ${texts.join(", ")}${more}` };
  });
}

/** A matrix; a notebook shows its size. */
function matrix(shape: readonly [number, number], values: Float64Array, what: string): Matrix {
  return shownAs({ shape, values }, () => ({ "text/plain": `${what}: ${shape[0]} rows of ${shape[1]} numbers` }));
}

interface Found {
  /** [K], each [D] of length 1. */
  readonly directions: readonly Float64Array[];
  readonly variances: number[];
}

/** By the covariance of the columns [D, D]. */
function ofColumns(x: Float64Array, n: number, d: number, count: number): Found {
  const sums = new Float64Array(d * d);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < d; a++) {
      const value = x[i * d + a]!;
      if (value === 0) continue; // what ReLU leaves is often 0
      for (let b = a; b < d; b++) sums[a * d + b]! += value * x[i * d + b]!;
    }
  }
  const { vectors, values } = greatest(
    symmetric(d, (a, b) => sums[a * d + b]! / (n - 1)),
    count,
  );
  return { directions: vectors.map(flipped), variances: values };
}

/** By the products of the rows [N, N], where there are more columns: Xᵀu, made one long. */
function ofRows(x: Float64Array, n: number, d: number, count: number): Found {
  const product = (i: number, j: number): number => {
    let sum = 0;
    for (let a = 0; a < d; a++) sum += x[i * d + a]! * x[j * d + a]!;
    return sum / (n - 1);
  };
  const { vectors, values } = greatest(symmetric(n, product), count);
  const directions = vectors.map((vector) => {
    const direction = new Float64Array(d);
    for (let i = 0; i < n; i++) for (let a = 0; a < d; a++) direction[a]! += vector[i]! * x[i * d + a]!;
    const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    return flipped(length === 0 ? direction : direction.map((value) => value / length));
  });
  return { directions, variances: values };
}

/** Rows of a symmetric matrix of the entries for i ≤ j. */
function symmetric(size: number, entry: (i: number, j: number) => number): Float64Array[] {
  const rows = Array.from({ length: size }, () => new Float64Array(size));
  for (let i = 0; i < size; i++) for (let j = i; j < size; j++) rows[i]![j] = rows[j]![i] = entry(i, j);
  return rows;
}

/** Eigenvectors of the greatest eigenvalues. */
function greatest(rows: readonly Float64Array[], count: number): Eigenpairs {
  const { vectors, values } = leadingEigenvectors(rows, count);
  return { vectors, values: values.map((value) => Math.max(0, value)) };
}

/** The same direction or its opposite: that whose entry of the greatest size, the first of equals, is positive. */
function flipped(direction: Float64Array): Float64Array {
  let at = 0;
  direction.forEach((value, i) => {
    if (Math.abs(value) > Math.abs(direction[at]!)) at = i;
  });
  return direction[at]! < 0 ? direction.map((value) => -value) : direction;
}

function project(x: Float64Array, n: number, d: number, directions: readonly Float64Array[]): Float64Array {
  const scores = new Float64Array(n * directions.length);
  for (let i = 0; i < n; i++) {
    directions.forEach((direction, k) => {
      let sum = 0;
      for (let a = 0; a < d; a++) sum += x[i * d + a]! * direction[a]!;
      scores[i * directions.length + k] = sum;
    });
  }
  return scores;
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
