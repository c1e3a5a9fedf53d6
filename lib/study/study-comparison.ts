/** Pairs of a study's runs on the same images: trained here, or one of them stored by an earlier choice of arms. */
import { pNumber } from "../analysis/predictions/interval-text.js";
import { mcnemar, type McNemar, type Predictions } from "../analysis/predictions/mcnemar.js";
import { grouped } from "../shown.js";
import { table, type Table } from "../table.js";
import type { Measures } from "./claims.js";
import { labelsDigest } from "./report.js";
import { ofSameSettings, type StoredResult } from "./stored-result.js";
import type { StudyResult } from "./study-result.js";
import type { StudyRun } from "./study-run.js";

/** Two runs on the same images. */
export interface Comparison {
  readonly better: Tested;
  readonly other: Tested;
  readonly test: McNemar;
}

/** A run as it was tested. */
interface Tested {
  readonly name: string;
  readonly predictions: Predictions;
  /** sha256 of its test images' labels, one byte each. */
  readonly images: string;
  /** The labels, of a run of this process. */
  readonly labels?: ArrayLike<number>;
}

/** What pairs are looked up in. */
export interface TestedRuns {
  /** Those of this process. */
  readonly runs: readonly StudyRun[];
  /** All that was set. */
  readonly config: StudyResult["config"];
  /** What is stored of this size. */
  readonly stored: readonly StoredResult[];
}

/**
 * The pairs of which both have been run with these settings, at least one of them in this process.
 * @throws RangeError for two runs that were tested on other images than one another
 */
export function comparisonsOf(
  fn: string,
  pairs: readonly (readonly [better: string, other: string])[],
  { runs, config, stored }: TestedRuns,
): Comparison[] {
  const earlier = ofSameSettings(stored, config);
  const tested = (name: string): Tested | undefined => ofRun(runs, name) ?? ofStored(earlier, name);
  return pairs.flatMap((pair) => {
    const [better, other] = pair.map(tested);
    const labels = better?.labels ?? other?.labels;
    if (!better || !other || !labels) return [];
    if (better.images !== other.images)
      throw new RangeError(
        `${fn}: two runs must have been tested on the same images, got ${better.name} and ${other.name}`,
      );
    return [{ better, other, test: mcnemar(labels, better.predictions, other.predictions) }];
  });
}

function ofRun(runs: readonly StudyRun[], name: string): Tested | undefined {
  const run = runs.find((one) => one.name === name);
  if (!run) return undefined;
  const { evaluation } = run;
  return { name, predictions: evaluation, labels: evaluation.labels, images: labelsDigest(evaluation.labels) };
}

function ofStored(results: readonly StoredResult[], name: string): Tested | undefined {
  const predictions = results.find((one) => name in one.predictions)?.predictions[name];
  return predictions && { name, predictions, images: predictions.test.labels };
}

/** What a comparison is noted as: "a.over.b.points" and "a.over.b.pValue". */
export function comparisonMeasures(better: string, other: string, test: McNemar): Measures {
  const pair = `${better}.over.${other}`;
  return { [`${pair}.points`]: pointsOf(test), [`${pair}.pValue`]: test.pValue };
}

/** The two runs that a measure compares; undefined where it is of no comparison. */
export function comparedIn(measure: string): readonly [better: string, other: string] | undefined {
  const [, better, other] = /^(.+)\.over\.(.+)\.(?:points|pValue)$/.exec(measure) ?? [];
  return better === undefined ? undefined : [better, other!];
}

function pointsOf({ accuracyA, accuracyB }: McNemar): number {
  return 100 * (accuracyA - accuracyB);
}

/** By how much each run leads: on the same images by McNemar's test, and from seed to seed as stored. */
export function comparisonRows(found: readonly Comparison[], results: readonly StoredResult[]): Table {
  const seeds = results.map(({ config }) => `seed ${String(config["seed"])}`);
  const leads = results.length > 0 ? `leads of the seeds: stored runs of size ${results[0]!.size}, in points` : null;
  return table(
    ["", "lead in points, this run", "images that only one has right", "p (McNemar)", ...seeds],
    found.map(({ better, other, test }) => [
      `${shownName(better)} over ${shownName(other)}`,
      signed(pointsOf(test)),
      `${grouped(test.onlyA)} : ${grouped(test.onlyB)}`,
      pNumber(test.pValue),
      ...results.map(({ measures }) => {
        const [one, two] = [better, other].map(({ name }) => measures[`${name}.accuracy`]);
        return one === undefined || two === undefined ? undefined : signed(100 * (one - two));
      }),
    ]),
    found.length > 0 ? leads : "no two runs to compare",
  );
}

function shownName({ name, labels }: Tested): string {
  return labels ? name : `${name} (stored)`;
}

function signed(points: number): string {
  return `${points < 0 ? "−" : "+"}${Math.abs(points).toFixed(1)}`;
}
