import { tf } from "../../backend/index.js";

const zeros = "zeros" as const;

/** Applies a layer that has weights, and gives it theirs; disposes of the tensors. */
export function withWeights(
  layer: tf.layers.Layer,
  x: tf.SymbolicTensor | tf.SymbolicTensor[],
  weights: readonly tf.Tensor[],
): tf.SymbolicTensor {
  const y = layer.apply(x) as tf.SymbolicTensor;
  layer.setWeights([...weights]);
  tf.dispose([...weights]);
  return y;
}

/** x·kernel + bias over the last axis. @param bias of none where the layer has none */
export function dense(name: string, x: tf.SymbolicTensor, kernel: tf.Tensor, bias?: tf.Tensor): tf.SymbolicTensor {
  const layer = tf.layers.dense({
    name,
    units: kernel.shape[1]!,
    useBias: bias !== undefined,
    kernelInitializer: zeros,
  });
  return withWeights(layer, x, bias ? [kernel, bias] : [kernel]);
}

/** A 1×1 convolution. @param kernel [C, filters] */
export function pointwise(name: string, x: tf.SymbolicTensor, kernel: tf.Tensor, bias: tf.Tensor): tf.SymbolicTensor {
  return convolution(
    name,
    x,
    tf.tidy(() => tf.reshape(kernel, [1, 1, ...kernel.shape])),
    bias,
    { strides: 1, padding: "valid" },
  );
}

/** A convolution. @param kernel [side, side, C, filters] */
export function convolution(
  name: string,
  x: tf.SymbolicTensor,
  kernel: tf.Tensor,
  bias: tf.Tensor | undefined,
  options: { readonly strides: number; readonly padding: "same" | "valid"; readonly activation?: "linear" | "relu" },
): tf.SymbolicTensor {
  const [kernelSize, , , filters] = kernel.shape as [number, number, number, number];
  const layer = tf.layers.conv2d({
    name,
    filters,
    kernelSize,
    ...options,
    useBias: bias !== undefined,
    dataFormat: "channelsLast",
    kernelInitializer: zeros,
  });
  return withWeights(layer, x, bias ? [kernel, bias] : [kernel]);
}

export function reshape(name: string, x: tf.SymbolicTensor, targetShape: number[]): tf.SymbolicTensor {
  return tf.layers.reshape({ name, targetShape }).apply(x) as tf.SymbolicTensor;
}

/** softmax(a·bᵀ)·c for sequences [B, N, c], [B, M, c], [B, M, d]: [B, N, d]. */
export function attend(
  name: string,
  a: tf.SymbolicTensor,
  b: tf.SymbolicTensor,
  c: tf.SymbolicTensor,
): tf.SymbolicTensor {
  const scores = tf.layers.dot({ name: `${name}/scores`, axes: [2, 2] }).apply([a, b]) as tf.SymbolicTensor;
  const shares = tf.layers.softmax({ name: `${name}/softmax`, axis: -1 }).apply(scores) as tf.SymbolicTensor;
  return tf.layers.dot({ name: `${name}/mean`, axes: [2, 1] }).apply([shares, c]) as tf.SymbolicTensor;
}

/**
 * The rows of a table for every image: [B, rows, D]. tfjs has no layer for a constant, so the rows' numbers are the
 * bias of a dense layer whose kernel is 0, fed with the image's mean, and an embedding looks them up.
 *
 * @param table [rows, D]
 */
export function constantRows(
  name: string,
  image: tf.SymbolicTensor,
  table: tf.Tensor,
  trainable = true,
): tf.SymbolicTensor {
  const [rows, size] = table.shape as [number, number];
  const mean = tf.layers
    .globalAveragePooling2d({ name: `${name}/image_mean`, dataFormat: "channelsLast" })
    .apply(image) as tf.SymbolicTensor;
  const numbers = tf.layers.dense({
    name: `${name}/row_numbers`,
    units: rows,
    kernelInitializer: zeros,
    trainable: false,
  });
  const indices = withWeights(numbers, mean, [tf.zeros([image.shape.at(-1)!, rows]), tf.range(0, rows)]); // [B, rows]
  const embedding = tf.layers.embedding({
    name,
    inputDim: rows,
    outputDim: size,
    embeddingsInitializer: zeros,
    trainable,
  });
  return withWeights(embedding, indices, [table]);
}
