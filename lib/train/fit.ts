import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { tf } from "../backend/index.js";
import { planBatches } from "../datasets/batch-options.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { allWeights } from "../models/weights/freeze.js";
import { broadcast, endsOnSignal } from "../host.js";
import { describeRun, restoreCheckpoint, saveCheckpoint, tellLength, type CheckpointState } from "./checkpoint.js";
import { removeLeftovers } from "../files/write-whole.js";
import { displayProgress } from "./display-progress.js";
import { averageWeights } from "./ema.js";
import { measure } from "./evaluate.js";
import { checkWorkers, defaultWorkers, openFeed, type Feed } from "./feed.js";
import { refuseNotFinite, weightsNotFinite } from "./finite.js";
import { endsNotFinite } from "./finite-watch.js";
import { FIT_DEFAULTS, resolveConfig } from "./fit-config.js";
import type { FitOptions } from "./fit-options.js";
import { Recorder, type History } from "./history.js";
import { checkInputs, checkValidation, yieldToEvents } from "./inputs.js";
import { listenForInterrupt } from "./interrupt.js";
import { classNamesFor, modelUse, setModelUse } from "../models/model-use.js";
import {
  aCount,
  aFlag,
  aFunction,
  aModel,
  anObject,
  anyNumber,
  anySet,
  aSignal,
  aText,
  checkArguments,
  checkFields,
  checkOptions,
  either,
  optional,
  type Rules,
} from "../checks.js";
import { checkBatchSizes } from "./batch-sizes.js";
import { makeOptimizer } from "./optimizer.js";
import { silentProgress, terminalProgress, type EndedBy, type Progress } from "./progress.js";
import { learningRateAt, momentumAt } from "./schedule.js";
import { asHistory } from "./show-history.js";
import { trainStep } from "./step.js";
import { ending, isBest } from "./stopping.js";

const KINDS: Rules = {
  signal: optional(aSignal),
  name: optional(aText),
  progress: optional(either(aFlag, anObject)),
  checkpoint: optional(anObject),
  resume: optional(aFlag),
  callbacks: optional(anObject),
  workers: optional(anyNumber),
};

/**
 * Trains a model in place on softmax cross-entropy, and on what the regularizers of its layers add; constraints of
 * weights hold after each step. A model that ends in a softmax is trained on what goes into it.
 * Each step is one compiled program, which runs off the main thread: an interrupt or a heartbeat gets through.
 *
 * @param model images [B, H, W, C] → logits [B, K]
 * @returns what happened, also when a signal ended it early: an interrupted cell ends with what it does with that
 * @throws TypeError or RangeError where set, model, options and the checkpoint do not fit each other
 * @throws SyntaxError for a checkpoint that is damaged
 */
export function fit(model: tf.LayersModel, set: ImageSet | FileSet, options: FitOptions = {}): Promise<History> {
  return endsOnSignal(() => train(model, set, options));
}

async function train(model: tf.LayersModel, set: ImageSet | FileSet, options: FitOptions): Promise<History> {
  checkFields("fit", "options", options, KINDS);
  checkArguments("fit", { model, set }, { model: aModel, set: anySet });
  const {
    signal: given,
    name,
    progress = true,
    validation,
    checkpoint,
    resume = false,
    callbacks = {},
    workers = defaultWorkers(set),
    ...overrides
  } = options;
  checkInputs("fit", model, set);
  checkWorkers("fit", set, workers);
  if (validation) checkValidation("fit", model, set, validation);
  if (checkpoint) checkOptions("fit: checkpoint", checkpoint, { folder: aText, everySteps: optional(aCount) });
  checkOptions("fit: callbacks", callbacks, { step: optional(aFunction), epoch: optional(aFunction) });
  if (typeof progress === "object")
    checkFields("fit: progress", "progress", progress, {
      step: aFunction,
      mark: aFunction,
      measured: optional(aFunction),
      end: aFunction,
    });
  if (resume && !checkpoint) throw new RangeError("fit: resume must come with checkpoint, got none");
  const { mean: notedMean, std: notedStd } = modelUse(model) ?? FIT_DEFAULTS;
  const config = resolveConfig(
    { mean: notedMean, std: notedStd, ...withoutUndefined(overrides) },
    model.outputs[0]!.shape.at(-1)!,
  );
  planBatches(set, config, "fit");
  checkBatchSizes("fit", model, set.labels.length, config);
  const { batchSize, learningRate, schedule, epochs, mean, std, monitor } = config;
  if (monitor === "validation" && !validation)
    throw new RangeError("fit: monitor validation must come with a validation set, got none");

  const weights = allWeights(model).map((weight) => weight.read() as tf.Variable);
  // tfjs names a layer that two models within share twice
  const variables = [...new Set(model.trainableWeights)].map((weight) => weight.read() as tf.Variable);
  if (variables.length === 0)
    throw new RangeError("fit: the model must have a weight to train, got none (frozen: all)");
  const optimizer = makeOptimizer("fit: optimizer", variables, config.optimizer, learningRate);
  const average = config.emaDecay === null ? undefined : averageWeights(weights, config.emaDecay);
  const groups = {
    weight: weights,
    ...prefixed("optimizer", optimizer.state),
    ...(average && { average: average.averages }),
  };
  const run = describeRun(model, set, config);
  const fileOf = (name: "last" | "best") => join(checkpoint!.folder, `${name}.safetensors`);
  const shown = progress === true ? defaultProgress(name) : progress === false ? silentProgress : progress;
  const { signal, release } = listenForInterrupt(given);
  let feed: Feed | undefined;
  let step: ReturnType<typeof trainStep> | undefined;
  let endedBy: History["endedBy"] | undefined;
  try {
    // mixed targets are as wide as the logits
    feed = openFeed("fit", { ...set, classNames: classNamesFor(model, set.classNames) }, config, workers);
    if (checkpoint) {
      await mkdir(checkpoint.folder, { recursive: true });
      removeLeftovers(fileOf("last"));
      removeLeftovers(fileOf("best"));
    }
    const before =
      resume && existsSync(fileOf("last")) ? await restoreCheckpoint(fileOf("last"), model, run, groups) : undefined;
    if (!before && config.checkFinite) await refuseNotFinite("fit", model);
    const record = new Recorder(config, set.labels.length, shown, before?.recorder);
    if (before) tellLength(before, config, record.batches);
    step = trainStep(model, variables, optimizer, config, before?.calls);
    const { calls } = step;
    setModelUse(model, { classNames: classNamesFor(model, set.classNames), mean, std });
    const save = async (name: "last" | "best") => {
      if (!checkpoint || (record.notFinite && (await weightsNotFinite(model)).length > 0)) return;
      const state: CheckpointState = { ...run, calls, recorder: record.state() };
      await saveCheckpoint(fileOf(name), state, groups);
      if (record.epochs.length === 0) await rm(fileOf("best"), { force: true }); // an earlier run's
    };

    /** The rest of an epoch's batches. What came before its end, if anything. */
    const trainEpoch = async (): Promise<EndedBy | undefined> => {
      const { epoch, batch: startBatch } = record.position;
      if (startBatch === 0) record.startEpoch(epoch);
      for await (const batch of feed!.epoch(epoch, startBatch)) {
        const [at, total] = schedule.by === "epoch" ? [epoch - 1, epochs] : [record.steps, epochs * record.batches];
        const result = await step!
          .run(batch, learningRateAt(schedule, learningRate, at, total), momentumAt(schedule, at, total))
          .finally(() => tf.dispose(batch));
        await average?.update();
        const standing = record.add(result);
        await callbacks.step?.(standing);
        await yieldToEvents();
        const saves = checkpoint?.everySteps !== undefined && record.steps % checkpoint.everySteps === 0;
        const looked = record.atMark || saves || signal.aborted ? model : undefined;
        if (await endsNotFinite(record, { "the loss": result.loss }, looked, checkpoint?.folder)) return "notFinite";
        if (record.open) break;
        if (signal.aborted) return "signal";
        if (saves) await save("last");
      }
      return undefined;
    };

    /** What comes after an epoch's batches. What came before the next, if anything. */
    const finishEpoch = async (): Promise<EndedBy | undefined> => {
      const measured = { ...(monitor === "training" && { training: set }), ...(validation && { validation }) };
      average?.exchange();
      try {
        for (const [name, of] of Object.entries(measured)) {
          const found = await untilAborted(
            measure("fit", model, of, {
              batchSize,
              mean,
              std,
              signal,
              workers: of === set ? workers : defaultWorkers(of),
            }),
            signal,
          );
          if (!found) return "signal";
          record.measured({ [name]: { loss: found.loss, accuracy: found.accuracy } });
          if (await endsNotFinite(record, { [`the ${name} loss`]: found.loss }, undefined, checkpoint?.folder))
            return "notFinite";
        }
        if (monitor === "training" || validation) shown.measured?.({ ...record.epochs.at(-1)!, epochs });
      } finally {
        average?.exchange();
      }
      record.closeEpoch();
      await callbacks.epoch?.(record.epochs.at(-1)!);
      if (isBest(record.epochs, config)) await save("best");
      await save("last");
      return undefined;
    };

    endedBy = record.open ? undefined : ending(record.epochs, config);
    while (endedBy === undefined) {
      if (signal.aborted) endedBy = "signal";
      else
        endedBy =
          (record.open ? undefined : await trainEpoch()) ?? (await finishEpoch()) ?? ending(record.epochs, config);
    }
    if (endedBy === "signal" && record.steps > 0) await save("last");
    average?.exchange();
    return asHistory(record.history(endedBy));
  } finally {
    release();
    await feed?.close();
    shown.end(endedBy);
    step?.dispose();
    optimizer.dispose();
    average?.dispose();
  }
}

/** An option that is undefined is one that is left out. */
function withoutUndefined<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}

function prefixed(
  prefix: string,
  groups: Readonly<Record<string, readonly tf.Variable[]>>,
): Record<string, readonly tf.Variable[]> {
  return Object.fromEntries(Object.entries(groups).map(([name, variables]) => [`${prefix}/${name}`, variables]));
}

function defaultProgress(name: string | undefined): Progress {
  const publish = broadcast();
  return publish ? displayProgress(publish, name) : terminalProgress(process.stdout, name);
}

/** Undefined where the signal ended it. */
async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return undefined;
    throw error;
  }
}
