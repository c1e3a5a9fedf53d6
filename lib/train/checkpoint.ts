import { statSync } from "node:fs";
import { tf } from "../backend/index.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { allWeights, frozenWeights } from "../models/weights/freeze.js";
import { readCheckpoint, writeCheckpoint, type StoredTensor } from "./checkpoint-file.js";
import type { FitConfig } from "./fit-config.js";
import type { RecorderState } from "./history.js";
import { classNamesFor, setModelUse } from "../models/model-use.js";
import { aModel, aText, checkArguments } from "../checks.js";

/** The layout of what is stored; a file of another is refused. */
const FORMAT = 2;

/** Everything beside the tensors that a run goes on from. The schedule follows from config and steps. */
export interface CheckpointState {
  readonly format: number;
  readonly model: readonly string[];
  /** Names of the weights that do not train: they have no optimizer state. */
  readonly frozen: readonly string[];
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
}

/** The variables of a run: by group, in order. */
export type VariableGroups = Readonly<Record<string, readonly tf.Variable[]>>;

/** What a checkpoint of this run says of it before it begins. */
export function describeRun(
  model: tf.LayersModel,
  set: ImageSet | FileSet,
  config: FitConfig,
): Pick<CheckpointState, "format" | "model" | "frozen" | "set" | "config"> {
  const { name, split, labels, classNames } = set;
  return {
    format: FORMAT,
    model: signature(model),
    frozen: frozenWeights(model),
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

/**
 * Gives the variables what a checkpoint holds.
 *
 * @param expected the run that wants to go on
 * @throws RangeError listing what differs: format, weights, set, options
 */
export async function restoreCheckpoint(
  path: string,
  expected: ReturnType<typeof describeRun>,
  groups: VariableGroups,
): Promise<CheckpointState> {
  const { state, tensors } = await readCheckpoint(path);
  const found = state as CheckpointState;
  const differences =
    found.format === FORMAT ? compare(found, expected) : [`format ${found.format} there, ${FORMAT} here`];
  if (differences.length > 0) {
    const fits = found.format === FORMAT && compareWeights(found.model, expected.model).length === 0;
    const advice = fits
      ? ". To train its weights in another run: loadCheckpoint(model, path), then fit without resume"
      : "";
    throw new RangeError(
      `fit: a checkpoint must be of the same run, got ${path} with ${differences.join("; ")}${advice}`,
    );
  }
  assignAll(tensors, groups);
  return found;
}

/** What a checkpoint tells of its run; its class names, mean and std are noted with the model, for `predict`. */
export interface LoadedCheckpoint {
  readonly classNames: readonly string[];
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
  const { state, tensors } = await readCheckpoint(path);
  const { format, model: weights, set, config } = state as CheckpointState;
  const differences =
    format === FORMAT ? compareWeights(weights, signature(model)) : [`format ${format} there, ${FORMAT} here`];
  if (differences.length > 0)
    throw new RangeError(
      `loadCheckpoint: a checkpoint must be of the same model, got ${path} with ${differences.join("; ")}`,
    );
  const variables = allWeights(model).map((weight) => weight.read() as tf.Variable);
  assignAll(tensors, { [tensors.has("average/0") ? "average" : "weight"]: variables });
  setModelUse(model, { classNames: classNamesFor(model, set.classNames), mean: config.mean, std: config.std });
  return { classNames: set.classNames, config };
}

function assignAll(tensors: ReadonlyMap<string, StoredTensor>, groups: VariableGroups): void {
  for (const [group, variables] of Object.entries(groups)) {
    variables.forEach((variable, i) => {
      const { shape, values } = tensors.get(`${group}/${i}`)!;
      tf.tidy(() => variable.assign(tf.tensor(values, [...shape], variable.dtype)));
    });
  }
}

/** "name [shape]" of each weight. tfjs counts unnamed layers over the process, so their numbers say nothing. */
function signature(model: tf.LayersModel): string[] {
  return allWeights(model).map(
    (weight) =>
      `${weight.originalName.replace(/(_[A-Z][A-Za-z]*)\d+(?=\/)/g, "$1")} ` +
      `[${(weight.read() as tf.Tensor).shape.join(", ")}]`,
  );
}

function compareWeights(there: readonly string[], here: readonly string[]): string[] {
  const differing = Array.from({ length: Math.max(there.length, here.length) }, (_, i) => [there[i], here[i]]).filter(
    ([a, b]) => a !== b,
  );
  const listed = differing.slice(0, 10).map(([a, b]) => `weight ${a ?? "none"} there, ${b ?? "none"} here`);
  return differing.length > 10 ? [...listed, `${differing.length - 10} more weights`] : listed;
}

function compare(there: CheckpointState, here: ReturnType<typeof describeRun>): string[] {
  const fields = (what: string, a: object, b: object): string[] =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => {
      const [one, other] = [a, b].map((each) => JSON.stringify((each as Record<string, unknown>)[key]));
      return one === other ? [] : [`${what}${key} ${one} there, ${other} here`];
    });
  // what was written before it could be has none
  const frozen = fields("", { frozen: there.frozen ?? [] }, { frozen: here.frozen });
  return [
    ...compareWeights(there.model, here.model),
    ...frozen,
    ...fields("set's ", there.set, here.set),
    ...fields("", there.config, here.config),
  ];
}
