import type { Augment } from "../datasets/augment.js";
import { ADAM_DEFAULTS } from "./adam.js";
import { filled } from "../filled.js";
import { firstKnown, type Normalized } from "./normalized.js";
import { filledLookahead, type LookaheadConfig, type LookaheadOptions } from "./lookahead.js";
import { checkLoss, LOSS_DEFAULTS, type LossOptions } from "./loss.js";
import { filledOptimizer, type OptimizerConfig, type OptimizerName } from "./optimizer.js";
import { filledGroups, type ParameterGroup, type ParameterGroupConfig } from "./parameter-groups.js";
import { recordOf, type LossFunction, type LossRecord } from "./own-functions.js";
import {
  cyclesMomentum,
  filledSchedule,
  SCHEDULE_DEFAULTS,
  type ScheduleConfig,
  type ScheduleName,
  type ScheduleOptions,
} from "./schedule.js";

/** What makes a training run what it is, as plain data; of a loss of one's own see `FitOptions.loss`. */
export interface FitConfigOptions extends LossOptions {
  /** Step size, 0 or more; with a schedule, what its factors apply to. Default 0.001. */
  readonly learningRate?: number;
  /**
   * "adam", "adamw", "sgd" or "rmsprop", or name and options: `{ name: "adamw", weightDecay: 0.05 }`. Default "adam";
   * options that are left out are PyTorch's.
   */
  readonly optimizer?: OptimizerConfig | OptimizerName;
  /**
   * Learning-rate schedule, "constant", "step", "multistep", "cosine", "linear" or "onecycle", or name and
   * options: `{ name: "cosine", warmupFraction: 0.1 }`. Default null: the rate stays.
   */
  readonly schedule?: ScheduleOptions | ScheduleName | null;
  /**
   * Passes over the set, above 0. Of a part of one, as in 9.9, the last epoch ends after that part of its batches,
   * rounded up; it is an epoch like the others, with what is measured and written after it. Default 10.
   */
  readonly epochs?: number;
  /** Images per step, 1 or more; the last batch of an epoch may be smaller. Default 100. */
  readonly batchSize?: number;
  /**
   * Whether to leave out a last batch that is smaller: a batch norm on maps of one pixel cannot train on one image.
   * Default false.
   */
  readonly dropRemainder?: boolean;
  /**
   * Gradient accumulation: images computed at once, 1 or more. A batch's gradients are added up part by part, which
   * takes less memory. Default null: the whole batch.
   */
  readonly microBatchSize?: number | null;
  /**
   * Parts of these that a step computes side by side, 1 or more: the same mathematics up to rounding, and faster where
   * ops are small. Each part draws random numbers and takes a batch norm's statistics by itself. Default null: 2 on a
   * CPU for a network without batch norm, of up to 10 million weights, on cross-entropy; else 1.
   */
  readonly parallelParts?: number | null;
  /**
   * Mixed precision: matrix products and convolutions of the steps, and what lies between them, take bfloat16; sums,
   * softmax, losses and the weights stay float32. Losses then differ by about 1 %. Faster on processors that multiply
   * bfloat16 faster: not all that have instructions for it do, so "auto" times a few products first, and the run's
   * config has what it came to. With true it is bfloat16 wherever there are instructions, elsewhere float32, and said
   * once where it does not gain. Default false.
   */
  readonly mixedPrecision?: boolean | "auto";
  /**
   * Gradient clipping: the largest norm over all gradients of a step, above 0; longer ones are scaled down to it.
   * Default null: any.
   */
  readonly clipNorm?: number | null;
  /**
   * Decay of the exponential moving average of the weights (EMA), 0 to below 1, which the model has for validation and
   * after the run. It looks back over some 1 / (1 − decay) steps: in a run that has not many more it is still near the
   * first weights. Default null: none.
   */
  readonly emaDecay?: number | null;
  /**
   * Lookahead, {} for the paper's: every few steps slow weights go a part of the way to those that the optimizer has
   * trained meanwhile, and these go back to the slow ones, which the model has for validation and after the run. Not
   * with emaDecay. Default null: none.
   */
  readonly lookahead?: LookaheadOptions | null;
  /**
   * Parameter groups: weights that have another learning rate or weight decay than the rest, or are frozen after some
   * epochs, `[{ weights: "head", learningRateScale: 10 }]`. Default null: all alike.
   */
  readonly parameterGroups?: readonly ParameterGroup[] | null;
  /**
   * The accuracy by which a run ends and its best epoch is told: "validation", on that set after the epoch; "training",
   * on the training set after the epoch, without augmentation; "running", on the training batches while the epoch
   * changes the weights. Default null: validation where there is a set for it, else running.
   */
  readonly monitor?: "validation" | "training" | "running" | null;
  /** The run ends after an epoch of this monitored accuracy, above 0 to 1. Default null: never. */
  readonly targetAccuracy?: number | null;
  /**
   * Early stopping: the run ends after so many epochs without a better monitored accuracy, 1 or more; the weights are
   * the last epoch's, and the best one's are in the checkpoint folder. Default null: never.
   */
  readonly patience?: number | null;
  /**
   * Whether a loss that is not finite ends the run, after its step, and a weight that is not, which is looked for when
   * a loss is logged, at an epoch's end and before a checkpoint is written. With false it is said once, and the run
   * goes on; such an epoch is never the best one, and no checkpoint holds such weights. Default true.
   */
  readonly checkFinite?: boolean;
  /**
   * When several processes train together: whether the moving mean and variance of batch norms, of which each process
   * takes its own part of a batch, are averaged over the processes after each "epoch" or after each "step", which sends
   * one message more. Default "epoch".
   */
  readonly movingStatistics?: "epoch" | "step";
  /** Shuffle before each epoch, by seed and epoch. Default true. */
  readonly shuffle?: boolean;
  /**
   * Of all that is drawn at random: the same seed gives the same run on the same machine. On another number of cores
   * sums of floats are taken in another order, and losses differ from the sixth digit on. Any integer. Default 0.
   */
  readonly seed?: number;
  /**
   * Mean of pixels in 0 to 1 that images are normalized by: one number, or one a channel. Default what is noted with
   * the model, by weights that were loaded or an earlier `fit`; else the set's own; else 0.5.
   */
  readonly mean?: number | readonly number[];
  /** Standard deviation of pixels in 0 to 1, above 0: one number, or one a channel. Default as for `mean`. */
  readonly std?: number | readonly number[];
  /** Data augmentation: random changes to each image. Default null: none. */
  readonly augment?: Augment | null;
  /** α of mixup, 0 or more. Default 0: no mixup. */
  readonly mixup?: number;
  /** α of cutmix, 0 or more: a mixed batch is one of the two, by chance where both are set. Default 0: no cutmix. */
  readonly cutmix?: number;
  /**
   * Batches per entry of `History.losses`; an epoch with fewer batches has one entry. Default null: 200, or as many
   * fewer as give a shorter run twenty entries.
   */
  readonly lossEvery?: number | null;
}

/** All of a run's options, each set; with the model's config it repeats the run. Plain data. */
export interface FitConfig extends Required<FitConfigOptions> {
  /** "crossEntropy", or which loss of one's own it was. */
  readonly loss: "crossEntropy" | LossRecord;
  readonly optimizer: OptimizerConfig;
  readonly schedule: ScheduleConfig;
  readonly augment: Augment;
  readonly lookahead: LookaheadConfig | null;
  readonly parameterGroups: readonly ParameterGroupConfig[] | null;
}

const { learningRate, ...ADAM } = ADAM_DEFAULTS;

/**
 * What `fit` does unless it is told otherwise. Adam and its learning rate are PyTorch's and Keras' defaults. 10 epochs
 * in batches of 100 are those of the notebook that the study cnn-attention-vs-vit repeats ("Deep Learning Assignment
 * 3", CIFAR-10): Keras' 1 epoch of batches of 32 would leave a network that has barely begun, in steps that are small
 * for a CPU. Images are normalized by what is known of the model or the set, so mean and std have no default here.
 */
export const FIT_DEFAULTS: Readonly<Omit<FitConfig, "mean" | "std">> = {
  ...LOSS_DEFAULTS,
  loss: "crossEntropy",
  learningRate,
  optimizer: { ...ADAM, name: "adam" },
  schedule: SCHEDULE_DEFAULTS,
  epochs: 10,
  batchSize: 100,
  dropRemainder: false,
  microBatchSize: null,
  parallelParts: null,
  mixedPrecision: false,
  clipNorm: null,
  emaDecay: null,
  lookahead: null,
  parameterGroups: null,
  monitor: null,
  targetAccuracy: null,
  patience: null,
  checkFinite: true,
  movingStatistics: "epoch",
  shuffle: true,
  seed: 0,
  augment: {},
  mixup: 0,
  cutmix: 0,
  lossEvery: null,
};

/** By what images are normalized of which nothing is known: pixels become −1 to 1. */
const UNKNOWN = { mean: 0.5, std: 0.5 };

/**
 * The whole config of a run.
 *
 * @param options each in its range
 * @param known what mean and std are taken from where the options leave them out, the first that has them
 * @param classes K, the model's
 * @throws RangeError for options that do not go together
 */
export function resolveConfig(
  options: FitConfigOptions,
  loss: "crossEntropy" | LossFunction,
  known: readonly (Partial<Normalized> | undefined)[],
  classes: number,
): FitConfig {
  const { optimizer = "adam", schedule, augment, lookahead, parameterGroups, ...rest } = options;
  const normalized = firstKnown([...known, UNKNOWN]) as Normalized; // the last has both
  const config: FitConfig = {
    ...filled({ ...FIT_DEFAULTS, ...normalized }, rest),
    loss: recordOf(loss),
    optimizer: filledOptimizer("fit", optimizer, "optimizer"),
    schedule: filledSchedule("fit", schedule ?? {}),
    augment: augment ?? {},
    lookahead: lookahead ? filledLookahead(lookahead) : null,
    parameterGroups: filledGroups(parameterGroups ?? null),
  };
  checkTogether(config, classes);
  return config;
}

/** @throws RangeError for options that do not go together */
function checkTogether(config: FitConfig, classes: number): void {
  const { optimizer, schedule, loss, labelSmoothing, classWeights, emaDecay, lookahead } = config;
  checkLoss("fit", config, classes);
  if (loss !== "crossEntropy" && (labelSmoothing !== 0 || classWeights !== null))
    throw new RangeError(
      `fit: labelSmoothing and classWeights must be left out with a loss of one's own, got loss ${loss.name} with ` +
        `labelSmoothing=${labelSmoothing}, classWeights=${JSON.stringify(classWeights)}`,
    );
  if (lookahead !== null && emaDecay !== null)
    throw new RangeError(
      `fit: emaDecay must be left out with lookahead, whose slow weights are an average too, got emaDecay=${emaDecay}`,
    );
  if (cyclesMomentum(schedule) && "momentum" in optimizer && optimizer.momentum === 0)
    throw new RangeError(
      `fit: onecycle with cycleMomentum must have an optimizer with momentum, got ${optimizer.name} with momentum=0`,
    );
}
