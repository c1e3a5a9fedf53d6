import type { tf } from "../backend/index.js";
import { aModel, checkValue } from "../checks.js";
import { grouped, shownAs } from "../shown.js";
import { isModel } from "./graph/layer-uses.js";

/** One use of a layer in a model. */
export interface ArchitectureLayer {
  /** The layer's name; of a layer of a model inside, "MODEL/LAYER". */
  readonly name: string;
  /** The class of the layer, "Conv2d". */
  readonly className: string;
  /** Of its first output, without the batch; null for a size that is not known. */
  readonly outputShape: readonly (number | null)[];
  /** Numbers that it learns; 0 where a layer is used again. */
  readonly params: number;
  /** Which layers' outputs it takes, by their places in the list. */
  readonly inputs: readonly number[];
}

/** How a model's layers hang together, as plain data for `plots.architecture`. */
export interface Architecture {
  /** The model's name: of the registry, where it is from there. */
  readonly name: string;
  /** Each after those that it takes from. */
  readonly layers: readonly ArchitectureLayer[];
  /** Numbers that the model learns. */
  readonly params: number;
}

/**
 * How the layers of a model hang together: each use of a layer with its output's shape, what it learns, and where its
 * inputs come from. Models inside are opened: their layers stand among the others.
 *
 * @param model any, a sequential one too
 * @throws TypeError for what is no model
 */
export function architecture(model: tf.LayersModel): Architecture {
  checkValue("architecture", "model", model, aModel);
  const layers: ArchitectureLayer[] = [];
  const counted = new Set<tf.layers.Layer>();
  walk(model, "", [], layers, counted);
  const metadata = model.getUserDefinedMetadata() as Record<string, { readonly name?: string }> | undefined;
  const name = metadata?.["saccadeModel"]?.name ?? model.name; // as createModel was asked for it
  const made = { name, layers, params: layers.reduce((sum, { params }) => sum + params, 0) };
  return shownAs(made, (shown) => ({ "text/plain": textOf(shown) }));
}

/**
 * Adds a model's layers.
 *
 * @param given for a model inside: the places of what it takes
 * @returns the places of the model's outputs
 */
function walk(
  model: tf.LayersModel,
  prefix: string,
  given: readonly number[],
  layers: ArchitectureLayer[],
  counted: Set<tf.layers.Layer>,
): number[] {
  if (!model.built) model.build(model.inputs[0]!.shape); // a sequential model does that when it is first used
  const places = new Map<string, readonly number[]>();
  model.inputLayers.forEach((layer, i) => {
    if (prefix !== "") places.set(`${layer.name} ${model.inputLayersNodeIndices[i]}`, [given[i]!]);
  });
  /** Branch by branch: all that leads to a layer's first input, then what its second one needs beside that. */
  const visit = (layer: tf.layers.Layer, at: number): readonly number[] => {
    const key = `${layer.name} ${at}`;
    const known = places.get(key);
    if (known) return known;
    const node = layer.inboundNodes[at]!;
    const taken = node.inboundLayers.flatMap((from, i) => visit(from, node.nodeIndices[i]!));
    const made = isModel(layer)
      ? walk(layer, `${prefix}${layer.name}/`, taken, layers, counted)
      : [layers.push(entryOf(layer, node.outputShapes, prefix, taken, counted)) - 1];
    places.set(key, made);
    return made;
  };
  return model.outputLayers.flatMap((layer, i) => visit(layer, model.outputLayersNodeIndices[i]!));
}

function entryOf(
  layer: tf.layers.Layer,
  outputShapes: tf.Shape | readonly tf.Shape[],
  prefix: string,
  inputs: readonly number[],
  counted: Set<tf.layers.Layer>,
): ArchitectureLayer {
  const shape = (Array.isArray(outputShapes[0]) ? outputShapes[0] : outputShapes) as tf.Shape;
  const weights = counted.has(layer) ? [] : layer.trainableWeights;
  counted.add(layer);
  return {
    name: `${prefix}${layer.name}`,
    className: layer.getClassName(),
    outputShape: shape.slice(1),
    params: weights.reduce((sum, { shape }) => sum + (shape as number[]).reduce((all, size) => all * size, 1), 0),
    inputs: [...inputs],
  };
}

function textOf({ name, layers, params }: Architecture): string {
  const joined = layers.filter(({ inputs }) => inputs.length > 1).length;
  const what = `${layers.length} layers, ${joined} of them joining several`;
  return `${name}: ${what}, ${grouped(params)} parameters`;
}
