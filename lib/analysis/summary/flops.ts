import type { tf } from "../../backend/index.js";
import { aModel, checkArguments, oneOf } from "../../checks.js";
import { macsOf } from "./macs.js";
import { countOf, product, sizedCalls, sumOf, type SizedCall } from "./model-summary.js";

/** What a count of FLOPs counts: {@link countFlops} says of each. */
export type FlopsConvention = "multiply-adds" | "operations" | "bias-and-activation";

const CONVENTIONS: readonly FlopsConvention[] = ["multiply-adds", "operations", "bias-and-activation"];

/**
 * The FLOPs of one image, in one of the three conventions that published figures have:
 * - "multiply-adds": each product with what it is added to is one, as `countMacs` counts. fvcore's "flops", timm's
 *   GMACs, torchinfo's "mult-adds", and most papers' "FLOPs".
 * - "operations": the product and its addition are two. PyTorch's FlopCounterMode, TensorFlow's and Keras' profilers,
 *   and what a machine's FLOP/s are.
 * - "bias-and-activation": each multiply-add is one, and so is each addition of a bias and each number that an
 *   activation function gives. For two convolutions without padding on 28×28×1 and two dense layers, with M1 and M2
 *   filters of 3×3 and F1 units: 7436·M1 + 576·(9·M1 + 2)·M2 + (576·M2·F1 + 2·F1) + (10·F1 + 10).
 *
 * Norms, pooling, softmax and the additions of shortcuts count in none.
 *
 * @param model its input's shape must be known, but for the batch
 * @throws RangeError for another convention; TypeError as `countMacs`
 * Source of the third: the report "Assignment 3: Getting into the Flow of Deep Learning" (pruning).
 */
export function countFlops(model: tf.LayersModel, convention: FlopsConvention): number {
  checkArguments("countFlops", { model, convention }, { model: aModel, convention: oneOf(CONVENTIONS) });
  const { total } = macsOf("countFlops", model);
  if (convention === "operations") return 2 * total;
  return convention === "multiply-adds" ? total : total + elementwise(model);
}

/** Additions of biases, and numbers that activation functions give. */
function elementwise(model: tf.LayersModel): number {
  return sumOf(model.layers, (layer) => {
    const calls = sizedCalls(model, layer, "countFlops");
    if ("layers" in layer) return calls.length * elementwise(layer as unknown as tf.LayersModel);
    return sumOf(calls, (call) => additionsOf(layer, call) + activationsOf(layer) * product(call.outputs[0]!));
  });
}

const BIASED = [
  "Conv1D",
  "Conv2D",
  "Conv2d",
  "Conv2DTranspose",
  "Dense",
  "DepthwiseConv2D",
  "Linear",
  "SeparableConv2D",
  "UnfoldConv2d",
];

/** Additions of a layer's biases: of attention, one behind and three before the heads. */
function additionsOf(layer: tf.layers.Layer, { inputs, outputs }: SizedCall): number {
  const className = layer.getClassName();
  const { useBias, useQkvBias } = layer.getConfig() as { readonly useBias?: boolean; readonly useQkvBias?: boolean };
  const [input, numbers] = [inputs[0]!, product(outputs[0]!)];
  if (BIASED.includes(className)) return useBias === false ? 0 : numbers;
  if (className === "MultiHeadSelfAttention") return (useQkvBias === false ? 1 : 4) * numbers;
  if (className !== "SequencePooling" && className !== "SpatialSelfAttention") return 0;
  const biases = layer.weights.filter(({ shape }) => shape.length === 1);
  return product(input.slice(0, -1)) * countOf(biases); // at each token, at each pixel
}

const FUNCTIONS = ["ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU", "Gelu"];

function activationsOf(layer: tf.layers.Layer): number {
  if (FUNCTIONS.includes(layer.getClassName())) return 1;
  const { activation } = layer.getConfig() as { readonly activation?: string | null };
  return activation == null || activation === "linear" || activation === "softmax" ? 0 : 1;
}
