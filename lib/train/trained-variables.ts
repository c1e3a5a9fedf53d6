import type { tf } from "../backend/index.js";

/**
 * What a step changes.
 *
 * @throws RangeError for a model with nothing to train
 */
export function trainedVariables(fn: string, model: tf.LayersModel): tf.Variable[] {
  // tfjs names a layer that two models within share twice
  const variables = [...new Set(model.trainableWeights)].map((weight) => weight.read() as tf.Variable);
  if (variables.length === 0)
    throw new RangeError(`${fn}: the model must have a weight to train, got none (frozen: all)`);
  return variables;
}
