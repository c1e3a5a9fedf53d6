/** Tables of a study's runs, beside what is stored and what the source says. */
import { accuracyInterval } from "../analysis/predictions/accuracy-interval.js";
import { confusionMatrix } from "../analysis/predictions/confusion-matrix.js";
import { pNumber } from "../analysis/predictions/interval-text.js";
import { mcnemar, type McNemar } from "../analysis/predictions/mcnemar.js";
import { overSeeds } from "../analysis/predictions/over-seeds.js";
import { aNumber, anObject, aText, either, optional, orNull, recordOf, someOf, type Rules } from "../checks.js";
import { grouped, percentText } from "../shown.js";
import { table, type Cell, type Table } from "../table.js";
import type { Size } from "./claims.js";
import type { StoredResult } from "./stored-result.js";
import type { StudyRun } from "./study-run.js";

/** What `accuracyTable` takes. */
export interface AccuracyTableOptions {
  /** The runs, by name. Default all. */
  readonly runs?: readonly string[];
  /** What the source reports, by run: a share of 0 to 1, or its own words, "68 %". Default: it reports none of them. */
  readonly source?: Readonly<Record<string, number | string>>;
  /** More columns, by their heading: what stands there for each run. Default: none. */
  readonly columns?: Readonly<Record<string, Readonly<Record<string, Cell>>>>;
  /** A line above the table. Default null: none. */
  readonly title?: string | null;
}

export const TABLE_RULES: Rules = {
  runs: optional(someOf(aText)),
  source: optional(recordOf(either(aNumber, aText))),
  columns: optional(recordOf(anObject)),
  title: optional(orNull(aText)),
};

/** What is stored of a study, by size. */
export type Stored = (size: Size) => readonly StoredResult[];

/** A row for each run: its accuracy with the interval of its test images, beside those stored and the source's. */
export function accuracyRows(
  runs: readonly StudyRun[],
  stored: Stored,
  size: Size,
  options: AccuracyTableOptions,
): Table {
  const { source, columns = {}, title } = options;
  const kept = (["quick", "full"] as const).map((each) => [each, stored(each)] as const);
  const there = kept.filter(([, results]) => results.length > 0);
  return table(
    [
      "run",
      `accuracy, this run (${size})`,
      "95 % interval",
      ...there.map(([each]) => `stored (${each})`),
      ...(source ? ["source"] : []),
      ...Object.keys(columns),
      "test loss",
      "parameters",
      "training seconds",
    ],
    runs.map(({ name, accuracy, testLoss, parameters, seconds, evaluation }) => {
      const { low, high } = accuracyInterval(evaluation);
      return [
        name,
        percentText(accuracy),
        `${percentText(low)} to ${percentText(high)}`,
        ...there.map(([, results]) => spreadText(valuesOf(results, `${name}.accuracy`))),
        ...(source ? [sourceText(source[name])] : []),
        ...Object.values(columns).map((column) => column[name]),
        testLoss.toFixed(3),
        grouped(parameters),
        seconds.toFixed(1),
      ];
    }),
    title,
  );
}

/** A measure of every stored result that has it. */
function valuesOf(results: readonly StoredResult[], measure: string): number[] {
  return results.map(({ measures }) => measures[measure]).filter((value) => value !== undefined);
}

function spreadText(shares: readonly number[]): string | undefined {
  if (shares.length < 2) return shares[0] === undefined ? undefined : `${percentText(shares[0])}, 1 seed`;
  const { mean, min, max, n } = overSeeds(shares);
  return `${percentText(mean)} (${percentText(min)} to ${percentText(max)}, ${n} seeds)`;
}

function sourceText(given: number | string | undefined): string | undefined {
  return typeof given === "number" ? percentText(given) : given;
}

/** Two runs on the same images. */
export interface Comparison {
  readonly better: StudyRun;
  readonly other: StudyRun;
  readonly test: McNemar;
}

/** @throws RangeError for runs that were tested on other images than one another */
export function comparisonOf(fn: string, better: StudyRun, other: StudyRun): Comparison {
  const [one, two] = [better.evaluation, other.evaluation];
  if (one.labels.length !== two.labels.length || one.labels.some((label, i) => label !== two.labels[i]))
    throw new RangeError(
      `${fn}: two runs must have been tested on the same images, got ${better.name} and ${other.name}`,
    );
  return { better, other, test: mcnemar(one.labels, one, two) };
}

/** By how much each run leads: on the same images by McNemar's test, and from seed to seed as stored. */
export function comparisonRows(found: readonly Comparison[], results: readonly StoredResult[]): Table {
  const seeds = results.map(({ config }) => `seed ${String(config["seed"])}`);
  return table(
    ["", "lead in points, this run", "images that only one has right", "p (McNemar)", ...seeds],
    found.map(({ better, other, test }) => [
      `${better.name} over ${other.name}`,
      signed(100 * (test.accuracyA - test.accuracyB)),
      `${grouped(test.onlyA)} : ${grouped(test.onlyB)}`,
      pNumber(test.pValue),
      ...results.map(({ measures }) => {
        const [one, two] = [better, other].map(({ name }) => measures[`${name}.accuracy`]);
        return one === undefined || two === undefined ? undefined : signed(100 * (one - two));
      }),
    ]),
    results.length > 0 ? `leads of the seeds: stored runs of size ${results[0]!.size}, in points` : null,
  );
}

function signed(points: number): string {
  return `${points < 0 ? "−" : "+"}${Math.abs(points).toFixed(1)}`;
}

/** A row for each class: the share of its test images that each run has right. */
export function perClassRows(runs: readonly StudyRun[]): Table {
  const classNames = runs[0]?.test.classNames ?? [];
  const shares = runs.map(
    ({ evaluation: { labels, predictions } }) => confusionMatrix(labels, predictions, classNames.length).perClass,
  );
  return table(
    ["class", ...runs.map(({ name }) => name)],
    classNames.map((name, label) => [
      name,
      ...shares.map((perClass) => (Number.isNaN(perClass[label]) ? undefined : percentText(perClass[label]!))),
    ]),
  );
}
