import type { BinnedValues } from "./record-line.js";

const BINS = 30;

/** Numbers in bins of one width from the least to the largest. */
export function binned(numbers: ArrayLike<number>): BinnedValues {
  let [least, largest, finite] = [Infinity, -Infinity, 0];
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (!Number.isFinite(value)) continue;
    finite++;
    least = Math.min(least, value);
    largest = Math.max(largest, value);
  }
  const notFinite = numbers.length - finite;
  if (finite === 0) return { edges: [], counts: [], notFinite };
  if (least === largest) return { edges: [least, largest], counts: [finite], notFinite };
  const width = (largest - least) / BINS;
  const counts = new Array<number>(BINS).fill(0);
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (Number.isFinite(value)) counts[Math.min(BINS - 1, Math.floor((value - least) / width))]!++;
  }
  return {
    edges: Array.from({ length: BINS + 1 }, (_, i) => (i === BINS ? largest : least + i * width)),
    counts,
    notFinite,
  };
}
