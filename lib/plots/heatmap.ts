import { aFlag, aTitle, checkOptions, listOf, optional, orNull, type Rule, type Rules } from "../checks.js";
import {
  aDrawnNumber,
  checkLength,
  checkRows,
  numbersOf,
  plainNumbers,
  shortNumber,
  SMALLEST,
  someNames,
  someRows,
  TITLED,
  withNotes,
  type FigureOptions,
  type Numbers,
} from "./figure-checks.js";
import { plotlyScale } from "./color-scale.js";
import { countText, describe, listText, quantityText } from "./description.js";
import { figure, type Figure } from "./figure.js";
import { heatmapSizes, namedAxis, type HeatmapSizes } from "./heatmap-layout.js";
import { AT_THE_LEFT, colorBar, SOURCE_SIZE } from "./style.js";
import { textHeatmap } from "./text-heatmap.js";
import { escapeText, LINE_HEIGHT, textWidth } from "./text-width.js";

/** What {@link heatmap} draws. */
export interface HeatmapOptions extends FigureOptions {
  /** Rows of values, the first at the top; a value that is missing, not finite or beyond ±1e300 leaves a hole. */
  readonly values: ArrayLike<Numbers>;
  /** What the color is, with its unit. */
  readonly valueLabel: string;
  /** What the columns are. */
  readonly xLabel: string;
  /** What the rows are. */
  readonly yLabel: string;
  /** Names of the columns. Default: their numbers from 0. */
  readonly columnNames?: readonly string[];
  /** Names of the rows. Default: their numbers from 0. */
  readonly rowNames?: readonly string[];
  /**
   * Ends of the color scale, the second above the first. Default: the least and the greatest value; symmetric about 0
   * where it diverges.
   */
  readonly valueRange?: readonly [number, number];
  /** Whether values lie on both sides of a meaningful zero. Default false. */
  readonly diverging?: boolean;
  /** What stands in the cells, row by row; null: nothing. Default: the values, where cells are large enough. */
  readonly cellTexts?: readonly (readonly string[])[] | null;
}

/** Cells of a figure at most: 512 × 512. */
const MAX_CELLS = 262_144;

const aRange: Rule = {
  what: "two numbers, the second above the first",
  kindFits: Array.isArray,
  holds: (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((end) => aDrawnNumber.holds(end)) &&
    (value as number[])[1]! - (value as number[])[0]! >= SMALLEST,
};
const RULES: Rules = {
  ...TITLED,
  values: someRows,
  valueLabel: aTitle,
  xLabel: aTitle,
  yLabel: aTitle,
  columnNames: optional(someNames),
  rowNames: optional(someNames),
  valueRange: optional(aRange),
  diverging: optional(aFlag),
  cellTexts: optional(orNull(listOf(someNames))),
};

/**
 * A matrix as colored cells: similarities of positional embeddings, attention from token to token.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, no cell, more than 262,144, rows of several lengths, or another number of
 *   names
 */
export function heatmap(options: HeatmapOptions): Figure {
  checkOptions("heatmap", options, RULES);
  return drawHeatmap("heatmap", options, ({ values, ...what }) => [
    `Heat map of ${quantityText({ label: what.valueLabel, values: values.flat() })}`,
    `${countText(values.length, "row")}, ${what.yLabel}${namesText(what.rowNames)}`,
    `${countText(values[0]!.length, "column")}, ${what.xLabel}${namesText(what.columnNames)}`,
  ]);
}

/** What a heat map shows, as its description reads it. */
export interface SeenCells extends Omit<HeatmapOptions, "values"> {
  /** null where a cell is empty. */
  readonly values: readonly (readonly (number | null)[])[];
}

/**
 * @param fn the public function that draws it
 * @param sentences what is seen
 */
export function drawHeatmap(
  fn: string,
  options: HeatmapOptions,
  sentences: (seen: SeenCells) => readonly string[],
): Figure {
  const { title, values, valueLabel, xLabel, yLabel, columnNames, rowNames, diverging = false } = options;
  const { rows, columns } = checkRows(fn, "values", values);
  if (rows * columns > MAX_CELLS)
    throw new RangeError(
      `${fn}: values must hold at most ${MAX_CELLS} cells, got ${rows} × ${columns} = ${rows * columns}`,
    );
  if (columnNames) checkLength(fn, "columnNames", columnNames, columns, "columns");
  if (rowNames) checkLength(fn, "rowNames", rowNames, rows, "rows");
  const z = Array.from({ length: rows }, (_, row) => plainNumbers(numbersOf(values[row]!)));
  const empty = z.every((row) => row.every((value) => value === null));
  const source = withNotes(options, [empty && "no cell has a finite value"]);
  const [zmin, zmax] = options.valueRange ?? rangeOf(z, diverging);
  const size = heatmapSizes({ rows, columns, columnNames, rowNames, title, source, xLabel });
  const texts = cellTexts(fn, options.cellTexts, z, size);
  const layout = {
    ...size.layout,
    xaxis: namedAxis(columnNames, columns, {
      label: xLabel,
      length: size.plotWidth,
      tickangle: size.slanted ? -45 : 0,
    }),
    yaxis: namedAxis(rowNames, rows, {
      label: yLabel,
      length: size.plotHeight,
      reversed: true,
      scaleRatio: size.cellHeight / size.cellWidth,
    }),
    showlegend: false,
  };
  const trace = {
    type: "heatmap",
    z,
    zmin,
    zmax,
    colorscale: plotlyScale(diverging ? "diverging" : "sequential"),
    hoverongaps: false,
    hovertemplate:
      `${escapeText(yLabel)}: %{y}<br>${escapeText(xLabel)}: %{x}<br>${escapeText(valueLabel)}: ` +
      "%{z}<extra></extra>",
    colorbar: { ...colorBar(valueLabel, size.plotHeight), ...AT_THE_LEFT },
    ...(texts && { text: texts, texttemplate: "%{text}", textfont: { size: SOURCE_SIZE } }),
  };
  return figure({
    data: [trace],
    layout,
    description: describe(sentences({ ...options, values: z }), source),
    text: textHeatmap({ title, values: z, valueLabel, xLabel, yLabel, columnNames, rowNames, source, texts }),
  });
}

function namesText(names: readonly string[] | undefined): string {
  return names === undefined ? "" : `: ${listText(names)}`;
}

function rangeOf(z: readonly (readonly (number | null)[])[], diverging: boolean): [number, number] {
  let [min, max] = [Infinity, -Infinity];
  for (const row of z)
    for (const value of row) if (value !== null) [min, max] = [Math.min(min, value), Math.max(max, value)];
  if (min > max) return diverging ? [-1, 1] : [0, 1];
  if (diverging) [min, max] = [-Math.max(Math.abs(min), Math.abs(max)), Math.max(Math.abs(min), Math.abs(max))];
  return max - min < SMALLEST ? [min - 0.5, max + 0.5] : [min, max];
}

/** Texts of the cells where each fits in its own. */
function cellTexts(
  fn: string,
  given: HeatmapOptions["cellTexts"],
  z: readonly (readonly (number | null)[])[],
  { cellWidth, cellHeight }: HeatmapSizes,
): string[][] | undefined {
  if (given === null || cellHeight < SOURCE_SIZE * LINE_HEIGHT) return undefined;
  const texts = given
    ? given.map((row) => [...row])
    : z.map((row) => row.map((value) => (value === null ? "" : shortNumber(value))));
  if (given) {
    checkLength(fn, "cellTexts", given, z.length, "rows");
    for (const row of given) checkLength(fn, "a row of cellTexts", row, z[0]!.length, "columns");
  }
  return texts.flat().every((text) => textWidth(text, SOURCE_SIZE) <= cellWidth - 4) ? texts : undefined;
}
