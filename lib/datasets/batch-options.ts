import {
  aboveZero,
  aCount,
  aFlag,
  aNatural,
  anInteger,
  aNumber,
  anObject,
  anySet,
  checkArguments,
  checkFields,
  checkValue,
  inRange,
  optional,
  orNull,
  perChannel,
  type Aliases,
  type Rules,
} from "../checks.js";
import type { Augment } from "./augment.js";
import { augmentRule } from "./augment/check.js";
import { MIX_RULES, type Mix } from "./augment/mix.js";
import { eachChannel } from "./normalize.js";
import type { Share } from "./share.js";
import type { FileSet, ImageSet } from "./types.js";

/** How a pass over a set is made: batch size, order, normalization and data augmentation. */
export interface BatchOptions extends Mix {
  /** Images a batch, 1 or more. Default 100, as `fit` has. */
  readonly batchSize?: number;
  /** Seed of shuffling and augmentation, an integer. Default 0. */
  readonly seed?: number;
  /** Which pass over the data, 0 or more: another epoch, another order. Default 0. */
  readonly epoch?: number;
  /** The batch to begin with, to go on in the middle of an epoch. Default 0. */
  readonly startBatch?: number;
  /** Whether to visit the images in a random order. Default false. */
  readonly shuffle?: boolean;
  /**
   * What is subtracted from each channel scaled to 0 to 1: one number, or one a channel. Default the set's own mean, as
   * the official datasets have one; else 0.5.
   */
  readonly mean?: number | readonly number[];
  /** What the difference is divided by, above 0: one number, or one a channel. Default the set's own std; else 0.5. */
  readonly std?: number | readonly number[];
  /** Random changes made to each image (data augmentation). Default null: none. */
  readonly augment?: Augment | null;
  /** Whether to leave out a last batch smaller than batchSize. Default false. */
  readonly dropRemainder?: boolean;
}

/** What makes the batches of every epoch, checked and complete. Plain data. */
export interface BatchPlan {
  readonly batchSize: number;
  readonly seed: number;
  readonly shuffle: boolean;
  /** [C] */
  readonly mean: readonly number[];
  /** [C] */
  readonly std: readonly number[];
  readonly augment: Augment;
  readonly mix: Mix;
  readonly dropRemainder: boolean;
  readonly imageShape: readonly [number, number, number];
  /** Images in the set. */
  readonly count: number;
  readonly numClasses: number;
  /** The share of each batch that is made. Default: all of it. */
  readonly share?: Share;
}

/** Images a batch where none is said. */
const BATCH_SIZE = 100;

/** What is meant by `transform` where images are loaded, not yet changed. */
export const AUGMENT_INSTEAD = "the augment of train.fit or datasets.batches";

/** What PyTorch's DataLoader and Keras call them. */
export const BATCH_ALIASES: Aliases = {
  dropLast: "dropRemainder",
  transform: "augment",
  numWorkers: "workers",
  mixupAlpha: "mixup",
  cutmixAlpha: "cutmix",
};

function batchRules({ imageShape }: Pick<ImageSet | FileSet, "imageShape">): Rules {
  return {
    batchSize: optional(aCount),
    seed: optional(anInteger),
    epoch: optional(aNatural),
    startBatch: optional(aNatural),
    shuffle: optional(aFlag),
    mean: optional(perChannel(aNumber, imageShape[2])),
    std: optional(perChannel(aboveZero, imageShape[2])),
    augment: optional(orNull(augmentRule(imageShape))),
    dropRemainder: optional(aFlag),
    ...MIX_RULES,
  };
}

/** The options by name, for who takes no others. */
export const BATCH_OPTIONS: readonly string[] = Object.keys(batchRules({ imageShape: [1, 1, 1] }));

/**
 * Checks a set and how its batches are to be made, once for all of them.
 *
 * @param options may hold others too, which are not looked at
 * @param fn whose door it is
 * @throws TypeError for an option of another kind, RangeError for one out of its range, or a set whose images, labels
 *   and classes do not fit one another
 */
export function planBatches(set: ImageSet | FileSet, options: BatchOptions, fn = "batches"): BatchPlan {
  checkSet(fn, set);
  checkFields(fn, "options", options, batchRules(set));
  const { batchSize = BATCH_SIZE, seed = 0, shuffle = false, mixup = 0, cutmix = 0, dropRemainder = false } = options;
  const channels = set.imageShape[2];
  return {
    batchSize,
    seed,
    shuffle,
    mean: eachChannel(options.mean ?? set.mean ?? 0.5, channels),
    std: eachChannel(options.std ?? set.std ?? 0.5, channels),
    augment: options.augment ?? {},
    mix: { mixup, cutmix },
    dropRemainder,
    imageShape: set.imageShape,
    count: set.labels.length,
    numClasses: set.classNames.length,
  };
}

/**
 * Checks that a set's images, labels, classes, mean and std fit one another, and that it is not empty.
 * @throws TypeError for what is no set, RangeError where its parts do not fit one another
 */
export function checkSet(fn: string, set: ImageSet | FileSet): void {
  checkValue(fn, "set", set, anySet);
  const count = set.labels.length;
  const [height, width, channels] = set.imageShape;
  const images = "files" in set ? set.files.length : set.images.length / (height * width * channels);
  if (images !== count)
    throw new RangeError(
      `${fn}: the set must have a label for each image, got ${count} labels and ${images} images of ` +
        `[${set.imageShape.join(", ")}]`,
    );
  if (count === 0) throw new RangeError(`${fn}: the set must hold at least one image, got none`);
  const wrong = set.labels.findIndex((label) => label < 0 || label >= set.classNames.length);
  if (wrong >= 0)
    throw new RangeError(
      `${fn}: labels must be 0 to ${set.classNames.length - 1}, an index of classNames, got ${set.labels[wrong]} ` +
        `(image ${wrong})`,
    );
  checkValue(fn, "set.mean", set.mean, optional(perChannel(aNumber, channels)));
  checkValue(fn, "set.std", set.std, optional(perChannel(aboveZero, channels)));
}

/** @throws RangeError when there is no such epoch or batch to begin with */
export function checkStart(
  plan: BatchPlan,
  { epoch = 0, startBatch = 0 }: Pick<BatchOptions, "epoch" | "startBatch">,
  fn = "batches",
): void {
  const total = batchCount(plan.count, plan);
  checkArguments(
    fn,
    { epoch, startBatch },
    { epoch: aNatural, startBatch: inRange({ from: 0, to: total, whole: true }) },
  );
}

/** How many images a batch has, of which a plan with a share makes a part. */
export function batchLength({ batchSize, count }: Pick<BatchPlan, "batchSize" | "count">, batch: number): number {
  return Math.min(batchSize, count - batch * batchSize);
}

/**
 * How many batches one pass over `count` images makes.
 * @throws RangeError or TypeError where count is no whole number of 0 or more, or an option is out of its range
 */
export function batchCount(count: number, options: Pick<BatchOptions, "batchSize" | "dropRemainder">): number {
  checkArguments("batchCount", { count, options }, { count: aNatural, options: anObject });
  checkArguments("batchCount", options, { batchSize: optional(aCount), dropRemainder: optional(aFlag) });
  const { batchSize = BATCH_SIZE, dropRemainder = false } = options;
  return dropRemainder ? Math.floor(count / batchSize) : Math.ceil(count / batchSize);
}
