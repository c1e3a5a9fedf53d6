import type { Random } from "../random.js";

/** Mixes the images of a batch with one another, and their labels with them. Plain data. */
export interface Mix {
  /** α of mixup's Beta(α, α), above 0; 0.2 to 1 are usual. Default 0: no mixup. */
  readonly mixup?: number;
  /** α of cutmix's Beta(α, α), above 0; 1 in the paper. Default 0: no cutmix. With mixup too, each batch draws one of the two. */
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

/** @throws RangeError when an α is below 0 or not finite */
export function checkMix(fn: string, { mixup = 0, cutmix = 0 }: Mix): void {
  for (const [name, alpha] of Object.entries({ mixup, cutmix })) {
    if (typeof alpha !== "number" || !(alpha >= 0 && alpha < Infinity)) throw new RangeError(`${fn}: ${name} must be a number of 0 or more, got ${alpha}`);
  }
}

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
  const lambda = cuts ? cutPixels(batch, beta(cutmix, random), random) : mixPixels(batch, beta(mixup, random));
  const { labels, numClasses } = batch;
  const targets = new Float32Array(labels.length * numClasses);
  for (let i = 0; i < labels.length; i++) {
    targets[i * numClasses + labels[i]!]! += lambda;
    targets[i * numClasses + labels[labels.length - 1 - i]!]! += 1 - lambda;
  }
  return targets;
}

function mixPixels({ pixels, labels }: MixedBatch, lambda: number): number {
  const size = pixels.length / labels.length;
  for (let i = 0, j = labels.length - 1; i < j; i++, j--) {
    for (let at = 0; at < size; at++) {
      const [one, other] = [pixels[i * size + at]!, pixels[j * size + at]!];
      pixels[i * size + at] = lambda * one + (1 - lambda) * other;
      pixels[j * size + at] = lambda * other + (1 - lambda) * one;
    }
  }
  return lambda;
}

/** @returns λ for the window as it was cut at the image's border */
function cutPixels({ pixels, labels, imageShape: [height, width, channels] }: MixedBatch, lambda: number, random: Random): number {
  const size = height * width * channels;
  const share = Math.sqrt(1 - lambda);
  const [middleY, middleX] = [random.integer(height), random.integer(width)];
  const [high, wide] = [Math.trunc(height * share), Math.trunc(width * share)];
  const top = Math.max(0, middleY - Math.floor(high / 2));
  const bottom = Math.min(height, middleY + Math.floor(high / 2));
  const left = Math.max(0, middleX - Math.floor(wide / 2));
  const right = Math.min(width, middleX + Math.floor(wide / 2));
  for (let i = 0, j = labels.length - 1; i < j; i++, j--) {
    for (let y = top; y < bottom; y++) {
      for (let at = (y * width + left) * channels; at < (y * width + right) * channels; at++) {
        const kept = pixels[i * size + at]!;
        pixels[i * size + at] = pixels[j * size + at]!;
        pixels[j * size + at] = kept;
      }
    }
  }
  return 1 - ((bottom - top) * (right - left)) / (height * width);
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
