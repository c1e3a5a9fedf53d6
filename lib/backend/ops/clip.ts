import * as tf from "@tensorflow/tfjs";
import { aboveZero, aTensor, calledAs, checkArguments, checkValue, listOf } from "../../checks.js";
import { defineOp, type } from "./op.js";

/** Σ x² / 2 in one op. */
const l2Loss = defineOp<{ x: tf.Tensor }, object>({
  name: "L2Loss",
  tensorflow: (run, { x }) => run("L2Loss", [type("T")], [x]),
  composed: ({ x }) => [tf.mul(tf.sum(tf.square(x)), 0.5)],
});

/**
 * The Euclidean norm over all numbers of all tensors.
 *
 * @param tensors float32, of any shapes; at least one
 * @returns a scalar
 * @throws RangeError for no tensors, TypeError for what is no list of them
 */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  checkValue("globalNorm", "tensors", tensors, listOf(aTensor));
  if (tensors.length === 0) throw new RangeError("globalNorm: there must be at least one tensor, got none");
  return tf.tidy(() => tf.sqrt(tf.mul(tf.addN(tensors.map((x) => l2Loss({ x }, {})[0]!)), 2)) as tf.Scalar);
}

/** What {@link clipByGlobalNorm} gives; the caller disposes of it. */
export interface ClippedGradients {
  /** New tensors, in the gradients' order. */
  readonly gradients: tf.Tensor[];
  /** The norm before they were clipped. */
  readonly norm: tf.Scalar;
}

/**
 * Gradient clipping by the global norm: gradients scaled by min(1, maxNorm / (norm + 1e-6)), norm being that over all
 * of them.
 *
 * @param gradients float32, of any shapes; at least one
 * @param maxNorm above 0
 * @returns new tensors, and the norm before
 * @throws RangeError for maxNorm, or for no gradients
 * Source: Pascanu et al. 2013, algorithm 1; the 1e-6: PyTorch's `clip_grad_norm_`.
 */
export function clipByGlobalNorm(gradients: readonly tf.Tensor[], maxNorm: number): ClippedGradients {
  checkArguments("clipByGlobalNorm", { gradients, maxNorm }, { gradients: listOf(aTensor), maxNorm: aboveZero });
  return tf.tidy(() => {
    const norm = calledAs("clipByGlobalNorm", () => globalNorm(gradients));
    const scale = tf.minimum(1, tf.div(maxNorm, tf.add(norm, 1e-6)));
    return { gradients: gradients.map((gradient) => tf.mul(gradient, scale)), norm };
  });
}
