import { createHash } from "node:crypto";
import { anImageSet, checkArguments, optional } from "../checks.js";
import type { ImageSet } from "./types.js";

/** Two images that hold the same pixels. */
export interface DuplicatePair {
  /** Where the one stands in the first set, from 0. */
  readonly first: number;
  /** Where the other stands in the second set, or further on in the same one, from 0. */
  readonly second: number;
  /** The name of the first one's class. */
  readonly firstClass: string;
  /** The name of the second one's class. */
  readonly secondClass: string;
}

/**
 * Images that two sets share pixel for pixel: test images that are among the training images, for one. Of one set, its
 * images that stand in it twice.
 *
 * @param other another set of images of the same shape. Default: the set itself
 * @returns each pair once, in the order of the first set; an empty array where nothing is shared
 * @throws TypeError for what is no set of images, RangeError for sets of images of different shapes
 * @example datasets.duplicates(cifar.test, cifar.train)
 */
export function duplicates(set: ImageSet, other?: ImageSet): DuplicatePair[] {
  checkArguments("duplicates", { set, other }, { set: anImageSet, other: optional(anImageSet) });
  const second = other ?? set;
  if (set.imageShape.join() !== second.imageShape.join())
    throw new RangeError(
      `duplicates: both sets must have images of one shape, got [${set.imageShape.join(", ")}] and ` +
        `[${second.imageShape.join(", ")}]`,
    );
  const places = placesByDigest(second);
  return Array.from(set.labels, (_, i) => i).flatMap((i) => {
    const image = imageOf(set, i);
    const same = (places.get(digestOf(image)) ?? []).filter((j) => image.equals(imageOf(second, j)));
    return same
      .filter((j) => set !== second || j > i)
      .map((j) => ({ first: i, second: j, firstClass: classOf(set, i), secondClass: classOf(second, j) }));
  });
}

function placesByDigest(set: ImageSet): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (let i = 0; i < set.labels.length; i++) {
    const digest = digestOf(imageOf(set, i));
    const known = places.get(digest);
    if (known) known.push(i);
    else places.set(digest, [i]);
  }
  return places;
}

/** A view of one image's bytes. */
function imageOf({ images, imageShape: [height, width, channels] }: ImageSet, i: number): Buffer {
  const size = height * width * channels;
  return Buffer.from(images.buffer, images.byteOffset + i * size, size);
}

function digestOf(image: Buffer): string {
  return createHash("md5").update(image).digest("base64");
}

function classOf({ classNames, labels }: ImageSet, i: number): string {
  return classNames[labels[i]!]!;
}
