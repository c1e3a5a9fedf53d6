import { checkLength } from "../figure-checks.js";

/** Which classes were taken for which, of all images. */
export interface Tally {
  readonly labels: ArrayLike<number>;
  readonly predictions: ArrayLike<number>;
  readonly numClasses: number;
  /** counts[label · K + prediction]: images [K · K] */
  readonly counts: Int32Array;
  /** Images whose prediction is not their label. */
  readonly errors: number;
}

/** How many images of one class were taken for another, or for itself. */
export interface ClassPair {
  readonly label: number;
  readonly prediction: number;
  readonly count: number;
}

/** @throws RangeError for a label or a prediction that is no class */
export function tallyOf(
  where: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  numClasses: number,
): Tally {
  const counts = new Int32Array(numClasses ** 2);
  let errors = 0;
  const check = (name: string, value: number, at: number): void => {
    if (!(Number.isInteger(value) && value >= 0 && value < numClasses))
      throw new RangeError(
        `${where}: ${name} must be class indices from 0 to ${numClasses - 1}, got ${value} at ${at}`,
      );
  };
  for (let i = 0; i < labels.length; i++) {
    const [label, prediction] = [labels[i]!, predictions[i]!];
    check("labels", label, i);
    check("predictions", prediction, i);
    counts[label * numClasses + prediction]!++;
    if (label !== prediction) errors++;
  }
  return { labels, predictions, numClasses, counts, errors };
}

/** Pairs of classes that have images, row by row. */
export function pairsOf({ counts, numClasses }: Tally): ClassPair[] {
  return Array.from(counts, (count, at) => ({
    label: Math.floor(at / numClasses),
    prediction: at % numClasses,
    count,
  })).filter(({ count }) => count > 0);
}

/** @throws RangeError for another number of confidences, or one that is no probability */
export function checkConfidences(where: string, confidences: ArrayLike<number>, count: number): void {
  checkLength(where, "confidences", confidences, count, "images");
  for (let i = 0; i < count; i++) {
    const value: unknown = confidences[i];
    // a softmax in float32 may sum to a little more than 1
    if (typeof value !== "number" || value < 0 || value > 1 + 1e-6)
      throw new RangeError(`${where}: confidences must be from 0 to 1, or NaN, got ${String(value)} at ${i}`);
  }
}
