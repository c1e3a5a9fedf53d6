import { backendInfo, tf } from "../backend/index.js";
import { partSizes } from "../datasets/share.js";
import { batchNorms, logitsOf } from "../layers/forward.js";
import type { LossFunction, LossRecord } from "./own-functions.js";
import { withPenalties } from "./penalties.js";

/**
 * Images [B, H, W, C], their labels [B] int32, and what the loss is taken against: the labels, or soft targets [B, K].
 */
export interface LabelledImages {
  readonly images: tf.Tensor;
  readonly labels: tf.Tensor;
  readonly targets: tf.Tensor;
}

/** What a batch says of a model. */
export interface Backward {
  /** Mean over the images, in nats, with what the regularizers add: a scalar. */
  readonly loss: tf.Tensor;
  /** Images whose largest logit is their label's, an int32 scalar. */
  readonly correct: tf.Tensor;
  /** Of the loss, in the variables' order. */
  readonly gradients: tf.Tensor[];
}

/**
 * A batch forward and backward in training mode. With several parts, each part of consecutive images is computed by
 * itself, and in a compiled step side by side: no op of one waits for another's, which is faster where ops are small.
 * The parts count by their images, so that together they are the whole batch, up to the rounding of sums, unless the
 * model takes statistics of a batch. What is drawn at random, each part draws anew.
 *
 * @param loss of images a mean; with class weights, scaled by the whole batch's, see `weightScale`
 */
export function backward(
  model: tf.LayersModel,
  variables: readonly tf.Variable[],
  batch: LabelledImages,
  loss: LossFunction,
  parts = 1,
): Backward {
  const size = batch.images.shape[0]!;
  if (size === 0) return ofNone(variables);
  const count = Math.min(parts, size);
  if (count === 1) return ofPart(model, variables, batch, loss, 1);
  const sizes = partSizes(size, count);
  const [images, labels] = [tf.split(batch.images, sizes), tf.split(batch.labels, sizes)];
  const targets = batch.targets === batch.labels ? labels : tf.split(batch.targets, sizes);
  const all = sizes.map((own, i) =>
    ofPart(model, variables, { images: images[i]!, labels: labels[i]!, targets: targets[i]! }, loss, own / size),
  );
  const sum = (of: (part: Backward) => tf.Tensor) => tf.addN(all.map(of));
  return {
    loss: sum(({ loss }) => loss),
    correct: sum(({ correct }) => correct),
    gradients: variables.map((_, i) => sum(({ gradients }) => gradients[i]!)),
  };
}

/** What a process adds to a batch of which it has no image. */
function ofNone(variables: readonly tf.Variable[]): Backward {
  return { loss: tf.scalar(0), correct: tf.scalar(0, "int32"), gradients: variables.map((one) => tf.zerosLike(one)) };
}

/** @param share what the part's mean counts in the batch's, 0 to 1 */
function ofPart(
  model: tf.LayersModel,
  variables: readonly tf.Variable[],
  { images, labels, targets }: LabelledImages,
  loss: LossFunction,
  share: number,
): Backward {
  let kept: tf.Tensor | undefined; // out of variableGrads' hands
  const { value, grads } = tf.variableGrads(() => {
    const logits = logitsOf(model, images, { training: true });
    kept = tf.keep(tf.sum(tf.cast(tf.equal(tf.argMax(logits, -1), labels), "int32")));
    const penalized = withPenalties(model, loss(logits, targets) as tf.Scalar);
    return share === 1 ? penalized : tf.mul(penalized, share);
  }, variables as tf.Variable[]);
  const correct = tf.clone(kept!); // the caller's to keep, as the others are
  kept!.dispose();
  return { loss: value, correct, gradients: variables.map(({ name }) => grads[name]!) };
}

/**
 * Parts have gradients of their own: of a network with more weights than these, a second set is not worth its memory.
 */
const MOST_WEIGHTS = 10_000_000;

/**
 * In how many parts a model's training steps are best computed: two on a CPU, where that is the same mathematics, else
 * one. The machine's number of cores is not looked at, so that a run draws the same numbers everywhere. Of a loss of
 * one's own it is not known whether it is a mean over images.
 */
export function bestParts(
  model: tf.LayersModel,
  { loss = "crossEntropy" }: { readonly loss?: "crossEntropy" | LossRecord },
): 1 | 2 {
  const { tensorflow, devices } = backendInfo();
  const isCpu = tensorflow !== undefined && devices.every(({ type }) => type !== "GPU");
  const isSame = loss === "crossEntropy" && batchNorms(model).length === 0;
  return isCpu && isSame && model.countParams() <= MOST_WEIGHTS ? 2 : 1;
}
