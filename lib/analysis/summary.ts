import type { tf } from "../backend/index.js";
import { aModel, checkValue } from "../checks.js";

/** One layer, for one image. */
export interface LayerSummary {
  readonly name: string;
  readonly className: string;
  /** Of its output, without the batch. */
  readonly outputShape: readonly number[];
  /** Numbers that training learns. */
  readonly params: number;
  /** Numbers that are kept and not learned: moving statistics, fixed positions. */
  readonly buffers: number;
  /**
   * float32 bytes of what it computes: its output, and attention's probabilities. 0 for a layer that only passes its
   * input on under another shape.
   */
  readonly activationBytes: number;
}

/** A model, for one image. */
export interface ModelSummary {
  readonly layers: readonly LayerSummary[];
  readonly params: number;
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
 * @throws TypeError for what is no model, and for a shape that is not known
 */
export function summarize(model: tf.LayersModel): ModelSummary {
  checkValue("summarize", "model", model, aModel);
  const layers = model.layers.map((layer): LayerSummary => {
    const className = layer.getClassName();
    const outputShape = sizesOf(layer, layer.output);
    const kept = KEPT[className]?.(layer, sizesOf(layer, layer.input)) ?? 0;
    const activationBytes = VIEWS.includes(className) ? 0 : 4 * (product(outputShape) + kept);
    return {
      name: layer.name,
      className,
      outputShape,
      params: countOf(layer.trainableWeights),
      buffers: countOf(layer.nonTrainableWeights),
      activationBytes,
    };
  });
  const sum = (value: (layer: LayerSummary) => number): number =>
    layers.reduce((total, layer) => total + value(layer), 0);
  const params = sum((layer) => layer.params);
  return {
    layers,
    params,
    buffers: sum((layer) => layer.buffers),
    inputBytes: 4 * product(sizesOf(model.layers[0]!, model.inputs)),
    activationBytes: sum((layer) => layer.activationBytes),
    paramBytes: 4 * params,
  };
}

/**
 * The sizes of a layer's one input or output, without the batch.
 *
 * @throws TypeError where one is not known
 */
export function sizesOf(
  layer: tf.layers.Layer,
  tensor: tf.SymbolicTensor | tf.SymbolicTensor[],
  fn = "summarize",
): number[] {
  const sizes = (Array.isArray(tensor) ? tensor[0]! : tensor).shape.slice(1);
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

export function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
