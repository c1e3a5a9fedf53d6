import * as tf from "@tensorflow/tfjs";
import { aRate, checkValue } from "../../checks.js";
import { DType } from "../tensorflow-dtypes.js";
import { checkedLabels, targetsOf } from "./labels.js";
import { checkFloat, checkShape, defineOp, type } from "./op.js";

/** Loss [B] and its gradient in the logits [B, K], both at once. */
const sparse = defineOp<{ logits: tf.Tensor2D; labels: tf.Tensor1D }, object>({
  name: "SparseSoftmaxCrossEntropy",
  tensorflow: (run, { logits, labels }) =>
    run("SparseSoftmaxCrossEntropyWithLogits", [type("T"), type("Tlabels", DType.INT32)], [logits, labels], 2),
  composed: ({ logits, labels }) => compose(logits, targetsOf(labels, logits.shape[1])),
});

/** The same for targets [B, K] that sum to 1. */
const dense = defineOp<{ logits: tf.Tensor2D; targets: tf.Tensor }, object>({
  name: "SoftmaxCrossEntropy",
  tensorflow: (run, { logits, targets }) => run("SoftmaxCrossEntropyWithLogits", [type("T")], [logits, targets], 2),
  composed: ({ logits, targets }) => compose(logits, targets),
});

/**
 * Mean softmax cross-entropy over the batch: −Σ target · log softmax(logits), the target of a label being
 * 1 − labelSmoothing + labelSmoothing / K, and labelSmoothing / K elsewhere. Loss and gradient are one op.
 *
 * @param logits [B, K] float32, before any softmax
 * @param labels [B] int32, 0 to K − 1. For another a compiled function fails on a CPU, and gives NaN on a GPU or with
 *   xla
 * @param labelSmoothing 0 to below 1
 * @returns a scalar, in nats
 * @throws TypeError for another shape or dtype, RangeError for labelSmoothing, or for a label that is no class
 * Source: Szegedy et al. 2016, §7; PyTorch's `cross_entropy`.
 */
export function softmaxCrossEntropy(logits: tf.Tensor, labels: tf.Tensor, labelSmoothing = 0): tf.Scalar {
  checkFloat("softmaxCrossEntropy", "logits", logits);
  checkShape("softmaxCrossEntropy", "logits", logits, [null, null]);
  const [batch, classes] = logits.shape as [number, number];
  checkShape("softmaxCrossEntropy", "labels", labels, [batch]);
  if (labels.dtype !== "int32") throw new TypeError(`softmaxCrossEntropy: labels must be int32, got ${labels.dtype}`);
  checkValue("softmaxCrossEntropy", "labelSmoothing", labelSmoothing, aRate);
  const known = checkedLabels("softmaxCrossEntropy", labels as tf.Tensor1D, classes, labelSmoothing === 0);
  return tf.customGrad((...args: unknown[]) => {
    const [logits, save] = args as [tf.Tensor2D, tf.GradSaveFunc];
    const [loss, gradient] = (
      labelSmoothing === 0
        ? sparse({ logits, labels: known }, {})
        : dense({ logits, targets: smooth(known, classes, labelSmoothing) }, {})
    ) as [tf.Tensor, tf.Tensor];
    save([gradient]);
    return {
      value: tf.mean(loss),
      gradFunc: (dy: tf.Tensor, [gradient]: tf.Tensor[]) => tf.mul(gradient!, tf.div(dy, batch)),
    };
  })(logits) as tf.Scalar;
}

function smooth(labels: tf.Tensor1D, classes: number, labelSmoothing: number): tf.Tensor {
  const rest = labelSmoothing / classes;
  return tf.add(tf.mul(targetsOf(labels, classes), 1 - labelSmoothing), rest); // [B, K]
}

function compose(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor[] {
  const logProbabilities = tf.logSoftmax(logits);
  return [tf.neg(tf.sum(tf.mul(logProbabilities, targets), -1)), tf.sub(tf.exp(logProbabilities), targets)];
}
