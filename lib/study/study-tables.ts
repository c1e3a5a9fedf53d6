/** Tables of a study's runs, beside what is stored and what the source says. */
import { accuracyInterval } from "../analysis/predictions/accuracy-interval.js";
import { confusionMatrix } from "../analysis/predictions/confusion-matrix.js";
import { overSeeds } from "../analysis/predictions/over-seeds.js";
import { aNumber, anObject, aText, either, optional, orNull, recordOf, someOf, type Rules } from "../checks.js";
import { grouped, percentText } from "../shown.js";
import { table, type Cell, type Table } from "../table.js";
import type { Size } from "./claims.js";
import { newestOfSeeds, type StoredResult } from "./stored-result.js";
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

/** A measure of every stored seed that has it. */
function valuesOf(results: readonly StoredResult[], measure: string): number[] {
  return newestOfSeeds(results.filter(({ measures }) => measure in measures)).map(({ measures }) => measures[measure]!);
}

function spreadText(shares: readonly number[]): string | undefined {
  if (shares.length < 2) return shares[0] === undefined ? undefined : `${percentText(shares[0])}, 1 seed`;
  const { mean, min, max, n } = overSeeds(shares);
  return `${percentText(mean)} (${percentText(min)} to ${percentText(max)}, ${n} seeds)`;
}

function sourceText(given: number | string | undefined): string | undefined {
  return typeof given === "number" ? percentText(given) : given;
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
