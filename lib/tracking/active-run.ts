import type { tf } from "../backend/index.js";
import type { LoggedImage, PlainRecord, RunStatus } from "./run-log.js";

/** Of which moment something is. */
export interface LogPlace {
  /** Steps done, 0 or more. Default one after the step that was logged last. */
  readonly step?: number;
  /** The epoch that the step is of, from 1. Default none. */
  readonly epoch?: number;
}

/** How a run ended. */
export interface EndRunOptions {
  /** What ended it. Default "finished". */
  readonly status?: RunStatus;
  /** What came out: numbers and texts by name. Default {}: what was logged last stands in the record anyway. */
  readonly result?: PlainRecord;
  /** Wall time. Default since the run began. */
  readonly seconds?: number;
}

/** A run under way, in one's own loop. No method waits for a log but `end` and `model`, and none throws for one. */
export interface ActiveRun {
  /** The same of a run that goes on. */
  readonly id: string;
  /** As it was called. */
  readonly name: string;
  /** Path of its JSON-lines record; null where none could be written. */
  readonly record: string | null;
  /** The step that was logged last. */
  readonly step: number;
  /** Whether one of its logs takes a trained model. */
  readonly takesModels: boolean;
  /**
   * Records numbers by name: `run.log({ "train/loss": 0.3 }, { step: 10 })`.
   * @throws TypeError or RangeError for what is no number, or a step below 0
   */
  log(values: Readonly<Record<string, number>>, place?: LogPlace): void;
  /**
   * Records images by name. The JSON-lines record keeps each as a PNG file beside it.
   * @throws TypeError or RangeError for what is no image
   */
  images(images: Readonly<Record<string, LoggedImage>>, place?: LogPlace): void;
  /**
   * Records how numbers are distributed, by name: weights, gradients.
   * @throws TypeError for what is no list of numbers
   */
  histograms(values: Readonly<Record<string, ArrayLike<number>>>, place?: LogPlace): void;
  /**
   * Records a file: one that there is, by its path, or one of these bytes, which is written beside the record.
   * @param name as the run calls it, "/" between folders
   * @throws RangeError for a name that leads out of its folder, or a path where no file is
   */
  artifact(name: string, content: string | Uint8Array): void;
  /**
   * Records a model's weights as the artifact NAME/model.safetensors, which `models.loadWeights` reads.
   * @param name default "model"
   * @throws RangeError or TypeError for a model that `saveWeights` refuses
   */
  model(model: tf.LayersModel, name?: string): Promise<void>;
  /**
   * Adds to what is said of the run: settings that came later, images, a network.
   * @throws TypeError for what JSON cannot hold
   */
  describe(more: { readonly config?: PlainRecord; readonly data?: PlainRecord; readonly model?: PlainRecord }): void;
  /**
   * Ends the run and waits for its logs; a second call does nothing.
   * @throws RangeError for an unknown status, or an option out of range
   */
  end(options?: EndRunOptions): Promise<void>;
}
