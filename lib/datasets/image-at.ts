import { tf } from "../backend/index.js";
import {
  aboveZero,
  aNumber,
  calledAs,
  checkOptions,
  checkValue,
  inRange,
  optional,
  perChannel,
  type Rules,
} from "../checks.js";
import { shownAs, sizesText } from "../shown.js";
import { augmented } from "./augment.js";
import type { Raster } from "./augment/raster.js";
import { rasterAt } from "./batch-filler.js";
import { checkSet } from "./batch-options.js";
import { eachChannel, normalizeImage } from "./normalize.js";
import { drawing, terminalPicture } from "./picture.js";
import { decodeFile } from "./pipeline/decode.js";
import { createRandom } from "./random.js";
import type { FileSet, ImageSet } from "./types.js";

/** One image of a set with its label. It shows itself as a cell's result and in a terminal; `predict` takes it. */
export interface Picture extends Raster {
  /** What it is called: "cifar-10, test image 3", or its file. */
  readonly name: string;
  /** Its class index, 0 to classNames.length - 1. */
  readonly label: number;
  /** The name of its class. */
  readonly className: string;
}

/**
 * One image of a set: what other libraries give for `dataset[index]`, its pixels and its label.
 *
 * @param index 0 to the number of images less 1
 * @returns uint8 [H, W, C] in `data`, channel fastest, a copy; of a set of files a promise of the image decoded, its
 *   largest middle window resized to the set's shape
 * @throws RangeError for an index that the set does not have
 * @throws ImageError, naming the file, when it cannot be decoded
 * @example show(datasets.imageAt(cifar.test, 3))
 */
export function imageAt(set: ImageSet, index: number): Picture;
export function imageAt(set: FileSet, index: number): Promise<Picture>;
export function imageAt(set: ImageSet | FileSet, index: number): Picture | Promise<Picture> {
  checkIndex("imageAt", set, index);
  if (!("files" in set)) return picture(set, index, copyOf(rasterAt(set.images, set.imageShape, index)));
  return calledAs("imageAt", () => decoded(set, index)).then((image) => picture(set, index, image));
}

/** By what an image is normalized. */
export interface ImageTensorOptions {
  /** Of pixels scaled to 0 to 1: one number, or one a channel. Default the set's own mean; else 0.5. */
  readonly mean?: number | readonly number[];
  /** Above 0: one number, or one a channel. Default the set's own std; else 0.5. */
  readonly std?: number | readonly number[];
}

/**
 * One image of a set as a batch of one, normalized as `batches` does: (pixel / 255 − mean) / std. For several, see
 * `batches` of `choose`.
 *
 * @param index 0 to the number of images less 1
 * @returns float32 [1, H, W, C], as a model takes it; of a set of files a promise of it. The caller disposes of it
 * @throws as {@link imageAt}, and RangeError for a mean or std out of its range
 */
export function imageTensor(set: ImageSet, index: number, options?: ImageTensorOptions): tf.Tensor4D;
export function imageTensor(set: FileSet, index: number, options?: ImageTensorOptions): Promise<tf.Tensor4D>;
export function imageTensor(
  set: ImageSet | FileSet,
  index: number,
  options: ImageTensorOptions = {},
): tf.Tensor4D | Promise<tf.Tensor4D> {
  checkIndex("imageTensor", set, index);
  const [height, width, channels] = set.imageShape;
  const rules: Rules = {
    mean: optional(perChannel(aNumber, channels)),
    std: optional(perChannel(aboveZero, channels)),
  };
  checkOptions("imageTensor", options, rules);
  const { mean = set.mean ?? 0.5, std = set.std ?? 0.5 } = options;
  const by = { mean: eachChannel(mean, channels), std: eachChannel(std, channels) };
  const tensor = (image: Raster) => tf.tensor4d(normalizeImage(image, by), [1, height, width, channels]);
  if (!("files" in set)) return tensor(rasterAt(set.images, set.imageShape, index));
  return calledAs("imageTensor", () => decoded(set, index)).then(tensor);
}

function checkIndex(fn: string, set: ImageSet | FileSet, index: number): void {
  checkSet(fn, set);
  checkValue(fn, "index", index, inRange({ from: 0, to: set.labels.length - 1, whole: true }));
}

async function decoded({ files, imageShape: [height, width, channels] }: FileSet, index: number): Promise<Raster> {
  return augmented(await decodeFile(files[index]!, channels), {}, createRandom(0), height, width);
}

function copyOf(image: Raster): Raster {
  return { ...image, data: image.data.slice() };
}

function picture(set: ImageSet | FileSet, index: number, raster: Raster): Picture {
  const label = set.labels[index]!;
  const name = "files" in set ? set.files[index]! : `${set.name}, ${set.split} image ${index}`;
  const made: Picture = { name, label, className: set.classNames[label]!, ...raster };
  const text = `${name}: ${made.className} (label ${label}), ${sizesText(set.imageShape)}`;
  return shownAs(
    made,
    (shown) => ({
      ...(raster.channels === 1 || raster.channels === 3 ? drawing(shown, text) : {}),
      "text/plain": text,
    }),
    (_, { colors }) => (colors ? `${terminalPicture(raster)}\n${text}` : text),
  );
}
