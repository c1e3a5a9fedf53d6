import type { Augment } from "../datasets/augment.js";
import { checkMix } from "../datasets/augment/mix.js";
import { checkCounts } from "./inputs.js";
import { checkLoss, LOSS_DEFAULTS, type LossOptions } from "./loss.js";
import { withDefaults, type OptimizerConfig } from "./optimizer.js";
import {
  checkSchedule,
  cyclesMomentum,
  SCHEDULE_DEFAULTS,
  type ScheduleConfig,
  type ScheduleOptions,
} from "./schedule.js";

/** What makes a training run what it is, as plain data. */
export interface FitConfigOptions extends LossOptions {
  /** Step size, 0 or more; with a schedule, what its factors apply to. Default 0.001. */
  readonly learningRate?: number;
  /** Name and options. Default Adam with PyTorch's. */
  readonly optimizer?: OptimizerConfig;
  /** How the learning rate goes over the run. Default { name: "constant" }. */
  readonly schedule?: ScheduleOptions;
  /** Passes over the set. Default 10. */
  readonly epochs?: number;
  /** Images per step; the last batch of an epoch may be smaller. Default 100. */
  readonly batchSize?: number;
  /**
   * Whether to leave out a last batch that is smaller: a batch norm on maps of one pixel cannot train on one image.
   * Default false.
   */
  readonly dropRemainder?: boolean;
  /**
   * Images computed at once: a batch's gradients are added up part by part, which takes less memory. Default null: the
   * whole batch.
   */
  readonly microBatchSize?: number | null;
  /**
   * Parts of these that a step computes side by side, 1 or more: the same mathematics up to rounding, and faster where
   * ops are small. Each part draws random numbers and takes a batch norm's statistics by itself. Default null: 2 on a
   * CPU for a network without batch norm, of up to 10 million weights, where images are not weighted by class; else 1.
   */
  readonly parallelParts?: number | null;
  /**
   * Matrix products and convolutions of the steps, and what lies between them, take bfloat16; sums, softmax, losses
   * and the weights stay float32. Faster where the processor has instructions for it (elsewhere it is float32, and
   * said so once) and layers are wide: with AMX a step of mynet takes half the time, of CCT-6 two thirds, of a
   * transformer of width 64 as long as without. Losses then differ by about 1 %. Default false.
   */
  readonly mixedPrecision?: boolean;
  /** Largest norm over all gradients of a step, above 0: longer ones are scaled down to it. Default null: any. */
  readonly clipNorm?: number | null;
  /**
   * Decay of the weights' moving average, 0 to below 1, which the model has for validation and after the run. It looks
   * back over some 1 / (1 − decay) steps: in a run that has not many more it is still near the first weights. Default
   * null: none.
   */
  readonly emaDecay?: number | null;
  /**
   * The accuracy by which a run ends and its best epoch is told: "validation", on that set after the epoch; "training",
   * on the training set after the epoch, without augmentation; "running", on the training batches while the epoch
   * changes the weights. Default null: validation where there is a set for it, else running.
   */
  readonly monitor?: "validation" | "training" | "running" | null;
  /** The run ends after an epoch of this monitored accuracy, above 0 to 1. Default null: never. */
  readonly targetAccuracy?: number | null;
  /** The run ends after so many epochs without a better monitored accuracy, 1 or more. Default null: never. */
  readonly patience?: number | null;
  /**
   * Whether a loss that is not finite ends the run, after its step, and a weight that is not, which is looked for when
   * a loss is logged, at an epoch's end and before a checkpoint is written. With false it is said once, and the run
   * goes on; such an epoch is never the best one, and no checkpoint holds such weights. Default true.
   */
  readonly checkFinite?: boolean;
  /** Shuffle before each epoch, by seed and epoch. Default true. */
  readonly shuffle?: boolean;
  /**
   * Of all that is drawn at random: the same seed gives the same run on the same machine. On another number of cores
   * sums of floats are taken in another order, and losses differ from the sixth digit on. Any integer. Default 0.
   */
  readonly seed?: number;
  /**
   * Mean of pixels in 0 to 1: one number, or one a channel. Default what is noted with the model, by weights that were
   * loaded or an earlier `fit`; else 0.5.
   */
  readonly mean?: number | readonly number[];
  /** Standard deviation of pixels in 0 to 1, above 0: one number, or one a channel. Default as for `mean`; else 0.5. */
  readonly std?: number | readonly number[];
  /** Random changes to each image. Default {}: none. */
  readonly augment?: Augment;
  /** α of mixup, 0 or more. Default 0: none. */
  readonly mixup?: number;
  /** α of cutmix, 0 or more: a mixed batch is one of the two, by chance where both are set. Default 0: none. */
  readonly cutmix?: number;
  /**
   * Batches per entry of `History.losses`; an epoch with fewer batches has one entry. Default null: 200, or as many
   * fewer as give a shorter run twenty entries.
   */
  readonly lossEvery?: number | null;
}

/** All of a run's options, each set; with the model's config it repeats the run. */
export type FitConfig = Required<FitConfigOptions>;

/** Study 3's recipe. */
export const FIT_DEFAULTS: FitConfig = {
  ...LOSS_DEFAULTS,
  learningRate: 1e-3,
  optimizer: { name: "adam" },
  schedule: { name: "constant" },
  epochs: 10,
  batchSize: 100,
  dropRemainder: false,
  microBatchSize: null,
  parallelParts: null,
  mixedPrecision: false,
  clipNorm: null,
  emaDecay: null,
  monitor: null,
  targetAccuracy: null,
  patience: null,
  checkFinite: true,
  shuffle: true,
  seed: 0,
  mean: 0.5,
  std: 0.5,
  augment: {},
  mixup: 0,
  cutmix: 0,
  lossEvery: null,
};

const OTHER_OPTIONS = ["signal", "name", "progress", "validation", "checkpoint", "resume", "callbacks", "workers"];

/**
 * The whole config of a run.
 *
 * @param classes K, the model's
 * @throws RangeError for an unknown option or a value out of range
 */
export function resolveConfig(overrides: FitConfigOptions, classes: number): FitConfig {
  const known = Object.keys(FIT_DEFAULTS);
  const unknown = Object.keys(overrides).find((option) => !known.includes(option));
  if (unknown !== undefined)
    throw new RangeError(`fit: an option must be one of ${[...known, ...OTHER_OPTIONS].join(", ")}, got ${unknown}`);
  const given = { ...FIT_DEFAULTS, ...overrides };
  checkSchedule(given.schedule, "fit");
  const config: FitConfig = {
    ...given,
    optimizer: withDefaults(given.optimizer, "fit"),
    schedule: { ...SCHEDULE_DEFAULTS, ...given.schedule },
  };
  const {
    epochs,
    batchSize,
    lossEvery,
    microBatchSize,
    parallelParts,
    patience,
    clipNorm,
    emaDecay,
    targetAccuracy,
    learningRate,
  } = config;
  checkCounts("fit", {
    epochs,
    batchSize,
    ...(lossEvery !== null && { lossEvery }),
    ...(microBatchSize !== null && { microBatchSize }),
    ...(parallelParts !== null && { parallelParts }),
    ...(patience !== null && { patience }),
  });
  if (!(learningRate >= 0 && Number.isFinite(learningRate)))
    throw new RangeError(`fit: learningRate must be 0 or more, got learningRate=${learningRate}`);
  for (const flag of ["mixedPrecision", "dropRemainder", "checkFinite"] as const) {
    if (typeof config[flag] !== "boolean")
      throw new TypeError(`fit: ${flag} must be true or false, got ${JSON.stringify(config[flag])}`);
  }
  if (clipNorm !== null && !(clipNorm > 0))
    throw new RangeError(`fit: clipNorm must be above 0, got clipNorm=${clipNorm}`);
  if (emaDecay !== null && !(emaDecay >= 0 && emaDecay < 1))
    throw new RangeError(`fit: emaDecay must be 0 to below 1, got emaDecay=${emaDecay}`);
  if (targetAccuracy !== null && !(targetAccuracy > 0 && targetAccuracy <= 1)) {
    throw new RangeError(`fit: targetAccuracy must be above 0 to 1, got targetAccuracy=${targetAccuracy}`);
  }
  if (
    cyclesMomentum(config.schedule as ScheduleConfig) &&
    "momentum" in config.optimizer &&
    config.optimizer.momentum === 0
  ) {
    throw new RangeError(
      `fit: onecycle with cycleMomentum must have an optimizer with momentum, got ${config.optimizer.name} ` +
        "with momentum=0",
    );
  }
  const { monitor } = config;
  if (monitor !== null && !["validation", "training", "running"].includes(monitor)) {
    throw new RangeError(`fit: monitor must be validation, training, running or null, got monitor=${monitor}`);
  }
  checkLoss("fit", config, classes);
  checkMix("fit", config);
  return config;
}
