import { profile } from "../analysis/profile/profile.js";
import type { StepProfile } from "../analysis/profile/step-profile.js";
import { tf } from "../backend/index.js";
import { aCount, aModel, calledAs, checkArguments, checkOptions, optional } from "../checks.js";
import type { Batch } from "../datasets/batches.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { checkClassifier } from "../models/classifier.js";
import { modelUse } from "../models/model-use.js";
import { aTrainingSet } from "./called-elsewhere.js";
import { checkWorkers, defaultWorkers, openFeed, type Feed } from "./feed.js";
import { resolveConfig, type FitConfigOptions } from "./fit-config.js";
import { aliasesOf, FIT_RULES } from "./fit-rules.js";
import { planFor } from "./inputs.js";
import { lossOf } from "./loss.js";
import { makeOptimizer } from "./optimizer.js";
import { trainedVariables } from "./trained-variables.js";
import { inputsOf } from "./batch-parts.js";
import { decidePrecision } from "./precision.js";
import { compilePrograms } from "./step.js";

/** What of `fit`'s options a step's time depends on, and how it is measured. */
export interface ProfileStepOptions extends Pick<
  FitConfigOptions,
  | "batchSize"
  | "augment"
  | "mixup"
  | "cutmix"
  | "mean"
  | "std"
  | "optimizer"
  | "learningRate"
  | "clipNorm"
  | "parallelParts"
  | "mixedPrecision"
  | "seed"
> {
  /** Threads that make the batches, 0 to 64; 0 is this thread. Default 0 for images in memory, 2 for files. */
  readonly workers?: number;
  /** Steps before the measured ones: TensorFlow optimizes the graph in the first. 1 or more, default 3. */
  readonly warmupSteps?: number;
  /** Steps that are measured, for `mean`. 1 or more, default 1. */
  readonly steps?: number;
}

const { batchSize, augment, mixup, cutmix, mean, std, optimizer, learningRate, clipNorm } = FIT_RULES;
const { parallelParts, mixedPrecision, seed, workers } = FIT_RULES;
const RULES = {
  ...{ batchSize, augment, mixup, cutmix, mean, std, optimizer, learningRate, clipNorm },
  ...{ parallelParts, mixedPrecision, seed, workers },
  warmupSteps: optional(aCount),
  steps: optional(aCount),
} as typeof FIT_RULES;

/**
 * The timeline of the step that `fit` takes with these options: its batch made as there, augmented, by as many threads,
 * then forward, backward and the optimizer's update. It runs on copies of the weights: nothing is trained.
 *
 * @param model images [B, H, W, C] → logits [B, K]
 * @param set images or files with their labels; at least one whole batch
 * @throws TypeError or RangeError where set, model and options do not fit each other, or the set has less than a batch;
 *   TypeError where TensorFlow's library is not here, whose timeline it is
 * @example await profileStep(model, cifar.train, { batchSize: 128, augment: { horizontalFlip: true }, steps: 10 })
 */
export async function profileStep(
  model: tf.LayersModel,
  set: ImageSet | FileSet,
  options: ProfileStepOptions = {},
): Promise<StepProfile> {
  checkArguments("profileStep", { model, set }, { model: aModel, set: aTrainingSet });
  checkOptions("profileStep", options, RULES, [], aliasesOf(RULES));
  const { workers = defaultWorkers(set), warmupSteps = 3, steps = 1, ...rest } = options;
  checkWorkers("profileStep", set, workers);
  const classes = checkClassifier("profileStep", model);
  const config = calledAs("profileStep", () => resolveConfig(rest, "crossEntropy", [modelUse(model), set], classes));
  const batches = planFor("profileStep", model, set, { ...config, dropRemainder: true });
  if (set.labels.length < config.batchSize)
    throw new RangeError(
      `profileStep: batchSize must be at most ${set.labels.length}, the set's images, got ${config.batchSize}`,
    );
  const variables = trainedVariables("profileStep", model);
  const made = makeOptimizer(variables, config.optimizer, config.learningRate);
  const loss = lossOf("crossEntropy", config);
  const decided = await decidePrecision(config);
  const programs = compilePrograms({ model, variables, optimizer: made, loss, config: decided }, undefined, [0, 0]);
  const feed = openFeed("profileStep", set, batches, workers);
  const given = stepArguments(feed, config.learningRate);
  try {
    const next = async () => (await given.next()).value!;
    return await calledAs("profileStep", () => profile(programs.update, next, { warmupSteps, steps }));
  } finally {
    await given.return(undefined);
    await feed.close();
    programs.accumulate.dispose();
    programs.update.dispose();
    made.dispose();
  }
}

type StepArguments = [images: tf.Tensor, labels: tf.Tensor, targets: tf.Tensor, share: tf.Tensor, rate: tf.Tensor];

/** What a step takes, batch after batch, epoch after epoch; each is disposed of when the next is asked for. */
async function* stepArguments(feed: Feed, rate: number): AsyncGenerator<StepArguments, undefined> {
  const scalars: [tf.Tensor, tf.Tensor] = [tf.scalar(1), tf.scalar(rate)];
  try {
    for await (const batch of allBatches(feed)) {
      try {
        yield [...inputsOf(batch), ...scalars];
      } finally {
        tf.dispose(batch);
      }
    }
  } finally {
    tf.dispose(scalars);
  }
  return undefined;
}

async function* allBatches(feed: Feed): AsyncGenerator<Batch> {
  for (let epoch = 1; ; epoch++) yield* feed.epoch(epoch, 0);
}
