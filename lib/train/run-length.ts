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

/** @param size images in the set */
export function runLength(size: number, config: Pick<FitConfig, "epochs" | "batchSize" | "dropRemainder">): RunLength {
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
