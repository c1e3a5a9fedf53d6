import { compile, ops, tf } from "../backend/index.js";
import type { Batch } from "../datasets/batches.js";
import { backward, bestParts } from "./backward.js";
import { inputsOf, ofPart } from "./batch-parts.js";
import type { FitConfig } from "./fit-config.js";
import type { RunLoss } from "./loss.js";
import { statisticsOfStep, type StatisticsOfStep } from "./moving-statistics.js";
import type { Optimizer } from "./optimizer.js";
import { byGroup, groupRates, type Groups } from "./parameter-groups.js";
import { constraintsOf } from "./penalties.js";
import type { SharedRun } from "./shared-run.js";
import { zerosLike } from "./weight-decay.js";
import { weightScale } from "./weight-scale.js";

/** What one step reports. */
export interface StepResult {
  /** Mean over the batch, before the step's change, with what the regularizers add. */
  readonly loss: number;
  /** Images whose largest logit was their label's. */
  readonly correct: number;
  readonly images: number;
  /** Whether one of the processes that share the run is to end early. */
  readonly stopped?: boolean;
}

/** What of a run's options its steps depend on. */
type StepConfig = Pick<
  FitConfig,
  | "seed"
  | "clipNorm"
  | "microBatchSize"
  | "parallelParts"
  | "mixedPrecision"
  | "classWeights"
  | "loss"
  | "movingStatistics"
>;

/** Takes training steps. */
export interface TrainStep {
  /**
   * One batch forward, backward, one step of the optimizer, and the weights back within their constraints. Leaves the
   * batch to the caller.
   *
   * @param batch in a shared run this process' share of it
   * @param images of the whole batch
   * @param stops whether the run is to end early, for the processes that share it
   */
  run(batch: Batch, images: number, rates: Rates, stops?: boolean): Promise<StepResult>;
  /** How often each of the two programs has run: with the seed, the state of the random numbers. */
  readonly calls: readonly [number, number];
  dispose(): void;
}

/** What a schedule gives a step. */
export interface Rates {
  readonly learningRate: number;
  /** Undefined: the optimizer's own. */
  readonly momentum: number | undefined;
  /** From 1. */
  readonly epoch: number;
}

/** What is trained, and how. */
export interface Training {
  readonly model: tf.LayersModel;
  readonly variables: readonly tf.Variable[];
  readonly optimizer: Optimizer;
  readonly loss: RunLoss;
  readonly config: StepConfig;
  /** The variables by group, where some train otherwise than the rest. */
  readonly groups?: Groups | undefined;
  /** Where several processes take the steps together. */
  readonly shared?: SharedRun | undefined;
}

/** Loss and number of right ones, two scalars; of a shared step how many processes are to end, too. */
type Found = [loss: tf.Tensor, correct: tf.Tensor, stops?: tf.Tensor];

/**
 * A training step as one compiled program for each size of batch. With microBatchSize (gradient accumulation) one
 * program more, which only adds gradients up: all parts of a batch but the last go through it. The parts' gradients
 * count by their images, class weights being scaled by the whole batch's, so that together they are the whole batch's
 * (but for batch statistics, of which each part has its own). In a shared run each process takes a share of the batch,
 * likewise.
 *
 * @param calls of a run that goes on
 */
export function trainStep(training: Training, calls: readonly [number, number] = [0, 0]): TrainStep {
  const { model, config, groups, shared } = training;
  const sums = config.microBatchSize === null ? undefined : zerosLike(training.variables);
  const statistics = shared && config.movingStatistics === "step" ? statisticsOfStep(model, shared) : undefined;
  const programs = compilePrograms(training, sums, calls, statistics);
  const constrain = constraintsOf(model);
  const done: [number, number] = [...calls];

  const accumulate = async (part: Batch, told: tf.Tensor): Promise<StepResult> => {
    const found = await programs.accumulate(...inputsOf(part), told).finally(() => told.dispose());
    done[0]++;
    return read(found, part);
  };
  const update = async (
    part: Batch,
    told: tf.Tensor,
    { learningRate, momentum, epoch }: Rates,
  ): Promise<StepResult> => {
    const rate = groups ? groupRates(groups, learningRate, epoch) : tf.scalar(learningRate);
    const own: [] | [tf.Tensor] = momentum === undefined ? [] : [tf.scalar(momentum)];
    const stepped = programs.update(...inputsOf(part), told, rate, ...own);
    const found = await (shared ? shared.watch(stepped) : stepped).finally(() => tf.dispose([rate, told, ...own]));
    done[1]++;
    const result = await read(found, part);
    await constrain?.();
    return result;
  };

  return {
    calls: done,
    async run(batch, images, rates, stops = false) {
      const own = batch.images.shape[0];
      const size = config.microBatchSize ?? own;
      const { classWeights } = config;
      const scale = classWeights ? [await weightScale(batch, images, classWeights, shared)] : [];
      const results: StepResult[] = [];
      let first = 0;
      for (; first + size < own; first += size)
        results.push(await ofPart(batch, first, size, (part) => accumulate(part, numbers([size / images, ...scale]))));
      const last = own - first;
      const before = shared ? foundBefore(results, images, stops) : [];
      const told = numbers([last / images, ...scale, ...before]);
      const updated = await ofPart(batch, first, last, (part) => update(part, told, rates));
      return shared ? { ...updated, images } : together([...results, updated], images);
    },
    dispose() {
      programs.accumulate.dispose();
      programs.update.dispose();
      constrain?.dispose();
      statistics?.dispose();
      if (sums) tf.dispose(sums);
    },
  };
}

/**
 * A step's two programs, not traced yet.
 *
 * @param sums of the gradients of a batch's earlier parts, where it is taken in parts
 * @param statistics what is averaged over processes after each step
 */
export function compilePrograms(
  { model, variables, optimizer, loss: ofRun, config, groups, shared }: Training,
  sums: readonly tf.Variable[] | undefined,
  [accumulated, updated]: readonly [number, number],
  statistics?: StatisticsOfStep,
) {
  const parts = config.parallelParts ?? bestParts(model, config);
  const options = {
    interruptible: false,
    ...(config.mixedPrecision === true && { mixedPrecision: "bfloat16" as const }),
  };
  const seed = (config.seed ^ Math.imul(shared?.rank ?? 0, 0x9e3779b1)) | 0; // each process drops out others

  /** @param told the part's share, with class weights their scale, in a shared run what {@link foundBefore} gives */
  const heard = (told: tf.Tensor) => {
    const [share, ...rest] = told.rank === 0 ? [told] : tf.unstack(told);
    const scale = config.classWeights ? rest.shift() : undefined;
    const loss: RunLoss = scale ? (logits, targets) => ofRun(logits, targets, scale) : ofRun;
    return { share: share!, loss, before: rest };
  };
  const addGradients = (images: tf.Tensor, labels: tf.Tensor, targets: tf.Tensor, told: tf.Tensor): Found => {
    const { share, loss } = heard(told);
    const found = backward(model, variables, { images, labels, targets }, loss, parts);
    sums?.forEach((sum, i) => sum.assign(tf.add(sum, tf.mul(found.gradients[i]!, share))));
    return [found.loss, found.correct];
  };
  const step = (
    images: tf.Tensor,
    labels: tf.Tensor,
    targets: tf.Tensor,
    told: tf.Tensor,
    learningRate: tf.Tensor,
    momentum?: tf.Tensor,
  ): Found => {
    const { share, loss, before } = heard(told);
    const found = backward(model, variables, { images, labels, targets }, loss, parts);
    const scale = (x: tf.Tensor): tf.Tensor => (sums || shared ? tf.mul(x, share) : x);
    const scaled = found.gradients.map((gradient, i) => (sums ? tf.add(sums[i]!, scale(gradient)) : scale(gradient)));
    const all = shared?.summed(scaled, {
      loss: tf.add(scale(found.loss), before[0]!),
      correct: tf.add(found.correct, before[1]!),
      stops: before[2]!,
    });
    const summed = all?.gradients ?? scaled;
    const own = groups && byGroup(groups, learningRate, summed);
    const taken = own?.gradients ?? summed;
    const gradients = config.clipNorm === null ? taken : ops.clipByGlobalNorm(taken, config.clipNorm).gradients;
    optimizer.apply(gradients, own?.learningRates ?? (learningRate as tf.Scalar), momentum as tf.Scalar | undefined);
    sums?.forEach((sum) => sum.assign(tf.zerosLike(sum)));
    statistics?.average();
    return all ? [all.loss, all.correct, all.stops] : [found.loss, found.correct];
  };
  return {
    accumulate: compile(addGradients, {
      name: "addGradients",
      seed: seed ^ 0x5bd1e995,
      firstCall: accumulated,
      ...options,
    }),
    update: compile(step, { name: "trainStep", seed, firstCall: updated, ...options }),
  };
}

/** What the parts of a process before its last add to loss and right ones, and whether the run is to end early. */
function foundBefore(before: readonly StepResult[], images: number, stops: boolean): number[] {
  const loss = before.reduce((sum, part) => sum + (part.loss * part.images) / images, 0);
  const correct = before.reduce((sum, part) => sum + part.correct, 0);
  return [loss, correct, Number(stops)];
}

/** One number as a scalar, more as [n]. */
function numbers(values: readonly number[]): tf.Tensor {
  return values.length === 1 ? tf.scalar(values[0]!) : tf.tensor1d([...values]);
}

async function read(found: Found, { images }: Batch): Promise<StepResult> {
  const [loss, correct, stops] = await Promise.all(found.map((tensor) => tensor!.data()));
  tf.dispose(found as tf.Tensor[]);
  const result = { loss: loss![0]!, correct: correct![0]!, images: images.shape[0] };
  return stops ? { ...result, stopped: stops[0]! > 0 } : result;
}

/** What the parts of a batch report, as one. */
function together(results: readonly StepResult[], images: number): StepResult {
  const [only] = results;
  if (results.length === 1) return only!;
  return {
    loss: results.reduce((sum, { loss, images: own }) => sum + (loss * own) / images, 0),
    correct: results.reduce((sum, { correct }) => sum + correct, 0),
    images,
  };
}
