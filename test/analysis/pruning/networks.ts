import { datasets, tf } from "../../../lib/index.js";

/** Gives every weight of a model small random numbers, and variances positive ones: norms and biases matter then. */
export function shake(model: tf.LayersModel, seed = 1): tf.LayersModel {
  const random = datasets.createRandom(seed);
  for (const weight of model.weights) {
    const size = weight.shape.reduce<number>((all, length) => all * length!, 1);
    const least = weight.originalName.endsWith("variance") ? 0.5 : -0.5;
    const values = Float32Array.from({ length: size }, () => least + random.uniform());
    weight.write(tf.tensor(values, weight.shape as number[]));
  }
  return model;
}

/** What a model gives for the same random images, as numbers. */
export function outputsOf(model: tf.LayersModel, count = 3): Float32Array {
  return tf.tidy(() => {
    const shape = model.inputs[0]!.shape.slice(1) as number[];
    return (
      model.predict(tf.randomUniform([count, ...shape], -1, 1, "float32", 5)) as tf.Tensor
    ).dataSync() as Float32Array;
  });
}

/** The largest difference between two outputs, as a share of their largest number. */
export function difference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length || a.length === 0) return Infinity;
  const largest = Math.max(...a.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / largest;
}
