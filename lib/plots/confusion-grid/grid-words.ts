import { countText, describe, listText } from "../description.js";
import { grouped } from "../../shown.js";
import { textHeatmap } from "../text-heatmap.js";
import { groupCounts, type ClassGroup } from "./groups.js";
import type { SpriteSheet } from "./sprite-sheet.js";
import { pairsOf, type Tally } from "./tally.js";

/** What a confusion grid is drawn from. */
export interface Grid {
  readonly title: string;
  readonly source: string | undefined;
  readonly classNames: readonly string[];
  readonly tally: Tally;
  /** Classes by the row and the column in which they stand at first. */
  readonly groups: readonly ClassGroup[];
  readonly sheet: SpriteSheet;
  readonly confidences: ArrayLike<number> | undefined;
  readonly seed: number;
}

/** Confusions that are named one by one. */
const MOST_NAMED = 10;

/** "3,000 of 10,000 images are shown: all 912 errors, and 2,088 of 9,088 right ones by lot (seed 0)" */
export function shownText({ tally, sheet, confidences, seed }: Grid): string {
  const { labels, predictions, errors } = tally;
  const [all, shown] = [labels.length, sheet.indices.length];
  if (shown === all) return `All ${countText(all, "image")} are shown, ${countText(errors, "error")}`;
  const wrong = sheet.indices.filter((index) => labels[index] !== predictions[index]).length;
  const lot = ` by lot (seed ${seed})`;
  const errorText =
    wrong === errors
      ? `all ${countText(errors, "error")}`
      : `${grouped(wrong)} of ${countText(errors, "error")}${confidences ? ", the most confident" : lot}`;
  const rightText =
    wrong === shown ? "" : `, and ${grouped(shown - wrong)} of ${grouped(all - errors)} right ones${lot}`;
  return `${grouped(shown)} of ${countText(all, "image")} are shown: ${errorText}${rightText}`;
}

/** What is seen, for who cannot see it. */
export function descriptionOf(grid: Grid): string {
  const { tally, classNames, source } = grid;
  const right = classNames.map((name, i) => `${name} ${grouped(tally.counts[i * (tally.numClasses + 1)]!)}`);
  const named = confusions(grid);
  return describe(
    [
      `Images in a table of ${countText(classNames.length, "class", "classes")}, true ones down, predicted ones across`,
      shownText(grid),
      `On the diagonal, taken for what they are: ${listText(right)}`,
      named.length > 0 && `Most often confused: ${named.join("; ")}`,
    ],
    source,
  );
}

/** The table of counts, and what is confused most, as a terminal shows it. */
export function textOf(grid: Grid): string {
  const { tally, groups, title, source } = grid;
  const counts = groupCounts(tally, groups);
  const names = groups.map(({ name }) => name);
  return [
    textHeatmap({
      title,
      values: counts,
      valueLabel: "images",
      xLabel: "predicted class",
      yLabel: "true class",
      columnNames: names,
      rowNames: names,
      texts: counts.map((row) => row.map((count) => (count === 0 ? "·" : grouped(count)))),
    }),
    ...confusions(grid),
    shownText(grid),
    ...(source === undefined ? [] : [source]),
  ].join("\n");
}

/** "shirt taken for coat: 123", the most frequent first. */
function confusions({ tally, classNames }: Grid): string[] {
  return pairsOf(tally)
    .filter(({ label, prediction }) => label !== prediction)
    .sort((one, other) => other.count - one.count)
    .slice(0, MOST_NAMED)
    .map(
      ({ count, label, prediction }) => `${classNames[label]} taken for ${classNames[prediction]}: ${grouped(count)}`,
    );
}
