import { compile, ops, tf } from "../backend/index.js";
import { planBatches } from "../datasets/batch-options.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { cellSignal } from "../host.js";
import { aModel, anyNumber, anySet, aSignal, checkArguments, checkOptions, optional } from "../checks.js";
import { modelUse } from "../models/model-use.js";
import { checkWorkers, defaultWorkers, openFeed } from "./feed.js";
import { refuseNotFinite } from "./finite.js";
import { logitsOf } from "./forward.js";
import { checkClasses, checkCounts, checkInputs, yieldToEvents } from "./inputs.js";
import { accuracyPerClass, calibrationError } from "./metrics.js";
import { asEvaluation } from "./show-evaluation.js";

export interface EvaluateOptions {
  /** Images per step; it changes the speed, not the result. Default 100. */
  readonly batchSize?: number;
  /**
   * Mean of pixels in 0 to 1: one number, or one a channel. Default what is noted with the model, by `fit`,
   * `loadCheckpoint` or `loadWeights`; else 0.5.
   */
  readonly mean?: number | readonly number[];
  /** Standard deviation of pixels in 0 to 1, above 0: one number, or one a channel. Default as for `mean`; else 0.5. */
  readonly std?: number | readonly number[];
  /** Ends the evaluation after the current step; in a notebook the running cell's signal by default. */
  readonly signal?: AbortSignal;
  /** Threads that make the batches, 0 to 64; 0 is this thread. Default 0 for images in memory, 2 for files. */
  readonly workers?: number;
}

/** What an evaluation computes by, each option set. */
export type EvaluateConfig = Required<Pick<EvaluateOptions, "batchSize" | "mean" | "std">>;

export interface Evaluation {
  /** Share of images whose largest logit is their label's, 0 to 1; one whose logits are not finite is never right. */
  readonly accuracy: number;
  /** Share of images whose label is among the five largest logits, 0 to 1, where they are finite. */
  readonly top5Accuracy: number;
  /** Share of each class's images that are right, 0 to 1 [K]; NaN for a class without images. */
  readonly perClass: readonly number[];
  /** Expected calibration error of the softmax in 15 bins, 0 to 1; NaN where a logit is not finite. */
  readonly calibrationError: number;
  /** Mean softmax cross-entropy over the images, in nats, without what regularizers add in training. */
  readonly loss: number;
  /** The class of the largest logit [N], in the set's order. */
  readonly predictions: Int32Array;
}

/**
 * Accuracy, loss and predictions of a model on a set, in the set's order, without augmentation; of files the largest
 * middle window, resized.
 *
 * @throws TypeError or RangeError where model and set do not fit each other: the classes that the model was trained on
 *   are not the set's (see `datasets.withClasses`), or its weights are not finite
 * @throws the signal's reason where it aborts: half an evaluation has no accuracy
 */
export async function evaluate(
  model: tf.LayersModel,
  set: ImageSet | FileSet,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  checkOptions("evaluate", options, { signal: optional(aSignal), workers: optional(anyNumber) }, [
    "batchSize",
    "mean",
    "std",
  ]);
  checkArguments("evaluate", { model, set }, { model: aModel, set: anySet });
  const noted = modelUse(model);
  const {
    batchSize = 100,
    mean = noted?.mean ?? 0.5,
    std = noted?.std ?? 0.5,
    signal = cellSignal(),
    workers = defaultWorkers(set),
  } = options;
  checkInputs("evaluate", model, set);
  checkCounts("evaluate", { batchSize });
  planBatches(set, { batchSize, mean, std }, "evaluate");
  checkWorkers("evaluate", set, workers);
  checkClasses("evaluate", model, set);
  await refuseNotFinite("evaluate", model);
  return measure("evaluate", model, set, { batchSize, mean, std, workers, signal });
}

/** How a set is gone through, checked. */
export interface MeasureConfig extends EvaluateConfig {
  readonly workers: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * {@link evaluate}, where all has been checked; of a model whose weights need not be finite.
 *
 * @param fn whose errors they are
 */
export async function measure(
  fn: string,
  model: tf.LayersModel,
  set: ImageSet | FileSet,
  { batchSize, mean, std, workers, signal }: MeasureConfig,
): Promise<Evaluation> {
  const predictions = new Int32Array(set.labels.length);
  const confidences = new Float32Array(set.labels.length);
  let inTop5 = 0;
  let done = 0;
  let lossSum = 0;
  const forward = compile(
    (
      images: tf.Tensor,
      labels: tf.Tensor,
    ): [loss: tf.Tensor, classes: tf.Tensor, confidences: tf.Tensor, top5: tf.Tensor] => {
      const logits = logitsOf(model, images, { training: false });
      const own = tf.sum(
        tf.where(tf.cast(tf.oneHot(labels as tf.Tensor1D, logits.shape[1]), "bool"), logits, tf.zerosLike(logits)),
        -1,
        true,
      ); // [B, 1]
      const confidence = tf.max(tf.softmax(logits), -1); // [B], NaN where a logit is not finite
      const before = tf.sum(tf.cast(tf.greater(logits, own), "int32"), -1); // [B], classes before the label
      const isInTop5 = tf.logicalAnd(tf.less(before, 5), tf.greaterEqual(confidence, 0));
      const top5 = tf.sum(tf.cast(isInTop5, "int32"));
      return [ops.softmaxCrossEntropy(logits, labels), tf.argMax(logits, -1), confidence, top5];
    },
    { name: "evaluate" },
  );
  const feed = openFeed(fn, set, { batchSize, mean, std }, workers);
  try {
    for await (const batch of feed.epoch(0, 0)) {
      const results = await forward(batch.images, batch.labels);
      tf.dispose([batch.images, batch.labels]);
      const [lossValues, classValues, confidenceValues, top5Values] = await Promise.all(
        results.map((result) => result.data()),
      );
      tf.dispose(results);
      predictions.set(classValues!, done);
      confidences.set(confidenceValues!, done);
      inTop5 += top5Values![0]!;
      lossSum += lossValues![0]! * classValues!.length;
      done += classValues!.length;
      await yieldToEvents();
      signal?.throwIfAborted();
    }
  } finally {
    await feed.close();
    forward.dispose();
  }
  // argMax of NaN is class 0, which is no answer
  const right = Array.from(
    predictions,
    (predicted, index) => predicted === set.labels[index] && !Number.isNaN(confidences[index]),
  );
  const found: Evaluation = {
    accuracy: right.filter(Boolean).length / done,
    top5Accuracy: inTop5 / done,
    perClass: accuracyPerClass(set.labels, right, model.outputs[0]!.shape.at(-1)!),
    calibrationError: confidences.every(Number.isFinite) ? calibrationError(confidences, right) : NaN,
    loss: lossSum / done,
    predictions,
  };
  return asEvaluation(found, set.classNames);
}
