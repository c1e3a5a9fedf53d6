import type { FitConfig } from "./fit.js";
import type { Progress, Standing } from "./progress.js";
import type { StepResult } from "./step.js";

/** What a run did, as plain data. */
export interface History {
  readonly config: FitConfig;
  /** The mean of the last `lossEvery` batches' losses, at batch `batch` (from 1) of epoch `epoch` (from 1). */
  readonly losses: readonly { readonly epoch: number; readonly batch: number; readonly loss: number }[];
  /** Means over all images of each completed epoch, measured while training; seconds of that epoch. */
  readonly epochs: readonly { readonly epoch: number; readonly loss: number; readonly accuracy: number; readonly seconds: number }[];
  /** Batches done. */
  readonly steps: number;
  readonly seconds: number;
  /** True where a signal ended the run early. */
  readonly stopped: boolean;
}

/** Sums what the steps report into a history, and shows it. */
export class Recorder {
  readonly #losses: History["losses"][number][] = [];
  readonly #epochs: History["epochs"][number][] = [];
  readonly #batches: number;
  readonly #startMs = performance.now();
  #epochMs = 0;
  #epoch = 0;
  #batch = 0;
  #steps = 0;
  #images = 0;
  #epochImages = 0;
  #lossSum = 0;
  #correct = 0;
  #windowSum = 0;
  #windowBatches = 0;

  /** @param size images in the set */
  constructor(readonly config: FitConfig, readonly size: number, readonly progress: Progress) {
    this.#batches = Math.ceil(size / config.batchSize);
  }

  startEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#epochMs = performance.now();
    this.#batch = this.#epochImages = this.#lossSum = this.#correct = this.#windowSum = this.#windowBatches = 0;
  }

  add({ loss, correct, images }: StepResult): void {
    this.#batch++;
    this.#steps++;
    this.#images += images;
    this.#epochImages += images;
    this.#lossSum += loss * images;
    this.#correct += correct;
    this.#windowSum += loss;
    this.#windowBatches++;
    const standing = this.#standing();
    this.progress.step(standing);

    const windowEnds = this.#windowBatches === Math.min(this.config.lossEvery, this.#batches);
    if (windowEnds) {
      this.#losses.push({ epoch: this.#epoch, batch: this.#batch, loss: this.#windowSum / this.#windowBatches });
      this.#windowSum = this.#windowBatches = 0;
    }
    const epochEnds = this.#batch === this.#batches;
    if (epochEnds) {
      const { epoch, loss, accuracy } = standing;
      this.#epochs.push({ epoch, loss, accuracy, seconds: (performance.now() - this.#epochMs) / 1000 });
    }
    if (windowEnds || epochEnds) this.progress.mark(standing);
  }

  history(): History {
    const seconds = (performance.now() - this.#startMs) / 1000;
    const stopped = this.#steps < this.#batches * this.config.epochs;
    return { config: this.config, losses: this.#losses, epochs: this.#epochs, steps: this.#steps, seconds, stopped };
  }

  #standing(): Standing {
    const rate = this.#images / ((performance.now() - this.#startMs) / 1000);
    const left = this.size * this.config.epochs - this.#images;
    return {
      epoch: this.#epoch, epochs: this.config.epochs, batch: this.#batch, batches: this.#batches,
      rate, secondsLeft: left / rate,
      loss: this.#lossSum / this.#epochImages, accuracy: this.#correct / this.#epochImages,
    };
  }
}
