import { checkArguments, checkOptions } from "../../checks.js";
import { grouped, shownAs, type MimeBundle } from "../../shown.js";
import { tableBundle } from "../summary/show-summary.js";
import { INTERVAL_RULES, intervalOf, type AccuracyInterval, type IntervalOptions } from "./accuracy-interval.js";
import { namesOf, someClassNames } from "./names-of-classes.js";
import { rowsOf, someCounts, sum, type ConfusionMatrix } from "./confusion-matrix.js";
import { levelText, percent } from "./interval-text.js";

/** The accuracy on one class's images. */
export interface ClassInterval extends AccuracyInterval {
  /** The class. */
  readonly label: number;
  /** Its name. */
  readonly className: string;
}

/** What {@link perClassIntervals} takes. */
export interface PerClassOptions extends IntervalOptions {
  /** Names of the classes [K]. Default, and null: "class 0" and so on. */
  readonly classNames?: readonly string[] | null;
}

/**
 * The accuracy on each class's images (its recall), with its confidence interval: of 100 images a class it is some ten
 * points to either side. Classes without images are left out.
 *
 * @param confusion `confusionMatrix`'s result, or counts [label][prediction]
 * @throws RangeError for counts that are no square of whole numbers, another number of names, or options out of range
 * Source: as `accuracyInterval`.
 */
export function perClassIntervals(
  confusion: ConfusionMatrix | ArrayLike<ArrayLike<number>>,
  options: PerClassOptions = {},
): readonly ClassInterval[] {
  checkArguments("perClassIntervals", { confusion }, { confusion: someCounts });
  checkOptions("perClassIntervals", options, { ...INTERVAL_RULES, classNames: someClassNames });
  const matrix = rowsOf("perClassIntervals", "confusion", confusion);
  const names = namesOf("perClassIntervals", options.classNames, matrix.length);
  const found = matrix.flatMap((row, label) => {
    const [right, total] = [row[label]!, sum(row)];
    if (total === 0) return [];
    return [{ label, className: names[label]!, ...intervalOf("perClassIntervals", { right, total }, options) }];
  });
  return shownAs(found, intervalsTable);
}

function intervalsTable(classes: readonly ClassInterval[]): MimeBundle {
  const level = levelText(classes[0]?.level ?? 0.95);
  const rows = classes.map(({ className, accuracy, low, high, total }) => [
    className,
    percent(accuracy),
    percent(low),
    percent(high),
    grouped(total),
  ]);
  return tableBundle(["class", "accuracy, %", `from (${level})`, "to", "images"], rows);
}
