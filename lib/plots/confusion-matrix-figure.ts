import { checkOptions, oneOf, optional, orNull, type Rules } from "../checks.js";
import { checkLength, checkRows, someNames, someRows, TITLED, type FigureOptions } from "./figure-checks.js";
import { countText, listText } from "./description.js";
import type { Figure } from "./figure.js";
import { drawHeatmap } from "./heatmap.js";

/** Over what a confusion matrix' counts are shares, in scikit-learn's words. */
export type Normalize = "true" | "pred" | "all";

/** What {@link confusionMatrix} draws. */
export interface ConfusionMatrixOptions extends FigureOptions {
  /** Counts, `counts[t][p]`: images of class t that were taken for class p, K × K. */
  readonly counts: ArrayLike<ArrayLike<number>>;
  /** Names of the K classes, in the order of `counts`. */
  readonly classNames: readonly string[];
  /**
   * Per cent of what color and text are: "true", of the images of the true class, a row; "pred", of those taken for the
   * class, a column; "all", of all images; null: the counts themselves. Default "true".
   */
  readonly normalize?: Normalize | null;
}

const LABELS: Readonly<Record<Normalize, string>> = {
  true: "% of the true class",
  pred: "% of the predicted class",
  all: "% of all images",
};

const RULES: Rules = {
  ...TITLED,
  counts: someRows,
  classNames: someNames,
  normalize: optional(orNull(oneOf(Object.keys(LABELS)))),
};

/**
 * A confusion matrix: rows are true classes, columns predicted ones. A class without an image has an empty row.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, counts that are not square, not whole numbers of 0 or more, or not as many
 *   as the classes
 */
export function confusionMatrix(options: ConfusionMatrixOptions): Figure {
  checkOptions("confusionMatrix", options, RULES);
  const { title, counts, classNames, normalize = "true", source, caption, run } = options;
  const { rows, columns } = checkRows("confusionMatrix", "counts", counts);
  if (rows !== columns) throw new RangeError(`confusionMatrix: counts must be square, got ${rows} × ${columns}`);
  checkLength("confusionMatrix", "classNames", classNames, rows, "classes");
  const table = Array.from(counts, (row) => Array.from(row));
  const wrong = table.flat().find((count) => !Number.isSafeInteger(count) || count < 0);
  if (wrong !== undefined)
    throw new RangeError(`confusionMatrix: counts must be whole numbers of 0 or more, got ${wrong}`);
  const percent = normalize && shares(table, normalize);
  const cells = {
    title,
    source,
    caption,
    run,
    values: percent ?? table,
    valueLabel: normalize ? LABELS[normalize] : "images",
    xLabel: "predicted class",
    yLabel: "true class",
    columnNames: classNames,
    rowNames: classNames,
    valueRange: percent ? ([0, 100] as const) : ([0, Math.max(1, ...table.flat())] as const),
    cellTexts: percent?.map((row) => row.map(inPercent)) ?? table.map((row) => row.map(String)),
  };
  return drawHeatmap("confusionMatrix", cells, () => {
    const right = classNames.map((name, i) => `${name} ${cells.cellTexts[i]![i] || "none"}`);
    return [
      `Confusion matrix of ${countText(rows, "class", "classes")}, true ones down, predicted ones across, in ` +
        cells.valueLabel,
      `On its diagonal, taken for what they are: ${listText(right, "; ")}`,
    ];
  });
}

/** Per cent; NaN, a hole, where the row, the column or the whole has no image. */
function shares(table: readonly (readonly number[])[], normalize: Normalize): number[][] {
  const rows = table.map(sum);
  const columns = table.map((_, predicted) => sum(table.map((row) => row[predicted]!)));
  const all = sum(rows);
  const of = {
    true: (row: number) => rows[row]!,
    pred: (_: number, column: number) => columns[column]!,
    all: () => all,
  };
  return table.map((row, i) => row.map((count, j) => (100 * count) / of[normalize](i, j)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Whole per cent; what is above 0 but rounds to it is said to be so. */
function inPercent(value: number): string {
  if (!Number.isFinite(value)) return "";
  return value > 0 && value < 0.5 ? "<1" : value.toFixed(0);
}
