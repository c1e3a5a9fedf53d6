import * as tf from "@tensorflow/tfjs";
import { checkFloat } from "./op.js";

export type GeluForm = "exact" | "tanh";

/**
 * The Gaussian error linear unit: x · Φ(x), Φ the standard normal's distribution function; "tanh" approximates it by
 * x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))). Its gradient is written out and keeps what the forward pass computed.
 *
 * @param x of any shape, float32
 * @returns the shape of x
 * @throws TypeError for another dtype, RangeError for an unknown form
 * Source: Hendrycks & Gimpel 2016, §2; PyTorch's `gelu`.
 */
export function gelu(x: tf.Tensor, form: GeluForm = "exact"): tf.Tensor {
  checkFloat("gelu", "x", x);
  if (form !== "exact" && form !== "tanh") throw new RangeError(`gelu: form must be one of exact, tanh, got ${JSON.stringify(form)}`);
  return tf.customGrad((...args: unknown[]) => {
    const [x, save] = args as [tf.Tensor, tf.GradSaveFunc];
    return form === "exact" ? exact(x, save) : approximate(x, save);
  })(x);
}

/** Φ(x) = (1 + erf(x/√2)) / 2; d(xΦ)/dx = Φ + x · exp(−x²/2) / √(2π). */
function exact(x: tf.Tensor, save: tf.GradSaveFunc): { value: tf.Tensor; gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor } {
  const error = tf.erf(tf.mul(x, Math.SQRT1_2));
  const half = tf.mul(x, 0.5);
  save([x, error]);
  return {
    value: tf.add(half, tf.mul(half, error)),
    gradFunc: (dy, saved) => {
      const [x, error] = saved as [tf.Tensor, tf.Tensor];
      // 2·derivative − 1 = erf + x · √(2/π) · exp(−x²/2); the factor goes into the exponent.
      const bell = tf.exp(tf.add(tf.mul(tf.square(x), -0.5), Math.log(2 / Math.PI) / 2));
      const twice = tf.add(error, tf.mul(x, bell));
      const half = tf.mul(dy, 0.5);
      return tf.add(half, tf.mul(half, twice));
    },
  };
}

/** With t = tanh(u), u = a(x + b x³): derivative = (1 + t)/2 + x/2 · (1 − t²) · a(1 + 3b x²). */
function approximate(x: tf.Tensor, save: tf.GradSaveFunc): { value: tf.Tensor; gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor } {
  const a = Math.sqrt(2 / Math.PI);
  const b = 0.044715;
  const t = tf.tanh(tf.mul(x, tf.add(tf.mul(tf.square(x), a * b), a)));
  const half = tf.mul(x, 0.5);
  save([x, t]);
  return {
    value: tf.add(half, tf.mul(half, t)),
    gradFunc: (dy, saved) => {
      const [x, t] = saved as [tf.Tensor, tf.Tensor];
      const slope = tf.mul(x, tf.add(tf.mul(tf.square(x), 3 * a * b), a)); // x · du/dx
      const twice = tf.add(t, tf.mul(slope, tf.sub(1, tf.square(t))));
      const half = tf.mul(dy, 0.5);
      return tf.add(half, tf.mul(half, twice));
    },
  };
}
