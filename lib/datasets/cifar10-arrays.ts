/** 32 × 32 pixels of one channel. */
const PLANE = 1024;
const CHANNELS = 3;

/** Bytes of one image. */
export const IMAGE_BYTES: number = PLANE * CHANNELS;
/** Images in each of the archive's six files. */
export const BATCH_IMAGES = 10_000;

/** Images and labels of one split. */
export interface SplitArrays {
  /** [N, 32, 32, 3] */
  readonly images: Uint8Array;
  /** [N] */
  readonly labels: Int32Array;
}

/** Both splits, filled batch by batch. */
export interface Cifar10Arrays {
  readonly train: SplitArrays;
  readonly test: SplitArrays;
}

export function allocate(): Cifar10Arrays {
  const split = (count: number): SplitArrays => ({ images: new Uint8Array(count * IMAGE_BYTES), labels: new Int32Array(count) });
  return { train: split(5 * BATCH_IMAGES), test: split(BATCH_IMAGES) };
}

/** The part of the arrays that a file's images go to: batch "1" to "5" of the training split, else the test split. */
export function batchOf(arrays: Cifar10Arrays, batch: string | undefined): SplitArrays {
  if (batch === undefined) return arrays.test;
  const first = (Number(batch) - 1) * BATCH_IMAGES;
  return {
    images: arrays.train.images.subarray(first * IMAGE_BYTES, (first + BATCH_IMAGES) * IMAGE_BYTES),
    labels: arrays.train.labels.subarray(first, first + BATCH_IMAGES),
  };
}

/** Writes one image [3, 32, 32], found at `from`, channels last [32, 32, 3] at index `index`. */
export function setImage(target: SplitArrays, index: number, planes: Uint8Array, from: number): void {
  const to = index * IMAGE_BYTES;
  for (let i = 0; i < PLANE; i++) {
    target.images[to + CHANNELS * i] = planes[from + i]!;
    target.images[to + CHANNELS * i + 1] = planes[from + PLANE + i]!;
    target.images[to + CHANNELS * i + 2] = planes[from + 2 * PLANE + i]!;
  }
}

/** @throws RangeError when a label is no class index */
export function setLabel(target: SplitArrays, index: number, label: number): void {
  if (!Number.isInteger(label) || label < 0 || label > 9) throw new RangeError(`cifar10: a label must be 0 to 9, got ${label}`);
  target.labels[index] = label;
}
