/** Rows of logits or probabilities [N][K], one at a time: all of them would take another 8 bytes a number. */
import { aList, optional, orNull, shown, someOf, withFields, type Rule } from "../../checks.js";
import { checkClasses, checkPairs, type Scored } from "./predicted.js";

const someRows: Rule = someOf(aList);

/** {@link Scored}. */
export const aScored: Rule = withFields(
  "{ labels, logits or probabilities }, as train.evaluate returns",
  { labels: aList, logits: optional(orNull(someRows)), probabilities: optional(orNull(someRows)) },
  "labels",
);

/** How one image's classes are weighed. */
export interface Scores {
  /** N */
  readonly images: number;
  /** K */
  readonly numClasses: number;
  readonly labels: ArrayLike<number>;
  /** @returns the image's logits [K]; undefined where only probabilities are known */
  logits(image: number): ArrayLike<number> | undefined;
  /** @returns ln of the image's probabilities [K] */
  logProbabilities(image: number): Float64Array;
}

/** Probabilities of an image add up to 1, but for as much. */
const SUM_OFF = 1e-3;

/**
 * @param name what an error calls them
 * @throws TypeError where there is neither, RangeError for rows of different lengths, as many rows as there are no
 *   labels, a label that is no class, a value that is not finite (a model that has diverged), or that is no probability
 */
export function scoresOf(fn: string, name: string, { labels, logits, probabilities }: Scored): Scores {
  const rows = logits ?? probabilities;
  const field = `${name}.${logits ? "logits" : "probabilities"}`;
  if (rows == null) {
    throw new TypeError(
      `${fn}: ${name} must have logits or probabilities, got none; train.evaluate keeps logits, ` +
        "but for keepLogits: false",
    );
  }
  checkPairs(fn, { [`${name}.labels`]: labels, [field]: rows });
  const numClasses = rows[0]!.length;
  checkClasses(fn, `${name}.labels`, labels, numClasses);
  for (let i = 0; i < rows.length; i++) checkRow(fn, `${field}[${i}]`, rows[i]!, numClasses, !logits);
  return {
    images: rows.length,
    numClasses,
    labels,
    logits: (image) => logits?.[image],
    logProbabilities: (image) => (logits ? logSoftmax(logits[image]!) : Float64Array.from(rows[image]!, Math.log)),
  };
}

function checkRow(fn: string, path: string, row: ArrayLike<number>, numClasses: number, shares: boolean): void {
  if (row?.length !== numClasses || numClasses === 0)
    throw new RangeError(`${fn}: ${path} must hold ${numClasses || "one or more"} numbers, got ${shown(row)}`);
  let sum = 0;
  for (let k = 0; k < numClasses; k++) {
    const value = row[k]!;
    sum += value;
    if (!Number.isFinite(value)) throw new RangeError(`${fn}: ${path} must be finite, got ${shown(value)} at ${k}`);
    if (shares && !(value >= 0 && value <= 1 + SUM_OFF))
      throw new RangeError(`${fn}: ${path} must be 0 to 1, got ${value} at ${k}; logits go by the name of logits`);
  }
  if (shares && Math.abs(sum - 1) > SUM_OFF)
    throw new RangeError(`${fn}: ${path} must add up to 1, got ${sum}; logits go by the name of logits`);
}

/** ln softmax, without overflow. */
export function logSoftmax(logits: ArrayLike<number>): Float64Array {
  const highest = largest(logits);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) sum += Math.exp(logits[k]! - logits[highest]!);
  const level = logits[highest]! + Math.log(sum);
  return Float64Array.from(logits, (logit) => logit - level);
}

/** The index of the largest; of equal ones the first. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! > values[best]!) best = k;
  return best;
}
