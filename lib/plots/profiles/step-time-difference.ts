import { checkOptions, type Rules } from "../../checks.js";
import { rowAxis } from "../category-axis.js";
import { describe, listText } from "../description.js";
import { TITLED, withNotes, type FigureOptions } from "../figure-checks.js";
import { figure, type Figure } from "../figure.js";
import { legendName } from "../legend-room.js";
import { axis, baseLayout, FONT_SIZE, INK, PALETTE, SOURCE_SIZE, WIDTH } from "../style.js";
import { textColumns } from "../text-columns.js";
import { escapeText, textWidth } from "../text-width.js";
import { categoriesOf, partOf, partText, someTimes, totalOf, usText, type StepTimes } from "./step-time-breakdown.js";

/** What {@link stepTimeDifference} draws. */
export interface StepTimeDifferenceOptions extends FigureOptions {
  /** The profile that is compared with. */
  readonly before: StepTimes;
  /** The other one. */
  readonly after: StepTimes;
}

const RULES: Rules = { ...TITLED, before: someTimes, after: someTimes };
/** Height of a category's two bars, in pixels. */
const ROW = 44;
/** Pixels that plotly takes beside the names in the legend, and beside those at the axis. */
const [LEGEND, TICKS] = [72, 16];
/** Between a bar, its text, and what stands beyond. */
const AIR = 12;

/**
 * Two profiles category by category, as a profiler's view of the difference of two runs: two bars each, beside them
 * what the second takes more or less, in microseconds and in percent of the first; the whole step last.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, or more than 8 categories
 */
export function stepTimeDifference(options: StepTimeDifferenceOptions): Figure {
  checkOptions("stepTimeDifference", options, RULES);
  const { title, before, after } = options;
  const source = withNotes(options);
  const categories = categoriesOf("stepTimeDifference", [before, after]);
  const rows = [
    ...categories.map((name) => ({ name, from: partOf(before, name), to: partOf(after, name) })),
    { name: "whole step", from: totalOf(before), to: totalOf(after) },
  ];
  const base = baseLayout({ title, source });
  const texts = [
    rows.map(({ from }) => usText(from)),
    rows.map(({ from, to }) => `${usText(to)} (${differenceText(from, to)})`),
  ] as const;
  const legend = [before.name, after.name].map((name) => textWidth(legendName(escapeText(name)), FONT_SIZE) + LEGEND);
  const beside = rows.map(({ name }) => textWidth(escapeText(name), FONT_SIZE) + TICKS);
  const room = WIDTH - Math.max(...legend) - Math.max(...beside);
  const reach = rows.flatMap(({ from, to }, i) => [
    [from, textWidth(texts[0][i]!, SOURCE_SIZE)] as const,
    [to, textWidth(texts[1][i]!, SOURCE_SIZE)] as const,
  ]);
  const layout = {
    ...base,
    height: base.margin.t + ROW * rows.length + 60,
    xaxis: axis({ label: "time of a step (µs)", range: [0, rangeFor(reach, room)] }),
    yaxis: rowAxis(rows.map(({ name }) => escapeText(name))),
    barmode: "group",
    bargap: 0.25,
    showlegend: true,
  };
  const bar = (name: string, times: readonly number[], place: number): Record<string, unknown> => ({
    type: "bar",
    orientation: "h",
    name: escapeText(name),
    x: times.map((us) => Number(us.toPrecision(7))),
    y: times.map((_, i) => i),
    marker: { color: PALETTE[place], line: { width: 0 } },
    hovertext: times.map((us, i) => escapeText(`${name}, ${rows[i]!.name}: ${usText(us)}`)),
    hoverinfo: "text",
    textposition: "outside",
    cliponaxis: false,
    textfont: { size: SOURCE_SIZE, color: INK },
  });
  const froms = rows.map(({ from }) => from);
  const tos = rows.map(({ to }) => to);
  const data = [
    { ...bar(before.name, froms, 0), text: texts[0] },
    { ...bar(after.name, tos, 1), text: texts[1] },
  ];
  const lines = textColumns([
    ["", before.name, after.name, "difference"],
    ...rows.map(({ name, from, to }) => [name, usText(from), usText(to), differenceText(from, to)]),
  ]);
  const said = rows.map(({ name, from, to }) => `${name} ${usText(from)}, then ${usText(to)}`);
  return figure({
    data,
    layout,
    description: describe(
      [`Pairs of bars of the time of a step, ${before.name} and ${after.name}, by category: ${listText(said, "; ")}`],
      source,
    ),
    text: [title, ...lines, ...(source === undefined ? [] : [source])].join("\n"),
  });
}

/**
 * How far an axis of `room` pixels reaches, so that each bar's text has room beyond its end.
 *
 * @param bars each bar's length, and the pixels of its text
 */
function rangeFor(bars: readonly (readonly [length: number, text: number])[], room: number): number {
  const shares = bars.map(([length, text]) => length / Math.max(1 - (text + AIR) / room, 0.25));
  return Math.max(...shares, Number.MIN_VALUE);
}

/** "−120 µs, −8.1 %" */
function differenceText(from: number, to: number): string {
  const sign = (text: string): string => (to > from ? `+${text}` : text.replace("-", "−"));
  return `${sign(usText(to - from))}${from === 0 ? "" : `, ${sign(partText(to - from, from))}`}`;
}
