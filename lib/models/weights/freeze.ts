import type { tf } from "../../backend/index.js";
import { aModel, aText, checkArguments, checkValue, either, listOf } from "../../checks.js";

/**
 * Keeps weights as they are in training: `fit` computes no gradient for them, keeps no optimizer state and lets none
 * decay. A layer all of whose weights are frozen also behaves as in evaluation: a batch norm takes its kept statistics
 * and leaves them alone.
 *
 * @param patterns names of weights ("head/bias"), or of layers and what begins a layer's name up to a slash ("head",
 *   "block1"); `*` stands for any text: "block*", "*\/norm1"
 * @returns our names of all weights that the patterns name
 * @throws RangeError for a pattern that names no weight; then nothing has changed
 */
export function freeze(model: tf.LayersModel, patterns: string | readonly string[]): string[] {
  return setTrainable("freeze", model, patterns, false);
}

/**
 * Undoes {@link freeze}.
 *
 * @param patterns as there. Default: all weights
 */
export function unfreeze(model: tf.LayersModel, patterns: string | readonly string[] = "*"): string[] {
  return setTrainable("unfreeze", model, patterns, true);
}

/** Our names of the weights that {@link freeze} keeps as they are. */
export function frozenWeights(model: tf.LayersModel): string[] {
  checkValue("frozenWeights", "model", model, aModel);
  return model.layers
    .flatMap((layer) =>
      [...learned(layer), ...(layer.trainable ? [] : kept(layer))].filter(
        ({ trainable }) => !layer.trainable || !trainable,
      ),
    )
    .map((weight) => weight.originalName);
}

/**
 * All weights in an order that freezing does not change: the learned ones by layer, then kept ones such as moving
 * statistics.
 */
export function allWeights(model: tf.LayersModel): tf.LayerVariable[] {
  checkValue("allWeights", "model", model, aModel);
  return [...model.layers.flatMap(learned), ...model.layers.flatMap(kept)];
}

function setTrainable(
  fn: string,
  model: tf.LayersModel,
  patterns: string | readonly string[],
  trainable: boolean,
): string[] {
  checkArguments(fn, { model, patterns }, { model: aModel, patterns: either(aText, listOf(aText)) });
  const all = allWeights(model);
  const chosen = new Set<tf.LayerVariable>();
  for (const pattern of typeof patterns === "string" ? [patterns] : patterns) {
    const expression = new RegExp(
      `^${pattern
        .split(/\*+/)
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
        .join(".*")}(/|$)`,
    );
    const named = all.filter((weight) => expression.test(weight.originalName));
    if (named.length === 0) {
      const known = [...new Set(all.map((weight) => weight.originalName.replace(/\/[^/]*$/, "")))];
      throw new RangeError(
        `${fn}: a pattern must name a weight of a layer of ${known.join(", ")}, got ${JSON.stringify(pattern)}`,
      );
    }
    for (const weight of named) chosen.add(weight);
  }
  for (const layer of model.layers) {
    const weights = [...learned(layer), ...kept(layer)];
    const touched = weights.filter((weight) => chosen.has(weight));
    if (touched.length === 0) continue;
    if (touched.length === weights.length) layer.trainable = trainable;
    else if (trainable) thaw(layer, chosen);
    else for (const weight of learned(layer)) if (chosen.has(weight)) weight.trainable = false;
  }
  return all.filter((weight) => chosen.has(weight)).map((weight) => weight.originalName);
}

/** Part of a layer's weights: the others stay frozen where the whole layer was. */
function thaw(layer: tf.layers.Layer, chosen: ReadonlySet<tf.LayerVariable>): void {
  const frozen = learned(layer).filter((weight) => (!layer.trainable || !weight.trainable) && !chosen.has(weight));
  layer.trainable = true;
  for (const weight of frozen) weight.trainable = false;
}

/** tfjs' own lists; its public ones change with `trainable`. */
function learned(layer: tf.layers.Layer): tf.LayerVariable[] {
  return (layer as unknown as { _trainableWeights: tf.LayerVariable[] })._trainableWeights;
}

function kept(layer: tf.layers.Layer): tf.LayerVariable[] {
  return (layer as unknown as { _nonTrainableWeights: tf.LayerVariable[] })._nonTrainableWeights;
}
