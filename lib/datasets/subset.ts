import { createRandom, permutation } from "./random.js";
import type { ImageSet } from "./types.js";

export interface SubsetOptions {
  /** Images to keep, 1 to the number there are. Default all. */
  readonly count?: number;
  /** Classes to keep, in the order that their new labels 0, 1, … take. Default all, labels unchanged. */
  readonly classes?: readonly number[];
  /** Draws the images at random with this seed; without it the first ones are kept. */
  readonly seed?: number;
}

/**
 * A part of a set, as a copy: the classes asked for, relabelled, then `count` of their images in
 * the original order.
 * @throws RangeError when a class is unknown or fewer than `count` images are there
 */
export function subset(set: ImageSet, options: SubsetOptions): ImageSet {
  const { count, classes, seed } = options;
  const relabel = new Int32Array(set.classNames.length).map((_, i) => (classes ? -1 : i));
  classes?.forEach((kept, label) => {
    if (!(kept in set.classNames)) {
      throw new RangeError(`subset: classes must be 0 to ${set.classNames.length - 1}, got ${kept}`);
    }
    if (relabel[kept] !== -1) throw new RangeError(`subset: classes must differ, got ${kept} twice`);
    relabel[kept] = label;
  });
  const candidates: number[] = [];
  set.labels.forEach((label, i) => {
    if (relabel[label]! >= 0) candidates.push(i);
  });
  const kept = count ?? candidates.length;
  if (!Number.isInteger(kept) || kept < 1 || kept > candidates.length) {
    throw new RangeError(`subset: count must be an integer from 1 to ${candidates.length}, got ${kept}`);
  }
  const chosen =
    seed === undefined
      ? candidates.slice(0, kept)
      : Array.from(permutation(candidates.length, createRandom(seed)).subarray(0, kept))
          .sort((a, b) => a - b)
          .map((i) => candidates[i]!);
  const size = set.imageShape[0] * set.imageShape[1] * set.imageShape[2];
  const images = new Uint8Array(kept * size);
  chosen.forEach((from, to) => images.set(set.images.subarray(from * size, (from + 1) * size), to * size));
  return {
    ...set,
    images,
    labels: Int32Array.from(chosen, (i) => relabel[set.labels[i]!]!),
    classNames: classes ? classes.map((kept) => set.classNames[kept]!) : set.classNames,
  };
}
