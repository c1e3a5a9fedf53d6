/** Tensors of one dtype as one message. */
import * as tf from "@tensorflow/tfjs";

/** Their numbers one after the other, [n]; a new tensor. */
export function flattened(tensors: readonly tf.Tensor[]): tf.Tensor {
  return tf.tidy(() => tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1]))));
}

/** New tensors of the shapes that these have, of the numbers in `flat`. */
export function shapedAs(flat: tf.Tensor, tensors: readonly tf.Tensor[]): tf.Tensor[] {
  return tf.tidy(() => {
    const sizes = tensors.map(({ size }) => size);
    return tf.split(flat, sizes).map((part, i) => tf.reshape(part, tensors[i]!.shape));
  });
}
