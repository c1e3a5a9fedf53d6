import { aCount, aFlag, checkArguments, checkOptions, optional } from "../../checks.js";
import { grouped, shownAs, type MimeBundle } from "../../shown.js";
import { tableBundle } from "../summary/show-summary.js";
import { namesOf, someClassNames } from "./names-of-classes.js";
import { rowsOf, someCounts, sum, type ConfusionMatrix } from "./confusion-matrix.js";
import { percent } from "./interval-text.js";

/** A class, what it is taken for, and how often. */
export interface ConfusedPair {
  /** The true class. */
  readonly label: number;
  /** What it is taken for; of a symmetric pair the class with the larger index. */
  readonly prediction: number;
  /** The true class's name. */
  readonly labelName: string;
  /** The name of what it is taken for. */
  readonly predictionName: string;
  /** Images. */
  readonly count: number;
  /** Of the true class's images, 0 to 1; of a symmetric pair of both classes' images. */
  readonly share: number;
}

/** What {@link mostConfused} takes. */
export interface MostConfusedOptions {
  /** Pairs at most, 1 or more. Default 10. */
  readonly count?: number;
  /** Names of the classes [K]. Default, and null: "class 0" and so on. */
  readonly classNames?: readonly string[] | null;
  /** Whether errors in both directions are one pair: "cat and dog" for cats taken for dogs, and dogs for cats. Default
   * false. */
  readonly symmetric?: boolean;
}

/**
 * The classes that are mistaken most, largest count first; of equal ones the one with the smaller label, then
 * prediction. Pairs that never occur are left out.
 *
 * @param confusion `confusionMatrix`'s result, or counts [label][prediction]
 * @throws RangeError for counts that are no square of whole numbers, or another number of names
 * @example analysis.mostConfused(analysis.confusionMatrix(labels, predictions, 10), { classNames: test.classNames })
 */
export function mostConfused(
  confusion: ConfusionMatrix | ArrayLike<ArrayLike<number>>,
  options: MostConfusedOptions = {},
): readonly ConfusedPair[] {
  checkArguments("mostConfused", { confusion }, { confusion: someCounts });
  checkOptions("mostConfused", options, {
    count: optional(aCount),
    classNames: someClassNames,
    symmetric: optional(aFlag),
  });
  const { count: most = 10, symmetric = false } = options;
  const matrix = rowsOf("mostConfused", "confusion", confusion);
  const names = namesOf("mostConfused", options.classNames, matrix.length);
  const totals = matrix.map(sum);
  const pairs = matrix.flatMap((row, label) =>
    row.map((forward, prediction) => {
      const count = symmetric ? forward + matrix[prediction]![label]! : forward;
      const share = count / (symmetric ? totals[label]! + totals[prediction]! : totals[label]!);
      return { label, prediction, labelName: names[label]!, predictionName: names[prediction]!, count, share };
    }),
  );
  const found = pairs
    .filter(({ label, prediction, count }) => count > 0 && (symmetric ? label < prediction : label !== prediction))
    .sort((a, b) => b.count - a.count || a.label - b.label || a.prediction - b.prediction)
    .slice(0, most);
  return shownAs(found, (list) => pairsTable(list, symmetric));
}

function pairsTable(pairs: readonly ConfusedPair[], symmetric: boolean): MimeBundle {
  const columns = symmetric
    ? ["class", "and class", "images", "% of both classes"]
    : ["true class", "taken for", "images", "% of the class"];
  const rows = pairs.map(({ labelName, predictionName, count, share }) => [
    labelName,
    predictionName,
    grouped(count),
    percent(share),
  ]);
  return tableBundle(columns, rows, pairs.length === 0 ? "no image is taken for another class's" : undefined);
}
