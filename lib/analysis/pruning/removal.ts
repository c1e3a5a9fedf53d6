import type { tf } from "../../backend/index.js";
import { aModel, aNatural, checkArguments, listOf, recordOf } from "../../checks.js";
import { didYouMean } from "../../nearest.js";
import { configOf } from "./layer-config.js";
import { isSameLane, Refusal, type Lane } from "./lane.js";
import { usesOf } from "./model-graph.js";
import { PASSAGES, UNITS_ARGUMENT, type Passage, type Use } from "./passages.js";

/** Units by the name of their layer: filters of a convolution, neurons of a dense layer, from 0. */
export type UnitsByLayer = Readonly<Record<string, readonly number[]>>;

/** What becomes of each layer. */
export type Removal = ReadonlyMap<tf.layers.Layer, Passage>;

/**
 * Follows units that go through a network.
 *
 * @param fn the public function's name
 * @throws RangeError for a layer or a unit that is not there, and for units that cannot go, with the reason
 */
export function removalOf(fn: string, model: tf.LayersModel, units: UnitsByLayer): Removal {
  checkArguments(fn, { model, units }, { model: aModel, units: recordOf(listOf(aNatural)) });
  const removed = new Map(Object.entries(units).map(([name, list]) => [name, checkedUnits(fn, model, name, list)]));
  const passages = new Map<tf.layers.Layer, Passage>();
  const lanes = new Map<tf.SymbolicTensor, Lane>();
  for (const { layer, node, inputs } of usesOf(model)) {
    const config = configOf(layer);
    const own = removed.get(layer.name) ?? new Set();
    const incoming = inputs.map((input) => lanes.get(input));
    const output = node.outputTensors[0]!;
    const isTouched = own.size > 0 || incoming.some((lane) => lane !== undefined);
    const passage = isTouched
      ? passageOf(fn, { layer, config, tensors: inputs, lanes: incoming, output, removed: own })
      : { output: undefined };
    const before = passages.get(layer);
    if (before !== undefined) checkSame(fn, layer, before, passage);
    passages.set(layer, passage);
    if (passage.output) for (const tensor of node.outputTensors) lanes.set(tensor, passage.output);
  }
  for (const tensor of model.outputs) {
    const lane = lanes.get(tensor);
    if (lane) throw refused(fn, lane.from, tensor.sourceLayer, "whose units are what the model gives: its classes");
  }
  return passages;
}

/** The layer of a name, whose units can be pruned by its kind. @throws RangeError where there is none */
export function unitLayer(fn: string, model: tf.LayersModel, name: string): tf.layers.Layer {
  const layer = model.layers.find((each) => each.name === name);
  if (layer === undefined) {
    const known = unitLayers(model).map((each) => each.name);
    const within = unitLayersWithin(model).find((each) => each.path === name || each.layer.name === name);
    if (within)
      throw new RangeError(
        `${fn}: a layer must be the model's own, got ${name}, which is in the model ${within.inner}`,
      );
    throw new RangeError(
      `${fn}: a layer must be one of the model's with units (${known.join(", ")}), got ${name}` +
        didYouMean(name, known),
    );
  }
  if (!Object.hasOwn(UNITS_ARGUMENT, layer.getClassName())) {
    throw new RangeError(
      `${fn}: a layer must be a convolution or a dense layer (${Object.keys(UNITS_ARGUMENT).join(", ")}), got ` +
        `${name}, of class ${layer.getClassName()}`,
    );
  }
  return layer;
}

/** The layers of a model that have units, in its order. */
export function unitLayers(model: tf.LayersModel): readonly tf.layers.Layer[] {
  return model.layers.filter((layer) => Object.hasOwn(UNITS_ARGUMENT, layer.getClassName()));
}

/** Those of models within it, at any depth, which stay as they are. */
export function unitLayersWithin(
  model: tf.LayersModel,
  before = "",
): readonly { readonly layer: tf.layers.Layer; readonly path: string; readonly inner: string }[] {
  return model.layers
    .filter((layer) => "layers" in layer)
    .flatMap((layer) => {
      const [inner, path] = [layer as unknown as tf.LayersModel, `${before}${layer.name}/`];
      const own = unitLayers(inner).map((each) => ({ layer: each, path: path + each.name, inner: layer.name }));
      return [...own, ...unitLayersWithin(inner, path)];
    });
}

/** How many units a layer has. */
export function unitCount(layer: tf.layers.Layer): number {
  return Number(layer.getConfig()[UNITS_ARGUMENT[layer.getClassName()]!]);
}

function checkedUnits(fn: string, model: tf.LayersModel, name: string, list: readonly number[]): ReadonlySet<number> {
  const count = unitCount(unitLayer(fn, model, name));
  const beyond = list.find((unit) => unit >= count);
  if (beyond !== undefined)
    throw new RangeError(`${fn}: units[${JSON.stringify(name)}] must be from 0 to ${count - 1}, got ${beyond}`);
  const twice = list.find((unit, i) => list.indexOf(unit) !== i);
  if (twice !== undefined)
    throw new RangeError(`${fn}: units[${JSON.stringify(name)}] must be each unit once, got ${twice} again`);
  if (list.length === count)
    throw new RangeError(`${fn}: units[${JSON.stringify(name)}] must leave one unit or more, got all ${count}`);
  return new Set(list);
}

function passageOf(fn: string, use: Use): Passage {
  const { layer, config, lanes, removed } = use;
  const from = [...new Set([...(removed.size > 0 ? [layer.name] : []), ...lanes.flatMap((lane) => lane?.from ?? [])])];
  const name = layer.getClassName();
  const rule = Object.hasOwn(PASSAGES, name) ? PASSAGES[name] : undefined;
  if (rule === undefined) throw refused(fn, from, layer, "which takes all units together");
  if (config["dataFormat"] === "channelsFirst") throw refused(fn, from, layer, "whose channels come first");
  try {
    return rule(use);
  } catch (error) {
    if (error instanceof Refusal) throw refused(fn, from, layer, `where ${error.message}`);
    throw error;
  }
}

function refused(fn: string, from: readonly string[], layer: tf.layers.Layer, why: string): RangeError {
  const own = from.length === 1 && from[0] === layer.name;
  const where = own ? "itself" : `${layer.name} (${layer.getClassName()})`;
  return new RangeError(`${fn}: units of ${from.join(", ")} must be free to go, got ${where}, ${why}`);
}

function checkSame(fn: string, layer: tf.layers.Layer, before: Passage, now: Passage): void {
  if (isSameLane(before.output, now.output) && sameText(before.stays) === sameText(now.stays)) return;
  throw refused(fn, now.output?.from ?? before.output?.from ?? [layer.name], layer, "which is used elsewhere too");
}

const sameText = (value: unknown): string => JSON.stringify(value ?? {});
