import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { tf } from "../backend/index.js";
import { removeLeftovers } from "../files/write-whole.js";
import { broadcast } from "../host.js";
import { classNamesFor, setModelUse } from "../models/model-use.js";
import { allWeights } from "../models/weights/freeze.js";
import {
  assignAll,
  describeRun,
  readRun,
  runIn,
  saveCheckpoint,
  tellLength,
  type StoredRun,
  type VariableGroups,
} from "./checkpoint.js";
import { displayProgress } from "./display-progress.js";
import { averageWeights, type WeightAverage } from "./ema.js";
import { openFitLog, type FitLog } from "./fit-log.js";
import { openFeed, type Feed } from "./feed.js";
import { refuseNotFinite, weightsNotFinite } from "./finite.js";
import { Recorder } from "./history.js";
import { lookahead } from "./lookahead.js";
import { lossOf } from "./loss.js";
import { makeOptimizer } from "./optimizer.js";
import type { Optimizer } from "./optimizer-interface.js";
import { decayScales, groupsOf } from "./parameter-groups.js";
import { silentProgress, terminalProgress, type EndedBy, type Progress } from "./progress.js";
import { tellRescaling } from "./rescaling.js";
import type { RunPlan } from "./run-plan.js";
import { digestOf, SharedRun } from "./shared-run.js";
import { trainStep, type TrainStep } from "./step.js";
import { trainedVariables } from "./trained-variables.js";

/** A run under way. */
export interface Run extends Omit<RunPlan, "log"> {
  /** What the run reports to its logs, where it has some. */
  readonly log: FitLog | undefined;
  /** What its record is called, where it has one. */
  readonly id: string | undefined;
  /** Aborts where the run is to end early. */
  readonly stop: AbortSignal;
  readonly record: Recorder;
  readonly feed: Feed;
  readonly step: TrainStep;
  readonly optimizer: Optimizer;
  /** The weights' moving average, or Lookahead's slow weights, where some are kept. */
  readonly average: WeightAverage | undefined;
  /** All that a checkpoint holds. */
  readonly groups: VariableGroups;
  readonly shown: Progress;
  /** Where several processes share the run. */
  readonly shared: SharedRun | undefined;
  /** When the last checkpoint was written, or the run began, by performance.now(). */
  readonly saved: { atMs: number };
}

/**
 * Makes what a run needs, and gives it what its last checkpoint holds where it goes on from one.
 *
 * @throws RangeError for a model with nothing to train, weights that are not finite, another run's checkpoint, or one
 *   in a folder of which it is not said whether the run goes on
 * @throws SyntaxError for a checkpoint that is damaged
 */
export async function openRun(plan: RunPlan, stop: AbortSignal): Promise<Run> {
  const shared = await SharedRun.join(stop);
  try {
    return await makeRun(plan, stop, shared);
  } catch (error) {
    shared?.close();
    throw error;
  }
}

async function makeRun(given: RunPlan, stop: AbortSignal, shared: SharedRun | undefined): Promise<Run> {
  // what is shown and logged, the first process shows and logs
  const plan = shared?.isChief === false ? { ...given, progress: false, log: undefined } : given;
  const { model, config, training } = plan;
  const variables = trainedVariables("fit", model);
  const before = await readBefore(plan);
  if (shared) await agree(shared, plan, before);
  if (!before && config.checkFinite) await refuseNotFinite("fit", model);
  const shown = progressOf(plan);
  const record = new Recorder(config, training.set.labels.length, shown, before?.state.recorder);
  if (before) tellLength(before.state, config);

  const weights = allWeights(model).map((weight) => weight.read() as tf.Variable);
  const parameters = groupsOf("fit", model, config.parameterGroups);
  const optimizer = makeOptimizer(
    variables,
    config.optimizer,
    config.learningRate,
    parameters && decayScales(parameters),
  );
  const average = averageOf(weights, config);
  const groups = { weight: weights, ...prefixed(optimizer.state), ...(average && { average: average.averages }) };
  if (before) assignAll(before.tensors, groups);
  await shared?.begin(Object.values(groups).flat());
  const loss = lossOf(plan.loss, config);
  const step = trainStep(
    { model, variables, optimizer, loss, config, groups: parameters, shared },
    before?.state.calls,
  );
  const batches = { ...training.batches, ...(shared && { share: shared.share }) };
  const feed = openFeed("fit", training.set, batches, training.workers);
  const { mean, std } = config;
  tellRescaling("fit", model, config);
  setModelUse(model, { classNames: classNamesFor(model, training.set.classNames), mean, std });
  const log = await openFitLog(plan, record, before?.state.run?.id);
  const id = log?.id ?? before?.state.run?.id;
  return {
    ...plan,
    log,
    id,
    stop,
    record,
    feed,
    step,
    optimizer,
    average,
    groups,
    shown,
    shared,
    saved: { atMs: performance.now() },
  };
}

/** Frees what {@link openRun} made. @param endedBy undefined where an error ended the run */
export async function closeRun(run: Run, endedBy?: EndedBy): Promise<void> {
  const { feed, shown, step, optimizer, average, shared } = run;
  shared?.close();
  await feed.close();
  shown.end(endedBy);
  step.dispose();
  optimizer.dispose();
  average?.dispose();
}

/** Writes a checkpoint, where the run keeps some and its weights are finite. */
export async function saveRun(run: Run, name: "last" | "best"): Promise<void> {
  const { model, config, training, checkpoint, record, step, groups, id, shared } = run;
  if (!checkpoint || shared?.isChief === false || (record.notFinite && (await weightsNotFinite(model)).length > 0))
    return;
  const state = {
    ...describeRun(model, training.set, config),
    calls: step.calls,
    recorder: record.state(),
    ...(id && { run: { id } }),
  };
  await saveCheckpoint(fileIn(checkpoint.folder, name), state, groups);
  run.saved.atMs = performance.now();
  if (record.epochs.length === 0) await rm(fileIn(checkpoint.folder, "best"), { force: true }); // an earlier run's
}

/** @throws Error where another process has another model, options or data, or goes on from another step */
async function agree(
  shared: SharedRun,
  { model, config, training: { set } }: RunPlan,
  before?: StoredRun,
): Promise<void> {
  const { model: network, config: options, set: data, ...rest } = describeRun(model, set, config);
  await shared.agree("the model", JSON.stringify([network, rest]));
  await shared.agree("the options", JSON.stringify(options));
  await shared.agree("the data", JSON.stringify({ ...data, digest: digestOf(set) }));
  const steps = before?.state.recorder.steps ?? 0;
  await shared.agree("the checkpoint's step (all processes must see its folder)", String(steps));
}

/** What the run's last checkpoint holds, where it is to go on from one and there is one. */
async function readBefore({ model, config, training, checkpoint, resume }: RunPlan): Promise<StoredRun | undefined> {
  if (!checkpoint) return undefined;
  await mkdir(checkpoint.folder, { recursive: true });
  const last = fileIn(checkpoint.folder, "last");
  removeLeftovers(last);
  removeLeftovers(fileIn(checkpoint.folder, "best"));
  if (!existsSync(last) || resume === false) return undefined;
  if (resume === undefined) {
    throw new RangeError(
      `fit: checkpoint.folder must be empty or resumed, got ${await runIn(last)} in ${checkpoint.folder}: ` +
        "resume: true goes on, resume: false begins anew",
    );
  }
  return readRun(last, model, describeRun(model, training.set, config));
}

function averageOf(
  weights: readonly tf.Variable[],
  { emaDecay, lookahead: slow }: RunPlan["config"],
): WeightAverage | undefined {
  if (slow !== null) return lookahead(weights, slow);
  return emaDecay === null ? undefined : averageWeights(weights, emaDecay);
}

function prefixed(state: Optimizer["state"]): VariableGroups {
  return Object.fromEntries(Object.entries(state).map(([name, variables]) => [`optimizer/${name}`, variables]));
}

function progressOf({ progress, name }: RunPlan): Progress {
  if (typeof progress === "object") return progress;
  if (!progress) return silentProgress;
  const publish = broadcast();
  return publish ? displayProgress(publish, name) : terminalProgress(process.stdout, name);
}

function fileIn(folder: string, name: "last" | "best"): string {
  return join(folder, `${name}.safetensors`);
}
