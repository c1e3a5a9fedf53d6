import {
  aCount,
  aFlag,
  aNatural,
  anObject,
  anySet,
  anyNumber,
  checkArguments,
  checkFields,
  checkValue,
  either,
  listOf,
  optional,
  type Rules,
} from "../checks.js";
import type { Augment } from "./augment.js";
import { checkAugment } from "./augment/check.js";
import { checkMix, type Mix } from "./augment/mix.js";
import type { FileSet, ImageSet } from "./types.js";

export interface BatchOptions extends Mix {
  /** Images a batch, 1 or more. */
  readonly batchSize: number;
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
  /** Random changes made to each image. Default none. */
  readonly augment?: Augment;
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
}

const KINDS: Rules = {
  batchSize: anyNumber,
  seed: optional(anyNumber),
  epoch: optional(anyNumber),
  startBatch: optional(anyNumber),
  shuffle: optional(aFlag),
  mean: optional(either(anyNumber, listOf(anyNumber))),
  std: optional(either(anyNumber, listOf(anyNumber))),
  augment: optional(anObject),
  dropRemainder: optional(aFlag),
};

/**
 * @param fn whose door it is. @throws TypeError for an option of another kind, RangeError for one out of its range, or
 * a set whose images, labels and classes do not fit one another
 */
export function planBatches(set: ImageSet | FileSet, options: BatchOptions, fn = "batches"): BatchPlan {
  checkValue(fn, "set", set, anySet);
  checkFields(fn, "options", options, KINDS);
  const { batchSize, seed = 0, shuffle = false, augment = {}, mixup = 0, cutmix = 0, dropRemainder = false } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`${fn}: batchSize must be an integer of 1 or more, got ${batchSize}`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`${fn}: seed must be a safe integer, got ${seed}`);
  checkSet(fn, set);
  const channels = set.imageShape[2];
  const [mean, std] = (["mean", "std"] as const).map((name) => {
    const own = options[name] === undefined && set[name] !== undefined;
    return perChannel(fn, own ? `set.${name}` : name, (own ? set[name] : options[name]) ?? 0.5, channels);
  }) as [readonly number[], readonly number[]];
  checkAugment(fn, augment, set.imageShape);
  checkMix(fn, { mixup, cutmix });
  return {
    batchSize,
    seed,
    shuffle,
    mean,
    std,
    augment,
    mix: { mixup, cutmix },
    dropRemainder,
    imageShape: set.imageShape,
    count: set.labels.length,
    numClasses: set.classNames.length,
  };
}

function checkSet(fn: string, set: ImageSet | FileSet): void {
  const count = set.labels.length;
  const [height, width, channels] = set.imageShape;
  const images = "files" in set ? set.files.length : set.images.length / (height * width * channels);
  if (images !== count)
    throw new RangeError(
      `${fn}: the set must have a label for each image, got ${count} labels and ${images} images of ` +
        `[${set.imageShape.join(", ")}]`,
    );
  const wrong = set.labels.find((label) => label < 0 || label >= set.classNames.length);
  if (wrong !== undefined)
    throw new RangeError(`${fn}: labels must be 0 to ${set.classNames.length - 1}, got ${wrong}`);
}

/** @throws RangeError when there is no such epoch or batch to begin with */
export function checkStart(
  plan: BatchPlan,
  { epoch = 0, startBatch = 0 }: Pick<BatchOptions, "epoch" | "startBatch">,
  fn = "batches",
): void {
  if (!Number.isInteger(epoch) || epoch < 0)
    throw new RangeError(`${fn}: epoch must be an integer of 0 or more, got ${epoch}`);
  const total = batchCount(plan.count, plan);
  if (!Number.isInteger(startBatch) || startBatch < 0 || startBatch > total) {
    throw new RangeError(`${fn}: startBatch must be an integer from 0 to ${total}, got ${startBatch}`);
  }
}

/**
 * How many batches one pass over `count` images makes.
 * @throws RangeError or TypeError where count is no whole number of 0 or more, or an option is out of its range
 */
export function batchCount(count: number, options: Pick<BatchOptions, "batchSize" | "dropRemainder">): number {
  checkArguments("batchCount", { count, options }, { count: aNatural, options: anObject });
  checkArguments("batchCount", options, { batchSize: aCount, dropRemainder: optional(aFlag) });
  const { batchSize, dropRemainder = false } = options;
  return dropRemainder ? Math.floor(count / batchSize) : Math.ceil(count / batchSize);
}

function perChannel(fn: string, name: string, value: number | readonly number[], channels: number): readonly number[] {
  const values = typeof value === "number" ? new Array<number>(channels).fill(value) : value;
  if (values.length !== channels) {
    throw new RangeError(
      `${fn}: ${name} must have one number a channel, got ${values.length} for ${channels} channels`,
    );
  }
  for (const number of values) {
    const divides = name.endsWith("std");
    if (!Number.isFinite(number) || (divides && number <= 0)) {
      throw new RangeError(`${fn}: ${name} must be ${divides ? "above 0" : "finite"}, got ${number}`);
    }
  }
  return values;
}
