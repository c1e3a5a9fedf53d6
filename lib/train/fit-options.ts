import type { FileSet, ImageSet } from "../datasets/types.js";
import type { FitConfigOptions } from "./fit-config.js";
import type { EpochRecord } from "./history.js";
import type { Progress, Standing } from "./progress.js";

/**
 * Where a run keeps what it can go on from: `last.safetensors`, and `best.safetensors` of the epoch of the best
 * accuracy.
 */
export interface CheckpointOptions {
  /** Made where it does not exist. */
  readonly folder: string;
  /**
   * Steps between two writings within an epoch, 1 or more; each epoch's end, and an interrupt, write too. Default: none
   * within an epoch.
   */
  readonly everySteps?: number;
}

/** Called as a run goes; a promise is waited for, an error ends the run. */
export interface FitCallbacks {
  /** After each step. */
  readonly step?: (standing: Standing) => unknown;
  /** After each epoch, and its validation. */
  readonly epoch?: (record: EpochRecord) => unknown;
}

export interface FitOptions extends FitConfigOptions {
  /**
   * Ends the run after the current step, as an interrupt of the running cell does, or in a script without it Ctrl-C
   * (SIGINT).
   */
  readonly signal?: AbortSignal;
  /** What the run is called in its progress. Default: nothing. */
  readonly name?: string;
  /** false for none; by default an output updated in place in a notebook, lines in a terminal. */
  readonly progress?: boolean | Progress;
  /** Evaluated after each epoch; of the same classes, see `datasets.withClasses`. */
  readonly validation?: ImageSet | FileSet;
  /**
   * Threads that make the batches, 0 to 64; 0 is this thread. They change the speed, not the run. Default 0 for images
   * in memory, 2 for files.
   */
  readonly workers?: number;
  /** Where the run keeps what it can go on from. Default: nowhere. */
  readonly checkpoint?: CheckpointOptions;
  /**
   * Go on from the checkpoint folder's last file, where there is one, as if the run had never been interrupted. Default
   * false.
   */
  readonly resume?: boolean;
  /** Functions that are called as the run goes. */
  readonly callbacks?: FitCallbacks;
}
