import type { Random } from "../random.js";
import { roundHalfEven, type Raster } from "./raster.js";

/** What is put in place of erased pixels: one number a channel, or "random", a number drawn for each value. */
export type EraseFill = number | readonly number[] | "random";

/** Puts a window's pixels out, in place. */
function eraseWindow(
  { data, width, channels }: Raster,
  top: number,
  left: number,
  bottom: number,
  right: number,
  fill: EraseFill,
  random: Random,
): void {
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      for (let c = 0, at = (y * width + x) * channels; c < channels; c++, at++) {
        data[at] = fill === "random" ? random.integer(256) : typeof fill === "number" ? fill : fill[c]!;
      }
    }
  }
}

/**
 * Puts out a square with its middle anywhere in the image, the part of it that lies in the image.
 * @param length the square's side, in pixels, 1 or more
 *
 * Source: DeVries and Taylor 2017, "Improved Regularization of Convolutional Neural Networks with Cutout".
 * Differs: the paper's 0 is that of normalised pixels, so that `fill` should be the dataset's mean colour.
 */
export function cutout(image: Raster, length: number, fill: number | readonly number[], random: Random): Raster {
  const result = { ...image, data: image.data.slice() };
  const top = random.integer(image.height) - Math.floor(length / 2);
  const left = random.integer(image.width) - Math.floor(length / 2);
  eraseWindow(
    result,
    Math.max(0, top),
    Math.max(0, left),
    Math.min(image.height, top + length),
    Math.min(image.width, left + length),
    fill,
    random,
  );
  return result;
}

/** torchvision's RandomErasing, {} for its bounds. */
export interface RandomErasing {
  /** How likely an image is to be changed, 0 to 1. Default 0.5. */
  readonly probability?: number;
  /** Bounds of the erased share of the area, 0 to 1. Default [0.02, 0.33]. */
  readonly scale?: readonly [number, number];
  /** Bounds of height over width, above 0. Default [0.3, 3.3]. */
  readonly ratio?: readonly [number, number];
  /** Default "random". */
  readonly fill?: EraseFill;
}

/**
 * Puts out a rectangle of random size and shape, in some of the images.
 *
 * Source: Zhong et al. 2020, "Random Erasing Data Augmentation"; bounds and tries as torchvision's RandomErasing.
 */
export function randomErasing(image: Raster, options: RandomErasing, random: Random): Raster {
  const { probability = 0.5, scale = [0.02, 0.33], ratio = [0.3, 3.3], fill = "random" } = options;
  const result = { ...image, data: image.data.slice() };
  if (random.uniform() >= probability) return result;
  for (let tries = 0; tries < 10; tries++) {
    const area = image.height * image.width * between(scale, random);
    const shape = Math.exp(between([Math.log(ratio[0]), Math.log(ratio[1])], random));
    const height = roundHalfEven(Math.sqrt(area * shape));
    const width = roundHalfEven(Math.sqrt(area / shape));
    if (height < 1 || width < 1 || height >= image.height || width >= image.width) continue;
    const top = random.integer(image.height - height + 1);
    const left = random.integer(image.width - width + 1);
    eraseWindow(result, top, left, top + height, left + width, fill, random);
    return result;
  }
  return result;
}

/** Uniform over a range. */
export function between([low, high]: readonly [number, number], random: Random): number {
  return low + (high - low) * random.uniform();
}
