import type { tf } from "../../backend/index.js";
import { aModel, checkValue } from "../../checks.js";
import { checkHeldWeights } from "../../layers/held-weights.js";
import { callsIn } from "../../layers/layer-calls.js";
import { asMacs } from "./show-summary.js";
import { product, sizedCalls, sumOf } from "./model-summary.js";

/** Multiply-adds (MACs) of one layer for one image: of all its uses, and of all layers of a model inside. */
export interface LayerMacs {
  /** The layer's name. */
  readonly name: string;
  /** The class of the layer, "Conv2d". */
  readonly className: string;
  /** Products with weights: convolutions and linear maps. */
  readonly weights: number;
  /** Products of activations with each other: attention's q·kᵀ and probabilities·v. */
  readonly activations: number;
}

/**
 * Multiply-adds of a model for one image, in the field's two conventions. What usual counters leave out: torchinfo
 * 1.8.0's "mult-adds" a linear layer's tokens (they count once) and attention's products; fvcore 0.1.5 the products of
 * fused attention; PyTorch 2.13's FlopCounterMode those too, on a CPU, and under `no_grad` all of an encoder layer in
 * `eval()`.
 * `countFlops` gives the same as FLOPs.
 */
export interface ModelMacs {
  /** Multiply-adds of a forward pass of one image, attention's products included. Operations are twice this. */
  readonly total: number;
  /**
   * The part with weights alone, which counters that look at modules report (published counts of transformers are often
   * this).
   */
  readonly weights: number;
  /** Layer by layer, in the order of the model. */
  readonly layers: readonly LayerMacs[];
}

/** What one kind of layer costs. Shapes without the batch, channels last. */
type Cost = (
  weights: readonly number[][],
  input: readonly number[],
  output: readonly number[],
) => Pick<LayerMacs, "weights" | "activations">;

const kernelOf = (weights: readonly number[][], rank: number): number[] =>
  weights.find((shape) => shape.length === rank)!;

const placesOf = (shape: readonly number[]): number => product(shape.slice(0, -1));
const kernelsOf = (weights: readonly number[][]): number =>
  sumOf(
    weights.filter(({ length }) => length > 2),
    product,
  );

/** Each place of the output: one kernel, or of a separable convolution two. */
const convolution: Cost = (weights, _, output) => ({ weights: kernelsOf(weights) * placesOf(output), activations: 0 });
/** Each place of the input is spread over the output. */
const transposed: Cost = (weights, input) => ({ weights: kernelsOf(weights) * placesOf(input), activations: 0 });
const linear: Cost = (weights, input) => ({
  weights: product(kernelOf(weights, 2)) * placesOf(input),
  activations: 0,
});

/**
 * By class name; tf.layers' and ours. Layers that only add, compare, look up or normalize multiply next to nothing and
 * count 0.
 */
const COSTS: Readonly<Record<string, Cost>> = {
  Conv1D: convolution,
  Conv2D: convolution,
  Conv2d: convolution,
  Conv2DTranspose: transposed,
  DepthwiseConv2D: convolution,
  SeparableConv2D: convolution,
  UnfoldConv2d: convolution,
  Dense: linear,
  Linear: linear,
  MultiHeadSelfAttention: (_, [tokens, size]) => ({
    weights: 4 * tokens! * size! ** 2,
    activations: 2 * tokens! ** 2 * size!,
  }),
  SequencePooling: (_, [tokens, size]) => ({ weights: tokens! * size!, activations: tokens! * size! }),
  SpatialSelfAttention: (weights, [height, width, channels]) => {
    const inner = kernelOf(weights, 2)[1]! / 3;
    const pixels = height! * width!;
    const pooled = Math.floor(height! / 2) * Math.floor(width! / 2);
    return { weights: 4 * pixels * channels! * inner, activations: 2 * pixels * pooled * inner };
  },
};

/**
 * Counts the multiply-adds (MACs; FLOPs are twice that) of one image through a model, layer by layer. A training step
 * costs about three times the forward pass: backward there are two products for each one.
 *
 * @param model its input's shape must be known, but for the batch
 * @throws TypeError for a shape that is not known, for a layer that holds weights in its fields without listing them,
 *   and for a layer with a kernel (a weight of rank 2 or more) that is not known here
 */
export function countMacs(model: tf.LayersModel): ModelMacs {
  checkValue("countMacs", "model", model, aModel);
  return macsOf("countMacs", model);
}

/** {@link countMacs} under the name of the public function that was called. */
export function macsOf(fn: string, model: tf.LayersModel): ModelMacs {
  checkHeldWeights(fn, model);
  const layers = model.layers.map((layer): LayerMacs => {
    const className = layer.getClassName();
    const costs = costsOf(fn, model, layer);
    return {
      name: layer.name,
      className,
      weights: sumOf(costs, (cost) => cost.weights),
      activations: sumOf(costs, (cost) => cost.activations),
    };
  });
  const weights = sumOf(layers, (layer) => layer.weights);
  return asMacs({ layers, weights, total: weights + sumOf(layers, (layer) => layer.activations) });
}

/** What each use of a layer costs. */
function costsOf(
  fn: string,
  model: tf.LayersModel,
  layer: tf.layers.Layer,
): readonly Pick<LayerMacs, "weights" | "activations">[] {
  const className = layer.getClassName();
  if ("layers" in layer) {
    const { weights, total } = macsOf(fn, layer as unknown as tf.LayersModel);
    return callsIn(model, layer).map(() => ({ weights, activations: total - weights }));
  }
  const cost = COSTS[className];
  if (!cost) {
    refuseUnknown(fn, layer, className);
    return [];
  }
  const shapes = layer.weights.map(({ shape }) => shape as number[]);
  const last = layer.getConfig().dataFormat === "channelsFirst" ? channelsLast : (sizes: readonly number[]) => sizes;
  return sizedCalls(model, layer, fn).map(({ inputs, outputs }) => cost(shapes, last(inputs[0]!), last(outputs[0]!)));
}

function channelsLast([channels, ...places]: readonly number[]): readonly number[] {
  return [...places, channels!];
}

/** Layers whose weights of rank 2 or more are added, looked up, or scale number by number. */
const ADDED = [
  "ClassToken",
  "PositionalEmbedding",
  "SinusoidalEmbedding",
  "Embedding",
  "PReLU",
  "LayerNormalization",
  "LayerNorm",
];

function refuseUnknown(fn: string, layer: tf.layers.Layer, className: string): void {
  if (ADDED.includes(className) || layer.weights.every(({ shape }) => shape.length < 2)) return;
  throw new TypeError(
    `${fn}: the layer ${layer.name} must be one of ${[...Object.keys(COSTS), ...ADDED].join(", ")} ` +
      `or hold no kernel, got ${className}`,
  );
}
