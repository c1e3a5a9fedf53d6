import * as tf from "@tensorflow/tfjs";
import { checkValue, oneOf } from "../../checks.js";
import { canFuse, fused } from "../compile/fused.js";
import { checkFloat } from "./op.js";

/** By the normal distribution itself, or by its approximation with tanh. */
export type GeluForm = "exact" | "tanh";

/**
 * The Gaussian error linear unit: x · Φ(x), Φ the standard normal's distribution function; "tanh" approximates it by
 * x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))). Its gradient is written out. In a compiled function both are one op
 * each that XLA compiles, and only x is kept; elsewhere what the forward pass computed is kept too.
 *
 * @param x of any shape, float32
 * @param form "exact", the default, or "tanh"
 * @returns the shape of x
 * @throws TypeError for another dtype, RangeError for an unknown form
 * Source: Hendrycks & Gimpel 2016, §2; PyTorch's `gelu`.
 */
export function gelu(x: tf.Tensor, form: GeluForm = "exact"): tf.Tensor {
  checkFloat("gelu", "x", x);
  checkValue("gelu", "form", form, oneOf(["exact", "tanh"]));
  const { inner, forward, backward, fusedForward, fusedBackward } = FORMS[form];
  return tf.customGrad((...args: unknown[]) => {
    const [x, save] = args as [tf.Tensor, tf.GradSaveFunc];
    if (canFuse()) {
      save([x]);
      return { value: fusedForward(x)[0]!, gradFunc: (dy: tf.Tensor, [x]: tf.Tensor[]) => fusedBackward(dy, x!)[0]! };
    }
    const computed = inner(x);
    save([x, computed]);
    return {
      value: forward(x, computed),
      gradFunc: (dy: tf.Tensor, [x, computed]: tf.Tensor[]) => backward(dy, x!, computed!),
    };
  })(x);
}

interface Form {
  /** The costly function inside, −1 to 1: gelu(x) = x/2 · (1 + inner(x)). */
  readonly inner: (x: tf.Tensor) => tf.Tensor;
  /** 2 · derivative − 1, of x and inner(x). */
  readonly twice: (x: tf.Tensor, inner: tf.Tensor) => tf.Tensor;
}

/** 2·derivative − 1 = erf + x · √(2/π) · exp(−x²/2); the factor goes into the exponent. */
const exact: Form = {
  inner: (x) => tf.erf(tf.mul(x, Math.SQRT1_2)),
  twice: (x, error) => {
    const bell = tf.exp(tf.add(tf.mul(tf.square(x), -0.5), Math.log(2 / Math.PI) / 2));
    return tf.add(error, tf.mul(x, bell));
  },
};

const A = Math.sqrt(2 / Math.PI);
const B = 0.044715;

/** With t = tanh(u), u = a(x + b x³): 2·derivative − 1 = t + x · (1 − t²) · a(1 + 3b x²). */
const approximate: Form = {
  inner: (x) => tf.tanh(tf.mul(x, tf.add(tf.mul(tf.square(x), A * B), A))),
  twice: (x, t) => {
    const slope = tf.mul(x, tf.add(tf.mul(tf.square(x), 3 * A * B), A)); // x · du/dx
    return tf.add(t, tf.mul(slope, tf.sub(1, tf.square(t))));
  },
};

const FORMS = { exact: both("geluExact", exact), tanh: both("geluTanh", approximate) };

function both(name: string, { inner, twice }: Form) {
  const forward = (x: tf.Tensor, inner: tf.Tensor): tf.Tensor => {
    const half = tf.mul(x, 0.5);
    return tf.add(half, tf.mul(half, inner));
  };
  const backward = (dy: tf.Tensor, x: tf.Tensor, inner: tf.Tensor): tf.Tensor => {
    const half = tf.mul(dy, 0.5);
    return tf.add(half, tf.mul(half, twice(x, inner)));
  };
  return {
    inner,
    forward,
    backward,
    fusedForward: fused(name, (x) => [forward(x!, inner(x!))]),
    fusedBackward: fused(`${name}Gradient`, (dy, x) => [backward(dy!, x!, inner(x!))]),
  };
}
