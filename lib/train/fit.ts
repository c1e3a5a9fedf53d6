import { tf } from "../backend/index.js";
import { anyNumber, checkArguments, recordOf } from "../checks.js";
import { batchLength } from "../datasets/batch-options.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { endsOnSignal, listenForInterrupt } from "../host.js";
import { measure } from "./evaluate.js";
import { endsNotFinite } from "./finite-watch.js";
import type { FitOptions } from "./fit-options.js";
import type { History } from "./history.js";
import { calledBack, refuseInTraining, whileTraining } from "./in-training.js";
import { yieldToEvents } from "./inputs.js";
import { measureTogether } from "./measure-together.js";
import { movedVariables } from "./moving-statistics.js";
import type { EndedBy } from "./progress.js";
import { decidePrecision } from "./precision.js";
import { planRun, type Passage } from "./run-plan.js";
import { closeRun, openRun, saveRun, type Run } from "./run.js";
import { cycledMomentum, rateAt } from "./schedule.js";
import { asHistory } from "./show-history.js";
import type { Rates } from "./step.js";
import { ending, isBest } from "./stopping.js";

/**
 * Trains a model in place on softmax cross-entropy, or a loss of one's own, and on what the regularizers of its layers
 * add; constraints of weights hold after each step. A model that ends in a softmax is trained on what goes into it.
 * Each step is one compiled program, which runs off the main thread: an interrupt or a heartbeat gets through.
 *
 * Data-parallel training: where the environment variable `TF_CONFIG` names several processes (see `cluster`), each of
 * them takes its part of every batch and of every measurement, gradients are summed within the step, and all have the
 * same history and the same weights to the last bit: those of one process, up to the rounding of sums. As with
 * `parallelParts`, each part draws random numbers and takes a batch norm's statistics by itself; of the moving
 * statistics see `movingStatistics`. All processes begin with the first one's weights; it alone shows progress,
 * logs and writes checkpoints, into a folder that all of them see. A signal of one ends all after the same step; where
 * one ends by itself, the others end with an error.
 *
 * @param model images [B, H, W, C] → logits [B, K]: of `createModel`, `tf.sequential` or `tf.model`
 * @param set images or files with their labels, 0 to K − 1
 * @returns what happened, also when a signal ended it early: an interrupted cell ends with what it does with that
 * @throws TypeError or RangeError where set, model, options and the checkpoint do not fit each other
 * @throws RangeError for a model that another fit trains
 * @throws SyntaxError for a checkpoint that is damaged
 * @throws Error where the processes of `TF_CONFIG` have other models, options or data, or one of them has ended
 * @example await fit(model, cifar.train, { optimizer: "adamw", schedule: "cosine", validation: cifar.test })
 */
export function fit<Name extends string = never>(
  model: tf.LayersModel,
  set: ImageSet | FileSet,
  options: FitOptions<Name> = {},
): Promise<History<Name>> {
  return endsOnSignal(() => train(model, set, options as FitOptions)) as Promise<History<Name>>;
}

async function train(model: tf.LayersModel, set: ImageSet | FileSet, options: FitOptions): Promise<History> {
  const plan = planRun(model, set, options);
  refuseInTraining("fit", model);
  const { signal, release } = listenForInterrupt(plan.signal, "the run ends after this step");
  try {
    return await whileTraining(model, signal, async () => {
      const config = await decidePrecision(plan.config);
      return recorded(await openRun({ ...plan, config }, signal));
    });
  } finally {
    release();
  }
}

/** Trains, and tells the logs how that ended. */
async function recorded(run: Run): Promise<History> {
  try {
    const history = await runEpochs(run);
    await run.log?.end(history);
    return history;
  } catch (error) {
    await run.log?.failed(error);
    throw error;
  }
}

async function runEpochs(run: Run): Promise<History> {
  const { record, config, average, shared } = run;
  let endedBy: EndedBy | undefined;
  try {
    if (!record.open) endedBy = ending(record.epochs, config);
    while (endedBy === undefined) {
      endedBy = await trainOneEpoch(run);
      await averageMoved(run);
      endedBy ??= await measureEpoch(run);
      endedBy ??= await finishEpoch(run);
    }
    if (endedBy === "signal" && record.steps > 0) await saveRun(run, "last");
    average?.exchange(); // the model keeps the averages
    await shared?.agree("the run's length", `${record.steps} steps`); // and its files are written
    return asHistory(record.history(endedBy));
  } finally {
    await closeRun(run, endedBy);
  }
}

/** The batches of an epoch, or those that are left of it. @returns what ended the run before its end, if anything */
async function trainOneEpoch(run: Run): Promise<EndedBy | undefined> {
  const { model, record, training, feed, step, average, callbacks, stop, log, shared } = run;
  if (await isStopped(run)) return "signal";
  if (record.open) return undefined;
  const { epoch, batch: startBatch } = record.position;
  if (startBatch === 0) record.startEpoch(epoch);
  for await (const batch of feed.epoch(epoch, startBatch)) {
    const rates = ratesAt(run, epoch);
    const images = batchLength(training.batches, record.position.batch);
    const result = await step.run(batch, images, rates, stop.aborted).finally(() => tf.dispose(batch));
    const standing = record.add(result, rates.learningRate);
    await average?.update(record.steps, record.length.steps);
    log?.step(result.loss, rates.learningRate);
    if (callbacks.step) await calledBack(model, () => callbacks.step!(standing));
    await yieldToEvents();
    const stopped = result.stopped ?? stop.aborted;
    const saves = isDue(run);
    // the processes that share a run look at the same steps, and only one of them saves
    const watched = record.atMark || (saves && !shared) || stopped ? model : undefined;
    if (await endsNotFinite(run, { "the loss": result.loss }, watched)) return "notFinite";
    if (record.open) break; // that was the last batch
    if (stopped) return "signal";
    if (saves) await saveRun(run, "last");
  }
  return undefined;
}

/** Whether the run is to end early; where it is shared, for all processes. */
function isStopped({ stop, shared }: Run): boolean | Promise<boolean> {
  return shared ? shared.stopped(stop) : stop.aborted;
}

/** What training moves beside the trained weights, as a batch norm's statistics, each process moves by itself. */
async function averageMoved({ model, shared, groups: { weight = [], average = [] } }: Run): Promise<void> {
  if (!shared) return;
  const movedSet = new Set(movedVariables(model));
  const moved = weight.flatMap((one, i) => (movedSet.has(one) ? [one, average[i]] : []));
  await shared.average(moved.filter((one) => one !== undefined));
}

/** Whether a checkpoint is to be written after this step. */
function isDue({ checkpoint, record, saved }: Run): boolean {
  const { everySteps, everyMinutes } = checkpoint ?? {};
  if (everySteps != null && record.steps % everySteps === 0) return true;
  return everyMinutes != null && performance.now() - saved.atMs >= 60_000 * everyMinutes;
}

/** What the schedule says of the next step. */
function ratesAt({ config, record }: Run, epoch: number): Rates {
  const { schedule, learningRate } = config;
  const { epochs, steps } = record.length;
  const [at, total] = schedule.by === "epoch" ? [epoch - 1, epochs] : [record.steps, steps];
  return {
    learningRate: rateAt(schedule, learningRate, at, total),
    momentum: cycledMomentum(schedule, at, total),
    epoch,
  };
}

/**
 * Loss, accuracy and metrics on the sets that are measured after an epoch, of the averaged weights where some are kept.
 *
 * @returns what ended the run, if anything
 */
async function measureEpoch(run: Run): Promise<EndedBy | undefined> {
  const { record, average, measured, shown } = run;
  if (measured.length === 0) return undefined;
  average?.exchange();
  try {
    for (const { name, ...passage } of measured) {
      const found = await measureUntilStopped(run, passage);
      if (!found) return "signal";
      const { loss, accuracy, metrics } = found;
      record.found({ [name]: { loss, accuracy, ...(Object.keys(metrics).length > 0 && { metrics }) } });
      if (await endsNotFinite(run, { [`the ${name} loss`]: loss })) return "notFinite";
    }
  } finally {
    average?.exchange();
  }
  shown.measured?.({ ...record.epochs.at(-1)!, epochs: record.length.epochs });
  return undefined;
}

/** Undefined where the run was stopped meanwhile. */
async function measureUntilStopped({ model, loss, metrics, stop, shared }: Run, passage: Passage) {
  if (shared) return measureTogether(shared, model, passage, { loss, metrics, signal: stop });
  try {
    return await measure("fit", model, passage, { loss, metrics, signal: stop });
  } catch (error) {
    if (stop.aborted && error === stop.reason) return undefined;
    throw error;
  }
}

/** Tells of an epoch and keeps its weights. @returns whether the run is over, and why */
async function finishEpoch(run: Run): Promise<EndedBy | undefined> {
  const { model, record, config, callbacks, log } = run;
  record.closeEpoch();
  log?.epoch();
  const note = (values: Readonly<Record<string, number>>): void => {
    checkArguments("note", { values }, { values: recordOf(anyNumber) });
    record.found({ noted: { ...record.epochs.at(-1)!.noted, ...values } });
    log?.noted(values);
  };
  if (callbacks.epoch) await calledBack(model, () => callbacks.epoch!(record.epochs.at(-1)!, note));
  if (isBest(record.epochs, config)) await saveRun(run, "best");
  await saveRun(run, "last");
  return ending(record.epochs, config);
}
