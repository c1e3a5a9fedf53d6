import type { Tally } from "./tally.js";

/** How images are chosen where not all can be shown. */
export interface ChooseOptions {
  readonly confidences: ArrayLike<number> | undefined;
  readonly seed: number;
  readonly maxImages: number;
}

/**
 * Indices of the images to show, the errors first: the most confident ones, or by lot where there are no confidences;
 * then right ones by lot.
 */
export function chooseImages(tally: Tally, { confidences, seed, maxImages }: ChooseOptions): number[] {
  const { labels, predictions, errors } = tally;
  const wrong = new Int32Array(errors);
  const right = new Int32Array(labels.length - errors);
  let [wrongAt, rightAt] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === predictions[i]) right[rightAt++] = i;
    else wrong[wrongAt++] = i;
  }
  const next = numbersFrom(seed);
  const shown = confidences
    ? mostConfident(wrong, confidences).slice(0, maxImages)
    : drawn(wrong, Math.min(maxImages, errors), next);
  const room = Math.min(right.length, maxImages - shown.length);
  return [...shown, ...drawn(right, room, next)];
}

function mostConfident(indices: Int32Array, confidences: ArrayLike<number>): Int32Array {
  const of = (index: number): number => (Number.isNaN(confidences[index]!) ? -1 : confidences[index]!);
  return indices.sort((one, other) => of(other) - of(one) || one - other);
}

/** `count` of some indices, each as likely, in the order of the lot; where all are taken, in their own. */
function drawn(indices: Int32Array, count: number, next: () => number): Int32Array {
  for (let i = 0; i < count && count < indices.length; i++) {
    const other = i + Math.floor(next() * (indices.length - i));
    [indices[i], indices[other]] = [indices[other]!, indices[i]!];
  }
  return indices.subarray(0, count);
}

/** Numbers from 0 to below 1. Source: Steele and Vigna's SplitMix, of 32 bits as MurmurHash3 mixes them. */
function numbersFrom(seed: number): () => number {
  let state = (Math.trunc(seed / 2 ** 32) ^ seed) >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
