/** Rows of one length. */
export type Matrix = readonly (readonly number[])[];

/**
 * Toom and Cook's matrices for the points and infinity: a tile's polynomial is told by its values there, and those of a
 * product are the products of the values. The kernel has 3 coefficients a row, the tile `tile`.
 */
export function toomCook(
  points: readonly number[],
  tile: number,
): Record<"patchRows" | "kernelRows" | "tileRows", Matrix> {
  const powers = (point: number, count: number) => range(count).map((power) => point ** power);
  const last = (count: number) => range(count).map((power) => Number(power === count - 1)); // infinity
  const others = points.map((_, i) => points.filter((__, j) => j !== i));
  const scales = points.map((point, i) => others[i]!.reduce((product, other) => product * (point - other), 1));
  return {
    patchRows: [...others.map((roots) => [...polynomial(roots), 0]), polynomial(points)],
    kernelRows: [...points.map((point, i) => powers(point, 3).map((value) => value / scales[i]!)), last(3)],
    tileRows: [...points.map((point) => powers(point, tile)), last(tile)],
  };
}

/** The coefficients of ∏ (x − root), the constant one first. */
function polynomial(roots: readonly number[]): number[] {
  return roots.reduce<number[]>(
    (sum, root) => [0, ...sum].map((higher, power) => higher - root * (sum[power] ?? 0)),
    [1],
  );
}

/** 0 to count − 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
