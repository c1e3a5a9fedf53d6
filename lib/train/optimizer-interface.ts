import type { tf } from "../backend/index.js";

/** Changes variables by their gradients. */
export interface Optimizer {
  /**
   * One step. Leaves the gradients to the caller.
   *
   * @param gradients in the variables' order
   * @param learningRate of this step, one for all or one for each variable; a float32 scalar lets a compiled step take
   *   another each time. Default: the config's.
   * @param momentum of this step, or beta1 of Adam, alike. Default: the config's.
   */
  apply(
    gradients: readonly tf.Tensor[],
    learningRate?: number | tf.Scalar | readonly tf.Scalar[],
    momentum?: number | tf.Scalar,
  ): void;
  /** All that it remembers from step to step, by kind, in the variables' order. */
  readonly state: Readonly<Record<string, readonly tf.Variable[]>>;
  /** Frees what it remembers. */
  dispose(): void;
}

/** Updates by their learning rates: those of one rate together. */
export function byRate<Update>(
  updates: readonly Update[],
  learningRate: number | tf.Scalar | readonly tf.Scalar[],
): ReadonlyMap<number | tf.Scalar, readonly Update[]> {
  const groups = new Map<number | tf.Scalar, Update[]>();
  for (const [i, update] of updates.entries()) {
    const rate = rateOf(learningRate, i);
    groups.set(rate, [...(groups.get(rate) ?? []), update]);
  }
  return groups;
}

/** The learning rate of one variable. */
export function rateOf(learningRate: number | tf.Scalar | readonly tf.Scalar[], i: number): number | tf.Scalar {
  return Array.isArray(learningRate) ? (learningRate as readonly tf.Scalar[])[i]! : (learningRate as tf.Scalar);
}
