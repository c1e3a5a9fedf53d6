import { beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";

beforeAll(ready);

describe("the gradient of relu", () => {
  it("is dy where the output is above 0, else 0", () => {
    const x = tf.tensor1d([-2, -0, 0, 1e-30, 3]);
    const dy = tf.tensor1d([1, 2, 3, 4, 5]);
    expect([
      ...tf
        .grad((x) => tf.relu(x))(x, dy)
        .dataSync(),
    ]).toEqual([0, 0, 0, 4, 5]);
  });

  it("holds through a convolution with relu as its activation", () => {
    const kernel = tf.tensor4d([2, -2], [1, 1, 1, 2]);
    const output = (x: tf.Tensor) =>
      tf.fused.conv2d({ x: x as tf.Tensor4D, filter: kernel, strides: 1, pad: "same", activation: "relu" });
    expect([
      ...tf
        .grad(output)(tf.tensor4d([1, -1, 0.5], [1, 1, 3, 1]))
        .dataSync(),
    ]).toEqual([2, -2, 2]);
  });

  it("is one op on TensorFlow", async ({ skip }) => {
    skip(tf.getBackend() !== "tensorflow", "no TensorFlow library here");
    const gradient = tf.grad((x) => tf.relu(x));
    const { kernelNames } = await tf.profile(() => gradient(tf.tensor1d([1, 2]), tf.tensor1d([1, 1])));
    expect(kernelNames).toContain("ReluGrad");
    expect(kernelNames).not.toContain("Step");
  });
});
