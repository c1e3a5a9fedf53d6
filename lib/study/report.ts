import { createHash } from "node:crypto";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { confusionMatrix } from "../analysis/predictions/confusion-matrix.js";
import {
  aList,
  anInteger,
  anObject,
  anySet,
  aNumber,
  anyNumber,
  aText,
  aTitle,
  checkOptions,
  fields,
  listOf,
  oneOf,
  optional,
  orNull,
  recordOf,
  withFields,
  type Rule,
  type Rules,
} from "../checks.js";
import { broadcast } from "../host.js";
import { SIZES, type Measures } from "./claims.js";
import { environment } from "../backend/environment.js";
import type { EpochEntry, ReportOptions, StoredPredictions, StudyResult } from "./study-result.js";
import { show, tslabDisplay } from "./show.js";
import { table, type Table } from "../table.js";
import { DISPLAY, shownAs } from "../shown.js";

/** The MIME type under which a notebook hands its result to whoever runs it. */
export const RESULT_MIME = "application/vnd.saccade.result+json";

const someRuns = recordOf(fields("{ set, seed, classes }", { set: anySet, seed: anInteger, classes: aList }));
const somePredictions: Rule = {
  ...someRuns,
  what: "an object of one run or more, each { set, seed, classes }",
  kindFits: anObject.holds,
  holds: (value) => someRuns.holds(value) && Object.keys(value as object).length > 0,
};
const RULES: Rules = {
  study: aTitle,
  size: oneOf(SIZES),
  config: anObject,
  measures: recordOf(aNumber),
  predictions: somePredictions,
  parts: listOf(fields("{ name, seconds }", { name: aText, seconds: aNumber })),
  losses: optional(
    orNull(recordOf(listOf(withFields("{ epoch, batch, loss }", { epoch: aNumber, batch: aNumber, loss: anyNumber })))),
  ),
  epochs: optional(
    orNull(
      recordOf(
        listOf(withFields("{ epoch, loss, accuracy }", { epoch: aNumber, loss: anyNumber, accuracy: anyNumber })),
      ),
    ),
  ),
  notRun: optional(listOf(aText)),
};

/**
 * Hands a study's result to whoever runs the notebook, and shows its measures as a table. Where nobody runs it but a
 * person, the table is all there is: only `npm run studies` writes results.
 * @returns the result
 * @throws RangeError for an unknown option, a size that is none (it lists those that there are), a measure that is not
 *   finite, or a study without predictions
 * @throws TypeError for an option of another kind
 */
export function report(options: ReportOptions): StudyResult {
  checkOptions("report", options, RULES);
  const result = toResult(options);
  const tables = measuresTables(result.measures);
  const handed = { [RESULT_MIME]: result };
  if (broadcast()) show({ [DISPLAY]: () => ({ ...handed, "text/plain": `result of ${result.study}, handed over` }) });
  else if (tslabDisplay()) show({ [DISPLAY]: () => handed });
  for (const one of tables) show(one);
  return shownAs(result, ({ study, size }) => ({ "text/plain": `result of ${study}, size ${size}` }));
}

function toResult({
  study,
  size,
  config,
  measures,
  predictions,
  parts,
  losses,
  epochs,
  notRun = [],
}: ReportOptions): StudyResult {
  return {
    study,
    size,
    config,
    ...environment(),
    data: storedData(Object.values(predictions)[0]!.set),
    measures,
    parts,
    ...(notRun.length > 0 && { notRun }),
    ...(losses && {
      losses: Object.fromEntries(
        Object.entries(losses).map(([name, rows]) => [
          name,
          rows.map(({ epoch, batch, loss }) => [epoch, batch, Number(loss.toFixed(4))] as const),
        ]),
      ),
    }),
    ...(epochs && {
      epochs: Object.fromEntries(Object.entries(epochs).map(([name, rows]) => [name, rows.map(numbersOf)])),
    }),
    predictions: Object.fromEntries(
      Object.entries(predictions).map(([name, { set, seed, classes }]) => [
        name,
        storedPredictions(set, seed, classes),
      ]),
    ),
  };
}

/** An epoch's numbers by name, those that are finite, to four decimals. */
function numbersOf({ epoch, loss, accuracy, training, validation }: EpochEntry): Measures {
  const after = Object.entries({ training, validation }).flatMap(([set, measured]) =>
    Object.entries(measured ? { loss: measured.loss, accuracy: measured.accuracy, ...measured.metrics } : {}).map(
      ([name, value]) => [`${set}.${name}`, value] as const,
    ),
  );
  const all = [...Object.entries({ epoch, loss, accuracy }), ...after];
  return Object.fromEntries(
    all.filter(([, value]) => Number.isFinite(value)).map(([name, value]) => [name, Number(value.toFixed(4))]),
  );
}

/**
 * Where a set is from, as a result keeps it: the archives by their digests, and not whether they came from a mirror.
 */
export function storedData({
  provenance: { kind, label, archives },
}: Pick<ImageSet, "provenance">): StudyResult["data"] {
  return {
    kind,
    label: label.replace(/, from a mirror\)$/, ")"),
    archives: archives.map(({ file, digest }) => ({ file, digest })),
  };
}

/** @param seed that the set was drawn by */
export function storedPredictions(
  set: ImageSet | FileSet,
  seed: number,
  classes: ArrayLike<number>,
): StoredPredictions {
  const { matrix, accuracy } = confusionMatrix(set.labels, classes, set.classNames.length);
  const test = {
    dataset: set.name,
    split: set.split,
    count: set.labels.length,
    seed,
    classNames: set.classNames,
    labels: labelsDigest(set.labels),
  };
  return { test, classes: Buffer.from(Uint8Array.from(classes)).toString("base64"), accuracy, confusion: matrix };
}

/** sha256 of class indices, one byte each. */
export function labelsDigest(labels: ArrayLike<number>): string {
  return createHash("sha256").update(Uint8Array.from(labels)).digest("hex");
}

/**
 * The measures as text and HTML: a table for each kind of thing measured, with a row for each thing. Things of which
 * each is the only one of its kind have one table together, with a row for each number.
 */
export function measuresTables(measures: Measures): Table[] {
  const things = new Map<string, Map<string, number>>();
  for (const [name, value] of Object.entries(measures)) {
    const dot = name.lastIndexOf(".");
    const thing = name.slice(0, Math.max(0, dot));
    things.set(thing, (things.get(thing) ?? new Map<string, number>()).set(name.slice(dot + 1), value));
  }
  const kinds = new Map<string, [string, Map<string, number>][]>();
  for (const one of things) {
    const kind = [...one[1].keys()].join();
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  const lone = [...kinds.values()].filter((rows) => rows.length === 1).flat();
  const alike = [...kinds.values()].filter((rows) => rows.length > 1 || lone.length === 1);
  const tables = alike.map((rows) => {
    const columns = [...rows[0]![1].keys()];
    return table(
      ["measured", ...columns],
      rows.map(([thing, values]) => [thing, ...columns.map((column) => short(values.get(column)!))]),
    );
  });
  return lone.length > 1 ? [...tables, table(["measured", "value"], lone.flatMap(eachNumber))] : tables;
}

/** A row for each number that was measured of a thing. */
function eachNumber([thing, values]: readonly [string, ReadonlyMap<string, number>]): [string, string][] {
  return [...values].map(([name, value]) => [thing === "" ? name : `${thing}.${name}`, short(value)]);
}

function short(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(4)));
}
