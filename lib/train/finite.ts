import { tf } from "../backend/index.js";
import { namedWeights } from "../models/weights/named-weights.js";
import { notFinite } from "../models/weights/numbers.js";

/** The weights of a model that are not finite: "NaN in conv1/kernel (3 of 30 numbers)". */
export async function weightsNotFinite(model: tf.LayersModel): Promise<string[]> {
  const { weights } = model;
  if (weights.length === 0) return [];
  // A sum is finite only where all its numbers are: one op a weight, and one reading for all of them.
  const sums = tf.tidy(() => tf.stack(weights.map((weight) => tf.cast(tf.sum(weight.read()), "float32"))));
  try {
    const values = await sums.data();
    const suspects = new Set(weights.filter((_, i) => !Number.isFinite(values[i])));
    if (suspects.size === 0) return [];
    // A sum of large numbers may overflow where each is finite.
    const named = namedWeights(model).filter(({ variable }) => suspects.has(variable));
    const read = named.map(async ({ name, variable }) =>
      notFinite(name, (await variable.read().data()) as Float32Array),
    );
    return (await Promise.all(read)).filter((text) => text !== undefined);
  } finally {
    sums.dispose();
  }
}

/**
 * TensorFlow's max pooling passes NaN over, so that a network whose weights are NaN may still answer.
 *
 * @throws RangeError naming the weights of a model that are not finite
 */
export async function refuseNotFinite(fn: string, model: tf.LayersModel): Promise<void> {
  const wrong = await weightsNotFinite(model);
  if (wrong.length === 0) return;
  const more = wrong.length > 5 ? [`${wrong.length - 5} more`] : [];
  throw new RangeError(`${fn}: the model's weights must be finite, got ${[...wrong.slice(0, 5), ...more].join(", ")}`);
}
