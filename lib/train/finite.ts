import { tf } from "../backend/index.js";

/** The weights of a model that hold a number which is not finite, by name, each with the first such number. */
export async function weightsNotFinite(model: tf.LayersModel): Promise<string[]> {
  const { weights } = model;
  if (weights.length === 0) return [];
  // A sum is finite only where all its numbers are: one op a weight, and one reading for all of them.
  const sums = tf.tidy(() => tf.stack(weights.map((weight) => tf.sum(weight.read()))));
  try {
    const values = await sums.data();
    const suspects = weights.filter((_, i) => !Number.isFinite(values[i]));
    return (await Promise.all(suspects.map(describe))).filter((text) => text !== undefined);
  } finally {
    sums.dispose();
  }
}

/** A sum of large numbers may overflow where each is finite. */
async function describe(weight: tf.LayerVariable): Promise<string | undefined> {
  const wrong = (await weight.read().data()).find((value) => !Number.isFinite(value));
  return wrong === undefined ? undefined : `${wrong} in ${weight.originalName}`;
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
