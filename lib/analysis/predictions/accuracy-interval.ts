import { aCount, aNatural, checkArguments, checkOptions, inRange, oneOf, optional, withFields } from "../../checks.js";
import type { Rule, Rules } from "../../checks.js";
import { betaQuantile, normalQuantile } from "../../distributions.js";
import { grouped, shownAs } from "../../shown.js";
import { intervalText } from "./interval-text.js";
import { aPredicted, rightOf, type Predicted } from "./predicted.js";

/** How many of some images are right. */
export interface Counted {
  /** 0 or more. */
  readonly right: number;
  /** 1 or more. */
  readonly total: number;
}

/** How an interval is made: Wilson's score interval, or Clopper and Pearson's exact one, which is never too narrow. */
export type IntervalMethod = "wilson" | "clopper-pearson";

/** What {@link accuracyInterval} takes. */
export interface IntervalOptions {
  /** In how many of 100 such tests the interval holds the true accuracy, as a share, above 0, below 1. Default 0.95. */
  readonly level?: number;
  /** Default "wilson". */
  readonly method?: IntervalMethod;
}

/** An accuracy measured on some images, and the range in which that on endlessly many such images is likely to lie. */
export interface AccuracyInterval extends Counted {
  /** right / total, 0 to 1. */
  readonly accuracy: number;
  /** √(p (1 − p) / N) of the accuracy, 0 to 0.5. */
  readonly standardError: number;
  /** The interval's lower end, 0 to 1. */
  readonly low: number;
  /** The interval's upper end, 0 to 1. */
  readonly high: number;
  /** Of the interval. */
  readonly level: number;
  /** How it was made. */
  readonly method: IntervalMethod;
}

/** What says how an interval is made. */
export const INTERVAL_RULES: Rules = {
  level: optional(inRange({ above: 0, below: 1 })),
  method: optional(oneOf(["wilson", "clopper-pearson"])),
};

const counted = withFields("{ right, total }", { right: aNatural, total: aCount }, "right");
const aResult: Rule = {
  what: "{ right, total }, or { labels, predictions } as train.evaluate returns",
  holds: (value) => counted.holds(value) || aPredicted.holds(value),
  within: (value, path) => counted.within!(value, path) ?? aPredicted.within!(value, path),
};

/**
 * The confidence interval of an accuracy: what the draw of the test images alone makes it vary by. Another seed's
 * training varies it further (`overSeeds`); two models on the same images are compared by `mcnemar`.
 *
 * @param result counts, or an evaluation
 * @returns shares, 0 to 1
 * @throws RangeError for more right ones than images, no image, or options out of range
 * @example analysis.accuracyInterval({ right: 3062, total: 3925 }) // 78.0 % (95 %: 76.7 to 79.3 %)
 * Source: Wilson 1927; Clopper and Pearson 1934. As statsmodels' proportion_confint has them.
 */
export function accuracyInterval(result: Counted | Predicted, options: IntervalOptions = {}): AccuracyInterval {
  checkArguments("accuracyInterval", { result }, { result: aResult });
  checkOptions("accuracyInterval", options, INTERVAL_RULES);
  return intervalOf("accuracyInterval", countsOf("accuracyInterval", result), options);
}

/** {@link accuracyInterval}, where all is checked but whether more are right than there are. */
export function intervalOf(fn: string, { right, total }: Counted, options: IntervalOptions): AccuracyInterval {
  if (right > total) throw new RangeError(`${fn}: right must be at most total, got right=${right}, total=${total}`);
  const { level = 0.95, method = "wilson" } = options;
  const accuracy = right / total;
  const [low, high] = method === "wilson" ? wilson(right, total, level) : clopperPearson(right, total, level);
  const standardError = Math.sqrt((accuracy * (1 - accuracy)) / total);
  return shownAs({ right, total, accuracy, standardError, low, high, level, method }, (one) => ({
    "text/plain": `accuracy ${intervalText(one.accuracy, one)}, ${grouped(one.right)} of ${grouped(one.total)} images`,
  }));
}

function countsOf(fn: string, result: Counted | Predicted): Counted {
  if ("right" in result) return result;
  const right = rightOf(fn, result);
  return { right: right.filter(Boolean).length, total: right.length };
}

function wilson(right: number, total: number, level: number): [number, number] {
  const z = normalQuantile(level);
  const p = right / total;
  const scale = 1 + (z * z) / total;
  const middle = (p + (z * z) / (2 * total)) / scale;
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total));
  return [right === 0 ? 0 : middle - half, right === total ? 1 : middle + half];
}

function clopperPearson(right: number, total: number, level: number): [number, number] {
  const tail = (1 - level) / 2;
  return [
    right === 0 ? 0 : betaQuantile(tail, right, total - right + 1),
    right === total ? 1 : betaQuantile(1 - tail, right + 1, total - right),
  ];
}
