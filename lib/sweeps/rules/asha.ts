import { aboveZero, aTitle, checkOptions, optional, oneOf, inRange } from "../../checks.js";
import type { StopRule } from "./stop-rule.js";

/** What {@link asha} takes. */
export interface AshaOptions {
  /** Which of a trial's reported metrics it is judged by. */
  readonly metric: string;
  /** Whether the metric is better when greater. Default "max". */
  readonly mode?: "max" | "min";
  /** The last step, in the unit that trials report: a trial that reaches it is done. Above 0. */
  readonly max: number;
  /** η: of the trials that come to a rung, one in so many goes on; above 1. Default 3. */
  readonly reductionFactor?: number;
  /** The first rung's step: no trial is stopped before it. Above 0. Default 1. */
  readonly grace?: number;
}

/**
 * ASHA, asynchronous successive halving: rungs stand at grace · η^k steps, and a trial that comes to one is stopped
 * where its metric is below the best 1/η of those that came there before it. No trial waits for another.
 *
 * A metric that is not a number is worse than any other: such a trial is stopped at its next rung.
 *
 * @throws RangeError for an unknown option or one out of range, TypeError for another kind
 * Source: Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning", algorithm 2; decisions as Ray Tune's
 * ASHAScheduler with one bracket. Differs: that one lets a trial whose metric is NaN go on.
 */
export function asha(options: AshaOptions): StopRule {
  checkOptions("asha", options, {
    metric: aTitle,
    mode: optional(oneOf(["max", "min"])),
    max: aboveZero,
    reductionFactor: optional(inRange({ above: 1 })),
    grace: optional(aboveZero),
  });
  const { metric, mode = "max", max, reductionFactor = 3, grace = 1 } = options;
  if (grace > max) throw new RangeError(`asha: grace must be at most max, got grace=${grace}, max=${max}`);
  return {
    kind: "asha",
    options: { metric, mode, max, reductionFactor, grace },
    begin: () => new Halving({ metric, mode, max, reductionFactor, grace }),
  };
}

interface Rung {
  readonly step: number;
  /** The metrics of the trials that came here, the greater the better. */
  readonly seen: Map<number, number>;
}

/** The state of one sweep under the rule. */
class Halving {
  readonly #options: Required<AshaOptions>;
  readonly #rungs: readonly Rung[];

  constructor(options: Required<AshaOptions>) {
    const { max, grace, reductionFactor } = options;
    const count = Math.trunc(Math.log(max / grace) / Math.log(reductionFactor) + 1);
    this.#options = options;
    this.#rungs = Array.from({ length: count }, (_, k) => ({ step: grace * reductionFactor ** k, seen: new Map() }));
  }

  report(trial: number, step: number, metrics: Readonly<Record<string, number>>): "done" | "stop" | undefined {
    const { metric, mode, max } = this.#options;
    const value = metrics[metric];
    if (value === undefined) return undefined;
    return step >= max ? "done" : this.#judge(trial, step, mode === "max" ? value : -value);
  }

  /** A trial that ended by itself stands on the rung that it had come to. */
  ended(trial: number, step: number, metrics: Readonly<Record<string, number>>): void {
    const value = metrics[this.#options.metric];
    if (value !== undefined) this.#judge(trial, step, this.#options.mode === "max" ? value : -value);
  }

  #judge(trial: number, step: number, value: number): "stop" | undefined {
    const rung = this.#rungs.findLast(({ step: at, seen }) => step >= at && !seen.has(trial));
    if (!rung) return undefined;
    const least = cutoff([...rung.seen.values()], ((1 - 1 / this.#options.reductionFactor) * 100) / 100);
    rung.seen.set(trial, value);
    return Number.isNaN(value) || (least !== undefined && value < least) ? "stop" : undefined;
  }
}

/** The quantile of those that are numbers, linear between two of them, as NumPy's nanpercentile; undefined of none. */
function cutoff(values: readonly number[], share: number): number | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const [below, above] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  const part = at - low;
  if (below === above) return below; // infinite ones too
  // as NumPy adds them up, so that a value which equals the cutoff is not below it
  return part >= 0.5 ? above - (above - below) * (1 - part) : below + (above - below) * part;
}
