import * as tf from "@tensorflow/tfjs";
import { randomUniform } from "../compile/random-ops.js";
import { aFlag, aNumber, aRate, checkOptions, optional } from "../../checks.js";
import { checkFloat } from "./op.js";

/** How {@link attention} computes. */
export interface AttentionOptions {
  /** Multiplies q·kᵀ. Default 1 / √d. */
  readonly scale?: number;
  /**
   * Probability that one of the probabilities becomes 0, the others divided by 1 − dropRate, 0 to below 1; not with
   * returnProbabilities. Default 0.
   */
  readonly dropRate?: number;
  /** Give [output, probabilities [..., N, M]] instead, for looking at them; training does without. Default false. */
  readonly returnProbabilities?: boolean;
}

/**
 * Scaled dot-product attention: softmax(scale · q·kᵀ) · v. Five matrix products in its gradient, and two passes over
 * the probabilities where tfjs' softmax takes four: the sum over a row of dP·P is that of dO·O, which is smaller.
 *
 * @param q [..., N, d] float32
 * @param k [..., M, d]
 * @param v [..., M, e]
 * @returns [..., N, e], and with returnProbabilities the probabilities too
 * @throws TypeError for shapes that do not fit, RangeError for dropRate
 * Source: Vaswani et al. 2017, §3.2.1; the row sums: Dao et al. 2022, appendix B.
 */
export function attention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  options?: AttentionOptions & { readonly returnProbabilities?: false },
): tf.Tensor;
/**
 * The same, with the probabilities [..., N, M] that the values were summed by.
 *
 * @param q [..., N, d] float32
 * @param k [..., M, d]
 * @param v [..., M, e]
 * @returns the output [..., N, e], and the probabilities [..., N, M]
 * @throws TypeError for shapes that do not fit, RangeError for a dropRate, which would not show in the probabilities
 */
export function attention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  options: AttentionOptions & { readonly returnProbabilities: true },
): [output: tf.Tensor, probabilities: tf.Tensor];
export function attention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  options: AttentionOptions = {},
): tf.Tensor | [tf.Tensor, tf.Tensor] {
  checkOptions("attention", options, {
    scale: optional(aNumber),
    returnProbabilities: optional(aFlag),
    dropRate: optional(aRate),
  });
  const scale = checked(q, k, v, options);
  const dropRate = options.dropRate ?? 0;
  if (options.returnProbabilities) {
    const probabilities = tf.softmax(tf.matMul(tf.mul(q, scale), k, false, true));
    return [tf.matMul(probabilities, v), probabilities];
  }
  return tf.customGrad((...args: unknown[]) => {
    const [q, k, v, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const scaled = tf.mul(q, scale);
    const probabilities = tf.softmax(tf.matMul(scaled, k, false, true)); // [..., N, M]
    const kept = dropRate > 0 ? [tf.greaterEqual(randomUniform(probabilities.shape, 0, 1), dropRate)] : [];
    const output = tf.matMul(masked(probabilities, kept[0], dropRate), v);
    save([scaled, k, v, probabilities, output, ...kept]);
    return {
      value: output,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradients(dy, saved as Saved, scale, dropRate),
    };
  })(q, k, v);
}

type Saved = [
  scaled: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  probabilities: tf.Tensor,
  output: tf.Tensor,
  kept?: tf.Tensor,
];

function gradients(
  dy: tf.Tensor,
  [scaled, k, v, probabilities, output, kept]: Saved,
  scale: number,
  dropRate: number,
): tf.Tensor[] {
  const dv = tf.matMul(masked(probabilities, kept, dropRate), dy, true, false);
  // [..., N, 1], the sum of dP·P also where probabilities were dropped
  const rows = tf.sum(tf.mul(dy, output), -1, true);
  const dScores = tf.mul(probabilities, tf.sub(masked(tf.matMul(dy, v, false, true), kept, dropRate), rows));
  return [tf.mul(tf.matMul(dScores, k), scale), tf.matMul(dScores, scaled, true, false), dv];
}

function masked(x: tf.Tensor, kept: tf.Tensor | undefined, dropRate: number): tf.Tensor {
  return kept ? tf.mul(x, tf.mul(tf.cast(kept, "float32"), 1 / (1 - dropRate))) : x;
}

function checked(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  { scale, dropRate = 0, returnProbabilities }: AttentionOptions,
): number {
  if (dropRate > 0 && returnProbabilities)
    throw new RangeError(`attention: dropRate must be 0 with returnProbabilities, got dropRate=${dropRate}`);
  for (const [name, tensor] of Object.entries({ q, k, v })) checkFloat("attention", name, tensor);
  const [qShape, kShape, vShape] = [q, k, v].map(({ shape }) => shape) as [number[], number[], number[]];
  const leading = (shape: number[]) => shape.slice(0, -2).join();
  const fits =
    q.rank >= 2 &&
    leading(qShape) === leading(kShape) &&
    leading(qShape) === leading(vShape) &&
    qShape.at(-1) === kShape.at(-1) &&
    kShape.at(-2) === vShape.at(-2);
  if (!fits) {
    throw new TypeError(
      `attention: q [..., N, d], k [..., M, d] and v [..., M, e] must fit, got [${qShape}], [${kShape}], [${vShape}]`,
    );
  }
  return scale ?? 1 / Math.sqrt(qShape.at(-1)!);
}
