import { statSync } from "node:fs";
import { tf } from "../backend/index.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { allWeights, frozenOf, frozenWeights, inOrder } from "../models/weights/freeze.js";
import { namedWeights } from "../models/weights/named-weights.js";
import { withoutNumbers } from "../models/weights/numbering.js";
import { notFinite } from "../models/weights/numbers.js";
import { readCheckpoint, writeCheckpoint, type StoredTensor } from "./checkpoint-file.js";
import { FIT_DEFAULTS, type FitConfig } from "./fit-config.js";
import type { RecorderState } from "./history.js";
import { classNamesFor, setModelUse } from "../models/model-use.js";
import { aModel, aText, calledAs, checkArguments } from "../checks.js";
import { checkLength, runLength } from "./run-length.js";
import { rateAt } from "./schedule.js";

/** The layout of what is stored; a file of another is refused. */
const FORMAT = 2;

/** Everything beside the tensors that a run goes on from. The schedule follows from config and steps. */
export interface CheckpointState {
  readonly format: number;
  readonly model: readonly string[];
  /** Names of the weights that do not train: they have no optimizer state. */
  readonly frozen: readonly string[];
  /**
   * "place" where layers that tfjs numbered itself are counted within the model in `frozen`; before, as tfjs had them.
   */
  readonly numbering?: "place";
  readonly set: {
    readonly name: string;
    readonly split: string;
    readonly images: number;
    readonly classNames: readonly string[];
  };
  readonly config: FitConfig;
  /** How often the step's programs have run: with the seed, the state of the random numbers. */
  readonly calls: readonly [number, number];
  readonly recorder: RecorderState;
  /** What its record is called, where it has one. */
  readonly run?: { readonly id: string };
}

/** The variables of a run: by group, in order. */
export type VariableGroups = Readonly<Record<string, readonly tf.Variable[]>>;

type RunDescription = Omit<CheckpointState, "calls" | "recorder" | "run">;

/** What a checkpoint of this run says of it before it begins. */
export function describeRun(model: tf.LayersModel, set: ImageSet | FileSet, config: FitConfig): RunDescription {
  const { name, split, labels, classNames } = set;
  return {
    format: FORMAT,
    model: signature(model),
    frozen: [...frozenOf(model, namedWeights(model))].map(({ stored }) => stored),
    numbering: "place",
    set: { name, split, images: labels.length, classNames },
    config,
  };
}

/** Writes one file with all of it. */
export async function saveCheckpoint(path: string, state: CheckpointState, groups: VariableGroups): Promise<void> {
  const tensors = new Map<string, StoredTensor>();
  for (const [group, variables] of Object.entries(groups)) {
    for (const [i, variable] of variables.entries()) {
      tensors.set(`${group}/${i}`, { shape: variable.shape, values: (await variable.data()) as Float32Array });
    }
  }
  await writeCheckpoint(path, { state, tensors });
}

/** "a run of 5 epochs": what a file holds, for an error. */
export async function runIn(path: string): Promise<string> {
  try {
    const { recorder } = (await readCheckpoint(path)).state as CheckpointState;
    const [count, what] = recorder.epochs.length > 0 ? [recorder.epochs.length, "epoch"] : [recorder.steps, "step"];
    return `a run of ${count} ${what}${count === 1 ? "" : "s"}`;
  } catch {
    return "a file that is no whole checkpoint, last.safetensors,";
  }
}

/** A checkpoint that a run can go on from. */
export interface StoredRun {
  readonly state: CheckpointState;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * What a checkpoint holds. The run that wants to go on may have more epochs than the checkpoint's.
 *
 * @param expected the run that wants to go on
 * @throws RangeError listing what differs: format, weights, set, options; for fewer epochs than are done; and for
 *   weights that are not finite, unless `checkFinite` is false
 */
export async function readRun(path: string, model: tf.LayersModel, expected: RunDescription): Promise<StoredRun> {
  const { state, tensors } = await calledAs("fit", () => readCheckpoint(path));
  const found = state as CheckpointState;
  const differences =
    found.format === FORMAT ? compare(found, expected, model) : [`format ${found.format} there, ${FORMAT} here`];
  if (differences.length > 0) {
    const fits = found.format === FORMAT && compareWeights(found.model, expected.model).length === 0;
    const advice = fits
      ? ". To train its weights in another run: loadCheckpoint(model, path), then fit without resume"
      : "";
    throw new RangeError(
      `fit: a checkpoint must be of the same run, got ${path} with ${differences.join("; ")}${advice}`,
    );
  }
  checkLength(path, found.recorder, expected.set.images, expected.config);
  if (expected.config.checkFinite) checkFinite("fit", path, tensors, found.model);
  return { state: found, tensors };
}

/** Says where a run goes on to more epochs than it was begun with what becomes of its schedule. */
export function tellLength({ config: before, recorder, set }: CheckpointState, now: FitConfig): void {
  const { schedule } = now;
  const stretches = schedule.warmupFraction > 0 || ["cosine", "linear", "onecycle"].includes(schedule.name);
  if (before.epochs === now.epochs || !stretches) return;
  const inEpochs = schedule.by === "epoch";
  const [there, here] = [before, now].map((one) => runLength(set.images, one)[inEpochs ? "epochs" : "steps"]);
  const at = inEpochs ? recorder.epochs.length : recorder.steps;
  const next =
    at < here! ? `: the next learning rate is ${shortly(rateAt(schedule, now.learningRate, at, here!))}` : "";
  console.warn(
    `fit: the run goes on after epoch ${recorder.epochs.length} to ${now.epochs} epochs in place of ` +
      `${before.epochs}, and its schedule ${schedule.name} to ${here} ${schedule.by}s in place of ${there}${next}`,
  );
}

function shortly(value: number): number {
  return Number(value.toPrecision(4));
}

/** What a checkpoint tells of its run; its class names, mean and std are noted with the model, for `predict`. */
export interface LoadedCheckpoint {
  /** In the order of the logits. */
  readonly classNames: readonly string[];
  /** The run's, whole. */
  readonly config: FitConfig;
}

/**
 * Gives a model the weights of a checkpoint, their averages where the run had some.
 *
 * @returns its class names and config
 * @throws RangeError listing the weights that differ, or for a folder; SyntaxError for a file that is no checkpoint
 */
export async function loadCheckpoint(model: tf.LayersModel, path: string): Promise<LoadedCheckpoint> {
  checkArguments("loadCheckpoint", { model, path }, { model: aModel, path: aText });
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new RangeError(
      "loadCheckpoint: path must be of a file, last.safetensors or best.safetensors in a run's folder, got " +
        `the folder ${path}`,
    );
  const { state, tensors } = await calledAs("loadCheckpoint", () => readCheckpoint(path));
  const { format, model: weights, set, config } = state as CheckpointState;
  const differences =
    format === FORMAT ? compareWeights(weights, signature(model)) : [`format ${format} there, ${FORMAT} here`];
  if (differences.length > 0)
    throw new RangeError(
      `loadCheckpoint: a checkpoint must be of the same model, got ${path} with ${differences.join("; ")}`,
    );
  const variables = allWeights(model).map((weight) => weight.read() as tf.Variable);
  const group = tensors.has("average/0") ? "average" : "weight";
  checkFinite("loadCheckpoint", path, tensors, weights, group);
  assignAll(tensors, { [group]: variables });
  setModelUse(model, { classNames: classNamesFor(model, set.classNames), mean: config.mean, std: config.std });
  return { classNames: set.classNames, config };
}

/** Gives variables what a checkpoint holds. */
export function assignAll(tensors: ReadonlyMap<string, StoredTensor>, groups: VariableGroups): void {
  for (const [group, variables] of Object.entries(groups)) {
    variables.forEach((variable, i) => {
      const { shape, values } = tensors.get(`${group}/${i}`)!;
      tf.tidy(() => variable.assign(tf.tensor(values, [...shape], variable.dtype)));
    });
  }
}

/** @param group whose numbers are looked at. Default: all */
function checkFinite(
  fn: string,
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  model: readonly string[],
  group?: string,
): void {
  for (const [key, { values }] of tensors) {
    const [, own, i] = /^(.*)\/(\d+)$/.exec(key)!;
    if (group !== undefined && own !== group) continue;
    const name = own === "weight" || own === "average" ? model[Number(i)]!.replace(/ \[.*/, "") : key;
    const found = notFinite(name, values);
    if (found) throw new RangeError(`${fn}: weights must be finite, got ${path} with ${found}`);
  }
}

/** "name [shape]" of each weight. tfjs counts unnamed layers over the process, so their numbers say nothing. */
function signature(model: tf.LayersModel): string[] {
  return inOrder(namedWeights(model)).map(
    ({ name, variable }) => `${withoutNumbers(name)} [${(variable.read() as tf.Tensor).shape.join(", ")}]`,
  );
}

/** @param there written before, it can have numbers of convolutions */
function compareWeights(there: readonly string[], here: readonly string[]): string[] {
  const differing = Array.from({ length: Math.max(there.length, here.length) }, (_, i) => [there[i], here[i]]).filter(
    ([a, b]) => a === undefined || withoutNumbers(a) !== b,
  );
  const listed = differing.slice(0, 10).map(([a, b]) => `weight ${a ?? "none"} there, ${b ?? "none"} here`);
  return differing.length > 10 ? [...listed, `${differing.length - 10} more weights`] : listed;
}

/** Options that make no other run: how long it is, what ends it, how often its loss is noted. */
const NO_OTHER_RUN = ["epochs", "targetAccuracy", "patience", "checkFinite", "lossEvery"] as const;

function lossDifference(there: FitConfig["loss"], here: FitConfig["loss"]): string {
  const [one, other] = [there, here].map((loss) => (typeof loss === "string" ? loss : loss.name || "a function"));
  return one === other ? `the loss's text differs (${one})` : `loss ${one} there, ${other} here`;
}

function compare(there: CheckpointState, here: RunDescription, model: tf.LayersModel): string[] {
  const fields = (what: string, a: object, b: object): string[] =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => {
      const [given, wanted] = [a, b].map((each) => (each as Record<string, unknown>)[key]);
      const [one, other] = [given, wanted].map((value) => JSON.stringify(value));
      if (one === other) return [];
      if (key === "loss") return [lossDifference(given as FitConfig["loss"], wanted as FitConfig["loss"])];
      return [`${what}${key} ${one} there, ${other} here`];
    });
  const frozen = there.numbering === "place" ? here.frozen : frozenWeights(model);
  // What was written before an option came had its default.
  const config: Partial<FitConfig> = { ...FIT_DEFAULTS, ...there.config };
  const expected: Partial<FitConfig> = { ...here.config };
  for (const free of NO_OTHER_RUN) {
    delete config[free];
    delete expected[free];
  }
  return [
    ...compareWeights(there.model, here.model),
    // what was written before weights could be frozen has none
    ...fields("", { frozen: there.frozen ?? [] }, { frozen }),
    ...fields("set's ", there.set, here.set),
    ...fields("", config, expected),
  ];
}
