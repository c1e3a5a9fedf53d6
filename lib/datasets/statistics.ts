import { anImageSet, checkValue } from "../checks.js";
import type { ImageSet } from "./types.js";

/** Of pixels scaled to 0 to 1, one number a channel. */
export interface ChannelStatistics {
  /** Of pixels in 0 to 1, one a channel [C]. */
  readonly mean: readonly number[];
  /** Over the number of pixels, not one less. */
  readonly std: readonly number[];
}

/**
 * The values that the field normalises by, as published.
 *
 * Source: cifar-10, cifar-100: the training code of the literature, for CIFAR-100 as in Hassani et al. 2021
 * (its mean of green and std differ from the computed ones in the fourth digit); mnist: PyTorch's examples;
 * fashion-mnist: computed from the training images; imagenet: torchvision's pretrained models.
 */
export const PUBLISHED_STATISTICS: Readonly<
  Record<"cifar-10" | "cifar-100" | "mnist" | "fashion-mnist" | "imagenet", ChannelStatistics>
> = {
  "cifar-10": { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  "cifar-100": { mean: [0.5071, 0.4867, 0.4408], std: [0.2675, 0.2565, 0.2761] },
  mnist: { mean: [0.1307], std: [0.3081] },
  "fashion-mnist": { mean: [0.286], std: [0.353] },
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
};

/**
 * Mean and standard deviation of each channel over all pixels of a set, exactly: the sums are of integers.
 * @throws TypeError for what is no set of images in memory, RangeError when the set is empty
 * @example const own = { ...set, ...datasets.channelStatistics(set) }; // what batches and fit then normalize it by
 */
export function channelStatistics(set: ImageSet): ChannelStatistics {
  checkValue("channelStatistics", "set", set, anImageSet);
  const { images, imageShape } = set;
  const channels = imageShape[2];
  const pixels = images.length / channels;
  if (pixels === 0) throw new RangeError("channelStatistics: the set must hold at least one image, got none");
  const counts = new Float64Array(256 * channels);
  for (let i = 0; i < images.length; i += channels) {
    for (let c = 0; c < channels; c++) counts[c * 256 + images[i + c]!]! += 1;
  }
  const mean: number[] = [];
  const std: number[] = [];
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let byte = 0; byte < 256; byte++) sum += byte * counts[c * 256 + byte]!;
    const centre = sum / pixels;
    let squares = 0;
    for (let byte = 0; byte < 256; byte++) squares += (byte - centre) ** 2 * counts[c * 256 + byte]!;
    mean.push(centre / 255);
    std.push(Math.sqrt(squares / pixels) / 255);
  }
  return { mean, std };
}
