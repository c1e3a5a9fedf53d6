import { aFlag, anObject, aText, checkArguments, checkOptions, listOf, optional, type Rules } from "../checks.js";
import {
  checkLength,
  checkText,
  areDates,
  isDrawn,
  leftOut,
  numbersOf,
  plainNumbers,
  someNumbers,
  somePlaces,
  withNotes,
} from "./figure-checks.js";
import { figure, type Figure } from "./figure.js";
import { placeLabels } from "./place-labels.js";
import { axis, baseLayout, FONT_SIZE, HEIGHT, INK, PALETTE, paddedRange, SOURCE_SIZE, WIDTH } from "./style.js";
import { textLines } from "./text-lines.js";
import { escapeText, textWidth } from "./text-width.js";

export interface ScatterSeries {
  /** What the legend calls it. */
  readonly name: string;
  /** Where the points stand across: numbers, or dates, which are written in UTC. */
  readonly x: ArrayLike<number> | readonly Date[];
  /** Where they stand upwards, as many as `x`. */
  readonly y: ArrayLike<number>;
  /** What each point is, beside it where there is room and under the pointer always. */
  readonly labels?: readonly string[];
}

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
  /** Where the numbers come from, written under the title: data, seed, command. */
  readonly source?: string;
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

const KINDS: Rules = {
  title: optional(aText),
  series: listOf(anObject),
  xLabel: optional(aText),
  yLabel: optional(aText),
  logX: optional(aFlag),
  logY: optional(aFlag),
  source: optional(aText),
};

/**
 * Points by two measures: accuracy against parameters, time against accuracy. A point with a value
 * that is missing, not finite, beyond ±1e300, or not above 0 on a logarithmic axis, is left out, and counted under the
 * title.
 * @throws TypeError when a text is missing
 * @throws RangeError when there is no point, more than 20,000, or x, y and labels differ in length
 */
export function scatter(options: ScatterOptions): Figure {
  checkOptions("scatter", options, KINDS);
  const { title, xLabel, yLabel, logX = false, logY = false } = options;
  for (const name of ["title", "xLabel", "yLabel"] as const) checkText("scatter", name, options[name]);
  let points = 0;
  for (const { name, x, y, labels } of options.series) {
    checkArguments(
      "scatter: series",
      { name, x, y, labels },
      { name: aText, x: somePlaces, y: someNumbers, labels: optional(listOf(aText)) },
    );
    if (x.length !== y.length)
      throw new RangeError(`scatter: x and y must be of one length, got ${x.length} and ${y.length} in "${name}"`);
    if (labels) checkLength("scatter", `labels of "${name}"`, labels, x.length, "points");
    points += x.length;
  }
  if (points === 0 || points > MAX_POINTS)
    throw new RangeError(`scatter: series must hold 1 to ${MAX_POINTS} points, got ${points}`);
  const dates = areDates(
    "scatter",
    options.series.map(({ x }) => x),
  );
  if (dates && logX) throw new RangeError("scatter: logX must be false where x are dates, got logX=true");
  const series = options.series.map((one) => ({ ...one, x: numbersOf(one.x) }));
  const drawn = series.map(({ name, x, y, labels }) => {
    const kept = Array.from(x, (_, i) => i).filter((i) => isDrawn(x[i], logX) && isDrawn(y[i], logY));
    return {
      name,
      x: kept.map((i) => x[i]!),
      y: kept.map((i) => y[i]!),
      labels: labels && kept.map((i) => labels[i]!),
    };
  });
  const missing = points - drawn.reduce((sum, { x }) => sum + x.length, 0);
  const source = withNotes(options.source, [leftOut(missing, points, "points", logX || logY)]);
  const ranges = {
    x: paddedRange(
      drawn.flatMap(({ x }) => x),
      { log: logX, air: 0.08 },
    ),
    y: paddedRange(
      drawn.flatMap(({ y }) => y),
      { log: logY, air: 0.1 },
    ),
  };
  const base = baseLayout({ title, source });
  const legend =
    series.length > 1 ? Math.max(...series.map(({ name }) => textWidth(escapeText(name), FONT_SIZE))) + 60 : 0;
  const placed = placeLabels({
    points: drawn.map(({ x, y, labels }) =>
      x.map((at, i) => ({
        x: logX ? Math.log10(at) : at,
        y: logY ? Math.log10(y[i]!) : y[i]!,
        label: labels?.[i] ?? "",
      })),
    ),
    ranges,
    width: WIDTH - 100 - legend,
    height: HEIGHT - 50 - (base["margin"] as { t: number }).t,
    fontSize: SOURCE_SIZE,
    most: MAX_LABELS,
  });
  const layout = {
    ...base,
    xaxis: axis({ label: xLabel, log: logX, dates, range: ranges.x }),
    yaxis: axis({ label: yLabel, log: logY, range: ranges.y }),
    showlegend: series.length > 1,
    hovermode: "closest",
  };
  const data = drawn.map(({ name, x, y, labels }, i) => ({
    type: "scatter",
    mode: placed[i]!.some(({ text }) => text !== "") ? "markers+text" : "markers",
    name: escapeText(name),
    x: plainNumbers(x, logX),
    y: plainNumbers(y, logY),
    cliponaxis: false, // where a page draws the figure narrower, a label may reach beyond the plot, but not be cut
    marker: {
      color: PALETTE[i % PALETTE.length],
      size: x.length > 500 ? 4 : 8,
      symbol: SYMBOLS[i % SYMBOLS.length],
      opacity: x.length > 500 ? 0.6 : 1,
    },
    ...(labels && {
      hovertext: labels.map(escapeText),
      text: placed[i]!.map(({ text }) => text),
      textposition: placed[i]!.map(({ position }) => position),
      textfont: { size: SOURCE_SIZE, color: INK },
    }),
  }));
  return figure(
    data,
    layout,
    textLines({ title, series: drawn, xLabel, yLabel, logX, logY, dates, pointsOnly: true }) +
      labelled(drawn) +
      (source === undefined ? "" : `\n${source}`),
  );
}

/** The labelled points, for the reader of a text. */
function labelled(
  series: readonly {
    readonly name: string;
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly labels?: readonly string[] | undefined;
  }[],
): string {
  const rows = series.flatMap(({ x, y, labels }) =>
    (labels ?? []).map((label, i) => `  ${label}: ${Number(x[i]!.toPrecision(4))}, ${Number(y[i]!.toPrecision(4))}`),
  );
  return rows.length === 0 || rows.length > MAX_LABELS ? "" : `\n${rows.join("\n")}`;
}
