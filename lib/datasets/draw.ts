import { createRandom, permutation } from "./random.js";
import type { FileSet, ImageSet } from "./types.js";
import { asSet } from "./show-set.js";

/** These images of a set, as a copy, with their labels. */
export function takeImages<Kind extends ImageSet | FileSet>(set: Kind, indices: ArrayLike<number>): Kind {
  const labels = Int32Array.from(indices, (from) => set.labels[from]!);
  if ("files" in set) return asSet({ ...set, files: Array.from(indices, (from) => set.files[from]!), labels });
  const size = set.imageShape[0] * set.imageShape[1] * set.imageShape[2];
  const images = new Uint8Array(indices.length * size);
  for (let to = 0; to < indices.length; to++)
    images.set(set.images.subarray(indices[to]! * size, (indices[to]! + 1) * size), to * size);
  return asSet({ ...set, images, labels });
}

/**
 * `count` of these, in their order: drawn at random, or the first where there is no seed.
 * @param words the seed and what else names the draw
 */
export function drawn(candidates: readonly number[], count: number, words: readonly number[] | undefined): number[] {
  if (words === undefined) return candidates.slice(0, count);
  const places = permutation(candidates.length, createRandom(...words))
    .slice(0, count)
    .sort();
  return Array.from(places, (i) => candidates[i]!);
}

/**
 * As `drawn`, from each class as its share of the candidates asks: rounded down, and the images still
 * missing from the classes with the largest remainders, the lower label first.
 */
export function drawnStratified(
  candidates: readonly number[],
  labels: Int32Array,
  count: number,
  words: readonly number[] | undefined,
): number[] {
  const classes = new Map<number, number[]>();
  for (const i of candidates) {
    const found = classes.get(labels[i]!);
    if (found) found.push(i);
    else classes.set(labels[i]!, [i]);
  }
  const shares = [...classes]
    .sort(([a], [b]) => a - b)
    .map(([label, members]) => {
      const exact = count * members.length; // over candidates.length
      return { label, members, kept: Math.floor(exact / candidates.length), remainder: exact % candidates.length };
    });
  let missing = count - shares.reduce((sum, share) => sum + share.kept, 0);
  for (const share of [...shares].sort((a, b) => b.remainder - a.remainder || a.label - b.label)) {
    if (missing-- > 0) share.kept++;
  }
  return shares
    .flatMap(({ label, members, kept }) => drawn(members, kept, words && [...words, label]))
    .sort((a, b) => a - b);
}
