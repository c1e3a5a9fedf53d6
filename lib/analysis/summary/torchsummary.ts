import type { tf } from "../../backend/index.js";
import { aModel, aText, checkArguments } from "../../checks.js";
import { countOf, product, sizesOf, sumOf } from "./model-summary.js";
import { asTorchSummary } from "./show-summary.js";
import { learnable, numbersOf, torchModules, type TorchRow } from "./torch-modules.js";

/** What the program torchsummary prints of a reference program's model. One MB is 1024² bytes, as there. */
export interface TorchSummary {
  /** One run of one module each, in their order. */
  readonly rows: readonly TorchRow[];
  /** Weights and biases, without bare parameters, and without `nn.MultiheadAttention`'s; those of frozen layers too. */
  readonly params: number;
  /** Those that training learns. */
  readonly trainableParams: number;
  /** All that the layers can learn: with class token, positions and attention, which torchsummary leaves out. */
  readonly trueParams: number;
  /** One image, float32. */
  readonly inputMb: number;
  /** All outputs, twice: once for their gradients. */
  readonly forwardBackwardMb: number;
  /** The same, where a module with two outputs counts the two together; torchsummary counts the one times the other. */
  readonly correctedForwardBackwardMb: number;
  /** Those parameters, float32. */
  readonly paramsMb: number;
  /** The three together, as torchsummary has them. */
  readonly totalMb: number;
}

const MB = 1024 ** 2;

/**
 * torchsummary's table of a model of ours: the modules of the program that it is taken from, and the sizes that
 * torchsummary makes of them. Of vision transformers that is the article's of study 5, whoever's the model is: of
 * torchvision's, torchsummary makes none.
 *
 * @param model its input's shape must be known, but for the batch; it may be one of `outline`
 * @param family as the registry names it
 * @returns null for a family whose program's modules are not known
 * @throws TypeError for what is no model of that family, and for a shape that is not known
 * Source: torchsummary 1.5.1.
 */
export function torchsummary(model: tf.LayersModel, family: string): TorchSummary | null {
  checkArguments("torchsummary", { model, family }, { model: aModel, family: aText });
  const rows = torchModules(model, family);
  if (rows === null) return null;
  const params = sumOf(rows, (row) => row.params);
  const inputMb = (4 * product(sizesOf(model.layers[0]!, model.inputs))) / MB;
  const forwardBackwardMb = (2 * 4 * Math.abs(sumOf(rows, signedProduct))) / MB;
  const correctedForwardBackwardMb = (2 * 4 * sumOf(rows, numbersOf)) / MB;
  const paramsMb = (4 * params) / MB;
  return asTorchSummary({
    rows,
    params,
    trainableParams: sumOf(rows, (row) => row.trainableParams),
    trueParams: sumOf(model.layers, (layer) => countOf(learnable(layer))),
    inputMb,
    forwardBackwardMb,
    correctedForwardBackwardMb,
    paramsMb,
    totalMb: inputMb + forwardBackwardMb + paramsMb,
  });
}

/** The product of all sizes of all outputs, the batch of -1 in each: two outputs make a product, of the other sign. */
function signedProduct({ outputShapes }: TorchRow): number {
  return outputShapes.reduce((all, shape) => all * -product(shape), 1);
}
