import { tf } from "../../backend/index.js";
import { aFlag, checkArguments, checkOptions, optional } from "../../checks.js";
import { matrixOf, someRows, type MatrixLike } from "./matrix.js";

/** What {@link cka} takes. */
export interface CkaOptions {
  /**
   * Whether the estimate is the unbiased one, which does not grow where there are few images and many features, and can
   * fall below 0; 4 rows or more. Default false: Kornblith et al.'s.
   */
  readonly debiased?: boolean;
}

/** Of how many rows the least number of each estimate is. */
const LEAST_ROWS = { biased: 2, debiased: 4 };

/** Of which the similarities are 2^28 numbers. */
const MOST_ROWS = 16_384;

/**
 * Linear centered kernel alignment: how alike two representations of the same images are, up to rotation and scale.
 * ‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖) of the rows with the columns' means taken off, Frobenius norms. 1 for the same, 0 for none;
 * with fewer images than features it comes near 1 for any two.
 *
 * @param a features of N images [N, D1]: what `embed` gives, or an array of arrays
 * @param b of the same images in the same order [N, D2]
 * @returns 0 to 1; NaN where one has no variance
 * @throws RangeError where the numbers of rows differ or are too few; TypeError for rows of several lengths
 * Source: Kornblith et al. 2019, §3; debiased: Nguyen et al. 2021, eq. 3 (Song et al. 2012's HSIC₁).
 */
export async function cka(a: MatrixLike, b: MatrixLike, options: CkaOptions = {}): Promise<number> {
  checkArguments("cka", { a, b }, { a: someRows, b: someRows });
  checkOptions("cka", options, { debiased: optional(aFlag) });
  const { debiased = false } = options;
  const [x, y] = [matrixOf("cka", "a", a), matrixOf("cka", "b", b)];
  checkRows("cka", x.n, debiased);
  if (x.n !== y.n) throw new RangeError(`cka: a and b must have as many rows, got ${x.n} and ${y.n}`);
  const [k, l] = [await similarities(x, debiased), await similarities(y, debiased)];
  return alignment(k, l);
}

/** @throws RangeError for fewer images than the estimate takes, or too many */
export function checkRows(fn: string, n: number, debiased: boolean): void {
  const least = LEAST_ROWS[debiased ? "debiased" : "biased"];
  if (n < least) throw new RangeError(`${fn}: there must be ${least} images or more, got ${n}`);
  if (n > MOST_ROWS) throw new RangeError(`${fn}: there must be at most ${MOST_ROWS} images, got ${n}`);
}

/** How alike images are under one representation: [N, N] numbers, made so that a sum of products is HSIC. */
export interface Similarities {
  readonly values: Float32Array;
  /** ‖K‖, the root of its HSIC with itself. */
  readonly norm: number;
}

/** Features of N images [N, D]. */
interface Features {
  readonly values: ArrayLike<number>;
  readonly n: number;
  readonly d: number;
}

/** X·Xᵀ of rows whose columns have the mean 0; debiased, U-centered: HSIC₁ up to a factor. */
export async function similarities({ values, n, d }: Features, debiased: boolean): Promise<Similarities> {
  const products = tf.tidy(() => {
    const x = tf.tensor2d(scaled(values, n, d), [n, d]);
    return tf.matMul(x, x, false, true);
  });
  try {
    const found = (await products.data()) as Float32Array;
    const own = debiased ? uCentered(found, n) : found;
    return { values: own, norm: Math.sqrt(dot(own, own)) };
  } finally {
    products.dispose();
  }
}

/** Rows less the columns' means, computed in float64, of the mean length 1. */
function scaled(values: ArrayLike<number>, n: number, d: number): Float32Array {
  const means = new Float64Array(d);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < d; j++, at++) means[j]! += values[at]! / n;
  let squares = 0;
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < d; j++, at++) squares += (values[at]! - means[j]!) ** 2;
  const scale = Math.sqrt(squares / n) || 1;
  const rows = new Float32Array(n * d);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < d; j++, at++) rows[at] = (values[at]! - means[j]!) / scale;
  return rows;
}

/**
 * K with a diagonal of 0 and rows and columns of sum 0, so that the sum of products of two of them is n(n − 3)·HSIC₁.
 * Source: Székely and Rizzo 2014, definition 2.
 */
function uCentered(products: Float32Array, n: number): Float32Array {
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) sums[i]! += products[i * n + j]!;
  const total = sums.reduce((all, sum) => all + sum, 0) / ((n - 1) * (n - 2));
  return products.map((value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return i === j ? 0 : value - (sums[i]! + sums[j]!) / (n - 2) + total;
  });
}

/** NaN where one of them says nothing. */
export function alignment(k: Similarities, l: Similarities): number {
  return Math.min(1, dot(k.values, l.values) / (k.norm * l.norm)); // rounding may end above 1
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
