import type { ImageSet } from "../../lib/datasets/types.js";

/** A tiny set whose pixel bytes say which image they are of: image i is filled with i. */
export function sampleSet(count = 10, imageShape: readonly [number, number, number] = [2, 3, 3]): ImageSet {
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  return {
    name: "sample",
    split: "train",
    images: Uint8Array.from({ length: count * size }, (_, i) => Math.floor(i / size)),
    labels: Int32Array.from({ length: count }, (_, i) => i % 3),
    imageShape,
    classNames: ["a", "b", "c"],
    provenance: { kind: "generated", label: "sample", archives: [] },
  };
}
