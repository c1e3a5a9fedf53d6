import { aNatural, checkArguments, listOf } from "../checks.js";
import { checkSet } from "./batch-options.js";
import { takeImages } from "./draw.js";
import type { FileSet, ImageSet } from "./types.js";

/**
 * The images at these places of a set, in this order, as a copy; a place that is named twice is there twice. Classes
 * and labels stay; for classes by name see `subset`, for images drawn at random `subset` and `split`.
 *
 * @param indices places in the set, 0 to its number of images less 1, at least one
 * @throws TypeError for what is no set or no array, RangeError for a place that the set does not have
 * @example datasets.choose(cifar.test, [3, 3, 17])
 */
export function choose<Kind extends ImageSet | FileSet>(set: Kind, indices: ArrayLike<number>): Kind {
  checkSet("choose", set);
  checkArguments("choose", { indices }, { indices: listOf(aNatural) });
  const count = set.labels.length;
  if (indices.length === 0) throw new RangeError("choose: indices must have at least one index, got none");
  const wrong = Array.from(indices).find((index) => index >= count);
  if (wrong !== undefined) throw new RangeError(`choose: indices must be 0 to ${count - 1}, got ${wrong}`);
  return takeImages(set, indices);
}
