import { accuracyPerClass } from "../analysis/predictions/accuracy-per-class.js";
import { calibrationError } from "../analysis/predictions/calibration-error.js";
import { compile, ops, tf } from "../backend/index.js";
import { aCount, aFlag, aModel, aSignal, checkArguments, checkOptions, inRange, optional, orNull } from "../checks.js";
import type { Batch } from "../datasets/batches.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { cellSignal } from "../host.js";
import { modelUse } from "../models/model-use.js";
import { asEvaluation, type Evaluation } from "./evaluation.js";
import { checkWorkers, defaultWorkers, openFeed } from "./feed.js";
import { refuseNotFinite } from "./finite.js";
import { aliasesOf, NORMALIZED_RULES, OWN_FUNCTION_RULES } from "./fit-rules.js";
import { aTrainingSet } from "./called-elsewhere.js";
import { refuseInTraining } from "./in-training.js";
import { checkClasses, planFor, yieldToEvents } from "./inputs.js";
import { mustKnow } from "./normalized.js";
import { tryLoss, tryMetrics, type LossFunction, type Metrics } from "./own-functions.js";
import { tellRescaling } from "./rescaling.js";
import type { Passage } from "./run-plan.js";
import {
  aTestTimeAugmentation,
  checkTestTime,
  logitsOfViews,
  TEST_TIME_ALIASES,
  type TestTimeAugmentation,
} from "./test-time.js";

/** What `evaluate` takes; `Name` are the names of its metrics. */
export interface EvaluateOptions<Name extends string = string> {
  /** Images per step, 1 or more; it changes the speed, not the result. Default 100. */
  readonly batchSize?: number;
  /**
   * Mean of pixels in 0 to 1: one number, or one a channel. Default what is noted with the model, by `fit`,
   * `loadCheckpoint` or `loadWeights`; else the set's own.
   */
  readonly mean?: number | readonly number[];
  /** Standard deviation of pixels in 0 to 1, above 0: one number, or one a channel. Default as for `mean`. */
  readonly std?: number | readonly number[];
  /** What `loss` is: softmax cross-entropy, or a function `(logits, labels) => scalar`. Default "crossEntropy". */
  readonly loss?: "crossEntropy" | LossFunction;
  /** What is measured too, by name: `(logits, labels) => a scalar or [B]`. Default null: nothing. */
  readonly metrics?: Metrics<Name> | null;
  /**
   * Ends the evaluation after the current step. Default in a notebook the running cell's signal, else none; null: none.
   */
  readonly signal?: AbortSignal | null;
  /** Threads that make the batches, 0 to 64; 0 is this thread. Default 0 for images in memory, 2 for files. */
  readonly workers?: number;
  /**
   * Whether the result holds the logits [N][K], which `analysis.calibration` and `analysis.ensemble` need: 4 bytes
   * each, 4 MB of 10,000 images and 100 classes, 200 MB of ImageNet's. Default true.
   */
  readonly keepLogits?: boolean;
  /**
   * Test-time augmentation (TTA): logits are means over views of each image, `{ horizontalFlip: true, translate: 1 }`
   * over six. Default null: of the image itself.
   */
  readonly testTimeAugmentation?: TestTimeAugmentation | null;
}

/** What an evaluation computes by, each option set. */
export type EvaluateConfig = Required<Pick<EvaluateOptions, "batchSize" | "mean" | "std">>;

const RULES = {
  batchSize: optional(aCount),
  ...NORMALIZED_RULES,
  ...OWN_FUNCTION_RULES,
  signal: optional(orNull(aSignal)),
  workers: optional(inRange({ from: 0, to: 64, whole: true })),
  keepLogits: optional(aFlag),
  testTimeAugmentation: aTestTimeAugmentation,
};

/**
 * Accuracy, loss and predictions of a model on a set, in the set's order, without augmentation; of files the largest
 * middle window, resized.
 *
 * @throws TypeError or RangeError where model and set do not fit each other: the classes that the model was trained on
 *   are not the set's (see `datasets.withClasses`), its weights are not finite, or a fit trains it just now
 * @throws RangeError where neither the options nor the model nor the set say how pixels are normalized
 * @throws the signal's reason where it aborts: half an evaluation has no accuracy
 */
export async function evaluate<Name extends string = never>(
  model: tf.LayersModel,
  set: ImageSet | FileSet,
  options: EvaluateOptions<Name> = {},
): Promise<Evaluation<Name>> {
  checkArguments("evaluate", { model, set }, { model: aModel, set: aTrainingSet });
  checkOptions("evaluate", options, RULES, [], { ...aliasesOf(RULES), ...TEST_TIME_ALIASES });
  refuseInTraining("evaluate", model);
  const { batchSize = 100, loss = "crossEntropy", signal = cellSignal(), workers = defaultWorkers(set) } = options;
  const known = [options, modelUse(model), set];
  const { mean, std } = mustKnow("evaluate", known, "fit, loadCheckpoint, loadWeights or the set");
  const batches = planFor("evaluate", model, set, { batchSize, mean, std });
  checkWorkers("evaluate", set, workers);
  checkTestTime("evaluate", options.testTimeAugmentation, set.imageShape);
  tellRescaling("evaluate", model, { mean, std });
  checkClasses("evaluate", model, set);
  const metrics: Metrics = options.metrics ?? {};
  if (typeof loss === "function") tryLoss("evaluate", loss, batches.numClasses, false);
  tryMetrics("evaluate", metrics, batches.numClasses);
  await refuseNotFinite("evaluate", model);
  const { keepLogits = true, testTimeAugmentation } = options;
  const config = { loss, metrics, signal, keepLogits, testTimeAugmentation };
  return measure("evaluate", model, { set, batches, workers }, config) as Promise<Evaluation<Name>>;
}

/** What is measured, and until when. */
export interface MeasureConfig {
  readonly loss: "crossEntropy" | LossFunction;
  readonly metrics: Metrics;
  readonly signal: AbortSignal | null | undefined;
  /** Default false. */
  readonly keepLogits?: boolean;
  /** Default null: none. */
  readonly testTimeAugmentation?: TestTimeAugmentation | null | undefined;
}

/**
 * {@link evaluate}, where all has been checked; of a model whose weights need not be finite.
 *
 * @param fn whose errors they are
 */
export async function measure(
  fn: string,
  model: tf.LayersModel,
  { set, batches, workers }: Passage,
  { loss, metrics, signal, keepLogits = false, testTimeAugmentation: views }: MeasureConfig,
): Promise<Evaluation> {
  const forward = compileForward(model, typeof loss === "function" ? loss : ops.softmaxCrossEntropy, metrics, views);
  const sums = new Sums(set.labels.length, Object.keys(metrics), keepLogits ? batches.numClasses : 0);
  const feed = openFeed(fn, set, batches, workers);
  try {
    for await (const batch of feed.epoch(0, 0)) {
      await sums.add(await forward(batch));
      await yieldToEvents();
      signal?.throwIfAborted();
    }
  } finally {
    await feed.close();
    forward.dispose();
  }
  return asEvaluation(sums.evaluation(set.labels, batches.numClasses), set.classNames);
}

/** What a batch of B images gives. */
interface Forward {
  /** The class of the largest logit, int32 [B]. */
  readonly classes: tf.Tensor;
  /** Its probability [B]; NaN where a logit is not finite. */
  readonly confidences: tf.Tensor;
  /** Images whose label is among the five largest logits, a scalar. */
  readonly inTop5: tf.Tensor;
  /** [B, K] */
  readonly logits: tf.Tensor;
  /** The mean loss, and the mean of each metric, scalars. */
  readonly means: readonly tf.Tensor[];
}

function compileForward(
  model: tf.LayersModel,
  loss: LossFunction,
  metrics: Metrics,
  views: MeasureConfig["testTimeAugmentation"],
) {
  const program = compile(
    (images: tf.Tensor, labels: tf.Tensor): Forward & { [name: string]: tf.Tensor | readonly tf.Tensor[] } => {
      const logits = logitsOfViews(model, images as tf.Tensor4D, views);
      const own = tf.sum(
        tf.where(tf.cast(tf.oneHot(labels as tf.Tensor1D, logits.shape[1]), "bool"), logits, tf.zerosLike(logits)),
        -1,
        true,
      ); // [B, 1]
      const confidences = tf.max(tf.softmax(logits), -1); // [B], NaN where a logit is not finite
      const before = tf.sum(tf.cast(tf.greater(logits, own), "int32"), -1); // [B], classes before the label
      const isInTop5 = tf.logicalAnd(tf.less(before, 5), tf.greaterEqual(confidences, 0));
      const measured = Object.values(metrics).map((metric) => tf.mean(metric(logits, labels as tf.Tensor1D)));
      return {
        classes: tf.argMax(logits, -1),
        confidences,
        inTop5: tf.sum(tf.cast(isInTop5, "int32")),
        logits,
        means: [loss(logits, labels), ...measured],
      };
    },
    { name: "evaluate" },
  );
  const forward = async (batch: Batch): Promise<Forward> => {
    try {
      return await program(batch.images, batch.labels);
    } finally {
      tf.dispose(batch);
    }
  };
  return Object.assign(forward, { dispose: () => program.dispose() });
}

/** Sums what batches give, in the set's order. */
class Sums {
  readonly #predictions: Int32Array;
  readonly #confidences: Float32Array;
  readonly #logits: Float32Array;
  readonly #means: number[];
  #inTop5 = 0;
  #done = 0;

  constructor(
    images: number,
    readonly metrics: readonly string[],
    /** K of the logits that are kept; 0: none are. */
    readonly kept: number,
  ) {
    this.#predictions = new Int32Array(images);
    this.#confidences = new Float32Array(images);
    this.#logits = new Float32Array(images * kept);
    this.#means = [0, ...metrics.map(() => 0)];
  }

  /** Disposes of what it is given. */
  async add({ classes, confidences, inTop5, logits, means }: Forward): Promise<void> {
    const tensors = [classes, confidences, inTop5, ...means];
    const [classValues, confidenceValues, top5Values, ...meanValues] = await Promise.all(
      tensors.map((tensor) => tensor.data()),
    );
    if (this.kept > 0) this.#logits.set(await logits.data(), this.#done * this.kept);
    tf.dispose([...tensors, logits]);
    this.#predictions.set(classValues!, this.#done);
    this.#confidences.set(confidenceValues!, this.#done);
    this.#inTop5 += top5Values![0]!;
    meanValues.forEach(([mean], i) => (this.#means[i]! += mean! * classValues!.length));
    this.#done += classValues!.length;
  }

  evaluation(labels: Int32Array, numClasses: number): Evaluation {
    const confidences = this.#confidences;
    // argMax of NaN is class 0, which is no answer
    const right = Array.from(
      this.#predictions,
      (predicted, index) => predicted === labels[index] && !Number.isNaN(confidences[index]),
    );
    const [loss, ...measured] = this.#means.map((sum) => sum / this.#done);
    return {
      accuracy: right.filter(Boolean).length / this.#done,
      top5Accuracy: this.#inTop5 / this.#done,
      perClass: accuracyPerClass(labels, right, numClasses),
      calibrationError: confidences.every(Number.isFinite) ? calibrationError(confidences, right) : NaN,
      loss: loss!,
      labels,
      predictions: this.#predictions,
      confidences,
      logits: this.kept > 0 ? rowsOf(this.#logits, this.kept) : null,
      metrics: Object.fromEntries(this.metrics.map((name, i) => [name, measured[i]!])),
    };
  }
}

/** Views of the rows of numbers [N × K]. */
function rowsOf(numbers: Float32Array, length: number): Float32Array[] {
  return Array.from({ length: numbers.length / length }, (_, i) => numbers.subarray(i * length, (i + 1) * length));
}
