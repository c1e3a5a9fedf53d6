import { tf } from "../backend/index.js";
import { augmented } from "../datasets/augment.js";
import type { Raster } from "../datasets/augment/raster.js";
import { eachChannel, normalizeImage, type Normalization } from "../datasets/normalize.js";
import { createRandom } from "../datasets/random.js";
import { checkClassifier } from "../models/classifier.js";
import { refuseNotFinite } from "./finite.js";
import { aliasesOf, NORMALIZED_RULES } from "./fit-rules.js";
import { mustKnow } from "./normalized.js";
import { classNamesFor, modelUse } from "../models/model-use.js";
import {
  aboveZero,
  aCount,
  aModel,
  aNumber,
  aText,
  checkOptions,
  checkValue,
  listOf,
  optional,
  orNull,
  perChannel,
} from "../checks.js";
import { prediction, type Prediction } from "./prediction.js";
import { readImage, type ImageLike } from "./read-image.js";
import { repeatedLogits } from "./repeated-logits.js";
import {
  aTestTimeAugmentation,
  checkTestTime,
  logitsOfViews,
  TEST_TIME_ALIASES,
  type TestTimeAugmentation,
} from "./test-time.js";

/** What `predict` takes. */
export interface PredictOptions {
  /**
   * Names of the classes in the order of the logits [K]. Default those noted with the model; null, and where none are
   * noted: "class 0" and so on.
   */
  readonly classNames?: readonly string[] | null;
  /**
   * Mean of pixels in 0 to 1: one number, or one a channel. Default what is noted with the model, by `fit`,
   * `loadCheckpoint` or `loadWeights`; there is no other.
   */
  readonly mean?: number | readonly number[];
  /** Standard deviation of pixels in 0 to 1, above 0: one number, or one a channel. Default as for `mean`. */
  readonly std?: number | readonly number[];
  /** How many classes are named, 1 or more; all, where the model has fewer. Default 5. */
  readonly top?: number;
  /** Test-time augmentation (TTA), as `evaluate` has it. Default null: none. */
  readonly testTimeAugmentation?: TestTimeAugmentation | null;
}

const RULES = {
  top: optional(aCount),
  classNames: optional(orNull(listOf(aText))),
  testTimeAugmentation: aTestTimeAugmentation,
  ...NORMALIZED_RULES,
};

/**
 * What a model takes an image for: the softmax of its logits, and its most probable classes by name. A model that ends
 * in a softmax is asked for what goes into it. Of the image the largest middle window of the model's shape is cut and
 * resized, then normalized, as `evaluate` does with files.
 *
 * Class names, mean and std are the ones that the model was trained with, as `fit` or `loadCheckpoint` noted them, or
 * the options'. Without names classes are called "class 0" and so on; without mean and std nothing can be said.
 *
 * The first three predictions of a model are computed op by op, later ones by a compiled program.
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
  checkOptions("predict", options, RULES, [], { ...aliasesOf(RULES), ...TEST_TIME_ALIASES });
  const noted = modelUse(model);
  const { top = 5, classNames = noted?.classNames } = options;
  const classes = checkClassifier("predict", model);
  const shape = model.inputs[0]!.shape.slice(1);
  if (shape.length !== 3) throw new TypeError(`predict: the model must take images [H, W, C], got [${shape}]`);
  const { mean, std } = mustKnow(
    "predict",
    [options, noted],
    "fit, loadCheckpoint or loadWeights",
    " ({ mean: set.mean, std: set.std })",
  );
  const channels = shape[2]!;
  checkValue("predict", "mean", mean, perChannel(aNumber, channels));
  checkValue("predict", "std", std, perChannel(aboveZero, channels));
  if (classNames && classNames.length !== classes) {
    throw new RangeError(`predict: classNames must be ${classes}, the model's classes, got ${classNames.length}`);
  }
  await refuseNotFinite("predict", model);
  const { name, raster } = await readImage("predict", image, channels);
  const seen = augmented(raster, {}, createRandom(0), shape[0] ?? raster.height, shape[1] ?? raster.width);
  checkTestTime("predict", options.testTimeAugmentation, [seen.height, seen.width, channels]);
  const names = classNames ?? classNamesFor(model, []);
  const by = { mean: eachChannel(mean, channels), std: eachChannel(std, channels) };
  const probabilities = softmax(await logitsOfPicture(model, seen, by, options.testTimeAugmentation));
  const ranked = probabilities
    .map((probability, label) => ({ className: names[label]!, label, probability }))
    .sort((a, b) => b.probability - a.probability);
  return prediction({ name, top: ranked.slice(0, top), probabilities, seen }, raster);
}

/** @param picture of the model's size */
async function logitsOfPicture(
  model: tf.LayersModel,
  picture: Raster,
  by: Normalization,
  views: PredictOptions["testTimeAugmentation"],
): Promise<Float32Array> {
  const { height, width, channels } = picture;
  const images = tf.tensor4d(normalizeImage(picture, by), [1, height, width, channels]);
  let logits: tf.Tensor2D | undefined;
  try {
    logits = views ? tf.tidy(() => logitsOfViews(model, images, views)) : await repeatedLogits(model, images);
    return (await logits.data()) as Float32Array;
  } finally {
    tf.dispose([images, ...(logits ? [logits] : [])]);
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
