import * as tf from "@tensorflow/tfjs";
import { canFuse, isFrozen } from "../compile/fused.js";

/** Pixels of a whole batch per channel, up to which the product is faster on a CPU; at 2 both take the same time. */
const MOST_PIXELS_PER_CHANNEL = 1 / 2;

/** Whether a kernel passes pixels over. */
export function moves(strides: number | [number, number]): boolean {
  return [strides].flat().some((stride) => stride !== 1);
}

/**
 * Whether a convolution is faster as one matrix product: where its kernel is far larger than its images, as in the last
 * stage of a residual network on small images. A convolution of TensorFlow's on a CPU then spends its time on bringing
 * the kernel, and its gradient, into another order and back. In a compiled function for a CPU only, and not where the
 * kernel is a constant, which is brought there once.
 */
export function isBetterAsProduct(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  strides: number | [number, number],
  padding: "same" | "valid",
): boolean {
  const [batch, height, width, channels] = x.shape;
  const [kernelHeight, kernelWidth] = kernel.shape;
  const isSame =
    padding === "same" && kernelHeight % 2 === 1 && kernelWidth % 2 === 1 && kernelHeight * kernelWidth > 1;
  return (
    isSame &&
    !moves(strides) &&
    batch * height * width <= channels * MOST_PIXELS_PER_CHANNEL &&
    canFuse() &&
    !isFrozen()
  );
}

/**
 * A convolution of stride 1 whose images keep their size: every pixel's neighbourhood as a row, times the kernel.
 *
 * @param x [B, H, W, C]
 * @param kernel [height, width, C, filters], of odd height and width
 * @returns [B, H, W, filters]
 */
export function convolveAsProduct(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const [kernelHeight, kernelWidth, , filters] = kernel.shape;
  const [above, left] = [(kernelHeight - 1) / 2, (kernelWidth - 1) / 2];
  const padded = tf.pad(x, [
    [0, 0],
    [above, above],
    [left, left],
    [0, 0],
  ]);
  const taps = Array.from({ length: kernelHeight * kernelWidth }, (_, tap) =>
    tf.slice(padded, [0, Math.floor(tap / kernelWidth), tap % kernelWidth, 0], [batch, height, width, channels]),
  );
  const size = taps.length * channels;
  const rows = tf.reshape(tf.concat(taps, 3), [batch * height * width, size]); // [B·H·W, height·width·C]
  return tf.reshape(tf.matMul(rows as tf.Tensor2D, tf.reshape(kernel, [size, filters]) as tf.Tensor2D), [
    batch,
    height,
    width,
    filters,
  ]);
}
