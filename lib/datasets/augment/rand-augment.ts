import type { Random } from "../random.js";
import { rotate, shearX, shearY, translateX, translateY, type Resampling } from "./affine.js";
import { brightness, color, contrast, sharpness } from "./enhance.js";
import type { Raster } from "./raster.js";
import { autoContrast, equalize, invert, posterize, solarize, solarizeAdd } from "./tone.js";

/** timm's RandAugment, {} for m9-mstd0.5-inc1. */
export interface RandAugment {
  /** Mean magnitude, 0 to 10: timm's m. Default 9. */
  readonly magnitude?: number;
  /** Standard deviation of the magnitude: timm's mstd. Default 0.5. */
  readonly magnitudeStd?: number;
  /** Operations drawn for each image, with replacement: timm's n. Default 2. */
  readonly numLayers?: number;
  /** What is seen where the image ends: one number, or one a channel; best the dataset's mean. Default 128. */
  readonly fill?: number | readonly number[];
}

/** Each operation at a level from 0 to 10; `sign` is 1 or −1. These are timm's "increasing" ones (inc1). */
export const RAND_AUGMENT_OPS: Readonly<
  Record<string, (image: Raster, level: number, sign: number, resampling: Resampling) => Raster>
> = {
  AutoContrast: (image) => autoContrast(image),
  Equalize: (image) => equalize(image),
  Invert: (image) => invert(image),
  Rotate: (image, level, sign, resampling) => rotate(image, sign * (level / 10) * 30, resampling),
  Posterize: (image, level) => posterize(image, 4 - Math.trunc((level / 10) * 4)),
  Solarize: (image, level) => solarize(image, 256 - Math.trunc((level / 10) * 256)),
  SolarizeAdd: (image, level) => solarizeAdd(image, Math.trunc((level / 10) * 110)),
  Color: (image, level, sign) => color(image, enhancement(level, sign)),
  Contrast: (image, level, sign) => contrast(image, enhancement(level, sign)),
  Brightness: (image, level, sign) => brightness(image, enhancement(level, sign)),
  Sharpness: (image, level, sign) => sharpness(image, enhancement(level, sign)),
  ShearX: (image, level, sign, resampling) => shearX(image, sign * (level / 10) * 0.3, resampling),
  ShearY: (image, level, sign, resampling) => shearY(image, sign * (level / 10) * 0.3, resampling),
  TranslateXRel: (image, level, sign, resampling) =>
    translateX(image, sign * (level / 10) * 0.45 * image.width, resampling),
  TranslateYRel: (image, level, sign, resampling) =>
    translateY(image, sign * (level / 10) * 0.45 * image.height, resampling),
};

const NAMES = Object.keys(RAND_AUGMENT_OPS);

function enhancement(level: number, sign: number): number {
  return Math.max(0.1, 1 + sign * (level / 10) * 0.9);
}

/**
 * RandAugment as timm's "rand-m9-mstd0.5-inc1": `numLayers` operations out of 15, each done half of the time at a
 * magnitude drawn anew, in either direction, bilinear or bicubic by chance.
 *
 * Source: Cubuk et al. 2020, "RandAugment: Practical Automated Data Augmentation with a Reduced Search Space"; timm.
 */
export function randAugment(image: Raster, options: RandAugment, random: Random): Raster {
  const { magnitude = 9, magnitudeStd = 0.5, numLayers = 2, fill = 128 } = options;
  let result = image;
  for (let layer = 0; layer < numLayers; layer++) {
    const name = NAMES[random.integer(NAMES.length)]!;
    if (random.integer(2) === 0) continue;
    const level = Math.min(10, Math.max(0, magnitude + magnitudeStd * random.normal()));
    const sign = random.integer(2) === 1 ? 1 : -1;
    const resample = random.integer(2) === 1 ? "bilinear" : "bicubic";
    result = RAND_AUGMENT_OPS[name]!(result, level, sign, { resample, fill });
  }
  return result;
}
