import { compile, ops, tf } from "../backend/index.js";
import { batches } from "../datasets/batches.js";
import type { ImageSet } from "../datasets/types.js";
import { cellSignal } from "../notebook/host.js";
import { checkCounts, checkInputs, yieldToEvents } from "./inputs.js";

export interface EvaluateConfig {
  /** Images per step; it changes the speed, not the result. Default 100. */
  readonly batchSize: number;
  /** Of pixels in 0 to 1: one number, or one a channel. Default 0.5. */
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
}

export interface EvaluateOptions extends Partial<EvaluateConfig> {
  /** Ends the evaluation after the current step; in a notebook the running cell's signal by default. */
  readonly signal?: AbortSignal;
}

export interface Evaluation {
  /** Share of images whose largest logit is their label's, 0 to 1. */
  readonly accuracy: number;
  /** Mean softmax cross-entropy over the images, in nats. */
  readonly loss: number;
  /** The class of the largest logit [N], in the set's order. */
  readonly predictions: Int32Array;
}

/**
 * Accuracy, loss and predictions of a model on a set, in the set's order, without augmentation.
 *
 * @throws the signal's reason where it aborts: half an evaluation has no accuracy
 */
export async function evaluate(model: tf.LayersModel, set: ImageSet, options: EvaluateOptions = {}): Promise<Evaluation> {
  const { batchSize = 100, mean = 0.5, std = 0.5, signal = cellSignal() } = options;
  checkInputs("evaluate", model, set);
  checkCounts("evaluate", { batchSize });
  const predictions = new Int32Array(set.labels.length);
  let done = 0;
  let lossSum = 0;
  const forward = compile(
    (images: tf.Tensor, labels: tf.Tensor): [loss: tf.Tensor, classes: tf.Tensor] => {
      const logits = model.apply(images, { training: false }) as tf.Tensor2D;
      return [ops.softmaxCrossEntropy(logits, labels), tf.argMax(logits, -1)];
    },
    { name: "evaluate" },
  );
  try {
    for (const batch of batches(set, { batchSize, mean, std, shuffle: false, seed: 0, epoch: 0 })) {
      const [loss, classes] = await forward(batch.images, batch.labels);
      tf.dispose([batch.images, batch.labels]);
      const [lossValues, classValues] = await Promise.all([loss.data(), classes.data()]);
      tf.dispose([loss, classes]);
      predictions.set(classValues, done);
      lossSum += lossValues[0]! * classValues.length;
      done += classValues.length;
      await yieldToEvents();
      signal?.throwIfAborted();
    }
  } finally {
    forward.dispose();
  }
  const right = predictions.reduce((count, predicted, index) => count + Number(predicted === set.labels[index]), 0);
  return { accuracy: right / done, loss: lossSum / done, predictions };
}
