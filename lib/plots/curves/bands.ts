/** Several runs of one thing as one curve: their mean, and a band that says how they spread. */
import { tQuantile } from "../../distributions.js";
import { isDrawn } from "../figure-checks.js";

/** From the lowest to the highest; one standard deviation to either side; the 95 % interval of the mean. */
export type Band = "minMax" | "std" | "interval";

/** What each band is called in a figure. */
export const BANDS: Readonly<Record<Band, string>> = {
  minMax: "from the lowest to the highest run",
  std: "± 1 standard deviation of the runs",
  interval: "95 % interval of the mean (Student's t)",
};

/** A curve with a band. */
export interface BandPoints {
  readonly x: readonly number[];
  /** The mean of the runs that have a value there. */
  readonly y: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** More steps than these are brought together, in half as many stretches. */
const MOST = 1000;

/** Mean and band at each place, over the runs that are finite there; NaN where none is. */
export function acrossRuns(x: readonly number[], runs: readonly (readonly number[])[], band: Band): BandPoints {
  const each = x.map((_, i) =>
    spreadOf(
      runs.map((run) => run[i]!).filter((value) => isDrawn(value)),
      band,
    ),
  );
  const points = { x, y: each.map(({ y }) => y), low: each.map(({ low }) => low), high: each.map(({ high }) => high) };
  return x.length <= MOST ? points : broughtTogether(points);
}

interface Spread {
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

function spreadOf(values: readonly number[], band: Band): Spread {
  if (values.length === 0) return { y: NaN, low: NaN, high: NaN };
  const y = meanOf(values);
  if (band === "minMax") return { y, low: Math.min(...values), high: Math.max(...values) };
  if (values.length === 1) return { y, low: y, high: y };
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - y) ** 2, 0) / (values.length - 1));
  const scale = band === "std" ? 1 : tQuantile(0.95, values.length - 1) / Math.sqrt(values.length);
  return { y, low: y - scale * deviation, high: y + scale * deviation };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);

/** The mean of each stretch, and how far the band reaches within it; a stretch without a value is a gap. */
function broughtTogether({ x, y, low, high }: BandPoints): BandPoints {
  const stretches = Array.from({ length: MOST / 2 }, (_, i) => {
    const [from, to] = [i, i + 1].map((at) => Math.floor((2 * at * x.length) / MOST));
    const kept = Array.from({ length: to! - from! }, (__, j) => from! + j).filter((at) => isDrawn(y[at]));
    const [first = from!, last = from!] = [kept[0], kept.at(-1)];
    const at = (list: readonly number[]): number[] => kept.map((j) => list[j]!);
    if (kept.length === 0) return { x: x[from!]!, y: NaN, low: NaN, high: NaN };
    return {
      x: (x[first]! + x[last]!) / 2,
      y: meanOf(at(y)),
      low: Math.min(...at(low)),
      high: Math.max(...at(high)),
    };
  });
  return {
    x: stretches.map((one) => one.x),
    y: stretches.map((one) => one.y),
    low: stretches.map((one) => one.low),
    high: stretches.map((one) => one.high),
  };
}

/** The outline of a band, one closed form for each stretch without a gap, with NaN between them. */
export function outline({ x, low, high }: Pick<BandPoints, "x" | "low" | "high">): {
  readonly x: readonly number[];
  readonly y: readonly number[];
} {
  const forms: { x: number[]; y: number[] }[] = [];
  let from = 0;
  for (let i = 0; i <= x.length; i++) {
    if (i < x.length && isDrawn(low[i]) && isDrawn(high[i])) continue;
    if (i > from) {
      const part = <T>(list: readonly T[]): T[] => list.slice(from, i);
      forms.push({ x: [...part(x), ...part(x).reverse()], y: [...part(high), ...part(low).reverse()] });
    }
    from = i + 1;
  }
  const joined = (list: readonly (readonly number[])[]): number[] =>
    list.flatMap((one, i) => (i === 0 ? one : [NaN, ...one]));
  return { x: joined(forms.map((one) => one.x)), y: joined(forms.map((one) => one.y)) };
}
