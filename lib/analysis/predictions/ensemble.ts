import { aList, checkArguments, checkOptions, oneOf, optional, orNull, someOf } from "../../checks.js";
import type { Rule } from "../../checks.js";
import { grouped, shownAs } from "../../shown.js";
import { percent } from "./interval-text.js";
import type { Scored } from "./predicted.js";
import { aScored, largest, logSoftmax, scoresOf, type Scores } from "./scores.js";

/** What {@link ensemble} takes. */
export interface EnsembleOptions {
  /**
   * "probabilities": the mean of the members' softmax. "logits": the softmax of their mean logits. "vote": the class
   * that most members predict; of as many votes the one of the larger mean probability, then of the smaller index.
   * Default "probabilities".
   */
  readonly by?: "logits" | "probabilities" | "vote";
  /** Class indices [N]. Default, and null: the members' own. */
  readonly labels?: ArrayLike<number> | null;
}

/** What several models answer together; `calibration`, `mcnemar` and `accuracyInterval` take it. */
export interface Ensemble {
  /** Share of images that the ensemble has right, 0 to 1. */
  readonly accuracy: number;
  /** Of each member [M], 0 to 1. */
  readonly memberAccuracies: readonly number[];
  /** Class indices [N]. */
  readonly labels: ArrayLike<number>;
  /** The class of the largest probability [N]. */
  readonly predictions: Int32Array;
  /** Of each class [N][K], of the sum 1; of a vote the share of votes. Not in JSON. */
  readonly probabilities: readonly Float32Array[];
  /** How members were brought together. */
  readonly by: "logits" | "probabilities" | "vote";
}

const aMember: Rule = {
  what: "an evaluation, { labels, logits or probabilities }, or rows of logits [N][K]",
  holds: (value) => someOf(aList).holds(value) || aScored.holds(value),
  within: (value, path) => aScored.within!(value, path),
};

/**
 * Several models' answers on the same images as one.
 *
 * @param members two or more evaluations of one set, or rows of logits
 * @throws TypeError for members without logits or probabilities, or, by logits, without logits; RangeError for fewer
 *   than one, members of different images, classes or labels, or values that are not finite
 * @example analysis.ensemble([await train.evaluate(vit, test), await train.evaluate(cct, test)]).accuracy
 * Source: Lakshminarayanan et al. 2017 (mean of probabilities); of votes: Hansen and Salamon 1990.
 */
export function ensemble(
  members: ArrayLike<Scored | ArrayLike<ArrayLike<number>>>,
  options: EnsembleOptions = {},
): Ensemble {
  checkArguments("ensemble", { members }, { members: someOf(aMember) });
  checkOptions("ensemble", options, {
    by: optional(oneOf(["logits", "probabilities", "vote"])),
    labels: optional(orNull(aList)),
  });
  const { by = "probabilities" } = options;
  const all = scoredMembers(members, options.labels);
  const { images, numClasses, labels } = all[0]!;
  const flat = new Float32Array(images * numClasses);
  const probabilities = Array.from({ length: images }, (_, i) => flat.subarray(i * numClasses, (i + 1) * numClasses));
  const predictions = new Int32Array(images);
  const rightOnes = new Float64Array(all.length);
  for (let i = 0; i < images; i++) {
    const logs = all.map((one) => one.logProbabilities(i));
    logs.forEach((one, m) => (rightOnes[m]! += Number(largest(one) === labels[i])));
    const [weights, order] = together(by, logs, all, i);
    probabilities[i]!.set(weights);
    predictions[i] = largest(order);
  }
  const accuracy = predictions.filter((prediction, i) => prediction === labels[i]).length / images;
  const found = { accuracy, memberAccuracies: Array.from(rightOnes, (n) => n / images), labels, predictions, by };
  const whole = Object.defineProperty(found, "probabilities", { value: probabilities }) as typeof found &
    Pick<Ensemble, "probabilities">;
  return shownAs(whole, (one) => ({
    "text/plain":
      `accuracy ${percent(one.accuracy)} % of ${all.length} members by ${one.by}, over ${grouped(images)} images; ` +
      `members ${one.memberAccuracies.map((each) => `${percent(each)} %`).join(", ")}`,
  }));
}

function scoredMembers(
  members: ArrayLike<Scored | ArrayLike<ArrayLike<number>>>,
  labels: ArrayLike<number> | null | undefined,
): Scores[] {
  const own = Array.from(members).find((one): one is Scored => !aList.holds(one))?.labels;
  const given = labels ?? own;
  if (given === undefined) throw new TypeError("ensemble: labels must be given with rows of logits, got none");
  const all = Array.from(members, (one, m) => {
    const scored = aList.holds(one) ? { labels: given, logits: one as ArrayLike<ArrayLike<number>> } : (one as Scored);
    return scoresOf("ensemble", `members[${m}]`, { ...fieldsOf(scored), labels: labels ?? scored.labels });
  });
  for (const [m, { numClasses, labels: others }] of all.entries()) {
    if (numClasses !== all[0]!.numClasses)
      throw new RangeError(
        `ensemble: members must have one number of classes, got ${all[0]!.numClasses} and ${numClasses}`,
      );
    const other = Array.from(given).findIndex((label, i) => label !== others[i]);
    if (other >= 0 || others.length !== given.length)
      throw new RangeError(
        `ensemble: members must have the same images, got label ${given[other]} and ${others[other]} at ${other} ` +
          `(members[${m}])`,
      );
  }
  return all;
}

/** Not a spread: an evaluation's logits are not enumerable. */
const fieldsOf = ({ logits, probabilities }: Scored): Omit<Scored, "labels"> => ({
  logits: logits ?? null,
  probabilities: probabilities ?? null,
});

/** @returns the ensemble's probabilities of one image [K], and what its prediction is the largest of */
function together(
  by: Ensemble["by"],
  logs: readonly Float64Array[],
  all: readonly Scores[],
  image: number,
): readonly [Float64Array, Float64Array] {
  const numClasses = logs[0]!.length;
  const mean = (of: (m: number, k: number) => number): Float64Array =>
    Float64Array.from({ length: numClasses }, (_, k) => logs.reduce((sum, __, m) => sum + of(m, k), 0) / logs.length);
  if (by === "logits") {
    const own = all.map((one, m) => {
      const logits = one.logits(image);
      if (logits === undefined) throw new TypeError(`ensemble: members[${m}] must have logits to go by them, got none`);
      return logits;
    });
    const weights = logSoftmax(mean((m, k) => own[m]![k]!)).map(Math.exp);
    return [weights, weights];
  }
  const probabilities = mean((m, k) => Math.exp(logs[m]![k]!));
  if (by === "probabilities") return [probabilities, probabilities];
  const best = logs.map(largest);
  const votes = mean((m, k) => Number(best[m] === k));
  return [votes, votes.map((share, k) => share + probabilities[k]! / (4 * logs.length))]; // less than half a vote
}
