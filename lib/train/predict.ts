import { tf } from "../backend/index.js";
import { augmented } from "../datasets/augment.js";
import { batches } from "../datasets/batches.js";
import { createRandom } from "../datasets/random.js";
import type { ImageSet } from "../datasets/types.js";
import { checkClassifier } from "../models/classifier.js";
import { refuseNotFinite } from "./finite.js";
import { logitsOf } from "./forward.js";
import { checkCounts } from "./inputs.js";
import { classNamesFor, modelUse, type ModelUse } from "../models/model-use.js";
import {
  aboveZero,
  aModel,
  aNumber,
  anyNumber,
  aText,
  calledAs,
  checkOptions,
  checkValue,
  either,
  listOf,
  optional,
} from "../checks.js";
import { prediction, type Prediction } from "./prediction.js";
import { readImage, type ImageLike } from "./read-image.js";

export interface PredictOptions {
  /** In the order of the logits [K]. Default those noted with the model, else "class 0" and so on. */
  readonly classNames?: readonly string[];
  /** Mean of pixels in 0 to 1: one number, or one a channel. Default what is noted with the model. */
  readonly mean?: number | readonly number[];
  /** Standard deviation of pixels in 0 to 1, above 0: one, or one a channel. Default what is noted with the model. */
  readonly std?: number | readonly number[];
  /** How many classes are named, 1 or more; all, where the model has fewer. Default 5. */
  readonly top?: number;
}

/**
 * What a model takes an image for: the softmax of its logits, and its most probable classes by name. A model that ends
 * in a softmax is asked for what goes into it. Of the image the largest middle window of the model's shape is cut and
 * resized, then normalised, as `evaluate` does with files.
 *
 * Class names, mean and std are the ones that the model was trained with, as `fit` or `loadCheckpoint` noted them, or
 * the options'. Without names classes are called "class 0" and so on; without mean and std nothing can be said.
 *
 * @example show(await predict(model, "photo.jpg"))
 * @throws TypeError or RangeError for what is no image, options out of range, where mean and std are unknown, for a
 *   model that gives no logits, and for one whose weights are not finite
 * @throws ImageError naming the file, when it is missing, empty, damaged, no image, or has more than 120 million pixels
 */
export async function predict(
  model: tf.LayersModel,
  image: ImageLike,
  options: PredictOptions = {},
): Promise<Prediction> {
  checkValue("predict", "model", model, aModel);
  checkOptions("predict", options, {
    top: optional(anyNumber),
    classNames: optional(listOf(aText)),
    mean: optional(either(aNumber, listOf(aNumber))),
    std: optional(either(aboveZero, listOf(aboveZero))),
  });
  const { top = 5, mean, std, classNames } = { ...modelUse(model), ...options };
  const classes = checkClassifier("predict", model);
  const shape = model.inputs[0]!.shape.slice(1);
  if (shape.length !== 3) throw new TypeError(`predict: the model must take images [H, W, C], got [${shape}]`);
  checkCounts("predict", { top });
  if (mean === undefined || std === undefined) {
    throw new RangeError("predict: mean and std must be known from fit or loadCheckpoint, or be given, got neither");
  }
  if (classNames !== undefined && classNames.length !== classes) {
    throw new RangeError(`predict: classNames must be ${classes}, the model's classes, got ${classNames.length}`);
  }
  await refuseNotFinite("predict", model);
  const { name, raster } = await readImage("predict", image, shape[2]!);
  const seen = augmented(raster, {}, createRandom(0), shape[0] ?? raster.height, shape[1] ?? raster.width);
  const names = classNames ?? classNamesFor(model, []);
  const probabilities = softmax(await logitsOfImage(model, seen, { classNames: names, mean, std }));
  const ranked = probabilities
    .map((probability, label) => ({ className: names[label]!, label, probability }))
    .sort((a, b) => b.probability - a.probability);
  return prediction({ name, top: ranked.slice(0, top), probabilities, seen }, raster);
}

async function logitsOfImage(
  model: tf.LayersModel,
  { data, height, width, channels }: ReturnType<typeof augmented>,
  { classNames, mean, std }: ModelUse,
): Promise<Float32Array> {
  const set: ImageSet = {
    name: "image",
    split: "test",
    images: data,
    labels: Int32Array.of(0),
    imageShape: [height, width, channels],
    classNames,
    provenance: { kind: "folder", label: "image", archives: [] },
  };
  const [batch] = calledAs("predict", () => Array.from(batches(set, { batchSize: 1, mean, std })));
  const logits = tf.tidy(() => logitsOf(model, batch!.images, { training: false }));
  try {
    return (await logits.data()) as Float32Array;
  } finally {
    tf.dispose([batch!, logits] as tf.TensorContainer);
  }
}

/** @throws RangeError for logits of a model that has diverged */
function softmax(logits: Float32Array): number[] {
  const highest = Math.max(...logits);
  if (!Number.isFinite(highest)) throw new RangeError(`predict: the model's logits must be finite, got ${highest}`);
  const powers = Array.from(logits, (logit) => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
