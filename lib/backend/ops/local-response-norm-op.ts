import * as tf from "@tensorflow/tfjs";
import { anOddCount, aNumber, checkOptions, optional } from "../../checks.js";
import { checkFloat } from "./op.js";

/** The constants of {@link localResponseNorm}. */
export interface LocalResponseNormOptions {
  /** Channels in the window, odd. AlexNet: 5. */
  readonly size: number;
  /** Weight of the squares, divided by size. Default 1e-4. */
  readonly alpha?: number;
  /** Power of the sum. Default 0.75. */
  readonly beta?: number;
  /** Added to the sum. Default 1. AlexNet: 2. */
  readonly k?: number;
}

/**
 * Local response normalisation between channels: x / (k + alpha / size · Σ x²)^beta, the sum over the `size` channels
 * around each. One op, and one for its gradient, on TensorFlow (LRN, LRNGrad).
 *
 * @param x [B, H, W, C] float32
 * @returns [B, H, W, C]
 * @throws TypeError for another dtype or rank, RangeError for an even size
 * Source: Krizhevsky et al. 2012, §3.3, with alpha divided by size as PyTorch's `LocalResponseNorm` has it.
 */
export function localResponseNorm(x: tf.Tensor, options: LocalResponseNormOptions): tf.Tensor {
  checkOptions("localResponseNorm", options, {
    size: anOddCount,
    alpha: optional(aNumber),
    beta: optional(aNumber),
    k: optional(aNumber),
  });
  const { size, alpha = 1e-4, beta = 0.75, k = 1 } = options;
  checkFloat("localResponseNorm", "x", x);
  if (x.rank !== 4) throw new TypeError(`localResponseNorm: x must be [B, H, W, C], got [${x.shape.join(", ")}]`);
  return tf.localResponseNormalization(x as tf.Tensor4D, (size - 1) / 2, k, alpha / size, beta);
}
