import { permutation, type Random } from "../random.js";
import { brightness, color, contrast } from "./enhance.js";
import { between } from "./erase.js";
import { hue } from "./hue.js";
import { clip8, type Raster } from "./raster.js";

/** torchvision's ColorJitter: how far each property may change. */
export interface ColorJitter {
  /** The factor is uniform over max(0, 1 − x) to 1 + x. Default 0: unchanged. */
  readonly brightness?: number;
  /** As brightness, of the distance from the image's mean grey. Default 0: unchanged. */
  readonly contrast?: number;
  /** As brightness, of the distance from each pixel's grey. Default 0: unchanged. */
  readonly saturation?: number;
  /** The turn is uniform over −x to x of the circle, 0 to 0.5. Default 0. */
  readonly hue?: number;
}

/**
 * Changes brightness, contrast, saturation and hue by random amounts, in random order. Source: torchvision's
 * ColorJitter.
 */
export function colorJitter(image: Raster, options: ColorJitter, random: Random): Raster {
  const factor = (amount: number): number => between([Math.max(0, 1 - amount), 1 + amount], random);
  const changes = [
    [options.brightness, (from: Raster, amount: number) => brightness(from, factor(amount))],
    [options.contrast, (from: Raster, amount: number) => contrast(from, factor(amount))],
    [options.saturation, (from: Raster, amount: number) => color(from, factor(amount))],
    [options.hue, (from: Raster, amount: number) => hue(from, between([-amount, amount], random))],
  ] as const;
  let result = image;
  for (const which of permutation(changes.length, random)) {
    const [amount = 0, change] = changes[which]!;
    if (amount > 0) result = change(result, amount);
  }
  return result;
}

/** Eigenvalues of the covariance of ImageNet's pixels scaled to 0 to 1. */
const EIGENVALUES = [0.2175, 0.0188, 0.0045] as const;
/** Rows are red, green and blue; columns the eigenvectors. */
const EIGENVECTORS = [
  [-0.5675, 0.7192, 0.4009],
  [-0.5808, -0.0045, -0.814],
  [-0.5836, -0.6948, 0.4203],
] as const;

/**
 * Adds to every pixel the same colour: Σ αᵢ λᵢ pᵢ over ImageNet's principal components, αᵢ normal. A grey image
 * stays as it is.
 * @param std of αᵢ, 0 or more; the paper's is 0.1
 *
 * Source: Krizhevsky et al. 2012, "ImageNet Classification with Deep Convolutional Neural Networks", §4.1; the
 * components as published with fb.resnet.torch.
 */
export function lighting(image: Raster, std: number, random: Random): Raster {
  if (image.channels === 1) return { ...image, data: image.data.slice() };
  const weights = EIGENVALUES.map((value) => value * std * random.normal());
  const shift = EIGENVECTORS.map((row) => 255 * row.reduce((sum, part, i) => sum + part * weights[i]!, 0));
  const data = Uint8Array.from(image.data, (value, i) => clip8(Math.round(value + shift[i % 3]!)));
  return { ...image, data };
}
