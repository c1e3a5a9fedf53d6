import { compile, tf } from "../backend/index.js";
import { aboveZero, aCount, fields, inRange, optional, orNull } from "../checks.js";
import { filled } from "../filled.js";
import { copiesOf, exchange, type WeightAverage } from "./ema.js";

/** How Lookahead's slow weights follow the fast ones, as plain data. */
export interface LookaheadOptions {
  /** Steps of the optimizer from one synchronization to the next (the paper's k), 1 or more. Default 5. */
  readonly syncPeriod?: number;
  /** Share of the way that the slow weights go to the fast ones (the paper's α), above 0 to 1. Default 0.5. */
  readonly slowStepSize?: number;
  /** What it has become at the run's end, above 0 to 1. Default null: slowStepSize, all along. */
  readonly finalSlowStepSize?: number | null;
  /** How it comes there: by the share of the run that is over, to this power, above 0. Default 1, evenly. */
  readonly power?: number;
}

/** All options, each set. */
export type LookaheadConfig = Required<LookaheadOptions>;

/** The paper's k and α. */
const LOOKAHEAD_DEFAULTS: LookaheadConfig = {
  syncPeriod: 5,
  slowStepSize: 0.5,
  finalSlowStepSize: null,
  power: 1,
};

const aStepSize = inRange({ above: 0, to: 1 });

/** Its options, {} for the paper's. */
export const aLookahead = fields(
  "an object of its options ({} for the paper's)",
  {
    syncPeriod: optional(aCount),
    slowStepSize: optional(aStepSize),
    finalSlowStepSize: optional(orNull(aStepSize)),
    power: optional(aboveZero),
  },
  { aliases: { k: "syncPeriod", laSteps: "syncPeriod", alpha: "slowStepSize", laAlpha: "slowStepSize" } },
);

/** The options with their defaults in place; each has been checked. */
export function filledLookahead(options: LookaheadOptions): LookaheadConfig {
  return filled(LOOKAHEAD_DEFAULTS, options);
}

/** The slow step size of a synchronization after so many of all steps. */
function slowStepAt({ slowStepSize, finalSlowStepSize, power }: LookaheadConfig, steps: number, total: number): number {
  return slowStepSize + ((finalSlowStepSize ?? slowStepSize) - slowStepSize) * (steps / total) ** power;
}

/**
 * Lookahead: every syncPeriod steps slow ← slow + slowStepSize · (fast − slow), and fast ← slow. The optimizer trains
 * the fast weights; the slow ones, which begin where they do, are the model's for validation and after the run.
 * Statistics of batch norms are synchronized too, as a weight is.
 *
 * Source: Zhang et al. 2019, "Lookahead Optimizer: k steps forward, 1 step back", algorithm 1; the step size that falls
 * over the run is Jordan 2024's, §3.4.
 */
export function lookahead(weights: readonly tf.Variable[], config: LookaheadConfig): WeightAverage {
  const averages = copiesOf(weights);
  const synchronize = compile(
    (share: tf.Tensor) =>
      tf.tidy(() => {
        weights.forEach((weight, i) => {
          const moved = tf.add(averages[i]!, tf.mul(tf.sub(weight, averages[i]!), share));
          averages[i]!.assign(moved);
          weight.assign(moved);
        });
        return tf.scalar(0);
      }),
    { name: "lookahead", seed: 0, interruptible: false },
  );
  return {
    averages,
    async update(steps, total) {
      if (steps % config.syncPeriod !== 0) return;
      const share = tf.scalar(slowStepAt(config, steps, total));
      try {
        tf.dispose(await synchronize(share));
      } finally {
        share.dispose();
      }
    },
    exchange: () => exchange(weights, averages),
    dispose() {
      synchronize.dispose();
      tf.dispose([...averages]);
    },
  };
}
