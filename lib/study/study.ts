import type { tf } from "../backend/index.js";
import {
  aNumber,
  aText,
  aTitle,
  checkArguments,
  checkOptions,
  checkValue,
  listOf,
  optional,
  recordOf,
  someOf,
} from "../checks.js";
import { didYouMean } from "../nearest.js";
import type { Figure } from "../plots/figure.js";
import type { Table } from "../table.js";
import { checkpoints, STORES, type Checkpoints } from "./checkpoints.js";
import { chosen } from "./chosen.js";
import { readClaims, type Size } from "./claims.js";
import { assertClaims, judgeClaims, verdictTable } from "./judge-claims.js";
import { report } from "./report.js";
import { show } from "./show.js";
import { settingsOf, storedResults, type StoredResult } from "./stored-result.js";
import {
  EPOCH_RULES,
  epochFigure,
  LOSS_RULES,
  lossFigure,
  type EpochCurvesOptions,
  type LossCurvesOptions,
} from "./study-curves.js";
import type { StudyResult } from "./study-result.js";
import { checkRun, measuresOf, trainedRun, type StudyRun, type StudyRunOptions } from "./study-run.js";
import { comparisonMeasures, comparisonRows, comparisonsOf } from "./study-comparison.js";
import { accuracyRows, perClassRows, TABLE_RULES, type AccuracyTableOptions } from "./study-tables.js";

/** A study's parameters, as its notebook's cell sets them: its size at least. */
export interface StudyParameters {
  /** How much it computes. */
  readonly size: Size;
  /** Of all that is drawn at random. Default 0. */
  readonly seed?: number;
  /** The others, such as learningRate. */
  readonly [name: string]: string | number | boolean | undefined;
}

/**
 * A study under way: what its cells train, measure and show, and what they claim at the end. Its files lie in
 * `results/NAME` beside its notebook.
 */
export class Study {
  /** The notebook's name. */
  readonly name: string;
  /** How much it computes. */
  readonly size: Size;
  /** All that was set. */
  readonly parameters: StudyParameters;
  /** What it has trained, in order. */
  readonly runs: StudyRun[] = [];
  /** What `chosen` was not asked for: claims about it are not judged. */
  readonly notRun: string[] = [];
  readonly #measures = new Map<string, number>();
  readonly #kept: Checkpoints;

  /** See `begin`, which checks what it is given. */
  constructor(name: string, parameters: StudyParameters) {
    this.name = name;
    this.size = parameters.size;
    this.parameters = parameters;
    const settings = settingsOf(parameters).map(([key, value]) => [key, String(value)] as const);
    this.#kept = checkpoints(name, Object.fromEntries(settings));
  }

  /**
   * The names that a parameter asks for: "a,c", or all of them for "all". The others are told, and not run.
   * @param parameter its name, for the error
   * @returns in the order of `known`
   * @throws RangeError for a name that is not known: it lists the known ones, and says which was probably meant
   */
  chosen<Name extends string>(parameter: string, asked: string, known: readonly Name[]): Name[] {
    const names = chosen(parameter, asked, known);
    const left = known.filter((name) => !names.includes(name));
    this.notRun.push(...left);
    if (left.length > 0) show(`Not run, as ${parameter} is ${asked}: ${left.join(", ")}`);
    return names;
  }

  /**
   * Trains a network on `options.train` and tests it once on `options.test`. At size `full` it writes a checkpoint
   * every three minutes and after each epoch, in `results/NAME/long`, and goes on from the one that it finds there.
   *
   * @param name of the run: its measures are called "name.accuracy", "name.testLoss", …
   * @param model makes the network, before it trains
   * @param options the sets, and what `train.fit` takes; a seed where it is not the study's
   * @throws RangeError for a name that another run has, and as `train.fit` and `train.evaluate` do
   */
  async run<Name extends string = never>(
    name: string,
    model: () => tf.LayersModel | Promise<tf.LayersModel>,
    options: StudyRunOptions<Name>,
  ): Promise<StudyRun<Name>> {
    checkValue("run", "name", name, aTitle);
    checkRun("run", model, options as StudyRunOptions);
    if (this.runs.some((one) => one.name === name))
      throw new RangeError(`run: a name must be of one run, got ${JSON.stringify(name)} twice`);
    const kept = this.size === "full" ? this.#kept.of(name) : {};
    const { seed = 0 } = this.parameters;
    const run = await trainedRun(name, model, { seed, testSeed: seed, ...options }, kept);
    this.runs.push(run as unknown as StudyRun);
    return run;
  }

  /**
   * Notes numbers by name for the result, such as "a.deadUnits".
   * @throws TypeError for one that is not finite
   */
  measure(name: string | Readonly<Record<string, number>>, value?: number): void {
    const numbers = typeof name === "string" ? { [name]: value } : name;
    checkValue("measure", "numbers", numbers, recordOf(aNumber));
    for (const [key, number] of Object.entries(numbers as Record<string, number>)) this.#measures.set(key, number);
  }

  /**
   * The stored results of this study of one size, of every seed and choice of arms. A run that is to be stored itself
   * (`npm run studies -- NAME --store`) does not see the one that it replaces: its outputs are read beside its own
   * result, and would show another's.
   */
  stored(size: Size): StoredResult[] {
    return storedResults(`results/${this.name}`, size, process.env[STORES]);
  }

  /**
   * The loss of the runs as they trained, as a figure.
   * @throws RangeError where no run is there, or one that is asked for
   */
  lossCurves(options: LossCurvesOptions = {}): Figure {
    checkOptions("lossCurves", options, LOSS_RULES);
    const runs = this.#asked("lossCurves", options.runs);
    return lossFigure(runs, this.#colors(), { ...options, source: options.source ?? this.source(runs) });
  }

  /**
   * A measure of the runs' epochs, such as the validation accuracy, as a figure.
   * @throws RangeError where no run is there, one that is asked for, or none that has the measure
   */
  epochCurves(options: EpochCurvesOptions): Figure {
    checkOptions("epochCurves", options, EPOCH_RULES, ["of"]);
    const runs = this.#asked("epochCurves", options.runs);
    return epochFigure(runs, this.#colors(), { ...options, source: options.source ?? this.source(runs) });
  }

  /** The runs' accuracies with their intervals, beside the stored results and the source's, as a table. */
  accuracyTable(options: AccuracyTableOptions = {}): Table {
    checkOptions("accuracyTable", options, TABLE_RULES);
    const runs = this.#asked("accuracyTable", options.runs);
    return accuracyRows(runs, (size) => this.stored(size), this.size, options);
  }

  /**
   * By how much the first of each pair leads the second: in points and by McNemar's test on the same images, and from
   * seed to seed as stored. One of the two may be a stored run of the same settings, which another choice of arms
   * trained; pairs of which one was never run are left out, and it says so where none is left. Noted as
   * "a.over.b.points" and "a.over.b.pValue".
   * @throws RangeError for a pair that was tested on other images than one another
   */
  compare(pairs: readonly (readonly [better: string, other: string])[]): Table {
    checkValue("compare", "pairs", pairs, listOf(listOf(aText, 2)));
    const stored = this.stored(this.size === "full" ? "full" : "quick");
    const found = comparisonsOf("compare", pairs, { runs: this.runs, config: this.parameters, stored });
    for (const { better, other, test } of found) this.measure(comparisonMeasures(better.name, other.name, test));
    return comparisonRows(found, stored);
  }

  /** The share of each class's test images that the runs have right, as a table. @param runs default all */
  perClass(runs?: readonly string[]): Table {
    checkArguments("perClass", { runs }, { runs: optional(someOf(aText)) });
    return perClassRows(this.#asked("perClass", runs));
  }

  /**
   * Ends the study: hands over what was measured, judges `results/NAME/claims.json` at the size that ran, and shows
   * both.
   * @returns the result
   * @throws Error where a claim does not hold, RangeError for a study of no run, or with a run that was interrupted
   */
  conclude(): StudyResult {
    const stopped = this.runs.find(({ history }) => history.endedBy === "signal");
    if (stopped) throw new RangeError(`conclude: every run must have ended, got ${stopped.name} interrupted`);
    for (const line of this.#kept.resumed) show(line);
    const result = report({
      study: this.name,
      size: this.size,
      config: this.parameters,
      measures: { ...measuresOf(this.runs), ...Object.fromEntries(this.#measures) },
      predictions: Object.fromEntries(
        this.runs.map(({ name, test, testSeed, evaluation }) => [
          name,
          { set: test, seed: testSeed, classes: evaluation.predictions },
        ]),
      ),
      losses: Object.fromEntries(this.runs.map(({ name, history }) => [name, history.losses])),
      epochs: Object.fromEntries(this.runs.map(({ name, history }) => [name, history.epochs])),
      notRun: this.notRun,
      parts: this.runs.map(({ name, wallSeconds }) => ({ name, seconds: wallSeconds })),
    });
    const claims = readClaims(`results/${this.name}/claims.json`);
    const evidence = { measures: result.measures, data: result.data.kind, notRun: this.notRun };
    const verdicts = judgeClaims(claims, this.size, evidence);
    show(verdictTable(verdicts));
    assertClaims(verdicts);
    if (process.env[STORES] === undefined) this.#kept.remove(this.runs.map(({ name }) => name));
    return result;
  }

  /** "CIFAR-10 (…); size quick, seed 0": what a figure of these runs was made of. */
  source(runs: readonly StudyRun[] = this.runs): string {
    const labels = [...new Set(runs.map(({ test }) => test.provenance.label))];
    return `${labels.join("; ")}; size ${this.size}, seed ${this.parameters.seed ?? 0}`;
  }

  #colors(): string[] {
    return this.runs.map(({ name }) => name);
  }

  #asked(fn: string, names: readonly string[] | undefined): StudyRun[] {
    if (this.runs.length === 0) throw new RangeError(`${fn}: a study must have a run, got none yet`);
    const known = this.#colors();
    const unknown = names?.find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new RangeError(
        `${fn}: runs must be of ${known.join(", ")}, got ${JSON.stringify(unknown)}${didYouMean(unknown, known)}`,
      );
    return names ? this.runs.filter(({ name }) => names.includes(name)) : [...this.runs];
  }
}
