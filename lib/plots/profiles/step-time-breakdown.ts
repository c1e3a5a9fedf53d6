import {
  aFlag,
  aTitle,
  checkOptions,
  fields,
  aNumber,
  optional,
  recordOf,
  someOf,
  type Rule,
  type Rules,
} from "../../checks.js";
import { percentText } from "../../shown.js";
import { categoryAxis } from "../category-axis.js";
import { luminance, rgb } from "../color-scale.js";
import { countText, describe, listText } from "../description.js";
import { TITLED, withNotes, type FigureOptions } from "../figure-checks.js";
import { figure, type Figure } from "../figure.js";
import { axis, baseLayout, FONT_SIZE, HEIGHT, PALETTE, SOURCE_SIZE, WIDTH } from "../style.js";
import { textColumns } from "../text-columns.js";
import { escapeText, fitText, textWidth } from "../text-width.js";

/** Where the time of a step went. */
export interface StepTimes {
  /** Of the run, or of the model. */
  readonly name: string;
  /**
   * Microseconds by category: `profile(…).breakdown`, or its mean over steps. One below 0, by an error of the clock,
   * is drawn as 0.
   */
  readonly breakdown: Readonly<Record<string, number>>;
}

/** What {@link stepTimeBreakdown} draws. */
export interface StepTimeBreakdownOptions extends FigureOptions {
  /** Profiles side by side, one or more. */
  readonly profiles: readonly StepTimes[];
  /** Whether each profile's bar is as high as the others', in percent of its step. Default false: microseconds. */
  readonly percent?: boolean;
}

/** A profile's times by category. */
export const someTimes: Rule = fields("{ name, breakdown }", { name: aTitle, breakdown: recordOf(aNumber) });
const RULES: Rules = { ...TITLED, profiles: someOf(someTimes), percent: optional(aFlag) };

/** Parts of a bar that are lower than this have no text, in pixels. */
const LEAST = 16;

/** Of profiles' categories each one, in the order in which they come up. @throws RangeError where there is none */
export function categoriesOf(where: string, profiles: readonly StepTimes[]): string[] {
  const found = [...new Set(profiles.flatMap(({ breakdown }) => Object.keys(breakdown)))];
  if (found.length === 0 || found.length > PALETTE.length)
    throw new RangeError(`${where}: breakdown must have 1 to ${PALETTE.length} categories, got ${found.length}`);
  return found;
}

/** The time of one category, µs. */
export function partOf({ breakdown }: StepTimes, category: string): number {
  return Math.max(0, breakdown[category] ?? 0);
}

/** A step's time in all, µs. */
export function totalOf(one: StepTimes): number {
  return Object.keys(one.breakdown).reduce((sum, category) => sum + partOf(one, category), 0);
}

/**
 * Where the time of a step went, one bar for each profile, its categories on top of each other, in microseconds or in
 * percent. The text, and the pointer, tell both of each part.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, no profile, or more than 8 categories
 */
export function stepTimeBreakdown(options: StepTimeBreakdownOptions): Figure {
  checkOptions("stepTimeBreakdown", options, RULES);
  const { title, profiles, percent = false } = options;
  const categories = categoriesOf("stepTimeBreakdown", profiles);
  const source = withNotes(options);
  const heights = profiles.map((one) => (percent ? 100 : totalOf(one)));
  const highest = Math.max(...heights, Number.MIN_VALUE);
  const slot = (WIDTH - 200) / profiles.length;
  const names = profiles.map((one) => `${escapeText(fitText(one.name, FONT_SIZE, 140))}<br>${usText(totalOf(one))}`);
  const { xaxis, height } = categoryAxis(names, { slot });
  const unit = percent ? "share of the step (%)" : "time of a step (µs)";
  const layout = {
    ...baseLayout({ title, source, height }),
    xaxis,
    yaxis: axis({ label: unit, range: [0, highest * (percent ? 1 : 1.05)] }),
    barmode: "overlay",
    bargap: 0.35,
    showlegend: true,
  };
  const room = { pixels: HEIGHT - 120, highest, width: slot * 0.6 };
  const data = categories.map((category, i) => traceOf(category, i, options, categories, room)).reverse();
  const text = textOf(title, profiles, categories, source);
  const steps = profiles.map((one) => `${one.name}, ${usText(totalOf(one))}: ${partsText(one, categories)}`);
  const description = describe(
    [`Stacked bars of the ${unit}, for ${countText(profiles.length, "profile")}: ${listText(steps, "; ")}`],
    source,
  );
  return figure({ data, layout, description, text });
}

/** One category in every bar. */
function traceOf(
  category: string,
  place: number,
  { profiles, percent = false }: StepTimeBreakdownOptions,
  categories: readonly string[],
  room: { readonly pixels: number; readonly highest: number; readonly width: number },
): Record<string, unknown> {
  const color = PALETTE[place]!;
  const parts = profiles.map((one) => {
    const total = totalOf(one);
    const scale = percent ? 100 / (total || 1) : 1;
    const before = categories.slice(0, place).reduce((sum, name) => sum + partOf(one, name), 0);
    const us = partOf(one, category);
    const words = `${usText(us)}, ${partText(us, total)}`;
    const isHigh = ((us * scale) / room.highest) * room.pixels >= LEAST;
    const shown = [words, partText(us, total)].find((label) => textWidth(label, SOURCE_SIZE) < room.width);
    return { base: before * scale, height: us * scale, words, label: isHigh ? (shown ?? "") : "" };
  });
  return {
    type: "bar",
    name: escapeText(category),
    x: parts.map((_, i) => i),
    y: parts.map(({ height }) => rounded(height)),
    base: parts.map(({ base }) => rounded(base)),
    hovertext: parts.map(({ words }, i) => escapeText(`${profiles[i]!.name}, ${category}: ${words}`)),
    hoverinfo: "text",
    marker: { color, line: { width: 0 } },
    text: parts.map(({ label }) => label),
    textposition: "inside",
    insidetextanchor: "middle",
    textangle: 0,
    constraintext: "none",
    textfont: { size: SOURCE_SIZE, color: luminance(rgb(color)) > 0.18 ? "#000000" : "#ffffff" },
  };
}

/** Seven significant digits: a millionth of a step. */
const rounded = (value: number): number => Number(value.toPrecision(7));

/** "310,700 µs": four significant digits. */
export function usText(us: number): string {
  return `${Number(us.toPrecision(4)).toLocaleString("en", { maximumSignificantDigits: 4 })} µs`;
}

/** "12.3 %" */
export function partText(part: number, total: number): string {
  return percentText(total === 0 ? 0 : part / total);
}

function partsText(one: StepTimes, categories: readonly string[]): string {
  return categories.map((category) => `${category} ${partText(partOf(one, category), totalOf(one))}`).join(", ");
}

/** A table: a line for each category, two columns for each profile. */
function textOf(
  title: string,
  profiles: readonly StepTimes[],
  categories: readonly string[],
  source: string | undefined,
): string {
  const cells = (what: string, us: (one: StepTimes) => number): string[] => [
    what,
    ...profiles.flatMap((one) => [usText(us(one)), partText(us(one), totalOf(one))]),
  ];
  const rows = [
    ["", ...profiles.flatMap(({ name }) => [name, ""])],
    ...categories.map((category) => cells(category, (one) => partOf(one, category))),
    cells("step", totalOf),
  ];
  return [title, ...textColumns(rows), ...(source === undefined ? [] : [source])].join("\n");
}
