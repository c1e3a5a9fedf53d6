import type { FileSet, ImageSet } from "../datasets/types.js";
import type { ActiveRun } from "../tracking/active-run.js";
import type { RunLog } from "../tracking/run-log.js";
import type { FitConfigOptions } from "./fit-config.js";
import type { EpochRecord } from "./history-entries.js";
import type { LossFunction, LossRecord, Metrics } from "./own-functions.js";
import type { Progress, Standing } from "./progress.js";

/**
 * Where a run keeps what it can go on from: `last.safetensors`, and `best.safetensors` of the epoch of the best
 * accuracy.
 */
export interface CheckpointOptions {
  /** Its path; made where it does not exist. */
  readonly folder: string;
  /**
   * Steps between two writings within an epoch, 1 or more; each epoch's end, and an interrupt, write too. Default null:
   * none within an epoch.
   */
  readonly everySteps?: number | null;
  /** Minutes within an epoch after which it is written anew, above 0. Default null: as everySteps says. */
  readonly everyMinutes?: number | null;
}

/** Functions that are called as a run goes; a promise is waited for, an error ends the run. */
export interface FitCallbacks<Name extends string = string> {
  /** After each step. Default: nothing. */
  readonly step?: (standing: Standing) => unknown;
  /**
   * After each epoch, and its validation. What it gives to `note`, numbers by name, is kept: in the epoch's record as
   * `noted`, so in the checkpoint and the history of a run that goes on, and in the logs. Default: nothing.
   */
  readonly epoch?: (record: EpochRecord<Name>, note: (values: Readonly<Record<string, number>>) => void) => unknown;
}

/** What `fit` takes; `Name` are the names of its metrics. */
export interface FitOptions<Name extends string = string> extends FitConfigOptions {
  /**
   * What is minimized: softmax cross-entropy, or a function of one's own `(logits, targets) => scalar`, see
   * {@link LossFunction}. What regularizers of layers add comes on top. A history's config records a function by name
   * and digest; to repeat its run the function itself has to be given. Default "crossEntropy".
   */
  readonly loss?: "crossEntropy" | LossFunction | LossRecord;
  /**
   * What is measured beside loss and accuracy after each epoch, on the sets that `validation` and `monitor` name, by
   * name: `(logits, labels) => a scalar or [B]`, averaged over images. It comes into the history's epochs and into the
   * progress. Default null: nothing.
   */
  readonly metrics?: Metrics<Name> | null;
  /** Measured after each epoch; of the same classes, see `datasets.withClasses`. Default null: no validation. */
  readonly validation?: ImageSet | FileSet | null;
  /** Where the run keeps what it can go on from. Default null: nowhere. */
  readonly checkpoint?: CheckpointOptions | null;
  /**
   * true: go on from the checkpoint folder's last file, where there is one, as if the run had never been interrupted;
   * false: begin anew, in place of what is there. Default: a folder that holds a run is refused.
   */
  readonly resume?: boolean;
  /** Functions that are called as the run goes, `{ step, epoch }`. Default null: none. */
  readonly callbacks?: FitCallbacks<Name> | null;
  /**
   * Ends the run after the current step, as an interrupt of the running cell does, or in a script without it Ctrl-C
   * (SIGINT). Default: these alone; null: not even these.
   */
  readonly signal?: AbortSignal | null;
  /**
   * Where the run is recorded, `[tracking.mlflow({ … }), tracking.jsonLines(path)]`: its config, data, machine and end,
   * the loss and learning rate of its steps, and what is measured after an epoch. JSON lines are always among them, in
   * `runs/` where no path is given. Or a run of `tracking.startRun`, which goes on after it. A log that fails never
   * stops the training. Default null: nowhere.
   */
  readonly log?: readonly RunLog[] | ActiveRun | null;
  /**
   * Steps per entry of `train/loss` in the logs, whose mean it is, 1 or more. Default null: 1, or as many more as give
   * a longer run 10,000 entries.
   */
  readonly logEvery?: number | null;
  /**
   * Whether the logs also get, before the first step and after each epoch, how the values of each trained weight are
   * distributed, as `weights/NAME`. Default false.
   */
  readonly logHistograms?: boolean;
  /** What the run is called in its progress and its record. Default null: nothing, and there the model's name. */
  readonly name?: string | null;
  /**
   * Whether, or how, the run's standing is shown: true for an output updated in place in a notebook, lines in a
   * terminal. Default true, but with a log that shows it (`tracking.liveCurves`); null, as false, shows nothing.
   */
  readonly progress?: boolean | Progress | null;
  /**
   * Threads that make the batches, 0 to 64; 0 is this thread. They change the speed, not the run. Default 0 for images
   * in memory, 2 for files.
   */
  readonly workers?: number;
}
