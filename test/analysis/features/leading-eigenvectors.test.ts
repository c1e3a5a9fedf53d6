import { expect, it } from "vitest";
import { leadingEigenvectors } from "../../../lib/analysis/features/leading-eigenvectors.js";

const SIZE = 400;

/** Σ λ_k u_k u_kᵀ of the columns of an orthonormal cosine transform: its eigenpairs are known. */
const cosine = (k: number) =>
  Float64Array.from(
    { length: SIZE },
    (_, i) => Math.sqrt((k === 0 ? 1 : 2) / SIZE) * Math.cos((Math.PI * (i + 0.5) * k) / SIZE),
  );
const BASIS = Array.from({ length: SIZE }, (_, k) => cosine(k));
function matrixOf(values: readonly number[]): Float64Array[] {
  return Array.from({ length: SIZE }, (_, i) =>
    Float64Array.from({ length: SIZE }, (_, j) =>
      values.reduce((sum, value, k) => sum + (value === 0 ? 0 : value * BASIS[k]![i]! * BASIS[k]![j]!), 0),
    ),
  );
}
const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

it("leadingEigenvectors() finds known eigenpairs of a large matrix, of a slowly falling spectrum", () => {
  const { values, vectors } = leadingEigenvectors(matrixOf(BASIS.map((_, k) => 1 / (k + 1))), 3);
  values.forEach((value, k) => expect(value).toBeCloseTo(1 / (k + 1), 10));
  vectors.forEach((vector, k) => expect(Math.abs(dot(vector, BASIS[k]!))).toBeCloseTo(1, 9));
});

it("leadingEigenvectors() finds both directions of an eigenvalue that is there twice", () => {
  const { values, vectors } = leadingEigenvectors(matrixOf([5, 5, 1, 0.5, 0.25]), 2);
  values.forEach((value) => expect(value).toBeCloseTo(5, 10));
  for (const one of [BASIS[0]!, BASIS[1]!])
    // lies in their plane
    expect(Math.hypot(...vectors.map((vector) => dot(vector, one)))).toBeCloseTo(1, 9);
  expect(dot(vectors[0]!, vectors[1]!)).toBeCloseTo(0, 10);
});

it("leadingEigenvectors() takes what is 0, of a low rank, and nearly the same everywhere", () => {
  expect(leadingEigenvectors(matrixOf([]), 2).values).toEqual([0, 0]);
  expect(leadingEigenvectors(matrixOf([2]), 3).values.map((value) => Math.abs(value).toFixed(6))).toEqual([
    "2.000000",
    "0.000000",
    "0.000000",
  ]);
  const flat = leadingEigenvectors(matrixOf(BASIS.map((_, k) => 1 + (SIZE - k) * 1e-6)), 2);
  flat.vectors.forEach((vector, k) => expect(Math.abs(dot(vector, BASIS[k]!))).toBeCloseTo(1, 6));
});
