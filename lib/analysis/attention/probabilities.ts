import { tf } from "../../backend/index.js";
import type { MultiHeadSelfAttention, SequencePooling, SpatialSelfAttention } from "../../layers/index.js";

/** softmax(q·kᵀ / √headDim): [B, heads, N, N]. */
export function tokenWeights(layer: MultiHeadSelfAttention, x: tf.Tensor3D): tf.Tensor {
  const { numHeads, useQkvBias } = layer.getConfig() as unknown as { numHeads: number; useQkvBias?: boolean };
  const [batch, tokens, size] = x.shape;
  const headDim = size / numHeads;
  const [kernel, bias] = layer.getWeights() as [tf.Tensor2D, tf.Tensor1D];
  const projected = tf.matMul(tf.reshape(x, [-1, size]), kernel);
  const qkv = tf.reshape(useQkvBias === false ? projected : tf.add(projected, bias), [
    batch,
    tokens,
    3,
    numHeads,
    headDim,
  ]);
  // [B, heads, N, headDim] each
  const [q, k] = tf.unstack(tf.transpose(qkv, [2, 0, 3, 1, 4])) as [tf.Tensor, tf.Tensor];
  return tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(headDim)));
}

/** softmax over N of (x·kernel + bias): [B, 1, 1, N]. */
export function poolingWeights(layer: SequencePooling, x: tf.Tensor3D): tf.Tensor {
  const [batch, tokens, size] = x.shape;
  const [kernel, bias] = layer.getWeights() as [tf.Tensor2D, tf.Tensor1D];
  const scores = tf.add(tf.matMul(tf.reshape(x, [-1, size]), kernel), bias);
  return tf.softmax(tf.reshape(scores, [batch, 1, 1, tokens]));
}

/** softmax(theta·pool(phi)ᵀ): [B, 1, H·W, (H / 2)·(W / 2)]. */
export function pixelWeights(layer: SpatialSelfAttention, x: tf.Tensor4D): tf.Tensor {
  const [batch, height, width, channels] = x.shape;
  const [kernel, bias] = layer.getWeights() as [tf.Tensor2D, tf.Tensor1D];
  const inner = kernel.shape[1] / 3;
  const projected = tf.reshape(tf.add(tf.matMul(tf.reshape(x, [-1, channels]), kernel), bias), [
    batch,
    height,
    width,
    3 * inner,
  ]) as tf.Tensor4D;
  const [theta, phi] = tf.split(projected, 3, -1) as [tf.Tensor4D, tf.Tensor4D];
  const keys = tf.reshape(tf.maxPool(phi, 2, 2, "valid"), [batch, 1, -1, inner]);
  return tf.softmax(tf.matMul(tf.reshape(theta, [batch, 1, height * width, inner]), keys, false, true));
}
