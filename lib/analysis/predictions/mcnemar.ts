import { aFlag, aList, aText, checkArguments, checkOptions, inRange, listOf, optional, orNull } from "../../checks.js";
import { fairCoinCdf, normalBeyond } from "../../distributions.js";
import { grouped, shownAs } from "../../shown.js";
import { levelText, percent, pText } from "./interval-text.js";
import { predictedOf, rightOf, somePredictions, type Answered, type StoredClasses } from "./predicted.js";

/** What {@link mcnemar} takes. */
export interface McNemarOptions {
  /** Whether p is the binomial test's, else χ²'s of one degree of freedom. Default true. */
  readonly exact?: boolean;
  /** Of χ²: whether the difference is lessened by 1 (Edwards' continuity correction). Default true. */
  readonly correction?: boolean;
  /** A p below 1 − level is called more than noise. Above 0, below 1. Default 0.95. */
  readonly level?: number;
  /** What the two are called where the result shows itself. Default, and null: ["a", "b"]. */
  readonly names?: readonly string[] | null;
}

/** Two models on the same images, compared. */
export interface McNemar {
  /** Images that a has right and b wrong. */
  readonly onlyA: number;
  /** Images that b has right and a wrong. */
  readonly onlyB: number;
  /** Images that both have right. */
  readonly bothRight: number;
  /** Images that both have wrong. */
  readonly bothWrong: number;
  /** Share of images that a has right, 0 to 1. */
  readonly accuracyA: number;
  /** Share of images that b has right, 0 to 1. */
  readonly accuracyB: number;
  /** Which has more right; null: neither. */
  readonly better: "a" | "b" | null;
  /** The smaller of onlyA and onlyB of the exact test, else χ². */
  readonly statistic: number;
  /** Of a difference as large as this or larger, where the two are equally good, 0 to 1. */
  readonly pValue: number;
  /** Whether pValue is below 1 − level. */
  readonly significant: boolean;
}

/** Predicted classes [N]: an array, an evaluation or an ensemble, or a study's stored predictions. */
export type Predictions = ArrayLike<number> | Answered | StoredClasses;

/**
 * McNemar's test: whether two models differ by more than noise on the same images. Only images that one has right and
 * the other wrong count; were both equally good, these would fall to either side as a fair coin does. It says nothing
 * of what another seed's training would give: for that compare several runs (`overSeeds`).
 *
 * @param labels the images' class indices [N]
 * @param a predictions on them, in the same order
 * @param b another model's
 * @throws RangeError where the lengths differ, there is no image, or options are out of range
 * @example analysis.mcnemar(test.labels, await train.evaluate(cct, test), await train.evaluate(vit, test))
 * Source: McNemar 1947; Edwards 1948. As statsmodels' mcnemar, but that χ² of equal counts is 0 with the correction too
 * (as R has it): statsmodels gives 1 / (onlyA + onlyB).
 */
export function mcnemar(
  labels: ArrayLike<number>,
  a: Predictions,
  b: Predictions,
  options: McNemarOptions = {},
): McNemar {
  checkArguments("mcnemar", { labels, a, b }, { labels: aList, a: somePredictions, b: somePredictions });
  checkOptions("mcnemar", options, {
    exact: optional(aFlag),
    correction: optional(aFlag),
    level: optional(inRange({ above: 0, below: 1 })),
    names: optional(orNull(listOf(aText, 2))),
  });
  const { exact = true, correction = true, level = 0.95 } = options;
  const [rightA, rightB] = [a, b].map((one) => rightOf("mcnemar", predictedOf(labels, one))) as [boolean[], boolean[]];
  const count = (inA: boolean, inB: boolean): number =>
    rightA.filter((right, i) => right === inA && rightB[i] === inB).length;
  const [onlyA, onlyB] = [count(true, false), count(false, true)];
  const [bothRight, bothWrong] = [count(true, true), count(false, false)];
  const { statistic, pValue } = exact ? exactTest(onlyA, onlyB) : chiSquare(onlyA, onlyB, correction);
  const found: McNemar = {
    onlyA,
    onlyB,
    bothRight,
    bothWrong,
    accuracyA: (bothRight + onlyA) / rightA.length,
    accuracyB: (bothRight + onlyB) / rightA.length,
    better: betterOf(onlyA, onlyB),
    statistic,
    pValue,
    significant: pValue < 1 - level,
  };
  const [nameA = "a", nameB = "b"] = options.names ?? [];
  return shownAs(found, (one) => ({
    "text/plain":
      `${nameA} ${percent(one.accuracyA)} %, ${nameB} ${percent(one.accuracyB)} %, of ` +
      `${grouped(rightA.length)} images: ${grouped(onlyA)} only ${nameA} has right, ${grouped(onlyB)} only ${nameB}; ` +
      `${pText(pValue)} (McNemar's ${exact ? "exact test" : "χ²"}): ` +
      `${one.significant ? "more than noise" : "within noise"} at ${levelText(level)}`,
  }));
}

function betterOf(onlyA: number, onlyB: number): McNemar["better"] {
  if (onlyA === onlyB) return null;
  return onlyA > onlyB ? "a" : "b";
}

function exactTest(onlyA: number, onlyB: number): Pick<McNemar, "statistic" | "pValue"> {
  const statistic = Math.min(onlyA, onlyB);
  return { statistic, pValue: Math.min(1, 2 * fairCoinCdf(statistic, onlyA + onlyB)) };
}

function chiSquare(onlyA: number, onlyB: number, correction: boolean): Pick<McNemar, "statistic" | "pValue"> {
  const apart = Math.max(0, Math.abs(onlyA - onlyB) - Number(correction));
  const statistic = apart === 0 ? 0 : apart ** 2 / (onlyA + onlyB);
  return { statistic, pValue: normalBeyond(Math.sqrt(statistic)) };
}
