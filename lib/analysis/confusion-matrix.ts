import { aCount, aList, checkArguments } from "../checks.js";

/** Which classes a model takes for which; `plots.confusionMatrix` draws its `matrix`. */
export interface ConfusionMatrix {
  /** matrix[label][prediction]: numbers of images [K, K]. */
  readonly matrix: readonly (readonly number[])[];
  /** Share of images predicted right, 0 to 1. */
  readonly accuracy: number;
  /** Share of each label's images predicted right (recall), 0 to 1 [K]; NaN for a class without images. */
  readonly perClass: readonly number[];
}

/**
 * The confusion matrix of predictions, with what follows from it.
 *
 * @param labels class indices [N], 0 to K − 1
 * @param predictions as many class indices
 * @param numClasses K
 * @throws RangeError where the lengths differ, there is no image, or an index is no class
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  numClasses: number,
): ConfusionMatrix {
  checkArguments(
    "confusionMatrix",
    { labels, predictions, numClasses },
    { labels: aList, predictions: aList, numClasses: aCount },
  );
  if (labels.length === 0 || labels.length !== predictions.length) {
    throw new RangeError(
      "confusionMatrix: labels and predictions must be of one length above 0, " +
        `got ${labels.length} and ${predictions.length}`,
    );
  }
  const matrix = Array.from({ length: numClasses }, () => new Array<number>(numClasses).fill(0));
  for (let i = 0; i < labels.length; i++) {
    const [label, prediction] = [labels[i]!, predictions[i]!];
    for (const [name, value] of [
      ["labels", label],
      ["predictions", prediction],
    ] as const) {
      if (!Number.isInteger(value) || value < 0 || value >= numClasses) {
        throw new RangeError(`confusionMatrix: ${name} must be 0 to ${numClasses - 1}, got ${value} at ${i}`);
      }
    }
    matrix[label]![prediction]!++;
  }
  const right = matrix.map((row, label) => row[label]!);
  return {
    matrix,
    accuracy: sum(right) / labels.length,
    perClass: matrix.map((row, label) => right[label]! / sum(row)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
