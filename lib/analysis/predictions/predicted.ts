/** What a model answered on images whose labels are known, as the functions of this room take it. */
import { aList, optional, orNull, shown, withFields, type Rule } from "../../checks.js";

/** The classes that a model gave N images. */
export interface Answered {
  /** Class indices [N]. */
  readonly predictions: ArrayLike<number>;
  /** The predicted class's probability [N], where it is known; an image of NaN is never right. */
  readonly confidences?: ArrayLike<number> | null;
}

/** The same with what the images show: what `train.evaluate` and `ensemble` return has both. */
export interface Predicted extends Answered {
  /** As many class indices [N]. */
  readonly labels: ArrayLike<number>;
}

/**
 * How a model weighed K classes for N images, by logits or by probabilities: what `train.evaluate` and `ensemble`
 * return has it. Rows are plain arrays, or a tensor's `await logits.array()`.
 */
export interface Scored {
  /** Class indices [N]. */
  readonly labels: ArrayLike<number>;
  /** [N][K] */
  readonly logits?: ArrayLike<ArrayLike<number>> | null;
  /** [N][K], 0 to 1, of the sum 1 for each image. Read where there are no logits. */
  readonly probabilities?: ArrayLike<ArrayLike<number>> | null;
}

/** A study's stored predictions: base64 of one byte an image. */
export interface StoredClasses {
  /** Base64 of one byte an image: its predicted class. */
  readonly classes: string;
}

/** {@link Predicted}. */
export const aPredicted: Rule = withFields(
  "{ labels, predictions }, as train.evaluate returns",
  { labels: aList, predictions: aList, confidences: optional(orNull(aList)) },
  "labels",
);

const isStored = (value: unknown): value is StoredClasses =>
  typeof (value as Partial<StoredClasses> | null | undefined)?.classes === "string";

/** Predicted classes in any form. */
export const somePredictions: Rule = {
  what: "an array of class indices, an evaluation, or a study's stored predictions",
  holds: (value) =>
    aList.holds(value) || isStored(value) || aList.holds((value as Partial<Predicted> | null | undefined)?.predictions),
};

/** @throws RangeError for lists of different lengths, or of none */
export function checkPairs(fn: string, lists: Readonly<Record<string, ArrayLike<unknown>>>): void {
  const sizes = Object.values(lists).map(({ length }) => length);
  if (sizes[0] !== 0 && sizes.every((size) => size === sizes[0])) return;
  const names = Object.keys(lists);
  throw new RangeError(
    `${fn}: ${names.slice(0, -1).join(", ")} and ${names.at(-1)} must be of one length above 0, ` +
      `got ${sizes.slice(0, -1).join(", ")} and ${sizes.at(-1)}`,
  );
}

/** @throws RangeError for an entry that is no class index below `numClasses` */
export function checkClasses(fn: string, name: string, values: ArrayLike<number>, numClasses = Infinity): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isInteger(value) && value >= 0 && value < numClasses) continue;
    const range = numClasses === Infinity ? "whole numbers of 0 or more" : `0 to ${numClasses - 1}`;
    throw new RangeError(`${fn}: ${name} must be ${range}, got ${shown(value)} at ${i}`);
  }
}

/** Whether each image's prediction is its label. @throws RangeError where the lengths differ or are 0 */
export function rightOf(fn: string, { labels, predictions, confidences }: Predicted): boolean[] {
  checkPairs(fn, { labels, predictions, ...(confidences && { confidences }) });
  checkClasses(fn, "labels", labels);
  return Array.from(labels, (label, i) => label === predictions[i] && !Number.isNaN(confidences?.[i]));
}

/** Predicted classes in any form, as {@link Predicted} of these labels. */
export function predictedOf(labels: ArrayLike<number>, given: ArrayLike<number> | Answered | StoredClasses): Predicted {
  if (isStored(given)) return { labels, predictions: Buffer.from(given.classes, "base64") };
  if (aList.holds(given)) return { labels, predictions: given as ArrayLike<number> };
  return { ...(given as Answered), labels };
}
