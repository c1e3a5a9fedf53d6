import { ops, tf } from "../backend/index.js";
import { checkedLabels, targetsOf } from "../backend/ops/labels.js";
import { anObject, aTensor, checkArguments } from "../checks.js";

/** Mean softmax cross-entropy of logits [B, K] and labels [B], a scalar in nats; see `backend.ops`. */
export const softmaxCrossEntropy: typeof ops.softmaxCrossEntropy = ops.softmaxCrossEntropy;

export interface LossOptions {
  /** Share of each target that goes to all classes alike, 0 to below 1. Default 0. */
  readonly labelSmoothing?: number;
  /** What each class counts, 0 or more [K]; null: all alike. Default null. */
  readonly classWeights?: readonly number[] | null;
}

/** All options, each set. */
export type LossConfig = Required<LossOptions>;

export const LOSS_DEFAULTS: LossConfig = { labelSmoothing: 0, classWeights: null };

/**
 * Softmax cross-entropy −Σ_c w_c · t_c · log softmax(logits)_c over a batch, t being the smoothed targets. The mean is
 * over the images, and for weighted labels over the weights of the images' classes.
 *
 * @param logits [B, K] float32
 * @param targets labels [B] int32, 0 to K − 1, or soft targets [B, K] float32 whose rows sum to 1
 * @returns a scalar, in nats
 * @throws TypeError for targets of another shape or dtype, RangeError for a value of the config, and for a label that
 *   is no class; a compiled function fails for one on a CPU, and gives NaN on a GPU or with xla
 * Source: PyTorch's `cross_entropy` with `weight` and `label_smoothing`.
 */
export function crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor, config: LossOptions = {}): tf.Scalar {
  checkArguments("crossEntropy", { logits, targets, config }, { logits: aTensor, targets: aTensor, config: anObject });
  const { labelSmoothing, classWeights } = { ...LOSS_DEFAULTS, ...config };
  const [batch, classes] = logits.shape;
  checkLoss("crossEntropy", { labelSmoothing, classWeights }, classes);
  const isLabels = targets.rank === 1 && targets.dtype === "int32" && targets.shape[0] === batch;
  const isSoft = targets.dtype === "float32" && targets.shape.join() === logits.shape.join();
  if (!isLabels && !isSoft) {
    throw new TypeError(
      `crossEntropy: targets must be int32 [${batch}] or float32 [${batch}, ${classes}], got ` +
        `${targets.dtype} [${targets.shape}]`,
    );
  }
  return tf.tidy(() => {
    const known = isLabels
      ? checkedLabels("crossEntropy", targets as tf.Tensor1D, classes, classWeights === null)
      : targets;
    if (isLabels && classWeights === null) return ops.softmaxCrossEntropy(logits, known, labelSmoothing);
    const chosen = isLabels ? targetsOf(known as tf.Tensor1D, classes) : targets; // [B, K]
    const smoothed = tf.add(tf.mul(chosen, 1 - labelSmoothing), labelSmoothing / classes);
    const weights = classWeights === null ? tf.ones([classes]) : tf.tensor1d(classWeights as number[]);
    const sum = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), tf.mul(smoothed, weights))));
    return tf.div(sum, isLabels ? tf.sum(tf.mul(chosen, weights)) : batch) as tf.Scalar;
  });
}

/** @throws RangeError naming the field that breaks its rule */
export function checkLoss(fn: string, { labelSmoothing, classWeights }: LossConfig, classes: number): void {
  if (typeof labelSmoothing !== "number" || !(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new RangeError(`${fn}: labelSmoothing must be 0 to below 1, got labelSmoothing=${labelSmoothing}`);
  }
  if (classWeights === null) return;
  const good =
    Array.isArray(classWeights) &&
    classWeights.length === classes &&
    classWeights.every((weight) => weight >= 0 && Number.isFinite(weight));
  if (!good || !classWeights.some((weight) => weight > 0)) {
    throw new RangeError(
      `${fn}: classWeights must be ${classes} numbers of 0 or more, not all 0, got [${classWeights}]`,
    );
  }
}
