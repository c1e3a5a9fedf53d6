import { createHash } from "node:crypto";
import { tf } from "../backend/index.js";

/**
 * A loss of one's own: logits [B, K] and targets → a scalar, the mean over the batch's images. Targets are labels [B]
 * int32; where a step's images are mixed (`mixup`, `cutmix`), soft targets [B, K] float32 whose rows sum to 1, while
 * validation still gives labels.
 *
 * It is compiled with the step: it takes tensors to tensors, reads no values, and is called once a size of batch.
 */
export type LossFunction = (logits: tf.Tensor2D, targets: tf.Tensor) => tf.Tensor;

/** What is measured beside loss and accuracy: logits [B, K], labels [B] int32 → a scalar, or a number an image [B]. */
export type MetricFunction = (logits: tf.Tensor2D, labels: tf.Tensor1D) => tf.Tensor;

/** Metrics by name: `{ topThree: (logits, labels) => … }`. */
export type Metrics<Name extends string = string> = Readonly<Record<Name, MetricFunction>>;

/** Which loss of one's own a run was trained on, as plain data. */
export interface LossRecord {
  /** The function's own name. */
  readonly name: string;
  /** SHA-256 of its text, in hexadecimal digits; values that it takes from outside itself are not in it. */
  readonly sha256: string;
}

/** What a history and a checkpoint record of a loss. */
export function recordOf(loss: "crossEntropy" | LossFunction): "crossEntropy" | LossRecord {
  if (typeof loss === "string") return loss;
  return { name: loss.name, sha256: createHash("sha256").update(String(loss)).digest("hex") };
}

/**
 * Tries a loss of one's own on two images before anything is trained.
 *
 * @param classes K
 * @throws TypeError where it throws, gives no scalar, or has no gradient by the logits
 */
export function tryLoss(fn: string, loss: LossFunction, classes: number, soft: boolean): void {
  tf.tidy(() => {
    const logits = tf.zeros<tf.Rank.R2>([2, classes]);
    const labels = tf.zeros<tf.Rank.R1>([2], "int32");
    const given: unknown = asked(fn, loss, logits, labels);
    if (!(given instanceof tf.Tensor) || given.rank !== 0)
      throw new TypeError(`${fn}: loss must give a scalar, the mean over the images, got ${kindOf(given)}`);
    const targets = soft ? tf.cast(tf.oneHot(labels, classes), "float32") : labels;
    // tf.grad itself throws where there is none, and keeps what it saved
    const { grads } = tf.engine().gradients(() => asked(fn, loss, logits, targets), [logits], undefined, true);
    if (!grads[0])
      throw new TypeError(`${fn}: loss must have a gradient by the logits, got one that does not depend on them`);
  });
}

/** What a loss gives. @throws TypeError saying what it was called with, where it throws */
function asked(fn: string, loss: LossFunction, logits: tf.Tensor2D, targets: tf.Tensor): tf.Tensor {
  try {
    return loss(logits, targets);
  } catch (error) {
    const how =
      targets.rank === 1
        ? "the loss is called with logits [B, K] and labels [B] (tf.oneHot(labels, K) makes rows)"
        : "with mixup or cutmix the loss is called with logits [B, K] and soft targets [B, K]";
    const message = error instanceof Error ? error.message : String(error);
    throw new TypeError(
      `${fn}: loss must take logits [${logits.shape.join(", ")}] and targets [${targets.shape.join(", ")}], got ` +
        `"${message}"; ${how}`,
      { cause: error },
    );
  }
}

/**
 * Tries metrics on three images before anything is measured.
 *
 * @param classes K
 * @throws TypeError where one gives neither a scalar nor a number an image
 */
export function tryMetrics(fn: string, metrics: Metrics, classes: number): void {
  tf.tidy(() => {
    const logits = tf.zeros<tf.Rank.R2>([3, classes]);
    const labels = tf.zeros<tf.Rank.R1>([3], "int32");
    for (const [name, metric] of Object.entries(metrics)) {
      const given: unknown = metric(logits, labels);
      if (!(given instanceof tf.Tensor) || !(given.rank === 0 || (given.rank === 1 && given.shape[0] === 3)))
        throw new TypeError(`${fn}: metrics.${name} must give a scalar or [B], got ${kindOf(given)} for B=3`);
    }
  });
}

/** "a tensor [2, 10]", "a promise", "number"; a promise may be rejected without ending the process. */
function kindOf(value: unknown): string {
  if (value instanceof tf.Tensor) return `a tensor [${value.shape.join(", ")}]`;
  if (!(value instanceof Promise)) return typeof value;
  value.catch(() => undefined); // what is wrong is said already
  return "a promise";
}
