/** Single entries of a run's history. */
import type { Measurement } from "./progress.js";

/** The first number of a run that was not finite. */
export interface NotFinite {
  /** From 1. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** From 1 in each epoch. */
  readonly batch: number;
  /** "the loss was NaN", or "a weight was NaN in conv1/kernel". */
  readonly what: string;
}

/** One point of a loss curve. */
export interface LossEntry {
  /** From 1. */
  readonly epoch: number;
  /** The last of the batches whose mean it is, from 1 in each epoch. */
  readonly batch: number;
  /** Mean over the batches since the entry before. */
  readonly loss: number;
}

/** One completed epoch: means over all its images, measured while training. */
export interface EpochRecord<Name extends string = string> {
  /** From 1. */
  readonly epoch: number;
  /** With what regularizers add. */
  readonly loss: number;
  /** 0 to 1. */
  readonly accuracy: number;
  /** Wall time of its training. */
  readonly seconds: number;
  /**
   * Of its last step, as the schedule gave it; groups of parameters scale it. NaN in the epochs of a checkpoint from
   * before it was noted.
   */
  readonly learningRate: number;
  /** On the training set after the epoch, without augmentation; only with monitor "training". */
  readonly training?: Measurement<Name>;
  /** On the validation set, where there is one, after the epoch. */
  readonly validation?: Measurement<Name>;
  /** What the epoch's callback noted. */
  readonly noted?: Readonly<Record<string, number>>;
}
