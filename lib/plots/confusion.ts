import { aList, aText, checkOptions, listOf, optional, type Rules } from "../checks.js";
import { checkLength, checkRows } from "./checks.js";
import type { Figure } from "./figure.js";
import { heatmap } from "./heatmap.js";

export interface ConfusionOptions {
  /** What the figure shows, in a line above it. */
  readonly title: string;
  /** Counts, `counts[t][p]`: images of class t that were taken for class p, K × K. */
  readonly counts: ArrayLike<ArrayLike<number>>;
  /** Names of the K classes, in the order of `counts`. */
  readonly classNames: readonly string[];
  /** "rows": the colour and the text are per cent of the images of the true class; "none": counts. Default "rows". */
  readonly normalise?: "rows" | "none";
  /** Where the numbers come from, written under the title: data, seed, command. */
  readonly source?: string;
}

const KINDS: Rules = {
  title: aText,
  counts: aList,
  classNames: listOf(aText),
  normalise: optional(aText),
  source: optional(aText),
};

/**
 * A confusion matrix: rows are true classes, columns predicted ones. A class without an image has an empty row.
 * @throws RangeError when the counts are not square, not whole numbers of 0 or more, or not as many as the classes
 */
export function confusion(options: ConfusionOptions): Figure {
  checkOptions("confusion", options, KINDS);
  const { title, counts, classNames, normalise = "rows", source } = options;
  const { rows, columns } = checkRows("confusion", "counts", counts);
  if (rows !== columns) throw new RangeError(`confusion: counts must be square, got ${rows} × ${columns}`);
  checkLength("confusion", "classNames", classNames, rows, "classes");
  if (normalise !== "rows" && normalise !== "none")
    throw new RangeError(`confusion: normalise must be "rows" or "none", got ${JSON.stringify(normalise)}`);
  const table = Array.from(counts, (row) => Array.from(row));
  const all = table.flat();
  const at = all.findIndex((count) => !Number.isSafeInteger(count) || count < 0);
  const wrong = all[at];
  if (at >= 0) throw new RangeError(`confusion: counts must be whole numbers of 0 or more, got ${wrong}`);
  const percent = table.map((row) => {
    const images = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (100 * count) / images); // NaN, a hole, where the class has no image
  });
  const shown = normalise === "rows" ? percent : table;
  return heatmap({
    title,
    values: shown,
    valueLabel: normalise === "rows" ? "% of the true class" : "images",
    xLabel: "predicted class",
    yLabel: "true class",
    columnNames: classNames,
    rowNames: classNames,
    valueRange: normalise === "rows" ? [0, 100] : [0, Math.max(1, ...table.flat())],
    cellTexts: normalise === "rows" ? percent.map((row) => row.map(inPercent)) : table.map((row) => row.map(String)),
    ...(source !== undefined && { source }),
  });
}

/** Whole per cent; what is above 0 but rounds to it is said to be so. */
function inPercent(value: number): string {
  if (!Number.isFinite(value)) return "";
  return value > 0 && value < 0.5 ? "<1" : value.toFixed(0);
}
