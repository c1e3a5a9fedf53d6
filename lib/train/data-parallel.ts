import { compile, tf } from "../backend/index.js";
import type { Batch } from "../datasets/batches.js";
import { namedWeights } from "../models/weights/named-weights.js";
import {
  aModel,
  anInteger,
  anObject,
  aTensor,
  checkArguments,
  checkOptions,
  checkValue,
  inRange,
  listOf,
  optional,
  type Rule,
} from "../checks.js";
import { checkedLabels } from "../backend/ops/labels.js";
import { checkClassifier } from "../models/classifier.js";
import { partSizes } from "../datasets/share.js";
import { filled } from "../filled.js";
import { logitsOf } from "../layers/forward.js";
import { checkLoss, LOSS_DEFAULTS, lossOf, lossRules, type LossOptions } from "./loss.js";
import { withPenalties } from "./penalties.js";
import { sliceBatch } from "./batch-parts.js";

/** A batch's loss and its gradients. The caller disposes of the gradients. */
export interface BatchGradients {
  /** Images of the batch. */
  readonly images: number;
  /** Mean over the images, in nats, with what the regularizers add. */
  readonly loss: number;
  /** By the name of the trained weight, of its shape: "block1/attention/qkv_kernel". */
  readonly gradients: Readonly<Record<string, tf.Tensor>>;
}

/** What `batchGradients` takes. */
export interface BatchGradientsOptions extends LossOptions {
  /** Of dropout and its like, any integer; sums differ in their last digits with the number of cores. Default 0. */
  readonly seed?: number;
}

const aBatch: Rule = {
  what: "a batch",
  holds: (value) =>
    anObject.holds(value) && aTensor.holds((value as Batch).images) && aTensor.holds((value as Batch).labels),
};
const someGradients: Rule = {
  what: "what batchGradients gives",
  holds: (value) => anObject.holds(value) && anObject.holds((value as BatchGradients).gradients),
};

/**
 * What one worker of a data-parallel run computes: the loss of its batch and the gradients, in training mode. Changes
 * nothing but a batch norm's moving statistics.
 *
 * @throws RangeError for an option out of range, or a label that is no class; TypeError for a model that `fit` refuses
 */
export async function batchGradients(
  model: tf.LayersModel,
  batch: Batch,
  options: BatchGradientsOptions = {},
): Promise<BatchGradients> {
  checkArguments("batchGradients", { model, batch }, { model: aModel, batch: aBatch });
  checkOptions("batchGradients", options, { seed: optional(anInteger), ...lossRules() });
  const { seed = 0, ...rest } = options;
  const config = filled(LOSS_DEFAULTS, rest);
  const classes = checkClassifier("batchGradients", model);
  checkLoss("batchGradients", config, classes);
  const [images, wanted] = [batch.images.shape, model.inputs[0]!.shape.slice(1)];
  if (images.slice(1).join() !== wanted.join() || images[0] !== batch.labels.shape[0]) {
    const got = `[${images.join(", ")}] with ${batch.labels.shape[0]}`;
    throw new TypeError(`batchGradients: images must be [B, ${wanted.join(", ")}] with B labels, got ${got}`);
  }
  checkedLabels("batchGradients", batch.labels, classes);
  const trained = new Set(model.trainableWeights);
  const weights = namedWeights(model).filter(({ variable }) => trained.has(variable));
  const variables = weights.map(({ variable }) => variable.read() as tf.Variable);
  const crossEntropy = lossOf("crossEntropy", config);
  const backward = compile(
    (images: tf.Tensor, targets: tf.Tensor): tf.Tensor[] => {
      const loss = () =>
        withPenalties(model, crossEntropy(logitsOf(model, images, { training: true }), targets) as tf.Scalar);
      const { value, grads } = tf.variableGrads(loss, variables);
      return [value, ...variables.map(({ name }) => grads[name]!)];
    },
    { name: "batchGradients", seed: seed | 0 },
  );
  try {
    const [loss, ...found] = await backward(batch.images, batch.targets ?? batch.labels);
    const [value] = await loss!.data();
    loss!.dispose();
    return {
      images: batch.images.shape[0],
      loss: value!,
      gradients: Object.fromEntries(weights.map(({ name }, i) => [name, found[i]!])),
    };
  } finally {
    backward.dispose();
  }
}

/**
 * A batch in parts of consecutive images, as even as can be; the caller disposes of them.
 *
 * @param parts 1 to the number of images
 * @throws RangeError for a number of parts out of range
 */
export function splitBatch(batch: Batch, parts: number): Batch[] {
  checkValue("splitBatch", "batch", batch, aBatch);
  const count = batch.images.shape[0];
  const most = inRange({ from: 1, to: count, whole: true });
  checkValue("splitBatch", "parts", parts, { ...most, what: `${most.what}, the batch's images` });
  let first = 0;
  return partSizes(count, parts).map((size) => {
    first += size;
    return sliceBatch(batch, first - size, size);
  });
}

/**
 * The mean of the parts' gradients and losses, each counting by its images: the whole batch's, where a loss is a mean
 * over images. That does not hold for a batch norm, which takes each part's own statistics, for dropout, which draws
 * anew, nor for class weights, by which a loss is a weighted mean.
 *
 * @returns new tensors; the parts' stay the caller's
 * @throws RangeError for no part, TypeError for parts of different models
 * Source: Goyal et al. 2017, §2.
 */
export function averageGradients(parts: readonly BatchGradients[]): BatchGradients {
  checkValue("averageGradients", "parts", parts, listOf(someGradients));
  if (parts.length === 0) throw new RangeError("averageGradients: there must be at least one part, got none");
  const names = Object.keys(parts[0]!.gradients);
  const strange = parts.find(
    ({ gradients }) =>
      names.join() !== Object.keys(gradients).join() ||
      names.some((name) => gradients[name]!.shape.join() !== parts[0]!.gradients[name]!.shape.join()),
  );
  if (strange)
    throw new TypeError(
      `averageGradients: all parts must have the weights ${names.join(", ")}, got ` +
        `${Object.keys(strange.gradients).join(", ")}`,
    );
  const images = parts.reduce((sum, part) => sum + part.images, 0);
  const mean = (name: string): tf.Tensor =>
    tf.tidy(() => tf.addN(parts.map(({ gradients, images: own }) => tf.mul(gradients[name]!, own / images))));
  return {
    images,
    loss: parts.reduce((sum, { loss, images: own }) => sum + (loss * own) / images, 0),
    gradients: Object.fromEntries(names.map((name) => [name, mean(name)])),
  };
}

/**
 * How far two sets of gradients are apart: ‖a − b‖ / ‖b‖ over all numbers. 0 for equal ones.
 *
 * @throws TypeError where they are not of the same weights
 */
export function gradientDistance(a: BatchGradients, b: BatchGradients): number {
  checkArguments("gradientDistance", { a, b }, { a: someGradients, b: someGradients });
  const names = Object.keys(b.gradients);
  if (names.join() !== Object.keys(a.gradients).join())
    throw new TypeError(
      `gradientDistance: both must have the weights ${names.join(", ")}, got ${Object.keys(a.gradients).join(", ")}`,
    );
  const square = (of: (name: string) => tf.Tensor): number =>
    names.reduce((sum, name) => sum + tf.tidy(() => tf.sum(tf.square(of(name))).dataSync()[0]!), 0);
  const [apart, length] = [
    square((name) => tf.sub(a.gradients[name]!, b.gradients[name]!)),
    square((name) => b.gradients[name]!),
  ];
  return apart === 0 ? 0 : Math.sqrt(apart / length);
}
