import type { tf } from "../../backend/index.js";
import { aModel, checkValue } from "../../checks.js";
import { checkHeldWeights } from "../../layers/held-weights.js";
import { callsIn } from "../../layers/layer-calls.js";
import { asSummary } from "./show-summary.js";

/** One layer, for one image. */
export interface LayerSummary {
  /** The layer's name. */
  readonly name: string;
  /** The class of the layer, "Conv2d". */
  readonly className: string;
  /** Of its output, without the batch; of a layer that is used more than once, of its last use. */
  readonly outputShape: readonly number[];
  /** Numbers that training learns. */
  readonly params: number;
  /** Numbers that are kept and not learned: moving statistics, fixed positions. */
  readonly buffers: number;
  /**
   * float32 bytes of what it computes: its output, and attention's probabilities. 0 for a layer that only passes its
   * input on under another shape; of a layer that is used more than once, and of a model inside, the sum.
   */
  readonly activationBytes: number;
}

/** A model, for one image. */
export interface ModelSummary {
  /** In the order of the model. */
  readonly layers: readonly LayerSummary[];
  /** Numbers that training learns. */
  readonly params: number;
  /** Numbers that are kept and not learned. */
  readonly buffers: number;
  /** float32 bytes of one image. */
  readonly inputBytes: number;
  /** float32 bytes of all that one image's forward pass computes, which training keeps for the backward pass. */
  readonly activationBytes: number;
  /** float32 bytes of the learned numbers. */
  readonly paramBytes: number;
}

/** Layers whose output is their input's numbers under another shape, or a part of them. */
const VIEWS = ["InputLayer", "Flatten", "Reshape", "SelectToken"];

/**
 * Numbers that a layer keeps besides its output: attention's probabilities, one row of tokens for each token and head.
 */
const KEPT: Readonly<Record<string, (layer: tf.layers.Layer, input: readonly number[]) => number>> = {
  MultiHeadSelfAttention: (layer, [tokens]) => Number(layer.getConfig()["numHeads"]) * tokens! ** 2,
  SpatialSelfAttention: (_, [height, width]) => height! * width! * Math.floor(height! / 2) * Math.floor(width! / 2),
};

/**
 * What a model consists of: layers, output shapes, parameters, and the memory of one image.
 *
 * @param model its input's shape must be known, but for the batch; it may be one of `outline`
 * @throws TypeError for what is no model, for a shape that is not known, and for a layer that holds weights in its
 *   fields without listing them
 */
export function summary(model: tf.LayersModel): ModelSummary {
  checkValue("summary", "model", model, aModel);
  checkHeldWeights("summary", model);
  const layers = model.layers.map((layer): LayerSummary => {
    const calls = sizedCalls(model, layer);
    const activationBytes = sumOf(calls, (call) => bytesOf(layer, call));
    return {
      name: layer.name,
      className: layer.getClassName(),
      outputShape: calls.at(-1)!.outputs[0]!,
      params: countOf(layer.trainableWeights),
      buffers: countOf(layer.nonTrainableWeights),
      activationBytes,
    };
  });
  const params = sumOf(layers, (layer) => layer.params);
  return asSummary({
    layers,
    params,
    buffers: sumOf(layers, (layer) => layer.buffers),
    inputBytes: 4 * sumOf(model.inputs, (input) => product(sizesOf(input.sourceLayer, input))),
    activationBytes: sumOf(layers, (layer) => layer.activationBytes),
    paramBytes: 4 * params,
  });
}

/** float32 bytes of what one use of a layer computes. */
function bytesOf(layer: tf.layers.Layer, { inputs, outputs }: SizedCall): number {
  if ("layers" in layer) return summary(layer as unknown as tf.LayersModel).activationBytes;
  const className = layer.getClassName();
  if (VIEWS.includes(className)) return 0;
  return 4 * (sumOf(outputs, product) + (KEPT[className]?.(layer, inputs[0]!) ?? 0));
}

/** One use of a layer: the sizes of its inputs and outputs without the batch. */
export interface SizedCall {
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
}

/**
 * Each use that a model makes of a layer.
 *
 * @throws TypeError where a size is not known
 */
export function sizedCalls(model: tf.LayersModel, layer: tf.layers.Layer, fn = "summary"): SizedCall[] {
  const sized = (shapes: readonly tf.Shape[]) => shapes.map((shape) => knownSizes(layer, shape, fn));
  return callsIn(model, layer).map(({ inputs, outputs }) => ({ inputs: sized(inputs), outputs: sized(outputs) }));
}

/**
 * The sizes of a layer's one input or output, without the batch.
 *
 * @throws TypeError where one is not known
 */
export function sizesOf(
  layer: tf.layers.Layer,
  tensor: tf.SymbolicTensor | tf.SymbolicTensor[],
  fn = "summary",
): number[] {
  return knownSizes(layer, (Array.isArray(tensor) ? tensor[0]! : tensor).shape, fn);
}

function knownSizes(layer: tf.layers.Layer, shape: tf.Shape, fn: string): number[] {
  const sizes = shape.slice(1);
  if (sizes.includes(null))
    throw new TypeError(
      `${fn}: the shape at ${layer.name} must be known, got [${sizes.map((size) => size ?? "?").join(", ")}]`,
    );
  return sizes as number[];
}

/** Numbers in weights. */
export function countOf(weights: readonly tf.LayerVariable[]): number {
  return weights.reduce((sum, { shape }) => sum + product(shape as number[]), 0);
}

export function sumOf<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

export function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
