import { augmented, mirroredInTurn } from "./augment.js";
import { mixBatch } from "./augment/mix.js";
import type { Raster } from "./augment/raster.js";
import { batchLength, type BatchPlan } from "./batch-options.js";
import { normalizeInto, normalizingTable } from "./normalize.js";
import { createRandom, permutation } from "./random.js";
import { mostPlaces, placesOf } from "./share.js";

/** Where a batch is made. The arrays may have room for more images than it has. */
export interface BatchArrays {
  /** [B, H, W, C] */
  readonly pixels: Float32Array;
  /** [B] */
  readonly labels: Int32Array;
  /** [B, K]; only read where images are mixed. */
  readonly targets: Float32Array;
}

/** Length of the arrays that a batch of `images` needs. */
export function arrayLengths(
  plan: BatchPlan,
  images: number,
): { readonly pixels: number; readonly labels: number; readonly targets: number } {
  const [height, width, channels] = plan.imageShape;
  return {
    pixels: images * height * width * channels,
    labels: images,
    targets: mixes(plan) ? images * plan.numClasses : 0,
  };
}

/** The most images that a plan makes at once. */
export function mostImages(plan: BatchPlan): number {
  const length = Math.min(plan.batchSize, plan.count);
  return plan.share ? mostPlaces(length, plan.share, mixes(plan)) : length;
}

/** Whether a plan mixes images, so that its batches have soft targets. */
export function mixes({ mix: { mixup = 0, cutmix = 0 } }: BatchPlan): boolean {
  return mixup > 0 || cutmix > 0;
}

/**
 * Makes batches by a plan: which images, how they are changed and normalised. What an image becomes depends on the
 * seed, the epoch and the image alone, and a mixture on the seed, the epoch and the batch, so that any thread makes
 * the same ones. Needs no tensors.
 */
export class BatchFiller {
  readonly #plan: BatchPlan;
  /** What each byte becomes in each channel: [256 · C], channel fastest. */
  readonly #table: Float32Array;
  #order: { readonly epoch: number; readonly indices: Uint32Array } | undefined;

  constructor(plan: BatchPlan) {
    this.#plan = plan;
    this.#table = normalizingTable(plan);
  }

  /** The images of a batch, or of the plan's share of it, in its order. @returns [B] */
  indices(epoch: number, batch: number): Uint32Array {
    const { batchSize, share } = this.#plan;
    const length = batchLength(this.#plan, batch);
    const whole = this.#ordered(epoch, batch * batchSize, length);
    if (!share) return whole;
    return Uint32Array.from(placesOf(length, share, mixes(this.#plan)), (place) => whole[place]!);
  }

  #ordered(epoch: number, first: number, length: number): Uint32Array {
    const { count, shuffle, seed } = this.#plan;
    if (!shuffle) return Uint32Array.from({ length }, (_, i) => first + i);
    if (this.#order?.epoch !== epoch) this.#order = { epoch, indices: permutation(count, createRandom(seed, epoch)) };
    return this.#order.indices.slice(first, first + length);
  }

  /** Puts image `index` of the set at place `at` of a batch. */
  place(arrays: BatchArrays, at: number, epoch: number, index: number, image: Raster, label: number): void {
    const {
      augment,
      seed,
      imageShape: [height, width, channels],
    } = this.#plan;
    const mirrored = augment.horizontalFlip === "alternating" && mirroredInTurn(seed, epoch, index);
    const { data } = augmented(image, augment, createRandom(seed, epoch, index), height, width, mirrored);
    normalizeInto(arrays.pixels.subarray(at * height * width * channels), data, this.#table);
    arrays.labels[at] = label;
  }

  /** Mixes the images of a batch when all are placed. */
  finish(arrays: BatchArrays, length: number, epoch: number, batch: number): void {
    if (!mixes(this.#plan)) return;
    const { imageShape, numClasses, mix, seed } = this.#plan;
    const pixels = arrays.pixels.subarray(0, arrayLengths(this.#plan, length).pixels);
    const labels = arrays.labels.subarray(0, length);
    arrays.targets.set(mixBatch({ pixels, labels, imageShape, numClasses }, mix, createRandom(seed, epoch, batch, 1)));
  }
}

/** The images of a set in memory. */
export function rasterAt(
  images: Uint8Array,
  [height, width, channels]: readonly [number, number, number],
  index: number,
): Raster {
  const size = height * width * channels;
  return { data: images.subarray(index * size, (index + 1) * size), height, width, channels };
}
