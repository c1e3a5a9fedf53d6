import { tf } from "../../backend/index.js";
import { withoutWeights } from "../../layers/weightless.js";
import { configOf, layerOf } from "./layer-config.js";
import { networkOf, originOf, weightsOf } from "./model-graph.js";
import { applied, checkSame, checkShapes } from "./same-layer.js";

/** How a copy's layers differ. */
export interface CopyOptions {
  /** The layer in place of another one; undefined: one of the same kind and config. */
  readonly layer?: (layer: tf.layers.Layer) => tf.layers.Layer | undefined;
  /**
   * The weights of a new layer, in the order of `weightsOf`, which the copy takes over; undefined where they stay as
   * the layer's initializers made them. Default: clones of the old ones.
   */
  readonly weights?: ((old: tf.layers.Layer, made: tf.layers.Layer) => readonly tf.Tensor[]) | null;
  /** The note of how `createModel` made it. Default: none. */
  readonly origin?: unknown;
}

/**
 * A model again: new layers under the same names, in the same order, with weights of their own. A tf.sequential stays
 * one.
 *
 * @param fn the public function's name
 * @throws TypeError for a layer whose class cannot make it again from its config
 */
export function copyModel(fn: string, model: tf.LayersModel, options: CopyOptions = {}): tf.LayersModel {
  const { weights = clones } = options;
  const made = new Map<tf.layers.Layer, tf.layers.Layer>();
  const build = () => built(fn, model, (layer) => madeFor(layer, made, options));
  let copy: tf.LayersModel;
  try {
    copy = weights === null ? build() : withoutWeights(build);
    for (const [old, layer] of made) checkSame(fn, old, layer);
    if (weights !== null) for (const [old, layer] of made) give(fn, old, layer, weights(old, layer));
  } catch (error) {
    for (const weight of [...made.values()].flatMap(weightsOf)) weight.dispose();
    throw error;
  }
  copy.trainable = model.trainable;
  const { saccadeModel: _, ...noted } = (model.getUserDefinedMetadata() ?? {}) as Record<string, unknown>;
  const metadata = { ...noted, ...(options.origin !== undefined && { saccadeModel: options.origin }) };
  if (Object.keys(metadata).length > 0) copy.setUserDefinedMetadata(metadata);
  return copy;
}

function madeFor(
  old: tf.layers.Layer,
  made: Map<tf.layers.Layer, tf.layers.Layer>,
  { layer }: CopyOptions,
): tf.layers.Layer {
  const known = made.get(old);
  if (known !== undefined) return known;
  const copy = layer?.(old) ?? layerOf(old, configOf(old));
  made.set(old, copy);
  return copy;
}

function built(
  fn: string,
  model: tf.LayersModel,
  layerFor: (layer: tf.layers.Layer) => tf.layers.Layer,
): tf.LayersModel {
  if (model.getClassName() === "Sequential") {
    const network = networkOf(model);
    const layers = model.layers.map(layerFor);
    const [first] = model.layers;
    const copy = tf.sequential({ name: model.name });
    const saysInput = first!.getClassName() === "InputLayer" || "layers" in first!;
    if (!saysInput && layers[0]!.batchInputShape == null)
      copy.add(tf.layers.inputLayer({ batchInputShape: network.inputs[0]!.shape }));
    layers.forEach((layer, i) => applied(fn, model.layers[i]!, () => copy.add(layer)));
    return copy;
  }
  const tensors = new Map<tf.SymbolicTensor, tf.SymbolicTensor>();
  const visit = (tensor: tf.SymbolicTensor): tf.SymbolicTensor => {
    const known = tensors.get(tensor);
    if (known !== undefined) return known;
    const { layer, node, inputs } = originOf(tensor);
    const given = inputs.map(visit);
    const outputs =
      layer.getClassName() === "InputLayer"
        ? inputAs(tensor)
        : applied(fn, layer, () => layerFor(layer).apply(listed(given), node.callArgs));
    node.outputTensors.forEach((each, i) => tensors.set(each, [outputs].flat()[i]!));
    return tensors.get(tensor)!;
  };
  const outputs = model.outputs.map(visit);
  return tf.model({ name: model.name, inputs: model.inputs.map(visit), outputs });
}

function inputAs({ sourceLayer, shape, dtype }: tf.SymbolicTensor): tf.SymbolicTensor {
  return tf.input({ batchShape: shape, dtype, name: sourceLayer.name });
}

const listed = <Item>(items: readonly Item[]): Item | Item[] => (items.length === 1 ? items[0]! : [...items]);

function clones(old: tf.layers.Layer): readonly tf.Tensor[] {
  return weightsOf(old).map((weight) => tf.clone(weight.read()));
}

function give(fn: string, old: tf.layers.Layer, layer: tf.layers.Layer, values: readonly tf.Tensor[]): void {
  try {
    const weights = weightsOf(layer);
    checkShapes(fn, old, weights, values);
    tf.tidy(() => weights.forEach((weight, i) => weight.write(values[i]!)));
  } finally {
    tf.dispose([...values]);
  }
}
