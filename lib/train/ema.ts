import { compile, tf } from "../backend/index.js";

/** An average of a model's weights, which the model has for validation and after the run. */
export interface WeightAverage {
  readonly averages: readonly tf.Variable[];
  /**
   * Takes a step's weights into the average.
   *
   * @param steps that the run has taken, this one too
   * @param total steps of the whole run
   */
  update(steps: number, total: number): Promise<void>;
  /** Exchanges the model's weights and their averages; twice is as before. */
  exchange(): void;
  dispose(): void;
}

/**
 * Averages of weights, beginning with what they are now: average ← decay · average + (1 − decay) · weight. Statistics
 * of batch norms are averaged too.
 *
 * @param decay 0 to below 1
 * Source: Polyak & Juditsky 1992, in the exponential form of timm's `ModelEmaV2`.
 */
export function averageWeights(weights: readonly tf.Variable[], decay: number): WeightAverage {
  const averages = copiesOf(weights);
  const step = compile(
    () =>
      tf.tidy(() => {
        weights.forEach((weight, i) =>
          averages[i]!.assign(tf.add(tf.mul(averages[i]!, decay), tf.mul(weight, 1 - decay))),
        );
        return tf.scalar(0);
      }),
    { name: "averageWeights", seed: 0, interruptible: false },
  );
  return {
    averages,
    async update() {
      tf.dispose(await step());
    },
    exchange: () => exchange(weights, averages),
    dispose() {
      step.dispose();
      tf.dispose([...averages]);
    },
  };
}

/** A variable of the same values for each of these. */
export function copiesOf(weights: readonly tf.Variable[]): tf.Variable[] {
  return weights.map((weight) => tf.tidy(() => tf.variable(tf.clone(weight), false)));
}

/** Gives each the values of the other. */
export function exchange(weights: readonly tf.Variable[], averages: readonly tf.Variable[]): void {
  tf.tidy(() => {
    for (const [i, weight] of weights.entries()) {
      // copies: a clone shares what changes in place
      const [raw, average] = [tf.add(weight, 0), tf.add(averages[i]!, 0)];
      weight.assign(average);
      averages[i]!.assign(raw);
    }
  });
}
