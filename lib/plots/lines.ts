import { aFlag, aNatural, aText, aTitle, checkOptions, fields, optional, someOf, type Rules } from "../checks.js";
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
  type Places,
} from "./figure-checks.js";
import { countText, describe, listText, quantityText } from "./description.js";
import { figure, type Figure } from "./figure.js";
import { axis, baseLayout, PALETTE, paddedRange } from "./style.js";
import { textLines, type Points } from "./text-lines.js";
import { escapeText } from "./text-width.js";
import { thin } from "./thin.js";

/** One line. */
export interface LineSeries {
  /** What the legend calls it. */
  readonly name: string;
  /**
   * Heights; a value that is missing, not finite or beyond ±1e300 leaves a gap, as on a logarithmic axis one of 0 or
   * less.
   */
  readonly y: ArrayLike<number>;
  /** Positions, as many as `y`: numbers, or dates, which are written in UTC. Default 1, 2, 3, … */
  readonly x?: Places;
  /**
   * Which of the palette's colors, from 0, with its dashes: the same in several figures of one thing. Default its
   * place. A number, as every color of the palette can be read on a light and on a dark page, and by any color vision.
   */
  readonly color?: number;
}

/** What {@link lines} draws. */
export interface LinesOptions {
  /** What the figure shows, in a line above it. */
  readonly title: string;
  /** The lines, one or more. */
  readonly series: readonly LineSeries[];
  /** What the positions are, with their unit. */
  readonly xLabel: string;
  /** What the heights are, with their unit. */
  readonly yLabel: string;
  /** Whether the horizontal axis is logarithmic. Default false. */
  readonly logX?: boolean;
  /** Whether the vertical axis is logarithmic. Default false. */
  readonly logY?: boolean;
  /** Where the numbers come from, written under the title: data, seed, command. Default, and null: nothing. */
  readonly source?: string | null;
}

/** Points of a series that are marked, each, on its line; more would hide its dashes. */
const MARKED = 25;
/** Series are told apart by their dashes as well as by color. */
const DASHES: readonly string[] = ["solid", "dash", "dot", "dashdot"];

const RULES: Rules = {
  ...TITLED,
  series: someOf(
    fields("{ name, y, x?, color? }", {
      name: aText,
      y: someNumbers,
      x: optional(somePlaces),
      color: optional(aNatural),
    }),
  ),
  xLabel: aTitle,
  yLabel: aTitle,
  logX: optional(aFlag),
  logY: optional(aFlag),
};

/**
 * Lines over a common horizontal axis: a loss curve. Of a series of more than 4,000 points its
 * lowest and highest in each of 2,000 stretches are drawn.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, no series, a series that is empty or whose x and y differ in length
 */
export function lines(options: LinesOptions): Figure {
  checkOptions("lines", options, RULES);
  const { title, xLabel, yLabel, logX = false, logY = false } = options;
  const series = options.series.map(toPoints);
  const given = options.series.map(({ x }) => x);
  const dates = areDates("lines", given, logX);
  const source = withNotes(options.source, notDrawn(series, logX, logY));
  const [xs, ys] = [series.flatMap(({ x }) => x), series.flatMap(({ y }) => y)];
  const layout = {
    ...baseLayout({ title, source }),
    xaxis: axis({ label: xLabel, log: logX, dates, range: paddedRange(xs, { log: logX, air: 0.02 }) }),
    yaxis: axis({ label: yLabel, log: logY, range: paddedRange(ys, { log: logY }) }),
    showlegend: series.length > 1,
  };
  const colors = options.series.map(({ color }, i) => color ?? i);
  const data = series.map(({ name, x, y }, i) => ({
    type: "scatter",
    mode: x.length > MARKED ? "lines" : "lines+markers",
    name: escapeText(name),
    x: plainNumbers(x, logX),
    y: plainNumbers(y, logY), // a gap is null: JSON has no NaN, and plotly draws a cliff at 0 on a logarithmic axis
    line: {
      color: PALETTE[colors[i]! % PALETTE.length],
      width: 2,
      dash: DASHES[Math.floor(colors[i]! / 2) % DASHES.length],
    },
    marker: { color: PALETTE[colors[i]! % PALETTE.length], size: 6 },
  }));
  const description = describe(
    [
      `Line chart of ${quantityText({ label: yLabel, values: ys, log: logY })}, over ` +
        quantityText({ label: xLabel, values: xs, log: logX, dates }),
      `${countText(series.length, "line")}: ${listText(series.map(courseOf), "; ")}`,
    ],
    source,
  );
  const text = textLines({ title, series, xLabel, yLabel, source, logX, logY, dates });
  return figure({ data, layout, description, text });
}

function toPoints({ name, x, y }: LineSeries): Points {
  if (y.length === 0) throw new RangeError(`lines: a series must have one point or more, got none in "${name}"`);
  if (x && x.length !== y.length) {
    throw new RangeError(`lines: x and y must be of one length, got ${x.length} and ${y.length} in "${name}"`);
  }
  return { name, ...thin(x ? numbersOf(x) : Array.from(y, (_, i) => i + 1), numbersOf(y)) };
}

/** "vit from 2.31 to 1.42" */
function courseOf({ name, y }: Points): string {
  const [first, last] = [y.find((value) => isDrawn(value)), y.findLast((value) => isDrawn(value))];
  if (first === undefined || last === undefined) return `${name}, without a finite value`;
  return `${name} from ${shortNumber(first)} to ${shortNumber(last)}`;
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
