import { ops, tf } from "../backend/index.js";
import { checkedLabels, targetsOf } from "../backend/ops/labels.js";
import {
  aRate,
  aTensor,
  checkArguments,
  checkOptions,
  listOf,
  notNegative,
  optional,
  orNull,
  type Rules,
} from "../checks.js";
import { filled } from "../filled.js";
import type { LossFunction } from "./own-functions.js";

/** Mean softmax cross-entropy of logits [B, K] and labels [B], a scalar in nats; see `backend.ops`. */
export const softmaxCrossEntropy: typeof ops.softmaxCrossEntropy = ops.softmaxCrossEntropy;

/** What {@link crossEntropy} takes besides. */
export interface LossOptions {
  /** Label smoothing: the share of each target that goes to all classes alike, 0 to below 1. Default 0. */
  readonly labelSmoothing?: number;
  /**
   * Class weights: what each class counts, 0 or more [K]. As in PyTorch the mean is over the weights w of the batch's
   * images, Σ w · loss / Σ w, and with mixup or cutmix over its images; it is the whole batch's, in however many parts
   * and processes that is computed. A batch whose images all weigh 0 has the loss 0 and moves no weight by it, where
   * PyTorch has NaN. Default null: all alike.
   */
  readonly classWeights?: readonly number[] | null;
}

/** All options, each set. */
export type LossConfig = Required<LossOptions>;

export const LOSS_DEFAULTS: LossConfig = { labelSmoothing: 0, classWeights: null };

/**
 * Softmax cross-entropy −Σ_c w_c · t_c · log softmax(logits)_c over a batch, t being the smoothed targets. The mean is
 * over the images, and for weighted labels over the weights of the images' classes, Σ w · loss / Σ w.
 *
 * @param logits [B, K] float32
 * @param targets labels [B] int32, 0 to K − 1, or soft targets [B, K] float32 whose rows sum to 1
 * @returns a scalar, in nats
 * @throws TypeError for targets of another shape or dtype, RangeError for a value of the config, and for a label that
 *   is no class; a compiled function fails for one on a CPU, and gives NaN on a GPU or with xla
 * Source: PyTorch's `cross_entropy` with `weight` and `label_smoothing`.
 * Differs: labels that all weigh 0 have the loss 0, where PyTorch divides by 0.
 */
export function crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor, config: LossOptions = {}): tf.Scalar {
  checkArguments("crossEntropy", { logits, targets }, { logits: aTensor, targets: aTensor });
  checkOptions("crossEntropy", config, lossRules());
  const whole = filled(LOSS_DEFAULTS, config);
  const [batch, classes] = logits.shape;
  checkLoss("crossEntropy", whole, classes);
  const isLabels = targets.rank === 1 && targets.dtype === "int32" && targets.shape[0] === batch;
  const isSoft = targets.dtype === "float32" && targets.shape.join() === logits.shape.join();
  if (!isLabels && !isSoft) {
    throw new TypeError(
      `crossEntropy: targets must be int32 [${batch}] or float32 [${batch}, ${classes}], got ` +
        `${targets.dtype} [${targets.shape}]`,
    );
  }
  return meanCrossEntropy(logits, targets, whole);
}

/**
 * What a run trains on: logits [B, K] and targets → a scalar. With class weights the images may be a part of a batch
 * that counts by its images: `scale` is then the whole batch's, see `weightScale`. Without it they are a batch.
 */
export type RunLoss = (logits: tf.Tensor2D, targets: tf.Tensor, scale?: tf.Tensor) => tf.Tensor;

/** The loss that a run trains on: its own function, or cross-entropy by its options. */
export function lossOf(loss: "crossEntropy" | LossFunction, config: LossConfig): RunLoss {
  if (typeof loss === "function") return loss;
  return (logits, targets, scale) => meanCrossEntropy(logits, targets, config, scale);
}

/** {@link crossEntropy} of what has been checked, in each step. */
function meanCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor, config: LossConfig, scale?: tf.Tensor): tf.Scalar {
  const { labelSmoothing, classWeights } = config;
  const [batch, classes] = logits.shape;
  const isLabels = targets.rank === 1;
  return tf.tidy(() => {
    const known = isLabels
      ? checkedLabels("crossEntropy", targets as tf.Tensor1D, classes, classWeights === null)
      : targets;
    if (isLabels && classWeights === null) return ops.softmaxCrossEntropy(logits, known, labelSmoothing);
    const chosen = isLabels ? targetsOf(known as tf.Tensor1D, classes) : targets; // [B, K]
    const smoothed = tf.add(tf.mul(chosen, 1 - labelSmoothing), labelSmoothing / classes);
    const weights = classWeights === null ? tf.ones([classes]) : tf.tensor1d(classWeights as number[]);
    const sum = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), tf.mul(smoothed, weights))));
    if (scale) return tf.mul(tf.div(sum, batch), scale) as tf.Scalar;
    if (!isLabels) return tf.div(sum, batch) as tf.Scalar;
    const weight = tf.sum(tf.mul(chosen, weights));
    return tf.mul(sum, tf.divNoNan(1, weight)) as tf.Scalar; // smoothed targets have a loss at a weight of 0, too
  });
}

/** Rules of the loss's options. @param classes K, where it is known */
export const lossRules = (classes?: number): Rules => ({
  labelSmoothing: optional(aRate),
  classWeights: optional(orNull(listOf(notNegative, classes))),
});

/** @throws TypeError or RangeError naming the field that breaks its rule */
export function checkLoss(fn: string, config: LossConfig, classes: number): void {
  checkArguments(fn, config, lossRules(classes));
  const { classWeights } = config;
  if (classWeights?.every((weight) => weight === 0))
    throw new RangeError(`${fn}: classWeights must not all be 0, got [${classWeights.join(", ")}]`);
}
