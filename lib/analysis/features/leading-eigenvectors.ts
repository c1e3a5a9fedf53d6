import { createRequire } from "node:module";

/** The greatest eigenvalues of a symmetric matrix, falling, and their orthonormal eigenvectors [K][n]. */
export interface Eigenpairs {
  readonly values: number[];
  readonly vectors: Float64Array[];
}

/** Vectors of a block beside those that are asked for, and blocks of a Krylov space: A⁰Q, A¹Q, … */
const [SPARE, POWERS] = [8, 6];
/** Restarts until all is computed instead, and ‖Av − λv‖ over the greatest eigenvalue that is near enough. */
const [RESTARTS, TOLERANCE] = [30, 1e-11];
/** Matrices of which all eigenvectors are as soon computed. */
const SMALL = 300;

/** Loaded where it is used, so that the library itself loads sooner. */
const linear = (): typeof import("ml-matrix") =>
  createRequire(import.meta.url)("ml-matrix") as typeof import("ml-matrix");

/**
 * The leading eigenpairs of a symmetric matrix without negative eigenvalues. Of a large one they are sought in a Krylov
 * space that begins anew from the best found, to the accuracy of float64, which takes some products by the matrix in
 * place of the cube of its size; where that does not converge, as of nearly equal ones, all are computed.
 *
 * @param rows [n][n]
 * @param count how many, 1 to n
 * Source: Saad 2011, "Numerical Methods for Large Eigenvalue Problems", §6.4, block Arnoldi with restarts.
 */
export function leadingEigenvectors(rows: readonly Float64Array[], count: number): Eigenpairs {
  const isLarge = rows.length > SMALL && (count + SPARE) * POWERS * 2 < rows.length;
  return (isLarge ? byKrylov(rows, count) : undefined) ?? first(allOf(rows), count);
}

function allOf(rows: readonly Float64Array[]): Eigenpairs {
  const { EigenvalueDecomposition, Matrix } = linear();
  const dense = new Matrix(rows as unknown as number[][]);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(dense, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  return {
    values: order.map((i) => realEigenvalues[i]!),
    vectors: order.map((i) => Float64Array.from(eigenvectorMatrix.getColumn(i))),
  };
}

const first = ({ values, vectors }: Eigenpairs, count: number): Eigenpairs => ({
  values: values.slice(0, count),
  vectors: vectors.slice(0, count),
});

function byKrylov(rows: readonly Float64Array[], count: number): Eigenpairs | undefined {
  let block = startBlock(rows.length, count + SPARE);
  for (let restart = 0; restart < RESTARTS; restart++) {
    const basis: Float64Array[] = [];
    const products: Float64Array[] = [];
    for (let power = 0; power < POWERS && block.length > 0; power++) {
      const added = block.flatMap((vector) => joined(basis, vector));
      const images = added.map((vector) => rows.map((row) => dot(row, vector))).map((each) => Float64Array.from(each));
      products.push(...images);
      block = images;
    }
    const small = products.map((image) => Float64Array.from(basis, (vector) => dot(vector, image)));
    const { values, vectors } = first(allOf(small), count + SPARE);
    block = vectors.map((weights) => combined(basis, weights));
    const rests = block.slice(0, count).map((vector, k) => {
      const image = combined(products, vectors[k]!);
      return Math.sqrt(image.reduce((sum, value, i) => sum + (value - values[k]! * vector[i]!) ** 2, 0));
    });
    if (rests.every((rest) => rest <= TOLERANCE * values[0]!)) return first({ values, vectors: block }, count);
  }
  return undefined;
}

/** Vectors with no direction of their own, the same each time. */
function startBlock(n: number, count: number): Float64Array[] {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator
    return state / 2 ** 31 - 1;
  };
  return Array.from({ length: count }, () => Float64Array.from({ length: n }, next));
}

/** Adds what of a vector is new to an orthonormal basis, if anything is. @returns it, of length 1 */
function joined(basis: Float64Array[], vector: Float64Array): Float64Array[] {
  const before = Math.sqrt(dot(vector, vector));
  const rest = vector.slice();
  for (let pass = 0; pass < 2; pass++) {
    for (const one of basis) {
      const share = dot(one, rest);
      for (let i = 0; i < rest.length; i++) rest[i]! -= share * one[i]!;
    }
  }
  const length = Math.sqrt(dot(rest, rest));
  if (!(length > 1e-12 * before)) return [];
  const unit = rest.map((value) => value / length);
  basis.push(unit);
  return [unit];
}

function combined(vectors: readonly Float64Array[], weights: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  vectors.forEach((vector, k) => {
    for (let i = 0; i < sum.length; i++) sum[i]! += weights[k]! * vector[i]!;
  });
  return sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
