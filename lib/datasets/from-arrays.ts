import {
  aboveZero,
  aList,
  anImageShape,
  aNumber,
  aText,
  checkArguments,
  checkOptions,
  checkValue,
  anObject,
  aTensor,
  listOf,
  looksChannelsFirst,
  oneOf,
  optional,
  perChannel,
  type Rule,
  type Rules,
} from "../checks.js";
import { pixelsOf, type ImagesLike } from "./from-pixels.js";
import { labelsOf, type LabelsLike } from "./from-labels.js";
import { checkSet } from "./batch-options.js";
import { asSet } from "./show-set.js";
import type { ImageSet } from "./types.js";

/** Images and labels of one's own, in memory. */
export interface FromArraysOptions {
  /**
   * N images with values from 0 to 255, whole numbers: one typed array [N · H · W · C], channel fastest, which wants
   * `imageShape`; nested arrays or a tensor [N, H, W, C], or [N, H, W] of grey ones; or an array of images, each such
   * an array without N, or what `decodeImage` gives. Values from 0 to 1 are refused: multiply them by 255.
   */
  readonly images: ImagesLike;
  /**
   * The class of each image [N]: indices from 0 in an array, a typed array or a tensor [N] or [N, 1]; or names, whose
   * classes are `classNames`, or those that occur, in the order of their code units.
   */
  readonly labels: LabelsLike;
  /** [H, W, C] of each image. Default that of the nested arrays, the tensor or the images, which tell their own. */
  readonly imageShape?: readonly [number, number, number];
  /** In the order of the labels. Default "0", "1" and so on, to the highest label; or the names that occur. */
  readonly classNames?: readonly string[];
  /** Mean of the pixels scaled to 0 to 1, one number or one a channel, that `batches` and `fit` normalize by. */
  readonly mean?: number | readonly number[];
  /** Their standard deviation, above 0, likewise. */
  readonly std?: number | readonly number[];
  /** What the set is called. Default "arrays". */
  readonly name?: string;
  /** What the set is. Default "train". */
  readonly split?: "train" | "test";
}

const given = (what: string): Rule => ({
  what,
  holds: (value) => aList.holds(value) || (typeof value === "object" && value !== null && "dataSync" in value),
});
const statistics = (channels?: number): Rules => ({
  mean: optional(perChannel(aNumber, channels)),
  std: optional(perChannel(aboveZero, channels)),
});
const RULES: Rules = {
  images: given("a typed array, nested arrays, an array of images, or a tensor"),
  labels: given("an array of class indices or of names, or a tensor of indices"),
  imageShape: optional(anImageShape),
  classNames: optional(listOf(aText)),
  ...statistics(),
  name: optional(aText),
  split: optional(oneOf(["train", "test"])),
};
const ALIASES = { x: "images", data: "images", y: "labels", targets: "labels", classes: "classNames" };

/** Other libraries take images and labels one after the other. */
const oneObject: Rule = {
  what: "one object { images, labels }",
  holds: (value) => anObject.holds(value) && !aList.holds(value) && !aTensor.holds(value),
};

/** @throws RangeError for images as PyTorch has them, unless `imageShape` says that they are not: a warning then */
function checkChannelsLast(shape: readonly [number, number, number], isGiven: boolean): void {
  if (!looksChannelsFirst(shape)) return;
  const sizes = shape.join(", ");
  const remedy = "tf.transpose(images, [0, 2, 3, 1]) puts the channels of [N, C, H, W] last";
  if (isGiven)
    console.warn(`fromArrays: imageShape is [H, W, C], got [${sizes}]: ${shape[2]} channels; if not, ${remedy}`);
  else
    throw new RangeError(
      `fromArrays: images must be [N, H, W, C], got [N, ${sizes}]; ${remedy}; if there are ${shape[2]} channels, ` +
        `give imageShape: [${sizes}]`,
    );
}

/**
 * A set of images of one's own, that lie in memory: for `fit`, `evaluate`, `batches`, `subset` and all else that takes
 * `cifar10().train`. For files see `imageFolder`. A tensor is read, and stays the caller's; the bytes of one Uint8Array
 * are shared with the set, all else is copied.
 *
 * @throws TypeError or RangeError where images, labels, classes and shape do not fit one another, or values are not
 *   whole numbers from 0 to 255
 * @example const set = datasets.fromArrays({ images, labels: ["cat", "dog", "cat"], imageShape: [32, 32, 3] });
 */
export function fromArrays(options: FromArraysOptions): ImageSet {
  checkValue("fromArrays", "options", options, oneObject);
  checkOptions("fromArrays", options, RULES, [], ALIASES);
  const { mean, std, name = "arrays", split = "train" } = options;
  const { bytes, imageShape } = pixelsOf(options.images, options.imageShape);
  checkChannelsLast(imageShape, options.imageShape !== undefined);
  checkArguments("fromArrays", { mean, std }, statistics(imageShape[2]));
  const { labels, classNames } = labelsOf(options.labels, options.classNames);
  const set: ImageSet = {
    name,
    split,
    images: bytes,
    labels,
    imageShape,
    classNames,
    provenance: { kind: "arrays", label: `${labels.length} images given as arrays (${name})`, archives: [] },
    ...(mean !== undefined && { mean }),
    ...(std !== undefined && { std }),
  };
  checkSet("fromArrays", set);
  return asSet(set);
}
