import type { tf } from "../backend/index.js";

/** Changes variables by their gradients. */
export interface Optimizer {
  /**
   * One step. Leaves the gradients to the caller.
   *
   * @param gradients in the variables' order
   * @param learningRate of this step; a float32 scalar lets a compiled step take another each time. Default: the
   *   config's.
   * @param momentum of this step, or beta1 of Adam, alike. Default: the config's.
   */
  apply(gradients: readonly tf.Tensor[], learningRate?: number | tf.Scalar, momentum?: number | tf.Scalar): void;
  /** All that it remembers from step to step, by kind, in the variables' order. */
  readonly state: Readonly<Record<string, readonly tf.Variable[]>>;
  /** Frees what it remembers. */
  dispose(): void;
}
