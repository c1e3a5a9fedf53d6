import {
  aFlag,
  aNatural,
  anObject,
  aText,
  checkArguments,
  checkOptions,
  listOf,
  optional,
  type Rules,
} from "../checks.js";
import { areDates, isDrawn, numbersOf, plainNumbers, someNumbers, somePlaces, withNotes } from "./figure-checks.js";
import { figure, type Figure } from "./figure.js";
import { axis, baseLayout, PALETTE, paddedRange } from "./style.js";
import { textLines, type Points } from "./text-lines.js";
import { escapeText } from "./text-width.js";
import { thin } from "./thin.js";

export interface LineSeries {
  /** What the legend calls it. */
  readonly name: string;
  /**
   * Heights; a value that is missing, not finite or beyond ±1e300 leaves a gap, as on a logarithmic axis one of 0 or
   * less.
   */
  readonly y: ArrayLike<number>;
  /** Positions, as many as `y`: numbers, or dates, which are written in UTC. Default 1, 2, 3, … */
  readonly x?: ArrayLike<number> | readonly Date[];
  /**
   * Which of the palette's colors, from 0, with its dashes: the same in several figures of one thing. Default its
   * place.
   */
  readonly color?: number;
}

export interface LinesOptions {
  /** What the figure shows, in a line above it. */
  readonly title: string;
  /** The lines, one or more. */
  readonly series: readonly LineSeries[];
  /** What the positions are, with their unit. */
  readonly xLabel: string;
  /** What the heights are, with their unit. */
  readonly yLabel: string;
  /** Whether the vertical axis is logarithmic. Default false. */
  readonly logY?: boolean;
  /** Where the numbers come from, written under the title: data, seed, command. */
  readonly source?: string;
}

/** Points of a series that are marked, each, on its line; more would hide its dashes. */
const MARKED = 25;
/** Series are told apart by their dashes as well as by color. */
const DASHES: readonly string[] = ["solid", "dash", "dot", "dashdot"];

const KINDS: Rules = {
  title: aText,
  series: listOf(anObject),
  xLabel: aText,
  yLabel: aText,
  logY: optional(aFlag),
  source: optional(aText),
};

/**
 * Lines over a common horizontal axis: a loss curve. Of a series of more than 4,000 points its
 * lowest and highest in each of 2,000 stretches are drawn.
 * @throws RangeError when there is no series, a series is empty, or its x and y differ in length
 */
export function lines(options: LinesOptions): Figure {
  checkOptions("lines", options, KINDS);
  const { title, xLabel, yLabel, logY = false } = options;
  if (options.series.length === 0) throw new RangeError("lines: series must have one line or more, got none");
  const series = options.series.map(toPoints);
  const dates = areDates(
    "lines",
    options.series.map(({ x }) => x),
  );
  const source = withNotes(options.source, notDrawn(series, logY));
  const layout = {
    ...baseLayout({ title, source }),
    xaxis: axis({
      label: xLabel,
      dates,
      range: paddedRange(
        series.flatMap(({ x }) => x),
        { air: 0.02 },
      ),
    }),
    yaxis: axis({
      label: yLabel,
      log: logY,
      range: paddedRange(
        series.flatMap(({ y }) => y),
        { log: logY },
      ),
    }),
    showlegend: series.length > 1,
  };
  const colors = options.series.map(({ color }, i) => color ?? i);
  const data = series.map(({ name, x, y }, i) => ({
    type: "scatter",
    mode: x.length > MARKED ? "lines" : "lines+markers",
    name: escapeText(name),
    x: plainNumbers(x),
    y: plainNumbers(y, logY), // a gap is null: JSON has no NaN, and plotly draws a cliff at 0 on a logarithmic axis
    line: {
      color: PALETTE[colors[i]! % PALETTE.length],
      width: 2,
      dash: DASHES[Math.floor(colors[i]! / 2) % DASHES.length],
    },
    marker: { color: PALETTE[colors[i]! % PALETTE.length], size: 6 },
  }));
  return figure(data, layout, textLines({ title, series, xLabel, yLabel, source, logY, dates }));
}

function toPoints({ name, x, y, color }: LineSeries): Points {
  checkArguments(
    "lines: series",
    { name, x, y, color },
    { name: aText, x: optional(somePlaces), y: someNumbers, color: optional(aNatural) },
  );
  if (y.length === 0) throw new RangeError(`lines: a series must have one point or more, got none in "${name}"`);
  if (x && x.length !== y.length) {
    throw new RangeError(`lines: x and y must be of one length, got ${x.length} and ${y.length} in "${name}"`);
  }
  return { name, ...thin(x ? numbersOf(x) : Array.from(y, (_, i) => i + 1), numbersOf(y)) };
}

/** What of the series a reader would look for in vain. */
function notDrawn(series: readonly Points[], logY: boolean): string[] {
  const empty = series.filter(({ x, y }) => !y.some((value, i) => isDrawn(value, logY) && isDrawn(x[i])));
  const below = logY ? series.flatMap(({ y }) => y).filter((value) => value <= 0).length : 0;
  return [
    ...empty.map(({ name }) => `nothing to draw of "${name}", no finite point${logY ? " above 0" : ""}`),
    ...(below > 0
      ? [`${below} ${below === 1 ? "value" : "values"} of 0 or less left out of the logarithmic axis`]
      : []),
  ];
}
