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
} from "./figure-checks.js";
import { countText, describe, listText, quantityText } from "./description.js";
import { figure, type Figure } from "./figure.js";
import { legendName } from "./legend-room.js";
import { placeLabels, type PlacedLabel } from "./place-labels.js";
import type { ScatterOptions, ScatterSeries } from "./scatter-options.js";
import { axis, baseLayout, FONT_SIZE, HEIGHT, INK, PALETTE, paddedRange, SOURCE_SIZE, WIDTH } from "./style.js";
import { textLines } from "./text-lines.js";
import { escapeText, textWidth } from "./text-width.js";
import { lostNote, lostOf, lostTrace, type LostPoint } from "./curves/lost-points.js";

export type { ScatterOptions, ScatterSeries } from "./scatter-options.js";

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

/** Rules of {@link ScatterOptions}. */
export const SCATTER_RULES: Rules = {
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
  /** Those of the labels that stand beside their points, "" for others. */
  readonly beside?: readonly string[] | undefined;
  /** Whether each label is placed before others'. */
  readonly first: readonly boolean[];
  /** Points of runs that diverged. */
  readonly lost: readonly LostPoint[];
}

/**
 * Points by two measures: accuracy against parameters, time against accuracy. A point of which one value is NaN or
 * infinite, of a run that diverged, is marked × at the edge of that axis. One with a value that is missing (null), not
 * above 0 on a logarithmic axis, or with both not finite, is left out. Both are counted under the title.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, no point, more than 20,000, or x, y and labels that differ in length
 */
export function scatter(options: ScatterOptions): Figure {
  checkOptions("scatter", options, SCATTER_RULES);
  return drawScatter("scatter", options);
}

/** What a figure adds to a scatter plot. */
export interface ScatterMore {
  /** Traces before the points'. */
  readonly behind?: readonly Record<string, unknown>[];
  /** Whether a point of a series is labelled beside it. Default all. */
  labelled?(series: number, point: number): boolean;
  /** Whether its label is placed before others'. Default none. */
  first?(series: number, point: number): boolean;
  /** Sentences of the description, and notes below the title. */
  readonly sentences?: readonly string[];
  readonly notes?: readonly string[];
}

/** {@link scatter}, its options checked; `fn` is whose errors they are. */
export function drawScatter(fn: string, options: ScatterOptions, more: ScatterMore = {}): Figure {
  const { title, xLabel, yLabel, logX = false, logY = false } = options;
  const points = options.series.reduce((sum, { x }) => sum + x.length, 0);
  options.series.forEach((one) => checkLengths(fn, one));
  if (points === 0 || points > MAX_POINTS)
    throw new RangeError(`${fn}: series must hold 1 to ${MAX_POINTS} points, got ${points}`);
  const given = options.series.map(({ x }) => x);
  const dates = areDates(fn, given, logX);
  const series = options.series.map((one, i) =>
    drawnOf(one, {
      logX,
      logY,
      labelled: (at) => more.labelled?.(i, at) ?? true,
      first: (at) => more.first?.(i, at) ?? false,
    }),
  );
  const lost = series.flatMap((one) => one.lost);
  const missing = points - lost.length - series.reduce((sum, { x }) => sum + x.length, 0);
  const source = withNotes(options, [
    ...(more.notes ?? []),
    lost.length > 0 && lostNote(lost, xLabel, yLabel),
    leftOut(missing, points, "points", logX || logY),
  ]);
  const [xs, ys] = [
    [...series.flatMap(({ x }) => x), ...lost.flatMap(({ x }) => (isDrawn(x, logX) ? [x] : []))],
    [...series.flatMap(({ y }) => y), ...lost.flatMap(({ y }) => (isDrawn(y, logY) ? [y] : []))],
  ];
  const ranges = { x: paddedRange(xs, { log: logX, air: 0.08 }), y: paddedRange(ys, { log: logY, air: 0.1 }) };
  const base = baseLayout({ title, source });
  const layout = {
    ...base,
    xaxis: axis({ label: xLabel, log: logX, dates, range: ranges.x }),
    yaxis: axis({ label: yLabel, log: logY, range: ranges.y }),
    showlegend: series.length > 1 || lost.length > 0 || more.behind !== undefined,
    hovermode: "closest",
  };
  const names = series.map(({ name, x }) => `${name}, ${countText(x.length, "point")}`);
  const description = describe(
    [
      `Scatter plot of ${quantityText({ label: yLabel, values: ys, log: logY })}, over ` +
        quantityText({ label: xLabel, values: xs, log: logX, dates }),
      `${countText(series.length, "series", "series")}: ${listText(names, "; ")}`,
      ...(more.sentences ?? []),
    ],
    source,
  );
  const text =
    textLines({ title, series, xLabel, yLabel, logX, logY, dates, pointsOnly: true, marks: lost }) +
    labelledText(series) +
    (more.sentences ?? []).map((sentence) => `\n${sentence}`).join("") +
    (source === undefined ? "" : `\n${source}`);
  const heightOfTitle = base.margin.t;
  const placed = labelsBeside(series, { ranges, logX, logY, heightOfTitle });
  const data = [
    ...(more.behind ?? []),
    ...series.map((one, i) => pointsTrace(one, i, placed[i]!, logX, logY)),
    ...series.flatMap((one, i) => (one.lost.length > 0 ? [lostTrace(one, i, ranges, { logX, logY, dates })] : [])),
  ];
  return figure({ data, layout, description, text });
}

function checkLengths(fn: string, { name, x, y, labels }: ScatterSeries): void {
  if (x.length !== y.length)
    throw new RangeError(`${fn}: x and y must be of one length, got ${x.length} and ${y.length} in "${name}"`);
  if (labels) checkLength(fn, `labels of "${name}"`, labels, x.length, "points");
}

interface DrawnOptions {
  readonly logX: boolean;
  readonly logY: boolean;
  labelled(point: number): boolean;
  first(point: number): boolean;
}

function drawnOf({ name, x: given, y, labels }: ScatterSeries, options: DrawnOptions): DrawnSeries {
  const { logX, logY, labelled, first } = options;
  const x = numbersOf(given);
  const kept = Array.from(x, (_, i) => i).filter((i) => isDrawn(x[i], logX) && isDrawn(y[i], logY));
  return {
    name,
    x: kept.map((i) => x[i]!),
    y: kept.map((i) => y[i]!),
    labels: labels ? kept.map((i) => labels[i]!) : undefined,
    beside: labels ? kept.map((i) => (labelled(i) ? labels[i]! : "")) : undefined,
    first: kept.map(first),
    lost: lostOf(given, y, labels ?? [], { logX, logY }),
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
  const widest = Math.max(...series.map(({ name }) => textWidth(legendName(escapeText(name)), FONT_SIZE)));
  return placeLabels({
    points: series.map(({ x, y, beside, first }) =>
      x.map((at, i) => ({
        x: logX ? Math.log10(at) : at,
        y: logY ? Math.log10(y[i]!) : y[i]!,
        label: beside?.[i] ?? "",
        first: first[i]!,
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
      // a color that comes again has another symbol
      symbol: SYMBOLS[(place + Math.floor(place / PALETTE.length)) % SYMBOLS.length],
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
  const row = (label: string, ...at: readonly number[]): string =>
    `  ${label}: ${at.map((value) => Number(value.toPrecision(4))).join(", ")}`;
  const rows = series.flatMap(({ x, y, labels, lost }) => [
    ...(labels ?? []).map((label, i) => row(label, x[i]!, y[i]!)),
    ...(labels ? lost.map((point) => row(point.label, point.x, point.y)) : []),
  ]);
  return rows.length === 0 || rows.length > MAX_LABELS ? "" : `\n${rows.join("\n")}`;
}
