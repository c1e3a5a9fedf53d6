/** Computes a stored result's figures again from the predictions stored with it. */
import { confusionMatrix } from "../../analysis/predictions/confusion-matrix.js";
import { mcnemar, type McNemar } from "../../analysis/predictions/mcnemar.js";
import { subset } from "../../datasets/subset.js";
import type { FileSet, ImageSet } from "../../datasets/types.js";
import type { Labelled } from "./verify-images.js";
import type { Claim } from "../../study/claims.js";
import { judgeClaims } from "../../study/judge-claims.js";
import { labelsDigest } from "../../study/report.js";
import { comparedIn, comparisonMeasures } from "../../study/study-comparison.js";
import type { StoredPredictions, TestImages } from "../../study/study-result.js";
import { ofSameSettings, type StoredResult } from "../../study/stored-result.js";

/** A dataset by its name, or why it cannot be had. */
export type ImagesOf = (name: string) => Labelled | string;

/**
 * @param imagesOf a dataset by its name, or why it cannot be had
 * @param all the study's stored results, with whose runs its own may have been compared
 * @returns what does not agree, one line each; nothing where all does
 */
export function recompute(
  result: StoredResult,
  claims: readonly Claim[],
  imagesOf: ImagesOf,
  all: readonly StoredResult[] = [result],
): string[] {
  const problems: string[] = [];
  if (Object.keys(result.predictions).length === 0) problems.push("no predictions are stored");
  for (const [run, stored] of Object.entries(result.predictions)) {
    problems.push(...recheckPredictions(stored, imagesOf(stored.test.dataset)).map((problem) => `${run}: ${problem}`));
    const measure = result.measures[`${run}.accuracy`];
    if (measure !== stored.accuracy)
      problems.push(`${run}: the accuracy measured is ${measure}, that of the predictions ${stored.accuracy}`);
  }
  problems.push(...recheckPairs(result, all, imagesOf));
  const newer = newerClaims(result, claims);
  const made = claims.filter((claim) => !newer.includes(claim));
  for (const { statement, holds, found } of judgeClaims(made, result.size, {
    measures: result.measures,
    data: result.data.kind,
    notRun: result.notRun ?? [],
  })) {
    if (holds === false) problems.push(`the claim does not hold: ${statement} (${found})`);
  }
  return problems;
}

/** Claims that were made after a result, about what it did not measure. */
export function newerClaims({ claims: judged, measures, size }: StoredResult, claims: readonly Claim[]): Claim[] {
  const then = judged.map(({ statement }) => statement);
  return claims.filter(({ statement, sizes, conditions }) => {
    const named = conditions.flatMap(({ measure, than }) => [measure, ...(than === undefined ? [] : [than])]);
    return sizes.includes(size) && !then.includes(statement) && named.some((name) => !(name in measures));
  });
}

/**
 * What of one run's accuracy and confusion does not follow from its predictions, and from the labels where they can be
 * had.
 */
export function recheckPredictions(stored: StoredPredictions, dataset: Labelled | string): string[] {
  return [...withoutLabels(stored), ...(typeof dataset === "string" ? [] : withLabels(stored, dataset))];
}

/** Measures of two runs on the same images that do not follow from the predictions stored of both. */
function recheckPairs(result: StoredResult, all: readonly StoredResult[], imagesOf: ImagesOf): string[] {
  const alike = ofSameSettings(
    all.filter(({ size }) => size === result.size),
    result.config,
  );
  const of = (run: string): StoredPredictions[] =>
    [result, ...alike].map(({ predictions }) => predictions[run]).filter((stored) => stored !== undefined);
  return Object.entries(result.measures).flatMap(([measure, value]) => {
    const [better, other] = comparedIn(measure) ?? [];
    if (better === undefined || other === undefined) return [];
    const dataset = of(better).map(({ test }) => imagesOf(test.dataset))[0];
    if (typeof dataset === "string") return [];
    const again = of(better).flatMap((one) => of(other).flatMap((two) => pairAgain(one, two, dataset)));
    const found = again.map((test) => comparisonMeasures(better, other, test)[measure]!);
    if (found.some((each) => isAlike(each, value))) return [];
    return [`${measure} is ${value}, from the predictions stored ${found[0] ?? "it cannot be had"}`];
  });
}

function pairAgain(better: StoredPredictions, other: StoredPredictions, dataset: Labelled | undefined): McNemar[] {
  if (dataset === undefined) return [];
  const { labels } = testedOf(better.test, dataset);
  if (better.test.labels !== other.test.labels || labelsDigest(labels) !== better.test.labels) return [];
  return [mcnemar(labels, better, other)];
}

/** The same but for another processor's last bits. */
function isAlike(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-6 * Math.max(Math.abs(one), Math.abs(other));
}

/** Whether these are the images that the predictions are for; undefined where they are, else why not. */
export function whyOtherImages(
  { predictions }: Pick<StoredResult, "predictions">,
  dataset: Labelled,
): string | undefined {
  for (const { test } of Object.values(predictions)) {
    const { length } = candidatesOf(test, dataset).labels;
    if (length < test.count)
      return `this ${dataset.name} has ${length} ${test.split} images, the result needs ${test.count}`;
    if (labelsDigest(testedOf(test, dataset).labels) !== test.labels)
      return `this ${dataset.name} has other labels than the one that the result was measured on`;
  }
  return undefined;
}

/** Whether the result was measured on the very archives that this dataset was read from. */
export function sameArchives({ data }: StoredResult, { provenance }: Labelled): boolean {
  const named = (archives: readonly { readonly file: string; readonly digest: string }[]): string =>
    archives
      .map(({ file, digest }) => `${file} ${digest}`)
      .sort()
      .join();
  return data.archives.length > 0 && named(data.archives) === named(provenance.archives);
}

function testedOf(test: TestImages, dataset: Labelled): ImageSet | FileSet {
  return subset(candidatesOf(test, dataset), { count: test.count, seed: test.seed });
}

/** What the images were drawn from: the split, or those of its classes that the result names. */
function candidatesOf({ split, classNames }: TestImages, { [split]: all }: Labelled): ImageSet | FileSet {
  const classes = classNames?.filter((name) => all.classNames.includes(name)) ?? [];
  return classes.length === 0 ? all : subset(all, { classes });
}

/** What the stored figures say of each other: each predicted class is counted once in the confusion matrix. */
function withoutLabels({ classes, test, accuracy, confusion: stored }: StoredPredictions): string[] {
  const predicted = Buffer.from(classes, "base64");
  const problems: string[] = [];
  if (predicted.length !== test.count)
    problems.push(`${predicted.length} predictions are stored for ${test.count} images`);
  const counts = stored.map((_, label) => predicted.reduce((count, each) => count + Number(each === label), 0));
  const columns = stored.map((_, label) => stored.reduce((total, row) => total + row[label]!, 0));
  if (counts.join() !== columns.join())
    problems.push(`the predictions count ${counts.join(" ")} a class, the confusion matrix ${columns.join(" ")}`);
  const right = stored.reduce((total, row, label) => total + row[label]!, 0) / test.count;
  if (right !== accuracy) problems.push(`the accuracy stored is ${accuracy}, that of the confusion matrix ${right}`);
  return problems;
}

function withLabels({ classes, test, accuracy, confusion: stored }: StoredPredictions, dataset: Labelled): string[] {
  const { labels } = testedOf(test, dataset);
  const predicted = Buffer.from(classes, "base64");
  if (predicted.length !== labels.length) return [];
  const again = confusionMatrix(labels, predicted, stored.length);
  const problems: string[] = [];
  if (again.accuracy !== accuracy)
    problems.push(`the accuracy stored is ${accuracy}, computed again ${again.accuracy}`);
  if (JSON.stringify(again.matrix) !== JSON.stringify(stored))
    problems.push("the confusion matrix computed again is another");
  return problems;
}
