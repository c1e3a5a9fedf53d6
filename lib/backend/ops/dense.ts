import * as tf from "@tensorflow/tfjs";
import {
  aCount,
  aNatural,
  aTensor,
  checkArguments,
  checkValue,
  either,
  listOf,
  oneOf,
  optional,
  type Rules,
} from "../../checks.js";
import { biasAdd } from "./bias-add.js";
import { convolveAsProduct, isBetterAsProduct } from "./conv-as-product.js";
import { convolveInTiles, isBetterInTiles } from "./conv-winograd.js";
import { checkFloat, checkShape } from "./op.js";

/**
 * x·kernel + bias over the last axis, as one matrix product of [all other axes, in].
 *
 * @param x [..., in] float32
 * @param kernel [in, out]
 * @param bias [out], or none
 * @returns [..., out]
 * @throws TypeError for a shape or dtype that does not fit
 */
export function dense(x: tf.Tensor, kernel: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  checkFloat("dense", "x", x);
  checkShape("dense", "kernel", kernel, [x.shape.at(-1) ?? 1, null]);
  checkValue("dense", "bias", bias, optional(aTensor));
  const [features, units] = kernel.shape as [number, number];
  const flat = tf.matMul(x.rank === 2 ? (x as tf.Tensor2D) : tf.reshape(x, [-1, features]), kernel as tf.Tensor2D);
  const biased = bias ? biasAdd(flat, bias) : flat;
  return x.rank === 2 ? biased : tf.reshape(biased, [...x.shape.slice(0, -1), units]);
}

const CONV2D: Rules = {
  bias: optional(aTensor),
  strides: either(aCount, listOf(aCount, 2)),
  padding: either(oneOf(["same", "valid"]), aNatural),
};

/**
 * Convolution and bias, in one op where TensorFlow fuses them.
 *
 * @param x [B, H, W, C] float32
 * @param kernel [height, width, C, filters]
 * @param bias [filters], or none
 * @param strides pixels, down and across or the same for both
 * @param padding "same", "valid", or pixels of zeros on every side
 * @returns [B, H', W', filters]
 * @throws TypeError for a shape that does not fit, RangeError for strides or padding
 */
export function conv2d(
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor | undefined,
  strides: number | [number, number],
  padding: "same" | "valid" | number,
): tf.Tensor {
  checkShape("conv2d", "x", x, [null, null, null, null]);
  checkShape("conv2d", "kernel", kernel, [null, null, x.shape[3]!, null]);
  checkArguments("conv2d", { bias, strides, padding }, CONV2D);
  const call = padded(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, padding);
  if (isBetterInTiles(...call)) return convolveInTiles(call[0], call[1], bias);
  const convolved = isBetterAsProduct(...call) ? convolveAsProduct(call[0], call[1]) : tf.conv2d(...call);
  return bias ? biasAdd(convolved, bias) : convolved;
}

/** tfjs-node's convolution knows "same" and "valid" only. */
function padded(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  strides: number | [number, number],
  padding: "same" | "valid" | number,
): [tf.Tensor4D, tf.Tensor4D, number | [number, number], "same" | "valid"] {
  if (typeof padding === "string") return [x, kernel, strides, padding];
  const same = strides === 1 && [kernel.shape[0], kernel.shape[1]].every((side) => side === 2 * padding + 1);
  if (same || padding === 0) return [x, kernel, strides, same ? "same" : "valid"];
  return [
    tf.pad(x, [
      [0, 0],
      [padding, padding],
      [padding, padding],
      [0, 0],
    ]),
    kernel,
    strides,
    "valid",
  ];
}
