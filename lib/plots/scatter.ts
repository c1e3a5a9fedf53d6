import { aFlag, aText, aTitle, checkOptions, fields, listOf, optional, orNull, someOf, type Rules } from "../checks.js";
import {
  areDates,
  checkLength,
  isDrawn,
  leftOut,
  numbersOf,
  plainNumbers,
  someNumbers,
  somePlaces,
  TITLED,
  withNotes,
  type Places,
} from "./figure-checks.js";
import { countText, describe, listText, quantityText } from "./description.js";
import { figure, type Figure } from "./figure.js";
import { placeLabels, type PlacedLabel } from "./place-labels.js";
import { axis, baseLayout, FONT_SIZE, HEIGHT, INK, PALETTE, paddedRange, SOURCE_SIZE, WIDTH } from "./style.js";
import { textLines } from "./text-lines.js";
import { escapeText, textWidth } from "./text-width.js";

/** Points of one mark and color. */
export interface ScatterSeries {
  /** What the legend calls it. */
  readonly name: string;
  /** Where the points stand across: numbers, or dates, which are written in UTC. */
  readonly x: Places;
  /** Where they stand upwards, as many as `x`. */
  readonly y: ArrayLike<number>;
  /** What each point is, beside it where there is room and under the pointer always. Default, and null: nothing. */
  readonly labels?: readonly string[] | null;
}

/** What {@link scatter} draws. */
export interface ScatterOptions {
  /** What the figure shows, in a line above it. */
  readonly title: string;
  /** The points, in one series or more. */
  readonly series: readonly ScatterSeries[];
  /** What the horizontal axis is, with its unit. */
  readonly xLabel: string;
  /** What the vertical axis is, with its unit. */
  readonly yLabel: string;
  /** Whether the horizontal axis is logarithmic. Default false. */
  readonly logX?: boolean;
  /** Whether the vertical axis is logarithmic. Default false. */
  readonly logY?: boolean;
  /** Where the numbers come from, written under the title: data, seed, command. Default, and null: nothing. */
  readonly source?: string | null;
}

const SYMBOLS: readonly string[] = [
  "circle",
  "square",
  "diamond",
  "triangle-up",
  "cross",
  "x",
  "triangle-down",
  "star",
];
/** Points of a figure at most. */
const MAX_POINTS = 20_000;
/** More than these in a figure are labelled only under the pointer. */
const MAX_LABELS = 60;

const RULES: Rules = {
  ...TITLED,
  series: someOf(
    fields("{ name, x, y, labels? }", {
      name: aText,
      x: somePlaces,
      y: someNumbers,
      labels: optional(orNull(listOf(aText))),
    }),
  ),
  xLabel: aTitle,
  yLabel: aTitle,
  logX: optional(aFlag),
  logY: optional(aFlag),
};

/** The points of a series that have a place in the figure. */
interface DrawnSeries {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly labels?: readonly string[] | undefined;
}

/**
 * Points by two measures: accuracy against parameters, time against accuracy. A point with a value
 * that is missing, not finite, beyond ±1e300, or not above 0 on a logarithmic axis, is left out, and counted under the
 * title.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, no point, more than 20,000, or x, y and labels that differ in length
 */
export function scatter(options: ScatterOptions): Figure {
  checkOptions("scatter", options, RULES);
  const { title, xLabel, yLabel, logX = false, logY = false } = options;
  const points = options.series.reduce((sum, { x }) => sum + x.length, 0);
  options.series.forEach(checkLengths);
  if (points === 0 || points > MAX_POINTS)
    throw new RangeError(`scatter: series must hold 1 to ${MAX_POINTS} points, got ${points}`);
  const given = options.series.map(({ x }) => x);
  const dates = areDates("scatter", given, logX);
  const series = options.series.map((one) => drawnOf(one, logX, logY));
  const missing = points - series.reduce((sum, { x }) => sum + x.length, 0);
  const source = withNotes(options.source, [leftOut(missing, points, "points", logX || logY)]);
  const [xs, ys] = [series.flatMap(({ x }) => x), series.flatMap(({ y }) => y)];
  const ranges = { x: paddedRange(xs, { log: logX, air: 0.08 }), y: paddedRange(ys, { log: logY, air: 0.1 }) };
  const base = baseLayout({ title, source });
  const layout = {
    ...base,
    xaxis: axis({ label: xLabel, log: logX, dates, range: ranges.x }),
    yaxis: axis({ label: yLabel, log: logY, range: ranges.y }),
    showlegend: series.length > 1,
    hovermode: "closest",
  };
  const names = series.map(({ name, x }) => `${name}, ${countText(x.length, "point")}`);
  const description = describe(
    [
      `Scatter plot of ${quantityText({ label: yLabel, values: ys, log: logY })}, over ` +
        quantityText({ label: xLabel, values: xs, log: logX, dates }),
      `${countText(series.length, "series", "series")}: ${listText(names, "; ")}`,
    ],
    source,
  );
  const text =
    textLines({ title, series, xLabel, yLabel, logX, logY, dates, pointsOnly: true }) +
    labelledText(series) +
    (source === undefined ? "" : `\n${source}`);
  const heightOfTitle = (base["margin"] as { t: number }).t;
  const placed = labelsBeside(series, { ranges, logX, logY, heightOfTitle });
  const data = series.map((one, i) => pointsTrace(one, i, placed[i]!, logX, logY));
  return figure({ data, layout, description, text });
}

function checkLengths({ name, x, y, labels }: ScatterSeries): void {
  if (x.length !== y.length)
    throw new RangeError(`scatter: x and y must be of one length, got ${x.length} and ${y.length} in "${name}"`);
  if (labels) checkLength("scatter", `labels of "${name}"`, labels, x.length, "points");
}

function drawnOf({ name, x: given, y, labels }: ScatterSeries, logX: boolean, logY: boolean): DrawnSeries {
  const x = numbersOf(given);
  const kept = Array.from(x, (_, i) => i).filter((i) => isDrawn(x[i], logX) && isDrawn(y[i], logY));
  return {
    name,
    x: kept.map((i) => x[i]!),
    y: kept.map((i) => y[i]!),
    labels: labels ? kept.map((i) => labels[i]!) : undefined,
  };
}

interface LabelRoom {
  readonly ranges: { readonly x: [number, number]; readonly y: [number, number] };
  readonly logX: boolean;
  readonly logY: boolean;
  /** In pixels. */
  readonly heightOfTitle: number;
}

/** Where each point's label stands, if there is room for it. */
function labelsBeside(
  series: readonly DrawnSeries[],
  { ranges, logX, logY, heightOfTitle }: LabelRoom,
): readonly (readonly PlacedLabel[])[] {
  const widest = Math.max(...series.map(({ name }) => textWidth(escapeText(name), FONT_SIZE)));
  return placeLabels({
    points: series.map(({ x, y, labels }) =>
      x.map((at, i) => ({
        x: logX ? Math.log10(at) : at,
        y: logY ? Math.log10(y[i]!) : y[i]!,
        label: labels?.[i] ?? "",
      })),
    ),
    ranges,
    width: WIDTH - 100 - (series.length > 1 ? widest + 60 : 0),
    height: HEIGHT - 50 - heightOfTitle,
    fontSize: SOURCE_SIZE,
    most: MAX_LABELS,
  });
}

function pointsTrace(
  { name, x, y, labels }: DrawnSeries,
  place: number,
  placed: readonly PlacedLabel[],
  logX: boolean,
  logY: boolean,
): Record<string, unknown> {
  return {
    type: "scatter",
    mode: placed.some(({ text }) => text !== "") ? "markers+text" : "markers",
    name: escapeText(name),
    x: plainNumbers(x, logX),
    y: plainNumbers(y, logY),
    cliponaxis: false, // where a page draws the figure narrower, a label may reach beyond the plot, but not be cut
    marker: {
      color: PALETTE[place % PALETTE.length],
      size: x.length > 500 ? 4 : 8,
      symbol: SYMBOLS[place % SYMBOLS.length],
      opacity: x.length > 500 ? 0.6 : 1,
    },
    ...(labels && {
      hovertext: labels.map(escapeText),
      text: placed.map(({ text }) => text),
      textposition: placed.map(({ position }) => position),
      textfont: { size: SOURCE_SIZE, color: INK },
    }),
  };
}

/** The labelled points, for the reader of a text. */
function labelledText(series: readonly DrawnSeries[]): string {
  const rows = series.flatMap(({ x, y, labels }) =>
    (labels ?? []).map((label, i) => `  ${label}: ${Number(x[i]!.toPrecision(4))}, ${Number(y[i]!.toPrecision(4))}`),
  );
  return rows.length === 0 || rows.length > MAX_LABELS ? "" : `\n${rows.join("\n")}`;
}
