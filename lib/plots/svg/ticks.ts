export interface Tick {
  /** In the axis' own units: a power of ten on a logarithmic axis. */
  readonly at: number;
  readonly label: string;
}

/** Ticks at 1, 2 or 5 times a power of ten, at most `most` of them (2 at least). */
export function linearTicks([from, to]: readonly [number, number], most: number): Tick[] {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const rough = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough * 0.999)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const values = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return values.map((at) => ({ at, label: tickLabel(at, step) }));
}

/** Ticks at powers of ten; at 2 and 5 times them too where there are fewer than three powers. */
export function logTicks([from, to]: readonly [number, number], most: number): Tick[] {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const powers = Array.from({ length: Math.floor(high) - Math.floor(low) + 2 }, (_, i) => Math.floor(low) + i);
  const within = (ticks: readonly Tick[]): Tick[] => ticks.filter(({ at }) => at >= low - 1e-9 && at <= high + 1e-9);
  const of = (times: readonly number[]): Tick[] =>
    within(
      powers.flatMap((power) =>
        times.map((time) => ({ at: power + Math.log10(time), label: tickLabel(time * 10 ** power, 10 ** power) })),
      ),
    );
  const decades = of([1]);
  if (decades.length >= 3) {
    const every = Math.ceil(decades.length / Math.max(2, most));
    return decades.filter((_, i) => i % every === 0);
  }
  const finer = [of([1, 2, 5]), of([1, 2, 3, 4, 5, 6, 7, 8, 9])].find((ticks) => ticks.length >= 2);
  if (finer) return finer;
  return linearTicks([10 ** low, 10 ** high], most).map(({ at, label }) => ({ at: Math.log10(at), label }));
}

/**
 * A tick's value with the decimals of its step; thousands as k, millions as M, billions (10⁹) as B, as plotly writes
 * them.
 */
function tickLabel(value: number, step: number): string {
  const size = Math.abs(value);
  const [divisor, unit] = size >= 1e9 ? [1e9, "B"] : size >= 1e6 ? [1e6, "M"] : size >= 1e4 ? [1e3, "k"] : [1, ""];
  if (size !== 0 && (size >= 1e13 || step < 1e-6))
    return value
      .toExponential(Math.max(0, Math.floor(Math.log10(size)) - Math.floor(Math.log10(step))))
      .replace("e+", "e");
  const decimals = Math.max(0, -Math.floor(Math.log10(step / divisor) + 1e-9));
  return `${(value / divisor).toFixed(decimals)}${unit}`.replace("-", "−").replace(/^−(0\.?0*)$/, "$1");
}
