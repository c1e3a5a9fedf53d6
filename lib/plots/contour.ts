import { aFlag, aList, anyNumber, aText, checkOptions, optional } from "../checks.js";
import {
  checkLength,
  checkRows,
  checkText,
  isDrawn,
  numbersOf,
  plainNumbers,
  SMALLEST,
  shortNumber,
} from "./figure-checks.js";
import { plotlyScale } from "./color-scale.js";
import { figure, type Figure } from "./figure.js";
import { colorBar } from "./heatmap.js";
import { axis, baseLayout, GRID, HEIGHT } from "./style.js";
import { linearTicks } from "./svg/ticks.js";
import { textHeatmap } from "./text-heatmap.js";
import { escapeText } from "./text-width.js";

export interface ContourOptions {
  /** What the figure shows, in a line above it. */
  readonly title: string;
  /** The grid's places across, in rising order, two or more. */
  readonly x: ArrayLike<number>;
  /** The grid's places upwards, in rising order, two or more. */
  readonly y: ArrayLike<number>;
  /** values[row][column] at y[row], x[column]; one that is not finite leaves its cells empty. */
  readonly values: ArrayLike<ArrayLike<number>>;
  /** What the color is, with its unit. */
  readonly valueLabel: string;
  /** What the horizontal axis is, with its unit. */
  readonly xLabel: string;
  /** What the vertical axis is, with its unit. */
  readonly yLabel: string;
  /** Whether the horizontal axis is logarithmic. Default false. */
  readonly logX?: boolean;
  /** Whether the vertical axis is logarithmic. Default false. */
  readonly logY?: boolean;
  /** Bands at most. Default 10. */
  readonly bands?: number;
  /** Where the numbers come from, written under the title: data, seed, command. */
  readonly source?: string;
}

/** Points of a grid at most: 256 × 256. */
const MAX_POINTS = 65_536;

/**
 * Bands of equal value over two quantities measured on a grid: accuracy over learning rate and momentum.
 * @throws TypeError when a text is missing
 * @throws RangeError when the grid is smaller than 2 × 2 or larger than 65,536 points, x or y do not rise or do not
 *   fit the values, are not above 0 on a logarithmic axis, or no cell has four finite corners
 */
export function contour(options: ContourOptions): Figure {
  checkOptions("contour", options, {
    title: optional(aText),
    x: aList,
    y: aList,
    values: aList,
    valueLabel: optional(aText),
    xLabel: optional(aText),
    yLabel: optional(aText),
    logX: optional(aFlag),
    logY: optional(aFlag),
    bands: optional(anyNumber),
    source: optional(aText),
  });
  const { title, values, valueLabel, xLabel, yLabel, logX = false, logY = false, bands = 10, source } = options;
  for (const name of ["title", "valueLabel", "xLabel", "yLabel"] as const) checkText("contour", name, options[name]);
  const { rows, columns } = checkRows("contour", "values", values);
  if (rows < 2 || columns < 2 || rows * columns > MAX_POINTS)
    throw new RangeError(`contour: values must be 2 × 2 to ${MAX_POINTS} points, got ${rows} × ${columns}`);
  if (!(Number.isInteger(bands) && bands >= 2 && bands <= 50))
    throw new RangeError(`contour: bands must be 2 to 50, got bands=${bands}`);
  checkPlaces("x", options.x, columns, logX);
  checkPlaces("y", options.y, rows, logY);
  const z = Array.from({ length: rows }, (_, row) => plainNumbers(numbersOf(values[row]!)));
  const [least, greatest] = extent(z);
  const contours = levels(least, greatest, bands);
  const [x, y] = [plainNumbers(options.x) as number[], plainNumbers(options.y) as number[]];
  const trace = {
    type: "contour",
    x,
    y,
    z,
    zmin: contours.start - contours.size / 2,
    zmax: contours.end + contours.size / 2, // the middles of the first and the last band
    autocontour: false,
    contours: { ...contours, coloring: "fill" },
    line: { width: 1, color: GRID, smoothing: 0 },
    colorscale: plotlyScale("sequential"),
    connectgaps: false,
    hovertemplate:
      `${escapeText(xLabel)}: %{x}<br>${escapeText(yLabel)}: %{y}<br>${escapeText(valueLabel)}: ` +
      "%{z}<extra></extra>",
    colorbar: colorBar(valueLabel, HEIGHT),
  };
  const layout = {
    ...baseLayout({ title, source }),
    xaxis: axis({ label: xLabel, log: logX, range: ends(x, logX), showgrid: false }),
    yaxis: axis({ label: yLabel, log: logY, range: ends(y, logY), showgrid: false }),
    showlegend: false,
  };
  const texts =
    rows * columns <= 400
      ? [...z].reverse().map((row) => row.map((value) => (value === null ? "–" : shortNumber(value))))
      : undefined;
  const text = textHeatmap({
    title,
    values: [...z].reverse(),
    valueLabel,
    xLabel,
    yLabel: `${yLabel} (rising upwards)`,
    columnNames: x.map(shortNumber),
    rowNames: [...y].reverse().map(shortNumber),
    source,
    texts,
  });
  return figure([trace], layout, text);
}

function checkPlaces(name: string, places: ArrayLike<number>, length: number, log: boolean): void {
  checkLength("contour", name, places, length, name === "x" ? "columns" : "rows");
  for (let i = 0; i < length; i++) {
    const rises = i === 0 || places[i]! > places[i - 1]!;
    if (!isDrawn(places[i], log) || !rises || (log && !(places[i]! > 0)))
      throw new RangeError(
        `contour: ${name} must rise${log ? " and be above 0" : ""}, got ${Array.from(places).slice(0, 20).join(", ")}`,
      );
  }
}

/** Least and greatest of the values that are drawn. */
function extent(z: readonly (readonly (number | null)[])[]): [number, number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (let row = 0; row + 1 < z.length; row++) {
    for (let column = 0; column + 1 < z[0]!.length; column++) {
      const corners = [z[row]![column]!, z[row]![column + 1]!, z[row + 1]![column]!, z[row + 1]![column + 1]!];
      if (corners.every((value) => value !== null))
        [least, greatest] = [Math.min(least, ...corners), Math.max(greatest, ...corners)];
    }
  }
  if (least > greatest) throw new RangeError("contour: values must have a cell with four finite corners, got none");
  return [least, greatest];
}

/** Round values between the bands, one at least. */
function levels(least: number, greatest: number, bands: number): { start: number; end: number; size: number } {
  if (greatest - least < SMALLEST)
    return { start: least, end: least, size: Math.abs(least) < SMALLEST ? 1 : Math.abs(least) };
  const inside = linearTicks([least, greatest], bands - 1).map(({ at }) => at);
  const size = inside.length > 1 ? inside[1]! - inside[0]! : greatest - least;
  return { start: inside[0] ?? (least + greatest) / 2, end: inside[inside.length - 1] ?? (least + greatest) / 2, size };
}

function ends(places: readonly number[], log: boolean): [number, number] {
  const [first, last] = [places[0]!, places[places.length - 1]!];
  return log ? [Math.log10(first), Math.log10(last)] : [first, last];
}
