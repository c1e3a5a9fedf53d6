const STRETCHES = 2000;

/**
 * A long line's lowest and highest point in each of 2,000 stretches of it, first and last kept; a line of 4,000 points
 * or fewer as it is.
 */
export function thin(
  x: readonly number[],
  y: readonly number[],
): { readonly x: readonly number[]; readonly y: readonly number[] } {
  if (y.length <= 2 * STRETCHES) return { x, y };
  const kept = new Set([0, y.length - 1]);
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const from = Math.floor((stretch * y.length) / STRETCHES);
    const to = Math.floor(((stretch + 1) * y.length) / STRETCHES);
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      if (!(y[i]! >= y[low]!) && !Number.isNaN(y[low]!)) low = i; // a gap is lowest, and kept
      if (y[i]! > y[high]!) high = i;
    }
    kept.add(low).add(high);
  }
  const indices = [...kept].sort((a, b) => a - b);
  return { x: indices.map((i) => x[i]!), y: indices.map((i) => y[i]!) };
}
