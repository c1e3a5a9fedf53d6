import { compile, ops, tf } from "../backend/index.js";
import type { Batch } from "../datasets/batches.js";
import { backward, bestParts } from "./backward.js";
import type { FitConfig } from "./fit-config.js";
import type { Optimizer } from "./optimizer.js";
import type { LossFunction } from "./own-functions.js";
import { byGroup, groupRates, type Groups } from "./parameter-groups.js";
import { constraintsOf } from "./penalties.js";
import { zerosLike } from "./weight-decay.js";

/** What one step reports. */
export interface StepResult {
  /** Mean over the batch, before the step's change, with what the regularizers add. */
  readonly loss: number;
  /** Images whose largest logit was their label's. */
  readonly correct: number;
  readonly images: number;
}

/** What of a run's options its steps depend on. */
type StepConfig = Pick<
  FitConfig,
  "seed" | "clipNorm" | "microBatchSize" | "parallelParts" | "mixedPrecision" | "classWeights" | "loss"
>;

/** Takes training steps. */
export interface TrainStep {
  /**
   * One batch forward, backward, one step of the optimizer, and the weights back within their constraints. Leaves the
   * batch to the caller.
   */
  run(batch: Batch, rates: Rates): Promise<StepResult>;
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
  readonly loss: LossFunction;
  readonly config: StepConfig;
  /** The variables by group, where some train otherwise than the rest. */
  readonly groups?: Groups | undefined;
}

/** Loss and number of right ones, two scalars. */
type Found = [loss: tf.Tensor, correct: tf.Tensor];

/**
 * A training step as one compiled program for each size of batch. With microBatchSize (gradient accumulation) one
 * program more, which only adds gradients up: all parts of a batch but the last go through it. The parts' gradients
 * count by their images, so that together they are the whole batch's (with class weights, and with batch statistics,
 * each part has its own mean).
 *
 * @param calls of a run that goes on
 */
export function trainStep(training: Training, calls: readonly [number, number] = [0, 0]): TrainStep {
  const { model, config, groups } = training;
  const sums = config.microBatchSize === null ? undefined : zerosLike(training.variables);
  const programs = compilePrograms(training, sums, calls);
  const constrain = constraintsOf(model);
  const done: [number, number] = [...calls];

  const accumulate = async (part: Batch, share: number): Promise<StepResult> => {
    const found = await withScalars([share], (scalars) => programs.accumulate(...inputsOf(part), ...scalars));
    done[0]++;
    return read(found, part);
  };
  const update = async (part: Batch, share: number, { learningRate, momentum, epoch }: Rates): Promise<StepResult> => {
    const rate = groups ? groupRates(groups, learningRate, epoch) : tf.scalar(learningRate);
    const scalars = momentum === undefined ? ([share] as const) : ([share, momentum] as const);
    const found = await withScalars(scalars, ([part1, ...rest]) =>
      programs.update(...inputsOf(part), part1, rate, ...rest),
    ).finally(() => rate.dispose());
    done[1]++;
    const result = await read(found, part);
    await constrain?.();
    return result;
  };

  return {
    calls: done,
    async run(batch, rates) {
      const images = batch.images.shape[0];
      const size = config.microBatchSize ?? images;
      const results: StepResult[] = [];
      let first = 0;
      for (; first + size < images; first += size)
        results.push(await ofPart(batch, first, size, (part) => accumulate(part, size / images)));
      const last = images - first;
      results.push(
        last === images
          ? await update(batch, 1, rates)
          : await ofPart(batch, first, last, (part) => update(part, last / images, rates)),
      );
      return together(results, images);
    },
    dispose() {
      programs.accumulate.dispose();
      programs.update.dispose();
      constrain?.dispose();
      if (sums) tf.dispose(sums);
    },
  };
}

/**
 * A step's two programs, not traced yet.
 *
 * @param sums of the gradients of a batch's earlier parts, where it is taken in parts
 */
export function compilePrograms(
  { model, variables, optimizer, loss, config, groups }: Training,
  sums: readonly tf.Variable[] | undefined,
  [accumulated, updated]: readonly [number, number],
) {
  const parts = config.parallelParts ?? bestParts(model, config);
  const options = { interruptible: false, ...(config.mixedPrecision && { mixedPrecision: "bfloat16" as const }) };
  const seed = config.seed | 0;

  const addGradients = (images: tf.Tensor, labels: tf.Tensor, targets: tf.Tensor, share: tf.Tensor): Found => {
    const found = backward(model, variables, { images, labels, targets }, loss, parts);
    sums?.forEach((sum, i) => sum.assign(tf.add(sum, tf.mul(found.gradients[i]!, share))));
    return [found.loss, found.correct];
  };
  const step = (
    images: tf.Tensor,
    labels: tf.Tensor,
    targets: tf.Tensor,
    share: tf.Tensor,
    learningRate: tf.Tensor,
    momentum?: tf.Tensor,
  ): Found => {
    const found = backward(model, variables, { images, labels, targets }, loss, parts);
    const summed = sums?.map((sum, i) => tf.add(sum, tf.mul(found.gradients[i]!, share))) ?? found.gradients;
    const own = groups && byGroup(groups, learningRate, summed);
    const taken = own?.gradients ?? summed;
    const gradients = config.clipNorm === null ? taken : ops.clipByGlobalNorm(taken, config.clipNorm).gradients;
    optimizer.apply(gradients, own?.learningRates ?? (learningRate as tf.Scalar), momentum as tf.Scalar | undefined);
    sums?.forEach((sum) => sum.assign(tf.zerosLike(sum)));
    return [found.loss, found.correct];
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

/** A batch as the programs take it. */
export function inputsOf({ images, labels, targets }: Batch): [tf.Tensor, tf.Tensor, tf.Tensor] {
  return [images, labels, targets ?? labels];
}

/** Runs `body` with these numbers as scalars, which are disposed of then. */
async function withScalars<const Values extends readonly (number | undefined)[], Result>(
  values: Values,
  body: (scalars: { [At in keyof Values]: tf.Tensor }) => Promise<Result>,
): Promise<Result> {
  const scalars = values.map((value) => tf.scalar(value!)) as { [At in keyof Values]: tf.Tensor };
  try {
    return await body(scalars);
  } finally {
    tf.dispose(scalars as tf.Tensor[]);
  }
}

async function read([loss, correct]: Found, { images }: Batch): Promise<StepResult> {
  const [lossValues, correctValues] = await Promise.all([loss.data(), correct.data()]);
  tf.dispose([loss, correct]);
  return { loss: lossValues[0]!, correct: correctValues[0]!, images: images.shape[0] };
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

async function ofPart<Result>(
  batch: Batch,
  first: number,
  length: number,
  body: (part: Batch) => Promise<Result>,
): Promise<Result> {
  const part = sliceBatch(batch, first, length);
  try {
    return await body(part);
  } finally {
    tf.dispose(part);
  }
}

/** Images `first` to `first + length` of a batch; the caller disposes of them. */
export function sliceBatch({ images, labels, targets }: Batch, first: number, length: number): Batch {
  const [, height, width, channels] = images.shape;
  const part = {
    images: tf.slice(images, [first, 0, 0, 0], [length, height, width, channels]),
    labels: tf.slice(labels, [first], [length]),
  };
  return targets ? { ...part, targets: tf.slice(targets, [first, 0], [length, targets.shape[1]]) } : part;
}
