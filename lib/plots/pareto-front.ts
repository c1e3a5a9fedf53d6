import { checkArguments, checkOptions, listOf, oneOf, optional, someOf, type Rules } from "../checks.js";
import { isDrawn, numbersOf, plainNumbers, someNumbers, type Numbers } from "./figure-checks.js";
import { countText, listText } from "./description.js";
import type { Figure } from "./figure.js";
import { drawScatter, SCATTER_RULES, type ScatterOptions } from "./scatter.js";
import { INK } from "./style.js";

/** Which way a measure is better. */
export type Better = "higher" | "lower";

/** What {@link paretoFront} draws. */
export interface ParetoFrontOptions extends ScatterOptions {
  /** Which way the horizontal measure is better. Default "lower": parameters, time, error. */
  readonly xBetter?: Better;
  /** Which way the vertical measure is better. Default "higher": accuracy. */
  readonly yBetter?: Better;
}

/** Of so many points each is named. */
const FEW = 12;

const aBetter = oneOf(["higher", "lower"]);
const RULES: Rules = { ...SCATTER_RULES, xBetter: optional(aBetter), yBetter: optional(aBetter) };

/**
 * Points by two measures, and those that no other beats in both, joined: the choices among which a better one costs.
 * Their labels stand beside them, and of a dozen points or fewer those of all; others are under the pointer. What has
 * no finite values is marked as in `scatter`, and never on the front.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, no point, more than 20,000, or x, y and labels that differ in length
 */
export function paretoFront(options: ParetoFrontOptions): Figure {
  checkOptions("paretoFront", options, RULES);
  const { xBetter = "lower", yBetter = "higher", logX = false, logY = false, series, ...rest } = options;
  const all = series.flatMap(({ name, x, y, labels }, s) =>
    numbersOf(x).map((at, i) => ({ s, i, x: at, y: y[i] ?? NaN, label: labels?.[i] ?? name })),
  );
  const drawn = all.filter(({ x, y }) => isDrawn(x, logX) && isDrawn(y, logY));
  const measures = drawn.map(({ x, y }) => [x, y]);
  const front = undominated(measures, [xBetter, yBetter]).map((at) => drawn[at]!);
  const onFront = new Set(front.map(({ s, i }) => `${s},${i}`));
  const isOnFront = (s: number, i: number): boolean => onFront.has(`${s},${i}`);
  const line = {
    type: "scatter",
    mode: "lines",
    name: `Pareto front, ${front.length} of ${drawn.length}`,
    x: plainNumbers(
      front.map(({ x }) => x),
      logX,
    ),
    y: plainNumbers(
      front.map(({ y }) => y),
      logY,
    ),
    line: { color: INK, width: 1.5, dash: "dash" },
    hoverinfo: "skip",
  };
  const better = `${rest.xLabel}: ${xBetter} is better; ${rest.yLabel}: ${yBetter} is better`;
  return drawScatter(
    "paretoFront",
    { ...rest, series, logX, logY },
    {
      behind: [line],
      labelled: (s, i) => drawn.length <= FEW || isOnFront(s, i),
      first: isOnFront,
      notes: [better],
      sentences: [
        `On the Pareto front ${countText(front.length, "point")}: ${listText(front.map((one) => one.label))}`,
      ],
    },
  );
}

/** What {@link paretoIndices} takes. */
export interface ParetoOptions {
  /** Which way each measure is better, as many as measures. Default the first "lower", all others "higher". */
  readonly better?: readonly Better[];
}

/**
 * Which of some points no other beats: none is as good in every measure and better in one. Points with a value that is
 * not finite are not among them; of equal points all are.
 *
 * @param measures one list a measure, all of one length: [times, accuracies]
 * @returns indices of the points, in rising order of the first measure
 * @throws RangeError for lists of different lengths
 * @example plots.paretoIndices([seconds, accuracies]) // cheapest first
 */
export function paretoIndices(measures: readonly Numbers[], options: ParetoOptions = {}): number[] {
  checkArguments("paretoIndices", { measures }, { measures: someOf(someNumbers) });
  checkOptions("paretoIndices", options, { better: optional(listOf(aBetter)) });
  const { better = measures.map((_, m) => (m === 0 ? "lower" : "higher")) } = options;
  const lengths = measures.map(({ length }) => length);
  if (lengths.some((length) => length !== lengths[0]))
    throw new RangeError(`paretoIndices: measures must be of one length, got ${lengths.join(", ")}`);
  if (better.length !== measures.length)
    throw new RangeError(`paretoIndices: better must be ${measures.length}, one a measure, got ${better.length}`);
  const values = Array.from({ length: lengths[0]! }, (_, i) => measures.map((one) => one[i] ?? NaN));
  return undominated(values, better);
}

/** @param values of each point its measures */
function undominated(values: readonly (readonly number[])[], better: readonly Better[]): number[] {
  const signs = better.map((way) => (way === "lower" ? -1 : 1));
  const gains = values.map((point) => point.map((value, m) => signs[m]! * value));
  const finite = values.map((_, i) => i).filter((i) => values[i]!.every((value) => isDrawn(value)));
  const beats = (a: readonly number[], b: readonly number[]): boolean =>
    a.every((gain, m) => gain >= b[m]!) && a.some((gain, m) => gain > b[m]!);
  // Best first: what beats a point stands before it, so that it is held against the front alone.
  const sorted = finite.toSorted((i, j) => compare(gains[j]!, gains[i]!));
  const front: number[] = [];
  // Of two measures the last one on the front is the best by the second: what it does not beat none does.
  const rivals = (): readonly number[] => (better.length === 2 ? front.slice(-1) : front);
  for (const i of sorted) if (!rivals().some((j) => beats(gains[j]!, gains[i]!))) front.push(i);
  return front.sort((i, j) => compare(values[i]!, values[j]!) || i - j);
}

/** By the first measure, then by the next. */
function compare(a: readonly number[], b: readonly number[]): number {
  const m = a.findIndex((value, at) => value !== b[at]);
  return m < 0 ? 0 : a[m]! - b[m]!;
}
