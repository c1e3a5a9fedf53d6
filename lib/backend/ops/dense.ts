import * as tf from "@tensorflow/tfjs";
import { biasAdd } from "./bias-add.js";

/**
 * x·kernel + bias over the last axis, as one matrix product of [all other axes, in].
 *
 * @param x [..., in] float32
 * @param kernel [in, out]
 * @param bias [out], or none
 * @returns [..., out]
 */
export function dense(x: tf.Tensor, kernel: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const [features, units] = kernel.shape as [number, number];
  const flat = tf.matMul(x.rank === 2 ? (x as tf.Tensor2D) : tf.reshape(x, [-1, features]), kernel as tf.Tensor2D);
  const biased = bias ? biasAdd(flat, bias) : flat;
  return x.rank === 2 ? biased : tf.reshape(biased, [...x.shape.slice(0, -1), units]);
}

/**
 * Convolution and bias: [B, H, W, C] → [B, H', W', filters].
 *
 * @param kernel [height, width, C, filters]
 * @param bias [filters], or none
 * @param padding "same", "valid", or pixels on every side
 */
export function conv2d(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor | undefined, strides: number | [number, number], padding: "same" | "valid" | number): tf.Tensor {
  const convolved = tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, padding);
  return bias ? biasAdd(convolved, bias) : convolved;
}
