import { anImageSet, checkOptions, checkValue } from "../checks.js";
import { checkSet } from "./batch-options.js";
import { augmented } from "./augment.js";
import { aSide } from "./image-folder.js";
import { createRandom } from "./random.js";
import { asSet } from "./show-set.js";
import type { ImageSet } from "./types.js";

/** What {@link resize} takes. */
export interface ResizeOptions {
  /** Side of the square images, in pixels, 1 or more. */
  readonly side: number;
}

/**
 * A set's images at another size, as a copy: of each the largest middle square, resized bilinearly with antialiasing,
 * as `loadImages` makes it of a file. For a network that takes another size; files are decoded at any size by
 * `imageFolder`.
 *
 * @param set in memory
 * @throws TypeError for what is no set in memory, RangeError for a side out of range
 * @example datasets.resize(cifar.train, { side: 64 })
 */
export function resize(set: ImageSet, options: ResizeOptions): ImageSet {
  checkValue("resize", "set", set, anImageSet);
  checkSet("resize", set);
  checkOptions("resize", options, { side: aSide }, [], { size: "side", width: "side", height: "side" });
  const { side } = options;
  const [height, width, channels] = set.imageShape;
  const [from, to] = [height * width * channels, side * side * channels];
  const images = new Uint8Array(set.labels.length * to);
  const random = createRandom(0); // not drawn from: nothing is changed at random
  for (let i = 0; i < set.labels.length; i++) {
    const data = set.images.subarray(i * from, (i + 1) * from);
    images.set(augmented({ data, height, width, channels }, {}, random, side, side).data, i * to);
  }
  return asSet({ ...set, images, imageShape: [side, side, channels] });
}
