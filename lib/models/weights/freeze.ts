import type { tf } from "../../backend/index.js";
import { aModel, aText, checkArguments, checkValue, either, listOf } from "../../checks.js";
import { build, namedWeights, type NamedWeight } from "./named-weights.js";
import { expressionOf, layerOf, patternHint } from "./pattern-hint.js";

/**
 * Keeps weights as they are in training: `fit` computes no gradient for them, keeps no optimizer state and lets none
 * decay. A layer all of whose weights are frozen also behaves as in evaluation: a batch norm takes its kept statistics
 * and leaves them alone. All but the head, to train that alone: `freeze(model, "*")`, then `unfreeze(model, "head")`.
 *
 * @param patterns names of weights ("head/bias"), or of layers and what begins a layer's name up to a slash ("head",
 *   "block1"), or of a model within this one ("resnet", "resnet/head"); `*` stands for any text: "block*", "*\/norm1"
 * @returns our names of all weights that the patterns name
 * @throws RangeError for a pattern that names no weight, or of a layer the statistics alone; then nothing has changed
 */
export function freeze(model: tf.LayersModel, patterns: string | readonly string[]): string[] {
  const { all, chosen } = weightsNamed("freeze", model, patterns);
  const frozen = new Set([...frozenOf(model, all), ...chosen]);
  for (const { layer, learns, name } of chosen) {
    if (!learns && all.some((each) => each.layer === layer && !frozen.has(each))) {
      throw new RangeError(
        `freeze: statistics must be frozen with all weights of their layer, got ${name} without them`,
      );
    }
  }
  for (const layer of layersOf(chosen)) settle(layer, all, frozen);
  return namesOf(all, chosen);
}

/**
 * Undoes {@link freeze}, and what `trainable = false` does to a layer or to a model within this one.
 *
 * @param patterns as there. Default: all weights
 */
export function unfreeze(model: tf.LayersModel, patterns: string | readonly string[] = "*"): string[] {
  const { all, chosen } = weightsNamed("unfreeze", model, patterns);
  const frozen = new Set([...frozenOf(model, all)].filter((weight) => !chosen.has(weight)));
  if (!model.trainable) model.trainable = true;
  for (const { within } of chosen) for (const outer of within) if (!outer.trainable) outer.trainable = true;
  for (const layer of layersOf(all)) settle(layer, all, frozen);
  return namesOf(all, chosen);
}

/** Our names of the weights that training leaves as they are: what {@link freeze} or `trainable = false` keeps. */
export function frozenWeights(model: tf.LayersModel): string[] {
  checkValue("frozenWeights", "model", model, aModel);
  const all = namedWeights(model);
  return namesOf(all, frozenOf(model, all));
}

/**
 * All weights in an order that freezing does not change: the learned ones by layer, then kept ones such as moving
 * statistics.
 */
export function allWeights(model: tf.LayersModel): tf.LayerVariable[] {
  checkValue("allWeights", "model", model, aModel);
  return inOrder(namedWeights(model)).map(({ variable }) => variable);
}

/** The order of {@link allWeights}. */
export function inOrder(weights: readonly NamedWeight[]): readonly NamedWeight[] {
  return [...weights.filter(({ learns }) => learns), ...weights.filter(({ learns }) => !learns)];
}

/** Those that do not train although they could, and the statistics of layers that are frozen whole. */
export function frozenOf(model: tf.LayersModel, all: readonly NamedWeight[]): ReadonlySet<NamedWeight> {
  const trained = new Set(model.trainableWeights);
  const isFrozen = ({ learns, variable, layer, within }: NamedWeight): boolean =>
    learns ? !trained.has(variable) : [model, layer, ...within].some(({ trainable }) => !trainable);
  return new Set(all.filter(isFrozen));
}

interface Chosen {
  readonly all: readonly NamedWeight[];
  readonly chosen: ReadonlySet<NamedWeight>;
}

/**
 * The weights that patterns name.
 *
 * @throws RangeError for a pattern that names none
 */
export function weightsNamed(fn: string, model: tf.LayersModel, patterns: string | readonly string[]): Chosen {
  checkArguments(fn, { model, patterns }, { model: aModel, patterns: either(aText, listOf(aText)) });
  build([model]);
  const all = namedWeights(model);
  const chosen = new Set<NamedWeight>();
  for (const pattern of typeof patterns === "string" ? [patterns] : patterns) {
    const expression = expressionOf(pattern, "/");
    const named = all.filter(({ name, path, variable }) =>
      [name, path, variable.originalName].some((each) => expression.test(each)),
    );
    if (named.length === 0) {
      const known = [...new Set(all.map(({ name }) => layerOf(name)))];
      const hint = patternHint(
        model,
        pattern,
        all.map(({ name }) => name),
      );
      throw new RangeError(
        `${fn}: a pattern must name a weight of a layer of ${known.join(", ")}, got ${JSON.stringify(pattern)}${hint}`,
      );
    }
    for (const weight of named) chosen.add(weight);
  }
  return { all, chosen };
}

/** Makes a layer train all of its weights but the frozen ones. */
function settle(layer: tf.layers.Layer, all: readonly NamedWeight[], frozen: ReadonlySet<NamedWeight>): void {
  const own = all.filter((weight) => weight.layer === layer);
  const still = own.filter((weight) => frozen.has(weight));
  layer.trainable = still.length < own.length;
  if (layer.trainable) for (const { learns, variable } of still) if (learns) variable.trainable = false;
}

function layersOf(weights: Iterable<NamedWeight>): ReadonlySet<tf.layers.Layer> {
  return new Set([...weights].map(({ layer }) => layer));
}

function namesOf(all: readonly NamedWeight[], chosen: ReadonlySet<NamedWeight>): string[] {
  return all.filter((weight) => chosen.has(weight)).map(({ name }) => name);
}
