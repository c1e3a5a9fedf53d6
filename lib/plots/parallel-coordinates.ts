import { aFlag, aList, aTitle, checkOptions, fields, listOf, optional, type Rules } from "../checks.js";
import {
  isDrawn,
  plainNumbers,
  shortNumber,
  SMALLEST,
  TITLED,
  type FigureOptions,
  withNotes,
} from "./figure-checks.js";
import { plotlyScale } from "./color-scale.js";
import { countText, describe, listText, quantityText } from "./description.js";
import { figure, type Figure } from "./figure.js";
import { baseLayout, colorBar, EDGE, FONT_SIZE, HEIGHT, INK, paddedRange, SOURCE_SIZE, WIDTH } from "./style.js";
import { escapeText, fitText, LINE_HEIGHT, textWidth, wrapText } from "./text-width.js";

/** One quantity of all runs. */
export interface ParallelAxis {
  /** What it is, with its unit. */
  readonly label: string;
  /** One for each run: numbers, or names, which stand in the order in which they first come. */
  readonly values: ArrayLike<number> | readonly string[];
  /** Whether the axis is logarithmic; of numbers above 0 only. Default false. */
  readonly log?: boolean;
}

/** What {@link parallelCoordinates} draws. */
export interface ParallelCoordinatesOptions extends FigureOptions {
  /** From left to right, two or more; the last one, of numbers, colors the lines. */
  readonly axes: readonly ParallelAxis[];
}

/** Runs of a figure at most. */
const MAX_RUNS = 5_000;
/** An axis of at most so many distinct values is labelled at each of them, where its labels do not meet. */
const MAX_NAMED = 8;
/** Rows of the text. */
const MAX_ROWS = 60;
const COLOR_BAR = 90;
/** Pixels of an axis at the least: beside a title of two lines. */
const SHORTEST_AXIS = HEIGHT - 150;
/** Pixels from an axis to the next at the least, and lines of its label: plotly puts a third into the plot. */
const SPACING = 100;
const LABEL_LINES = 2;

const RULES: Rules = {
  ...TITLED,
  axes: listOf(
    fields("{ label, values, log? }", {
      label: aTitle,
      values: aList,
      log: optional(aFlag),
    }),
  ),
};

/**
 * A line for each run over an axis for each quantity: a sweep's hyper-parameters and what they led to.
 * @throws TypeError for an option of another kind, or a last axis that holds names
 * @throws RangeError for an unknown option, fewer than two axes, no run or more than 5,000, axes of several lengths, or
 *   a value that is not finite, or not above 0 on a logarithmic axis
 */
export function parallelCoordinates(options: ParallelCoordinatesOptions): Figure {
  checkOptions("parallelCoordinates", options, RULES);
  const { title, axes } = options;
  const source = withNotes(options);
  check(axes);
  const last = axes[axes.length - 1]!;
  const color = plainNumbers(last.values as ArrayLike<number>) as number[];
  const [cmin, cmax] = ends(color);
  const width = Math.max(WIDTH, SPACING * axes.length + COLOR_BAR);
  const dimensions = axes.map((axis) => dimension(axis, (width - COLOR_BAR) / axes.length - 12));
  const base = baseLayout({ title, source, width });
  const reach = (i: number): number => textWidth(dimensions[i]!.label, FONT_SIZE) / 2;
  const trace = {
    type: "parcoords",
    dimensions,
    line: {
      color,
      cmin,
      cmax,
      colorscale: plotlyScale("sequential"),
      showscale: true,
      colorbar: colorBar(last.label, HEIGHT),
    },
    labelfont: { size: FONT_SIZE, color: INK },
    tickfont: { size: SOURCE_SIZE, color: INK },
    rangefont: { size: SOURCE_SIZE, color: "rgba(0,0,0,0)" }, // its ends are labelled as ticks are
  };
  const layout = {
    ...base,
    paper_bgcolor: "#ffffff", // plotly draws these axes black and their labels with a white rim, whatever the page
    margin: {
      t: Math.ceil(base.margin.t + (LABEL_LINES + 1) * FONT_SIZE * LINE_HEIGHT),
      b: 24,
      l: Math.ceil(Math.max(reach(0), 64) + EDGE),
      r: Math.ceil(Math.max(reach(axes.length - 1), 24) + EDGE),
    },
    showlegend: false,
  };
  const description = describe(
    [
      `Parallel coordinates of ${countText(color.length, "run")}, a line each over ${axes.length} axes: ` +
        listText(axes.map(axisText), "; "),
      `Lines are colored by the last axis`,
    ],
    source,
  );
  return figure({ data: [trace], layout, description, text: asText(title, axes, source) });
}

function axisText({ label, values, log = false }: ParallelAxis): string {
  if (typeof values[0] !== "string") return quantityText({ label, values: values as ArrayLike<number>, log });
  return `${label} (${listText([...new Set(values as readonly string[])])})`;
}

interface Dimension {
  readonly label: string;
  readonly values: number[];
  readonly range: [number, number];
  readonly tickvals?: number[];
  readonly ticktext?: string[];
}

function dimension({ label, values, log = false }: ParallelAxis, room: number): Dimension {
  const named = typeof values[0] === "string";
  const names = [...new Set(Array.from(values as ArrayLike<string | number>))];
  const place = (value: string | number): number =>
    named ? names.indexOf(value) : log ? Math.log10(value as number) : (value as number);
  const placed = Array.from(values as ArrayLike<string | number>, place);
  const few = names.length <= MAX_NAMED ? apart(names, place) : undefined;
  const ticks = named ? names : (few ?? (log ? powers(placed) : undefined));
  const range: [number, number] = named ? [-0.5, names.length - 0.5] : paddedRange(placed);
  const lines = wrapText(log ? `${label} (log)` : label, FONT_SIZE, room).split("<br>");
  const shown =
    lines.length <= LABEL_LINES
      ? lines
      : [...lines.slice(0, LABEL_LINES - 1), fitText(`${lines[LABEL_LINES - 1]!}…`, FONT_SIZE, room)];
  return {
    label: shown.join("<br>"),
    values: plainNumbers(placed) as number[],
    range,
    ...(ticks && {
      tickvals: ticks.map(place),
      ticktext: ticks.map((tick) => (typeof tick === "string" ? escapeText(tick) : shortNumber(tick))),
    }),
  };
}

/** The values whose labels do not meet: the least, the greatest, and of those between the lower of two that would. */
function apart(values: readonly (string | number)[], place: (value: string | number) => number): (string | number)[] {
  const sorted = values.toSorted((a, b) => place(a) - place(b));
  const [low, high] = [place(sorted[0]!), place(sorted.at(-1)!)];
  const least = ((high - low) * SOURCE_SIZE * LINE_HEIGHT) / SHORTEST_AXIS;
  let last = -Infinity;
  return sorted.filter((value) => {
    const at = place(value);
    const free = at === high || (at - last >= least && high - at >= least);
    if (free) last = at;
    return free;
  });
}

/** Powers of ten that the logarithms span. */
function powers(logarithms: readonly number[]): number[] {
  const [low, high] = [Math.floor(Math.min(...logarithms)), Math.ceil(Math.max(...logarithms))];
  return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
}

function ends(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high - low < SMALLEST ? [low - 0.5, high + 0.5] : [low, high];
}

function check(axes: readonly ParallelAxis[]): void {
  if (axes.length < 2) throw new RangeError(`parallelCoordinates: axes must be two or more, got ${axes.length}`);
  const runs = axes[0]!.values.length;
  if (runs === 0 || runs > MAX_RUNS)
    throw new RangeError(`parallelCoordinates: an axis must hold 1 to ${MAX_RUNS} values, got ${runs}`);
  for (const { label, values, log = false } of axes) {
    if (values.length !== runs)
      throw new RangeError(
        `parallelCoordinates: axes must be of one length, got ${runs} and ${values.length} in "${label}"`,
      );
    const named = typeof values[0] === "string";
    const list = Array.from(values as ArrayLike<unknown>);
    const fits = (value: unknown): boolean => (named ? typeof value === "string" : isDrawn(value, log));
    const at = list.findIndex((value) => !fits(value));
    if (at >= 0)
      throw new RangeError(
        `parallelCoordinates: values of "${label}" must be ` +
          `${named ? "names" : log ? "numbers above 0" : "finite numbers, of at most ±1e300"}, got ${String(list[at])}`,
      );
  }
  if (typeof axes[axes.length - 1]!.values[0] === "string")
    throw new TypeError(
      `parallelCoordinates: the last axis must hold numbers, got names in "${axes[axes.length - 1]!.label}"`,
    );
}

function asText(title: string, axes: readonly ParallelAxis[], source: string | undefined): string {
  const runs = axes[0]!.values.length;
  const rows = Array.from({ length: Math.min(runs, MAX_ROWS) }, (_, run) =>
    axes.map(({ values }) => (typeof values[run] === "string" ? values[run] : shortNumber(values[run] as number))),
  );
  const widths = axes.map(({ label }, i) => Math.max(label.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string => cells.map((cell, i) => cell.padStart(widths[i]!)).join("  ");
  return [
    title,
    line(axes.map(({ label }) => label)),
    ...rows.map(line),
    ...(runs > MAX_ROWS ? [`(${runs - MAX_ROWS} more)`] : []),
    ...(source === undefined ? [] : [source]),
  ].join("\n");
}
