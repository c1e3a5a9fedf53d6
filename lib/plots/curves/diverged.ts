/** Runs that have diverged: a value that is NaN or infinite is marked at its step; a gap would look like an end. */
import { isDrawn, isGone, shortNumber } from "../figure-checks.js";
import { INK, SOURCE_SIZE } from "../style.js";
import { dateText } from "../svg/date-ticks.js";
import { escapeText } from "../text-width.js";

/** Where a curve ceases to be a number. */
export interface Divergence {
  /** Whose it is. */
  readonly name: string;
  /** The place of its first value that is none. */
  readonly x: number;
  /** The curve's last height before, else the first after; NaN where it has none. */
  readonly y: number;
  /** "NaN", "Infinity", "-Infinity", or a number too large to be drawn. */
  readonly what: string;
  /** Whether the curve ends with it. */
  readonly last: boolean;
}

/** Of one curve as many are marked at most: more are a curve with holes. */
const MOST = 20;

/** The first of each stretch of values that are not finite. @param log whether heights must be above 0 */
export function divergencesOf(
  name: string,
  x: readonly number[],
  values: ArrayLike<number | null | undefined>,
  log: boolean,
): Divergence[] {
  const found: Divergence[] = [];
  const lastDrawn = Array.from(values).findLastIndex((value) => isDrawn(value));
  let before = NaN;
  for (let i = 0; i < values.length && found.length < MOST; i++) {
    const value = values[i];
    if (isDrawn(value, log)) before = value;
    if (!isGone(value) || (i > 0 && isGone(values[i - 1]))) continue;
    const after = Array.from(values).find((one, j) => j > i && isDrawn(one, log)) ?? NaN;
    const y = Number.isNaN(before) ? after : before;
    found.push({ name, x: x[i]!, y, what: shortNumber(value), last: i > lastDrawn });
  }
  return found;
}

/** What an axis' label says of one place: "step 340" of "step (a batch of 100 images)". */
function placeText(x: number, label: string, dates: boolean): string {
  return dates ? dateText(x, 1000) : `${label.split(/ \(|,|;/)[0]} ${shortNumber(x)}`;
}

/** Sentences on them: "ViT diverged at step 340 (NaN)", at most three of a curve that goes on. */
export function divergedNotes(found: readonly Divergence[], label: string, dates: boolean): string[] {
  const names = [...new Set(found.map(({ name }) => name))];
  return names.map((name) => {
    const own = found.filter((one) => one.name === name);
    const end = own.find(({ last }) => last);
    if (end !== undefined) return `${name} diverged at ${placeText(end.x, label, dates)} (${end.what}), marked ×`;
    const places = own.slice(0, 3).map(({ x, what }) => `${placeText(x, label, dates)} (${what})`);
    return `${name} is not finite at ${places.join(", ")}${own.length > 3 ? " and later" : ""}, marked ×`;
  });
}

/** A curve's marks, with a row of their own in the legend. @param middle height, for curves that have none */
export function divergedTrace(
  own: readonly Divergence[],
  color: string | undefined,
  { middle, label, dates }: { readonly middle: number; readonly label: string; readonly dates: boolean },
): Record<string, unknown> {
  const end = own.find(({ last }) => last);
  const { name } = own[0]!;
  const said = end ? `diverged at ${placeText(end.x, label, dates)}` : "not finite";
  return {
    type: "scatter",
    mode: "markers+text",
    name: escapeText(`${name}: ${said}`),
    x: own.map(({ x }) => x),
    y: own.map(({ y }) => (isDrawn(y) ? y : middle)),
    marker: { color, size: 12, symbol: "x" },
    cliponaxis: false,
    text: own.map(({ what }) => what),
    hovertext: own.map(({ x, what }) => escapeText(`${placeText(x, label, dates)}: ${what}`)),
    hoverinfo: "name+text", // the mark's own height is no value
    textposition: "top center",
    textfont: { size: SOURCE_SIZE, color: INK },
  };
}
