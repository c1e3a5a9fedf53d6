import { aCount, aList, checkArguments, someOf, withFields, type Rule } from "../../checks.js";
import { grouped, shownAs } from "../../shown.js";
import { percent } from "./interval-text.js";
import { checkClasses, checkPairs } from "./predicted.js";

/**
 * Which classes a model takes for which; `plots.confusionMatrix` draws its `matrix`, `mostConfused` lists its largest
 * errors.
 */
export interface ConfusionMatrix {
  /** matrix[label][prediction]: numbers of images [K, K]. */
  readonly matrix: readonly (readonly number[])[];
  /** Share of images predicted right, 0 to 1. */
  readonly accuracy: number;
  /** Share of each label's images predicted right (recall), 0 to 1 [K]; NaN for a class without images. */
  readonly perClass: readonly number[];
}

const someRows: Rule = someOf(aList);
const aMatrix = withFields("a confusion matrix", { matrix: someRows }, "matrix");

/** A confusion matrix, or its rows alone. */
export const someCounts: Rule = {
  what: "a confusion matrix, or its counts [K, K]",
  holds: (value) => someRows.holds(value) || aMatrix.holds(value),
};

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
  checkPairs("confusionMatrix", { labels, predictions });
  checkClasses("confusionMatrix", "labels", labels, numClasses);
  checkClasses("confusionMatrix", "predictions", predictions, numClasses);
  const matrix = Array.from({ length: numClasses }, () => new Array<number>(numClasses).fill(0));
  for (let i = 0; i < labels.length; i++) matrix[labels[i]!]![predictions[i]!]!++;
  const right = matrix.map((row, label) => row[label]!);
  const found = {
    matrix,
    accuracy: sum(right) / labels.length,
    perClass: matrix.map((row, label) => right[label]! / sum(row)),
  };
  return shownAs(found, ({ accuracy }) => ({
    "text/plain":
      `accuracy ${percent(accuracy)} %, ${grouped(sum(matrix.map(sum)))} images of ${numClasses} classes: ` +
      "plots.confusionMatrix draws which are taken for which, analysis.mostConfused lists the largest errors",
  }));
}

/** The rows of counts, whichever of the two came. @throws RangeError or TypeError for what is no square of counts */
export function rowsOf(fn: string, name: string, given: ConfusionMatrix | ArrayLike<ArrayLike<number>>): number[][] {
  const rows = Array.from("matrix" in given ? given.matrix : given, (row) => Array.from(row));
  for (const [i, row] of rows.entries()) {
    if (row.length !== rows.length)
      throw new RangeError(`${fn}: ${name} must be square, got ${row.length} counts in row ${i} of ${rows.length}`);
    checkClasses(fn, `${name}[${i}]`, row);
  }
  return rows;
}

/** Of numbers. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
