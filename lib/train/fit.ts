import { tf } from "../backend/index.js";
import type { Augment } from "../datasets/augment.js";
import { batches } from "../datasets/batches.js";
import type { ImageSet } from "../datasets/types.js";
import { broadcast, cellSignal } from "../notebook/host.js";
import { adam, ADAM_DEFAULTS, type AdamConfig } from "./adam.js";
import { Recorder, type History } from "./history.js";
import { displayProgress } from "./display-progress.js";
import { checkCounts, checkInputs, yieldToEvents } from "./inputs.js";
import { silentProgress, terminalProgress, type Progress } from "./progress.js";
import { trainStep } from "./step.js";

/** A training run as plain data; with the model's config it repeats the run. */
export interface FitConfig extends AdamConfig {
  /** Passes over the set. Default 10. */
  readonly epochs: number;
  /** Images per step; the last batch of an epoch may be smaller. Default 100. */
  readonly batchSize: number;
  /** Shuffle before each epoch, by seed and epoch. Default true. */
  readonly shuffle: boolean;
  /** Any integer. Default 0. */
  readonly seed: number;
  /** Of pixels in 0 to 1: one number, or one a channel. Default 0.5. */
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
  /** Random changes to each image. Default {}: none. */
  readonly augment: Augment;
  /** Batches per entry of `History.losses`; an epoch with fewer batches has one entry. Default 200. */
  readonly lossEvery: number;
}

export interface FitOptions extends Partial<FitConfig> {
  /** Ends the run after the current step; in a notebook the running cell's signal by default. */
  readonly signal?: AbortSignal;
  /** false for none; by default an output updated in place in a notebook, lines in a terminal. */
  readonly progress?: boolean | Progress;
}

/** Study 3's recipe. */
export const FIT_DEFAULTS: FitConfig = {
  ...ADAM_DEFAULTS,
  epochs: 10, batchSize: 100, shuffle: true, seed: 0, mean: 0.5, std: 0.5, augment: {}, lossEvery: 200,
};

/**
 * Trains a model in place with Adam on softmax cross-entropy.
 * Each step is one compiled program, which runs off the main thread: an interrupt or a heartbeat gets through.
 *
 * @param model images [B, H, W, C] → logits [B, K]
 * @returns what happened, also when a signal ended it early
 * @throws TypeError or RangeError where set, model and options do not fit each other
 */
export async function fit(model: tf.LayersModel, set: ImageSet, options: FitOptions = {}): Promise<History> {
  const { signal = cellSignal(), progress = true, ...overrides } = options;
  const config: FitConfig = { ...FIT_DEFAULTS, ...overrides };
  const { batchSize, shuffle, seed, mean, std, augment } = config;
  checkOptions(overrides);
  checkInputs("fit", model, set);
  checkCounts("fit", { epochs: config.epochs, batchSize, lossEvery: config.lossEvery });
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const optimizer = adam(variables, config);
  const step = trainStep(model, variables, optimizer, seed);
  const shown = progress === true ? defaultProgress() : progress === false ? silentProgress : progress;
  const record = new Recorder(config, set.labels.length, shown);
  try {
    for (let epoch = 1; epoch <= config.epochs && !signal?.aborted; epoch++) {
      record.startEpoch(epoch);
      for (const batch of batches(set, { batchSize, shuffle, seed, mean, std, augment, epoch })) {
        const result = await untilAborted(step.run(batch), signal);
        tf.dispose([batch.images, batch.labels]);
        if (!result) break;
        record.add(result);
        await yieldToEvents();
        if (signal?.aborted) break;
      }
    }
    return record.history();
  } finally {
    shown.end();
    step.dispose();
    optimizer.dispose();
  }
}

function defaultProgress(): Progress {
  const publish = broadcast();
  return publish ? displayProgress(publish) : terminalProgress();
}

/** A step that had not begun when the signal came is not taken: undefined. */
async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

function checkOptions(options: object): void {
  const known = Object.keys(FIT_DEFAULTS);
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown !== undefined) {
    throw new RangeError(`fit: an option must be one of ${[...known, "signal", "progress"].join(", ")}, got ${unknown}`);
  }
}
