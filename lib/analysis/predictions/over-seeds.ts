import { aNumber, checkArguments, checkOptions, inRange, optional, someOf } from "../../checks.js";
import { tQuantile } from "../../distributions.js";
import { shownAs } from "../../shown.js";
import { levelText } from "./interval-text.js";

/** What {@link overSeeds} takes. */
export interface OverSeedsOptions {
  /** Of the interval of the mean, a share, above 0, below 1. Default 0.95. */
  readonly level?: number;
}

/** One figure of several runs that differ by their seed. */
export interface OverSeeds {
  /** The figure of each run [n]. */
  readonly values: readonly number[];
  /** Runs. */
  readonly n: number;
  /** In the values' own unit, as all that follow. */
  readonly mean: number;
  /** With n − 1 below the line; NaN of one run. */
  readonly standardDeviation: number;
  /** standardDeviation / √n; NaN of one run. */
  readonly standardError: number;
  /** The lower end of Student's t interval of the mean; NaN of one run. */
  readonly low: number;
  /** Its upper end; NaN of one run. */
  readonly high: number;
  /** The least value. */
  readonly min: number;
  /** The greatest value. */
  readonly max: number;
  /** Of the interval. */
  readonly level: number;
}

/**
 * Mean, spread and Student's t interval of what several runs measured: what another seed makes a figure vary by. Of
 * three runs the interval is wide (4.3 standard errors to either side), and is to be told beside the mean.
 *
 * @param values one a run, finite: a diverged run has no accuracy, and is told apart
 * @throws RangeError for no value, TypeError for one that is not finite
 * @example analysis.overSeeds([89.53, 89.48, 89.12]) // 89.38 ± 0.22 (3 runs; mean, 95 %: 88.82 to 89.93)
 * Source: Student 1908. As scipy.stats.t.interval has it.
 */
export function overSeeds(values: ArrayLike<number>, options: OverSeedsOptions = {}): OverSeeds {
  checkArguments("overSeeds", { values }, { values: someOf(aNumber) });
  checkOptions("overSeeds", options, { level: optional(inRange({ above: 0, below: 1 })) });
  const { level = 0.95 } = options;
  const all = Array.from(values);
  const n = all.length;
  const mean = all.reduce((sum, value) => sum + value / n, 0);
  const squares = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardDeviation = Math.sqrt(squares / (n - 1)); // 0 / 0 of one run
  const standardError = standardDeviation / Math.sqrt(n);
  const half = n > 1 ? tQuantile(level, n - 1) * standardError : NaN;
  const [min, max] = [Math.min(...all), Math.max(...all)];
  const [low, high] = [mean - half, mean + half];
  return shownAs({ values: all, n, mean, standardDeviation, standardError, low, high, min, max, level }, asBundle);
}

function asBundle({ n, mean, standardDeviation, low, high, level }: OverSeeds): { readonly "text/plain": string } {
  if (n === 1) return { "text/plain": `${Number(mean.toPrecision(6))} (1 run: nothing is known of its spread)` };
  const digits = Math.max(0, 2 - Math.ceil(Math.log10(standardDeviation || Math.abs(mean) || 1)));
  const text = (value: number): string => value.toFixed(Math.min(12, digits));
  return {
    "text/plain":
      `${text(mean)} ± ${text(standardDeviation)} (mean and standard deviation of ${n} runs; ` +
      `mean, ${levelText(level)}: ${text(low)} to ${text(high)})`,
  };
}
