import * as tf from "@tensorflow/tfjs";
import { aRate, checkValue } from "../../checks.js";
import { randomUniform } from "../compile/random-ops.js";
import { checkFloat } from "./op.js";

/**
 * Dropout: each number is 0 with probability `rate`, and otherwise divided by 1 − rate. Inside a compiled function it
 * draws anew in every call, by TensorFlow's stateless op. The gradient keeps one byte for each number.
 *
 * @param x of any shape, float32
 * @param rate 0 to below 1
 * @returns the shape of x
 * @throws RangeError for rate, TypeError for another dtype
 * Source: Srivastava et al. 2014, §4, scaled in training as PyTorch's `dropout` is.
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number): T {
  checkFloat("dropout", "x", x);
  return drop("dropout", x, rate, x.shape) as T;
}

/**
 * Drop path (stochastic depth): the whole of an image's x is 0 with probability `rate`, and otherwise divided by
 * 1 − rate. For the branch of a residual block.
 *
 * @param x [B, …] float32
 * @param rate 0 to below 1
 * @returns the shape of x
 * @throws RangeError for rate, TypeError for another dtype
 * Source: Huang et al. 2016, §3, scaled in training as timm's `drop_path` is.
 */
export function dropPath<T extends tf.Tensor>(x: T, rate: number): T {
  checkFloat("dropPath", "x", x);
  return drop(
    "dropPath",
    x,
    rate,
    x.shape.map((size, axis) => (axis === 0 ? size : 1)),
  ) as T;
}

function drop(fn: string, x: tf.Tensor, rate: number, noiseShape: number[]): tf.Tensor {
  checkValue(fn, "rate", rate, aRate);
  if (rate === 0) return tf.clone(x);
  const masked = (x: tf.Tensor, kept: tf.Tensor) => tf.mul(x, tf.mul(tf.cast(kept, "float32"), 1 / (1 - rate)));
  return tf.customGrad((...args: unknown[]) => {
    const [x, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const kept = tf.greaterEqual(randomUniform(noiseShape, 0, 1), rate);
    save([kept]);
    return { value: masked(x, kept), gradFunc: (dy: tf.Tensor, [kept]: tf.Tensor[]) => masked(dy, kept!) };
  })(x);
}
