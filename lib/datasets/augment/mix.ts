import { checkArguments, notNegative, optional, type Rules } from "../../checks.js";
import type { Random } from "../random.js";

/** Mixes the images of a batch with one another, and their labels with them. Plain data. */
export interface Mix {
  /** α of mixup's Beta(α, α), above 0; 0.2 to 1 are usual. Default 0: no mixup. */
  readonly mixup?: number;
  /**
   * α of cutmix's Beta(α, α), above 0; 1 in the paper. Default 0: no cutmix. With mixup too, each batch draws one of
   * the two.
   */
  readonly cutmix?: number;
}

/** A batch before it becomes tensors. */
export interface MixedBatch {
  /** [B, H, W, C], changed in place. */
  readonly pixels: Float32Array;
  /** [B] */
  readonly labels: Int32Array;
  readonly imageShape: readonly [height: number, width: number, channels: number];
  readonly numClasses: number;
}

/** What mixup and cutmix must be. */
export const MIX_RULES: Rules = { mixup: optional(notNegative), cutmix: optional(notNegative) };

/** @throws TypeError or RangeError when an α is no number, below 0 or not finite */
export function checkMix(fn: string, mix: Mix): void {
  checkArguments(fn, mix, MIX_RULES);
}

/**
 * How a batch is mixed: by λ, or with a window, of rows top to below bottom and columns left to below right, whose area
 * says λ.
 */
export type Mixture =
  | { readonly lambda: number }
  | { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };

/**
 * Mixes each image i with image B − 1 − i, all by one λ: mixup to λ·xᵢ + (1 − λ)·xⱼ, cutmix by putting a window of
 * xⱼ into xᵢ, of the share 1 − λ of the area, or what of it lies in the image.
 * @returns soft targets [B, K]: λ for the image's own class, 1 − λ for the other's
 *
 * Source: Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization"; Yun et al. 2019, "CutMix: Regularization
 * Strategy to Train Strong Classifiers with Localizable Features". Differs: the partner is the image at the other end
 * of the (shuffled) batch, as in timm, not one of another permutation.
 */
export function mixBatch(batch: MixedBatch, mix: Mix, random: Random): Float32Array {
  const { mixup = 0, cutmix = 0 } = mix;
  const cuts = cutmix > 0 && (mixup <= 0 || random.integer(2) === 1);
  if (!cuts) return mixBy(batch, { lambda: beta(mixup, random) });
  const [height, width] = batch.imageShape;
  return mixBy(batch, cutWindow(beta(cutmix, random), random.integer(height), random.integer(width), height, width));
}

/** The window of the share 1 − λ about a pixel, as it is cut at the image's border. */
export function cutWindow(lambda: number, middleY: number, middleX: number, height: number, width: number): Mixture {
  const share = Math.sqrt(1 - lambda);
  const [halfHigh, halfWide] = [height, width].map((side) => Math.floor(Math.trunc(side * share) / 2)) as [
    number,
    number,
  ];
  return {
    top: Math.max(0, middleY - halfHigh),
    bottom: Math.min(height, middleY + halfHigh),
    left: Math.max(0, middleX - halfWide),
    right: Math.min(width, middleX + halfWide),
  };
}

/** Mixes as it is told. @returns soft targets [B, K] */
export function mixBy(batch: MixedBatch, mixture: Mixture): Float32Array {
  const {
    pixels,
    labels,
    numClasses,
    imageShape: [height, width, channels],
  } = batch;
  const size = height * width * channels;
  const mixed = (i: number, j: number): void => {
    if ("lambda" in mixture) blend(pixels, i * size, j * size, size, mixture.lambda);
    else
      for (let y = mixture.top; y < mixture.bottom; y++) {
        const [from, length] = [(y * width + mixture.left) * channels, (mixture.right - mixture.left) * channels];
        exchange(pixels, i * size + from, j * size + from, length);
      }
  };
  for (let i = 0, j = labels.length - 1; i < j; i++, j--) mixed(i, j);
  const lambda =
    "lambda" in mixture
      ? mixture.lambda
      : 1 - ((mixture.bottom - mixture.top) * (mixture.right - mixture.left)) / (height * width);
  const targets = new Float32Array(labels.length * numClasses);
  for (let i = 0; i < labels.length; i++) {
    targets[i * numClasses + labels[i]!]! += lambda;
    targets[i * numClasses + labels[labels.length - 1 - i]!]! += 1 - lambda;
  }
  return targets;
}

function blend(pixels: Float32Array, one: number, other: number, length: number, lambda: number): void {
  for (let at = 0; at < length; at++) {
    const [a, b] = [pixels[one + at]!, pixels[other + at]!];
    pixels[one + at] = lambda * a + (1 - lambda) * b;
    pixels[other + at] = lambda * b + (1 - lambda) * a;
  }
}

function exchange(pixels: Float32Array, one: number, other: number, length: number): void {
  const kept = pixels.slice(one, one + length);
  pixels.copyWithin(one, other, other + length);
  pixels.set(kept, other);
}

/** A number of Beta(α, α). */
export function beta(alpha: number, random: Random): number {
  const [one, other] = [gamma(alpha, random), gamma(alpha, random)];
  return one + other > 0 ? one / (one + other) : random.integer(2); // both may vanish where α is tiny
}

/** A number of Gamma(shape, 1). Source: Marsaglia and Tsang 2000, "A Simple Method for Generating Gamma Variables". */
function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
