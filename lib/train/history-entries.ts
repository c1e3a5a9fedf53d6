/** Single entries of a run's history. */

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
