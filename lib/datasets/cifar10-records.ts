import type { MemberSink } from "./archive.js";

/** 32 × 32 pixels of one channel. */
const PLANE = 1024;
const CHANNELS = 3;
const IMAGE = PLANE * CHANNELS;

/** Images and labels of one split, filled part by part. */
export interface SplitArrays {
  /** [N, 32, 32, 3] */
  readonly images: Uint8Array;
  /** [N] */
  readonly labels: Int32Array;
}

export function allocateSplit(count: number): SplitArrays {
  return { images: new Uint8Array(count * IMAGE), labels: new Int32Array(count) };
}

/** Turns one image from planes [3, 32, 32] at `from` to channels last [32, 32, 3] at `to`. */
export function interleave(planes: Uint8Array, from: number, target: Uint8Array, to: number): void {
  for (let i = 0; i < PLANE; i++) {
    target[to + CHANNELS * i] = planes[from + i]!;
    target[to + CHANNELS * i + 1] = planes[from + PLANE + i]!;
    target[to + CHANNELS * i + 2] = planes[from + 2 * PLANE + i]!;
  }
}

/**
 * Reads one file of the binary layout as it arrives: records of a label byte and 3,072 pixel bytes,
 * a plane a channel. `finish` says how many whole records came.
 */
export function recordReader(arrays: SplitArrays, firstIndex: number): { readonly sink: MemberSink; finish(): number } {
  const record = new Uint8Array(1 + IMAGE);
  let filled = 0;
  let count = 0;
  const take = (bytes: Uint8Array, at: number): void => {
    const index = firstIndex + count++;
    if (index >= arrays.labels.length) throw new RangeError(`cifar10: at most ${arrays.labels.length} records are read, got more`);
    arrays.labels[index] = bytes[at]!;
    interleave(bytes, at + 1, arrays.images, index * IMAGE);
  };
  const sink = (chunk: Uint8Array): void => {
    let at = 0;
    while (at < chunk.length) {
      if (filled === 0 && chunk.length - at >= record.length) {
        take(chunk, at);
        at += record.length;
        continue;
      }
      const part = chunk.subarray(at, at + record.length - filled);
      record.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === record.length) {
        take(record, 0);
        filled = 0;
      }
    }
  };
  const finish = (): number => {
    if (filled !== 0) throw new RangeError(`cifar10: a batch file must hold whole records of ${record.length} bytes, got ${filled} bytes over`);
    return count;
  };
  return { sink, finish };
}
