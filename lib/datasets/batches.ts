import { tf } from "../backend/index.js";
import { augmentInto, type Augment } from "./augment.js";
import { checkAugment } from "./augment/check.js";
import { createRandom, permutation } from "./random.js";
import type { ImageSet } from "./types.js";

export interface BatchOptions {
  /** Images a batch, 1 or more. */
  readonly batchSize: number;
  /** Seed of shuffling and augmentation, an integer. Default 0. */
  readonly seed?: number;
  /** Which pass over the data, 0 or more: another epoch, another order. Default 0. */
  readonly epoch?: number;
  /** Whether to visit the images in a random order. Default false. */
  readonly shuffle?: boolean;
  /** What is subtracted from each channel scaled to 0–1: one number, or one a channel. Default 0.5. */
  readonly mean?: number | readonly number[];
  /** What the difference is divided by, above 0: one number, or one a channel. Default 0.5. */
  readonly std?: number | readonly number[];
  /** Random changes made to each image. Default none. */
  readonly augment?: Augment;
  /** Whether to leave out a last batch smaller than batchSize. Default false. */
  readonly dropRemainder?: boolean;
}

/** A type and not an interface, so that `tf.dispose(batch)` takes it. */
export type Batch = {
  /** Normalised pixels, float32 [B, H, W, C]. */
  readonly images: tf.Tensor4D;
  /** Class indices, int32 [B]. */
  readonly labels: tf.Tensor1D;
};

/** How many batches one pass over `count` images makes. */
export function batchCount(count: number, options: Pick<BatchOptions, "batchSize" | "dropRemainder">): number {
  const { batchSize, dropRemainder = false } = options;
  return dropRemainder ? Math.floor(count / batchSize) : Math.ceil(count / batchSize);
}

/**
 * One pass over a set, batch by batch: (pixel / 255 − mean) / std. The same seed and epoch give the
 * same batches, and an image's augmentation does not depend on the batch size.
 *
 * The caller owns both tensors of every batch and disposes of them (`tf.dispose(batch)`); none is
 * made before it is asked for.
 * @throws RangeError for an option out of its range
 */
export function batches(set: ImageSet, options: BatchOptions): Iterable<Batch> {
  const { batchSize, seed = 0, epoch = 0, shuffle = false } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`batches: batchSize must be an integer of 1 or more, got ${batchSize}`);
  }
  if (!Number.isInteger(epoch) || epoch < 0) {
    throw new RangeError(`batches: epoch must be an integer of 0 or more, got ${epoch}`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`batches: seed must be a safe integer, got ${seed}`);
  const channels = set.imageShape[2];
  const table = normalisation(perChannel("mean", options.mean ?? 0.5, channels), perChannel("std", options.std ?? 0.5, channels));
  if (options.augment) checkAugment(options.augment, set.imageShape);
  return { [Symbol.iterator]: () => generate(set, { ...options, seed, epoch, shuffle }, table) };
}

type Resolved = BatchOptions & { readonly seed: number; readonly epoch: number; readonly shuffle: boolean };

function* generate(set: ImageSet, options: Resolved, table: Float32Array): Generator<Batch, void, undefined> {
  const { batchSize, seed, epoch, shuffle, augment } = options;
  const count = set.labels.length;
  const [height, width, channels] = set.imageShape;
  const size = height * width * channels;
  const order = shuffle ? permutation(count, createRandom(seed, epoch)) : undefined;
  const changed = new Uint8Array(size);
  const total = batchCount(count, options);
  for (let batch = 0; batch < total; batch++) {
    const first = batch * batchSize;
    const length = Math.min(batchSize, count - first);
    const pixels = new Float32Array(length * size);
    const labels = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      const index = order ? order[first + i]! : first + i;
      let image = set.images.subarray(index * size, (index + 1) * size);
      if (augment) {
        augmentInto(changed, image, set.imageShape, augment, createRandom(seed, epoch, index));
        image = changed;
      }
      normaliseInto(pixels, i * size, image, table, channels);
      labels[i] = set.labels[index]!;
    }
    yield {
      images: tf.tensor4d(pixels, [length, height, width, channels]),
      labels: tf.tensor1d(labels, "int32"),
    };
  }
}

/** What each byte becomes in each channel. @returns [256 · C], channel fastest */
function normalisation(mean: readonly number[], std: readonly number[]): Float32Array {
  const channels = mean.length;
  const table = new Float32Array(256 * channels);
  for (let byte = 0; byte < 256; byte++) {
    for (let c = 0; c < channels; c++) table[byte * channels + c] = (byte / 255 - mean[c]!) / std[c]!;
  }
  return table;
}

function normaliseInto(target: Float32Array, offset: number, image: Uint8Array, table: Float32Array, channels: number): void {
  for (let i = 0; i < image.length; i += channels) {
    for (let c = 0; c < channels; c++) target[offset + i + c] = table[image[i + c]! * channels + c]!;
  }
}

function perChannel(name: "mean" | "std", value: number | readonly number[], channels: number): readonly number[] {
  const values = typeof value === "number" ? new Array<number>(channels).fill(value) : value;
  if (values.length !== channels) {
    throw new RangeError(`batches: ${name} must have one number a channel, got ${values.length} for ${channels} channels`);
  }
  for (const number of values) {
    if (!Number.isFinite(number) || (name === "std" && number <= 0)) {
      throw new RangeError(`batches: ${name} must be ${name === "std" ? "above 0" : "finite"}, got ${number}`);
    }
  }
  return values;
}
