import { aFlag, aList, aNumber, aText, checkOptions, either, listOf, oneOf, optional, type Rules } from "../checks.js";
import {
  checkLength,
  checkRows,
  checkText,
  isDrawn,
  numbersOf,
  plainNumbers,
  shortNumber,
  SMALLEST,
  withNotes,
} from "./figure-checks.js";
import { plotlyScale } from "./color-scale.js";
import { figure, type Figure } from "./figure.js";
import { AT_THE_LEFT, axis, baseLayout, FONT_SIZE, INK, keptBesideX, KEPT_AT_LEFT, SOURCE_SIZE } from "./style.js";
import { textHeatmap } from "./text-heatmap.js";
import { escapeText, fitText, LINE_HEIGHT, textHeight, textWidth, wrapText } from "./text-width.js";

export interface HeatmapOptions {
  /** What the figure shows, in a line above it. */
  readonly title: string;
  /** Rows of values, the first at the top; a value that is missing, not finite or beyond ±1e300 leaves a hole. */
  readonly values: ArrayLike<ArrayLike<number>>;
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
  /** Ends of the color scale. Default: the least and the greatest value; symmetric about 0 where it diverges. */
  readonly valueRange?: readonly [number, number];
  /** Whether values lie on both sides of a meaningful zero. Default false. */
  readonly diverging?: boolean;
  /** What stands in the cells, row by row; "none" for nothing. Default: the values, where cells are large enough. */
  readonly cellTexts?: readonly (readonly string[])[] | "none";
  /** Where the numbers come from, written under the title: data, seed, command. */
  readonly source?: string;
}

/** Cells of a figure at most: 512 × 512. */
export const MAX_CELLS = 262_144;
const MAX_PLOT = 440;
const MAX_CELL = 64;
const NAME_ROOM = 120;
const COLOR_BAR = 110;

const KINDS: Rules = {
  title: optional(aText),
  values: aList,
  valueLabel: optional(aText),
  xLabel: optional(aText),
  yLabel: optional(aText),
  columnNames: optional(listOf(aText)),
  rowNames: optional(listOf(aText)),
  valueRange: optional(listOf(aNumber)),
  diverging: optional(aFlag),
  cellTexts: optional(either(oneOf(["none"]), aList)),
  source: optional(aText),
};

/**
 * A matrix as colored cells: similarities of positional embeddings, attention from token to token.
 * @throws TypeError when a text is missing
 * @throws RangeError when there is no cell, more than 262,144, rows of several lengths, or another number of names
 */
export function heatmap(options: HeatmapOptions): Figure {
  checkOptions("heatmap", options, KINDS);
  const { title, values, valueLabel, xLabel, yLabel, columnNames, rowNames, diverging = false } = options;
  for (const name of ["title", "valueLabel", "xLabel", "yLabel"] as const) checkText("heatmap", name, options[name]);
  const { rows, columns } = checkRows("heatmap", "values", values);
  if (rows * columns > MAX_CELLS)
    throw new RangeError(
      `heatmap: values must hold at most ${MAX_CELLS} cells, got ${rows} × ${columns} = ${rows * columns}`,
    );
  if (columnNames) checkLength("heatmap", "columnNames", columnNames, columns, "columns");
  if (rowNames) checkLength("heatmap", "rowNames", rowNames, rows, "rows");
  const z = Array.from({ length: rows }, (_, row) => plainNumbers(numbersOf(values[row]!)));
  checkValueRange(options.valueRange);
  const empty = z.every((row) => row.every((value) => value === null));
  const source = withNotes(options.source, [empty && "no cell has a finite value"]);
  const [zmin, zmax] = options.valueRange ?? rangeOf(z, diverging);
  const size = sizes({ rows, columns, columnNames, rowNames, title, source, xLabel });
  const texts = cellTexts(options.cellTexts, z, size);
  const layout = {
    ...size.layout,
    xaxis: names(columnNames, columns, { label: xLabel, length: size.plotWidth, tickangle: size.slanted ? -45 : 0 }),
    yaxis: names(rowNames, rows, {
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
  return figure(
    [trace],
    layout,
    textHeatmap({ title, values: z, valueLabel, xLabel, yLabel, columnNames, rowNames, source, texts }),
  );
}

/** @throws RangeError for what is no pair of rising numbers */
function checkValueRange(range: HeatmapOptions["valueRange"]): void {
  if (range === undefined) return;
  const [from, to] = range;
  if (range.length !== 2 || !isDrawn(from) || !isDrawn(to) || !(to - from >= SMALLEST))
    throw new RangeError(
      `heatmap: valueRange must be two numbers, the second above the first, got [${range.join(", ")}]`,
    );
}

/** The scale beside a figure. */
export function colorBar(label: string, length: number): Record<string, unknown> {
  return {
    title: { text: wrapText(label, FONT_SIZE, Math.max(length, 160)), side: "right", font: { size: FONT_SIZE } },
    thickness: 14,
    outlinewidth: 0,
    tickcolor: INK,
    ticks: "outside",
    nticks: 6,
    lenmode: "fraction",
    len: 1,
    xpad: 8,
  };
}

function rangeOf(z: readonly (readonly (number | null)[])[], diverging: boolean): [number, number] {
  let [min, max] = [Infinity, -Infinity];
  for (const row of z)
    for (const value of row) if (value !== null) [min, max] = [Math.min(min, value), Math.max(max, value)];
  if (min > max) return diverging ? [-1, 1] : [0, 1];
  if (diverging) [min, max] = [-Math.max(Math.abs(min), Math.abs(max)), Math.max(Math.abs(min), Math.abs(max))];
  return max - min < SMALLEST ? [min - 0.5, max + 0.5] : [min, max];
}

interface Sizes {
  readonly plotWidth: number;
  readonly plotHeight: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly slanted: boolean;
  readonly layout: Record<string, unknown>;
}

/** Cells are square, or as near to it as a matrix of that shape can be drawn. */
function sizes({
  rows,
  columns,
  columnNames,
  rowNames,
  title,
  source,
  xLabel,
}: Pick<HeatmapOptions, "columnNames" | "rowNames" | "title" | "source" | "xLabel"> & {
  readonly rows: number;
  readonly columns: number;
}): Sizes {
  const cell = Math.min(MAX_CELL, MAX_PLOT / Math.max(rows, columns));
  const plotWidth = Math.max(cell * columns, 180);
  const plotHeight = Math.max(cell * rows, 120);
  const widest = (list: readonly string[] | undefined): number =>
    Math.min(NAME_ROOM, Math.max(28, ...(list ?? []).map((name) => textWidth(escapeText(name), FONT_SIZE))));
  const slanted = columnNames !== undefined && widest(columnNames) > plotWidth / columns - 4;
  const below = slanted ? widest(columnNames) * Math.SQRT1_2 + FONT_SIZE : FONT_SIZE * LINE_HEIGHT;
  const margin = {
    l: COLOR_BAR + Math.ceil(widest(rowNames) + 2 * FONT_SIZE * LINE_HEIGHT + 16),
    r: 24,
    b: Math.ceil(below + textHeight(wrapText(xLabel, FONT_SIZE, plotWidth), FONT_SIZE) + 22),
  };
  const width = Math.ceil(plotWidth) + margin.l + margin.r;
  const base = baseLayout({ title, source, width: Math.max(width, 420) });
  const top = (base["margin"] as { t: number }).t;
  const wide = Math.max(width, 420);
  return {
    plotWidth,
    plotHeight,
    cellWidth: plotWidth / columns,
    cellHeight: plotHeight / rows,
    slanted,
    layout: {
      ...base,
      width: wide,
      height: Math.ceil(plotHeight) + top + margin.b,
      margin: { ...margin, r: margin.r + wide - width, t: top },
    },
  };
}

function names(
  list: readonly string[] | undefined,
  count: number,
  {
    label,
    length,
    tickangle = 0,
    reversed = false,
    scaleRatio = 1,
  }: {
    readonly label: string;
    readonly length: number;
    readonly tickangle?: number;
    readonly reversed?: boolean;
    readonly scaleRatio?: number;
  },
): Record<string, unknown> {
  const range = reversed ? [count - 0.5, -0.5] : [-0.5, count - 0.5];
  const ticks = list
    ? {
        tickmode: "array",
        tickvals: list.map((_, i) => i),
        ticktext: list.map((name) => escapeText(fitText(name, FONT_SIZE, NAME_ROOM))),
        tickangle,
      }
    : {};
  return axis({
    label,
    length,
    range,
    ...ticks,
    ...(reversed ? keptBesideX(scaleRatio) : KEPT_AT_LEFT),
    showgrid: false,
    zeroline: false,
    mirror: true,
  });
}

/** Texts of the cells where each fits in its own. */
function cellTexts(
  given: HeatmapOptions["cellTexts"],
  z: readonly (readonly (number | null)[])[],
  { cellWidth, cellHeight }: Sizes,
): string[][] | undefined {
  if (given === "none" || cellHeight < SOURCE_SIZE * LINE_HEIGHT) return undefined;
  const texts = given
    ? given.map((row) => [...row])
    : z.map((row) => row.map((value) => (value === null ? "" : shortNumber(value))));
  if (given) {
    checkLength("heatmap", "cellTexts", given, z.length, "rows");
    for (const row of given) checkLength("heatmap", "a row of cellTexts", row, z[0]!.length, "columns");
  }
  return texts.flat().every((text) => textWidth(text, SOURCE_SIZE) <= cellWidth - 4) ? texts : undefined;
}
