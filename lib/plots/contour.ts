import { aFlag, aTitle, checkOptions, inRange, optional, type Rules } from "../checks.js";
import {
  checkLength,
  checkRows,
  isDrawn,
  numbersOf,
  plainNumbers,
  SMALLEST,
  shortNumber,
  someNumbers,
  someRows,
  TITLED,
  type FigureOptions,
  type Numbers,
  withNotes,
} from "./figure-checks.js";
import { plotlyScale } from "./color-scale.js";
import { describe, quantityText } from "./description.js";
import { figure, type Figure } from "./figure.js";
import { axis, baseLayout, colorBar, GRID, HEIGHT } from "./style.js";
import { linearTicks } from "./svg/ticks.js";
import { textHeatmap } from "./text-heatmap.js";
import { escapeText } from "./text-width.js";

/** What {@link contour} draws. */
export interface ContourOptions extends FigureOptions {
  /** The grid's places across, in rising order, two or more. */
  readonly x: ArrayLike<number>;
  /** The grid's places upwards, in rising order, two or more. */
  readonly y: ArrayLike<number>;
  /** values[row][column] at y[row], x[column]; one that is not finite leaves its cells empty. */
  readonly values: ArrayLike<Numbers>;
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
  /** Levels at most, 1 to 49, each the edge between two bands of color. Default 9. */
  readonly levels?: number;
}

/** Points of a grid at most: 256 × 256. */
const MAX_POINTS = 65_536;

const RULES: Rules = {
  ...TITLED,
  x: someNumbers,
  y: someNumbers,
  values: someRows,
  valueLabel: aTitle,
  xLabel: aTitle,
  yLabel: aTitle,
  logX: optional(aFlag),
  logY: optional(aFlag),
  levels: optional(inRange({ from: 1, to: 49, whole: true })),
};

/**
 * Bands of equal value over two quantities measured on a grid: accuracy over learning rate and momentum.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, a grid smaller than 2 × 2 or larger than 65,536 points, x or y that do not
 *   rise or do not fit the values, are not above 0 on a logarithmic axis, or no cell with four finite corners
 */
export function contour(options: ContourOptions): Figure {
  checkOptions("contour", options, RULES);
  const { title, values, valueLabel, xLabel, yLabel, logX = false, logY = false } = options;
  const { rows, columns } = checkRows("contour", "values", values);
  if (rows < 2 || columns < 2 || rows * columns > MAX_POINTS)
    throw new RangeError(`contour: values must be 2 × 2 to ${MAX_POINTS} points, got ${rows} × ${columns}`);
  checkPlaces("x", options.x, columns, logX);
  checkPlaces("y", options.y, rows, logY);
  const source = withNotes(options);
  const z = Array.from({ length: rows }, (_, row) => plainNumbers(numbersOf(values[row]!)));
  const [least, greatest] = extent(z);
  const contours = levelsBetween(least, greatest, options.levels ?? 9);
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
  const description = describe(
    [
      `Contour plot of ${quantityText({ label: valueLabel, values: z.flat() })}, over ` +
        `${quantityText({ label: xLabel, values: x, log: logX })}, and ` +
        quantityText({ label: yLabel, values: y, log: logY }),
      peakText(z, { x, y, xLabel, yLabel }),
    ],
    source,
  );
  return figure({ data: [trace], layout, description, text: asText(options, { x, y, z }, source) });
}

interface Grid {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly z: readonly (readonly (number | null)[])[];
}

/** A table of the values with the largest y at the top; shades of them where they are too many. */
function asText(
  { title, valueLabel, xLabel, yLabel }: ContourOptions,
  { x, y, z }: Grid,
  source: string | undefined,
): string {
  const values = [...z].reverse();
  const few = z.length * z[0]!.length <= 400;
  return textHeatmap({
    title,
    values,
    valueLabel,
    xLabel,
    yLabel: `${yLabel} (rising upwards)`,
    columnNames: x.map(shortNumber),
    rowNames: [...y].reverse().map(shortNumber),
    source,
    texts: few ? values.map((row) => row.map((value) => (value === null ? "–" : shortNumber(value)))) : undefined,
  });
}

/** Where the greatest value lies. */
function peakText(
  z: Grid["z"],
  { x, y, xLabel, yLabel }: Omit<Grid, "z"> & { readonly xLabel: string; readonly yLabel: string },
): string {
  let [row, column] = [0, 0];
  const at = (i: number, j: number): number => z[i]![j] ?? -Infinity;
  z.forEach((values, i) => values.forEach((_, j) => at(i, j) > at(row, column) && ([row, column] = [i, j])));
  return `It is greatest at ${xLabel} ${shortNumber(x[column]!)}, ${yLabel} ${shortNumber(y[row]!)}`;
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

/** Round values between the bands, one at least. @param most how many at most */
function levelsBetween(least: number, greatest: number, most: number): { start: number; end: number; size: number } {
  if (greatest - least < SMALLEST)
    return { start: least, end: least, size: Math.abs(least) < SMALLEST ? 1 : Math.abs(least) };
  const inside = linearTicks([least, greatest], most).map(({ at }) => at);
  const size = inside.length > 1 ? inside[1]! - inside[0]! : greatest - least;
  return { start: inside[0] ?? (least + greatest) / 2, end: inside[inside.length - 1] ?? (least + greatest) / 2, size };
}

function ends(places: readonly number[], log: boolean): [number, number] {
  const [first, last] = [places[0]!, places[places.length - 1]!];
  return log ? [Math.log10(first), Math.log10(last)] : [first, last];
}
