import {
  aFlag,
  aNatural,
  aText,
  aTitle,
  checkOptions,
  fields,
  oneOf,
  optional,
  someOf,
  type Rules,
} from "../checks.js";
import { acrossRuns, BANDS, outline, type Band } from "./curves/bands.js";
import { divergedNotes, divergedTrace, divergencesOf, type Divergence } from "./curves/diverged.js";
import type { LineSeries, LinesOptions } from "./curves/line-options.js";
import {
  areDates,
  isDrawn,
  numbersOf,
  plainNumbers,
  shortNumber,
  someNumbers,
  somePlaces,
  TITLED,
  withNotes,
} from "./figure-checks.js";
import { countText, describe, listText, quantityText } from "./description.js";
import { figure, type Figure } from "./figure.js";
import { axis, baseLayout, dashOf, PALETTE, paddedRange, translucent, wholeTicks } from "./style.js";
import { textLines, type Points } from "./text-lines.js";
import { escapeText } from "./text-width.js";
import { thin } from "./thin.js";

export type { LineSeries, LinesOptions } from "./curves/line-options.js";

/** Points of a series that are marked, each, on its line; more would hide its dashes. */
const MARKED = 25;

const RULES: Rules = {
  ...TITLED,
  series: someOf(
    fields("{ name, y or runs, x?, color? }", {
      name: aText,
      y: optional(someNumbers),
      runs: optional(someOf(someNumbers)),
      x: optional(somePlaces),
      color: optional(aNatural),
    }),
  ),
  xLabel: aTitle,
  yLabel: aTitle,
  logX: optional(aFlag),
  logY: optional(aFlag),
  band: optional(oneOf(Object.keys(BANDS))),
};

/** A series as it is drawn. */
interface Curve extends Points {
  /** Of the palette. */
  readonly color: number;
  /** Of several runs the band's edges, and how many they are. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  readonly runs?: number;
  readonly diverged: readonly Divergence[];
}

/**
 * Lines over a common horizontal axis: a loss curve. Several runs of one thing (seeds) are drawn as their mean with a
 * band. A value that is NaN or infinite is marked × at its place, and named below the title: a diverged run is seen as
 * one. Of a series of more than 4,000 points its lowest and highest in each of 2,000 stretches are drawn, of a band of
 * more than 1,000 its mean and reach in each of 500.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, no series, a series that is empty or whose x and y differ in length, or
 *   that has both y and runs, or neither
 */
export function lines(options: LinesOptions): Figure {
  checkOptions("lines", options, RULES);
  const { title, xLabel, yLabel, logX = false, logY = false, band = "minMax" } = options;
  const dates = areDates(
    "lines",
    options.series.map(({ x }) => x),
    logX,
  );
  const series = options.series.map((one, i) => curveOf(one, i, { band, logY }));
  const diverged = series.flatMap((one) => one.diverged);
  const source = withNotes(options, [
    ...notDrawn(series, logX, logY),
    ...divergedNotes(diverged, xLabel, dates),
    bandNote(series, band),
  ]);
  const xs = [...series.flatMap(({ x }) => x), ...diverged.map(({ x }) => x)];
  const ys = series.flatMap(({ y, low = [], high = [] }) => [...y, ...low, ...high]);
  const ranges = { x: paddedRange(xs, { log: logX, air: 0.02 }), y: paddedRange(ys, { log: logY }) };
  const floor = logY ? 10 ** ranges.y[0] : -Infinity;
  const middle = (ranges.y[0] + ranges.y[1]) / 2;
  const marks = { middle: logY ? 10 ** middle : middle, label: xLabel, dates };
  const data = [
    ...series.filter(({ low }) => low).map((one) => bandTrace(one, { logX, floor })), // behind all lines
    ...series.map((one) => lineTrace(one, logX, logY)),
    ...series.filter((one) => one.diverged.length > 0).map((one) => divergedTrace(one.diverged, colorOf(one), marks)),
  ];
  const layout = {
    ...baseLayout({ title, source }),
    xaxis: axis({ label: xLabel, log: logX, dates, range: ranges.x, ...(!logX && !dates && wholeTicks(xs)) }),
    yaxis: axis({ label: yLabel, log: logY, range: ranges.y }),
    showlegend: series.length > 1 || diverged.length > 0,
  };
  const named = series.map((one) => (one.runs === undefined ? one : { ...one, name: meanName(one) }));
  const description = describe(
    [
      `Line chart of ${quantityText({ label: yLabel, values: ys, log: logY })}, over ` +
        quantityText({ label: xLabel, values: xs, log: logX, dates }),
      `${countText(series.length, "line")}: ${listText(named.map(courseOf), "; ")}`,
    ],
    source,
  );
  const text = textLines({ title, series: named, xLabel, yLabel, source, logX, logY, dates, marks: diverged });
  return figure({ data, layout, description, text });
}

const colorOf = ({ color }: Curve): string => PALETTE[color % PALETTE.length]!;

function lineTrace(one: Curve, logX: boolean, logY: boolean): Record<string, unknown> {
  return {
    type: "scatter",
    mode: one.x.length > MARKED ? "lines" : "lines+markers",
    name: escapeText(one.name),
    ...(one.low && { legendgroup: escapeText(one.name) }),
    x: plainNumbers(one.x, logX),
    y: plainNumbers(one.y, logY), // a gap is null: JSON has no NaN, and plotly draws a cliff at 0 on a logarithmic axis
    line: { color: colorOf(one), width: 2, dash: dashOf(one.color) },
    marker: { color: colorOf(one), size: 6 },
  };
}

/** @param floor what lies below it is cut off: a band that reaches below 0 on a logarithmic axis */
function bandTrace(
  one: Curve,
  { logX, floor }: { readonly logX: boolean; readonly floor: number },
): Record<string, unknown> {
  const low = one.low!.map((value) => Math.max(value, floor));
  const { x, y } = outline({ x: one.x, low, high: one.high! });
  return {
    type: "scatter",
    mode: "lines",
    name: escapeText(one.name),
    legendgroup: escapeText(one.name),
    showlegend: false,
    hoverinfo: "skip",
    x: plainNumbers(x, logX),
    y: plainNumbers(y),
    fill: "toself",
    fillcolor: translucent(colorOf(one)),
    line: { width: 0, color: colorOf(one) },
  };
}

/** @throws RangeError for no point, lengths that differ, or none or both of y and runs */
function curveOf(
  { name, y, runs, x: given, color }: LineSeries,
  place: number,
  { band, logY }: { readonly band: Band; readonly logY: boolean },
): Curve {
  if ((y === undefined) === (runs === undefined))
    throw new RangeError(`lines: a series must have y or runs, got ${y ? "both" : "neither"} in "${name}"`);
  const all = runs ?? [y!];
  const length = Math.max(...all.map((one) => one.length));
  if (length === 0) throw new RangeError(`lines: a series must have one point or more, got none in "${name}"`);
  if (given && given.length !== length)
    throw new RangeError(`lines: x and y must be of one length, got ${given.length} and ${length} in "${name}"`);
  const x = given ? numbersOf(given) : Array.from({ length }, (_, i) => i + 1);
  const diverged = all.flatMap((one, i) =>
    divergencesOf(runs ? `${name}, run ${i + 1} of ${runs.length}` : name, x, one, logY),
  );
  if (y) return { name, color: color ?? place, diverged, ...thin(x, numbersOf(y)) };
  const points = acrossRuns(x, all.map(numbersOf), band);
  return { name, color: color ?? place, diverged, runs: all.length, ...points };
}

/** "vit from 2.31 to 1.42" */
function courseOf({ name, y }: Points): string {
  const [first, last] = [y.find((value) => isDrawn(value)), y.findLast((value) => isDrawn(value))];
  if (first === undefined || last === undefined) return `${name}, without a finite value`;
  return `${name} from ${shortNumber(first)} to ${shortNumber(last)}`;
}

const meanName = ({ name, runs }: Curve): string => `${name}, mean of ${countText(runs!, "run")}`;

/** "lines: means of 3 runs; bands: from the lowest to the highest run" */
function bandNote(series: readonly Curve[], band: Band): string | false {
  const banded = series.filter(({ runs }) => runs !== undefined);
  if (banded.length === 0) return false;
  const counts = [...new Set(banded.map(({ runs }) => runs!))];
  const of =
    counts.length === 1
      ? countText(counts[0]!, "run")
      : `runs (${banded.map(({ name, runs }) => `${name} ${runs}`).join(", ")})`;
  return `means of ${of}; bands: ${BANDS[band]}`;
}

/** What of the series a reader would look for in vain. */
function notDrawn(series: readonly Points[], logX: boolean, logY: boolean): string[] {
  const empty = series.filter(({ x, y }) => !y.some((value, i) => isDrawn(value, logY) && isDrawn(x[i], logX)));
  const below = [...(logX ? series.flatMap(({ x }) => x) : []), ...(logY ? series.flatMap(({ y }) => y) : [])].filter(
    (value) => value <= 0,
  ).length;
  return [
    ...empty.map(({ name }) => `nothing to draw of "${name}", no finite point${logX || logY ? " above 0" : ""}`),
    ...(below > 0
      ? [`${below} ${below === 1 ? "value" : "values"} of 0 or less left out of the logarithmic axis`]
      : []),
  ];
}
