import { anySet, aText, checkArguments, listOf } from "../checks.js";
import type { FileSet, ImageSet } from "./types.js";
import { asSet } from "./show-set.js";

/**
 * The same images with labels by another list of classes, matched by name: a folder that lacks a class numbers the
 * later ones otherwise than the set that a model was trained on.
 *
 * @param classNames in the order of the labels that come out, such as the training set's
 * @returns a set that shares the images
 * @throws RangeError where a class of the set is not among them, or two have one name
 * @example evaluate(model, withClasses(photos, train.classNames))
 */
export function withClasses<Set extends ImageSet | FileSet>(set: Set, classNames: readonly string[]): Set {
  checkArguments("withClasses", { set, classNames }, { set: anySet, classNames: listOf(aText) });
  const places = new Map(classNames.map((name, label) => [name, label]));
  if (places.size < classNames.length) {
    throw new RangeError(`withClasses: classNames must differ from each other, got ${classNames.join(", ")}`);
  }
  const strange = set.classNames.filter((name) => !places.has(name));
  if (strange.length > 0) {
    throw new RangeError(
      `withClasses: classNames must hold each class of the set, ${classNames.join(", ")}, got ${strange.join(", ")}`,
    );
  }
  const labels = set.labels.map((label) => places.get(set.classNames[label]!)!);
  return asSet({ ...set, labels, classNames: [...classNames] });
}
