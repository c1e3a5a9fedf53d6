import * as tf from "@tensorflow/tfjs";

type Numbers = Float32Array | Int32Array | Uint8Array;

/**
 * The values of the tensor that `fn` makes; all that it makes is disposed of. Not as a result of `tf.tidy`, which looks
 * for tensors in every number of an array that it is given back: a minute for ten million.
 */
export function tidyValues(fn: () => tf.Tensor): Numbers {
  const kept: { values?: Numbers } = {};
  tf.tidy(() => {
    kept.values = fn().dataSync<"float32" | "int32" | "bool">();
  });
  return kept.values!;
}
