import { batchCount } from "../datasets/batch-options.js";
import type { FitConfig } from "./fit-config.js";

/** How long a run is, of whole epochs and perhaps a part of one more. */
export interface RunLength {
  readonly steps: number;
  readonly images: number;
  /** Epochs that are begun. */
  readonly epochs: number;
  /** Batches of an epoch, from 1. */
  batchesOf(epoch: number): number;
}

/** Digits after the point to which a part of an epoch is counted in batches: 0.1 of ten is one, in floats too. */
const DIGITS = 6;

/** The options that a run's length depends on. */
type Lengths = Pick<FitConfig, "epochs" | "batchSize" | "dropRemainder">;

/** What of a run is done: its steps, its last step's epoch and batch, from 1, and the epochs that have ended. */
interface Done {
  readonly steps: number;
  readonly epoch: number;
  readonly batch: number;
  readonly epochs: readonly unknown[];
}

/** @param size images in the set */
export function runLength(size: number, config: Lengths): RunLength {
  const batches = batchCount(size, config);
  const epochs = Math.ceil(config.epochs);
  const whole = epochs - 1;
  const last = Math.max(1, Math.ceil(Number(((config.epochs - whole) * batches).toFixed(DIGITS))));
  const imagesIn = (count: number): number => Math.min(size, count * config.batchSize);
  return {
    steps: whole * batches + last,
    images: whole * imagesIn(batches) + imagesIn(last),
    epochs,
    batchesOf: (epoch) => (epoch < epochs ? batches : last),
  };
}

/**
 * Checks that a run can go on from what a checkpoint has done: not to fewer epochs, and not within an epoch that ended
 * after a part of its batches.
 *
 * @param path the checkpoint's
 * @param size images in the set
 * @throws RangeError for epochs that are none of these
 */
export function checkLength(
  path: string,
  { steps, epoch, batch, epochs: { length: done } }: Done,
  size: number,
  config: Lengths,
): void {
  const { epochs, batchesOf } = runLength(size, config);
  const [has, got] = [`the checkpoint ${path} has done`, `got epochs=${config.epochs}`];
  if (epochs < done) throw new RangeError(`fit: epochs must be ${done} or more, which ${has}, ${got}`);
  const wanted = batchesOf(epoch);
  const fits = done === epoch ? batch === wanted : batch < wanted || epoch > epochs;
  if (steps === 0 || fits) return;
  const rule = `epochs must be such that epoch ${epoch} has ${done === epoch ? "" : "more than "}${batch} batches`;
  throw new RangeError(`fit: ${rule}, which ${has} of it, ${got}, of which it has ${wanted}`);
}
