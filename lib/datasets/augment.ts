import { autoAugment } from "./augment/auto-augment.js";
import { paddedCrop, randomResizedCrop, type RandomResizedCrop } from "./augment/crops.js";
import { cutout, randomErasing, type RandomErasing } from "./augment/erase.js";
import { colorJitter, lighting, type ColorJitter } from "./augment/jitter.js";
import { randAugment, type RandAugment } from "./augment/rand-augment.js";
import type { Raster } from "./augment/raster.js";
import { centerCrop, resize } from "./augment/resize.js";
import type { Random } from "./random.js";

/** Random changes to a uint8 image, in this order. Plain data: it can be stored with a run. */
export interface Augment {
  /** A window of random size and shape, resized to the image's own size. Default null: none. */
  readonly randomResizedCrop?: RandomResizedCrop | null;
  /** Pixels of black around the image, out of which a window of the image's own size is cut. Default 0. */
  readonly cropPadding?: number;
  /** Whether half of the images are mirrored left to right. Default false. */
  readonly horizontalFlip?: boolean;
  /** AutoAugment's CIFAR-10 policy of 25 sub-policies. Default null: none. */
  readonly autoAugment?: "cifar10" | null;
  /** RandAugment, {} for timm's m9-mstd0.5-inc1. Default null: none. */
  readonly randAugment?: RandAugment | null;
  /** Random brightness, contrast, saturation and hue. Default null: none. */
  readonly colorJitter?: ColorJitter | null;
  /** AlexNet's PCA lighting: the standard deviation of its weights, 0.1 in the paper. Default 0. */
  readonly lighting?: number;
  /** Side of a square that is put out, in pixels. Default 0. */
  readonly cutout?: number;
  /** What cutout puts there: one number, or one a channel; best the dataset's mean colour. Default 128. */
  readonly cutoutFill?: number | readonly number[];
  /** A rectangle put out in some of the images, {} for torchvision's bounds. Default null: none. */
  readonly randomErasing?: RandomErasing | null;
}

/** Sizes of an image in memory, channel fastest. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/**
 * The image changed and of this size; the image itself where there is nothing to change. Of an image of another
 * size the largest middle window of the shape is cut and resized, unless a random window is.
 */
export function augmented(
  image: Raster,
  augment: Augment,
  random: Random,
  height: number = image.height,
  width: number = image.width,
): Raster {
  const { cropPadding = 0, horizontalFlip = false, cutout: length = 0, lighting: std = 0 } = augment;
  let result = image;
  if (augment.randomResizedCrop) result = randomResizedCrop(result, height, width, augment.randomResizedCrop, random);
  else if (image.height !== height || image.width !== width) result = middle(image, height, width);
  if (cropPadding > 0 || horizontalFlip) result = paddedCrop(result, cropPadding, horizontalFlip, random);
  if (augment.autoAugment) result = autoAugment(result, random);
  if (augment.randAugment) result = randAugment(result, augment.randAugment, random);
  if (augment.colorJitter) result = colorJitter(result, augment.colorJitter, random);
  if (std > 0) result = lighting(result, std, random);
  if (length > 0) result = cutout(result, length, augment.cutoutFill ?? 128, random);
  if (augment.randomErasing) result = randomErasing(result, augment.randomErasing, random);
  return result;
}

/** The largest middle window of the shape asked for, resized. */
function middle(image: Raster, height: number, width: number): Raster {
  const scale = Math.min(image.height / height, image.width / width);
  const [high, wide] = [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
  return resize(centerCrop(image, Math.min(image.height, high), Math.min(image.width, wide)), height, width);
}
