import type { FitConfig } from "./fit-config.js";
import type { EpochRecord, LossEntry, NotFinite } from "./history-entries.js";
import type { EndedBy, Progress, Standing } from "./progress.js";
import { runLength, type RunLength } from "./run-length.js";
import type { StepResult } from "./step.js";

/** Batches of an entry of `History.losses`, and entries of a run that is too short for it. */
const LOSS_EVERY = 200;
const LEAST_ENTRIES = 20;

/**
 * What a run did, as plain data; `Name` are the names of its metrics. A notebook shows it as a table of its epochs, and
 * so does console.log; all its fields are written by `console.dir(history, { customInspect: false })`.
 */
export interface History<Name extends string = string> {
  /** All options of the run. */
  readonly config: FitConfig;
  /** The mean of the last batches' losses, of `lossEvery` each, at batch `batch` (from 1) of epoch `epoch` (from 1). */
  readonly losses: readonly LossEntry[];
  /** The epochs that are done. */
  readonly epochs: readonly EpochRecord<Name>[];
  /** Batches done. */
  readonly steps: number;
  /** Wall time of the training. */
  readonly seconds: number;
  /** True where the run ended before its last epoch did. */
  readonly stopped: boolean;
  /** What ended it: its last epoch, a signal, `targetAccuracy`, `patience`, or a loss or weight that was not finite. */
  readonly endedBy: EndedBy;
  /** The first loss or weight that was not finite, where there was one. */
  readonly notFinite?: NotFinite;
}

/** All that a recorder knows, as plain data that JSON holds exactly. */
export interface RecorderState {
  losses: History["losses"][number][];
  epochs: EpochRecord[];
  seconds: number;
  epochSeconds: number;
  epoch: number;
  batch: number;
  steps: number;
  images: number;
  epochImages: number;
  lossSum: number;
  correct: number;
  windowSum: number;
  windowBatches: number;
  /** Whether the last epoch's batches are done, but not what comes after them: evaluation, callback, checkpoint. */
  open: boolean;
  notFinite?: NotFinite;
}

const FRESH = {
  seconds: 0,
  epochSeconds: 0,
  epoch: 0,
  batch: 0,
  steps: 0,
  images: 0,
  epochImages: 0,
  lossSum: 0,
  correct: 0,
  windowSum: 0,
  windowBatches: 0,
  open: false,
};

/** Sums what the steps report into a history, and shows it. */
export class Recorder {
  readonly length: RunLength;
  readonly #state: RecorderState;
  /** When the run, and its epoch, would have begun had they not been interrupted. */
  #startMs: number;
  #epochMs: number;
  /** When this process took the run up, and how many images were done. */
  readonly #began: { readonly ms: number; readonly images: number };

  /**
   * @param size images in the set
   * @param state of a run that goes on
   */
  constructor(
    readonly config: FitConfig,
    size: number,
    readonly progress: Progress,
    state?: RecorderState,
  ) {
    this.length = runLength(size, config);
    this.#state = state ? restored(state) : { ...FRESH, losses: [], epochs: [] };
    this.#startMs = performance.now() - 1000 * this.#state.seconds;
    this.#epochMs = performance.now() - 1000 * this.#state.epochSeconds;
    this.#began = { ms: performance.now(), images: this.#state.images };
  }

  get steps(): number {
    return this.#state.steps;
  }

  /** The epoch of the last step, from 1. */
  get epoch(): number {
    return this.#state.epoch;
  }

  /** Whether the last epoch's batches are done, but not what comes after them. */
  get open(): boolean {
    return this.#state.open;
  }

  /** Completed epochs. */
  get epochs(): readonly EpochRecord[] {
    return this.#state.epochs;
  }

  /** Whether a window of losses, or an epoch, ended with the last step. */
  get atMark(): boolean {
    return this.#state.open || (this.#state.steps > 0 && this.#state.windowBatches === 0);
  }

  /** What {@link noteNotFinite} was told. */
  get notFinite(): NotFinite | undefined {
    return this.#state.notFinite;
  }

  /** The last step was the first with something that is not finite. */
  noteNotFinite(what: string): NotFinite {
    const { steps: step, epoch, batch } = this.#state;
    return (this.#state.notFinite = { step, epoch, batch, what });
  }

  /** Where to go on: an epoch from 1, and how many of its batches are done. */
  get position(): { readonly epoch: number; readonly batch: number } {
    const { epoch, batch } = this.#state;
    return epoch === 0 || batch === this.length.batchesOf(epoch) ? { epoch: epoch + 1, batch: 0 } : { epoch, batch };
  }

  startEpoch(epoch: number): void {
    this.#epochMs = performance.now();
    Object.assign(this.#state, {
      epoch,
      batch: 0,
      epochImages: 0,
      lossSum: 0,
      correct: 0,
      windowSum: 0,
      windowBatches: 0,
    });
  }

  /** @param learningRate of the step */
  add({ loss, correct, images }: StepResult, learningRate: number): Standing {
    const state = this.#state;
    state.batch++;
    state.steps++;
    state.images += images;
    state.epochImages += images;
    state.lossSum += loss * images;
    state.correct += correct;
    state.windowSum += loss;
    state.windowBatches++;
    const standing = this.#standing();
    this.progress.step(standing);

    const { lossEvery } = this.config;
    const shorter = Math.max(1, Math.floor(this.length.steps / LEAST_ENTRIES));
    const { batch, batches } = standing;
    const windowEnds = state.windowBatches >= Math.min(lossEvery ?? Math.min(LOSS_EVERY, shorter), batches);
    const isMarked = batch % (lossEvery ?? LOSS_EVERY) === 0;
    if (windowEnds) {
      state.losses.push({ epoch: state.epoch, batch: state.batch, loss: state.windowSum / state.windowBatches });
      state.windowSum = state.windowBatches = 0;
    }
    const epochEnds = batch === batches;
    if (epochEnds) {
      const { epoch, loss, accuracy } = standing;
      const seconds = (performance.now() - this.#epochMs) / 1000;
      state.epochs.push({ epoch, loss, accuracy, seconds, learningRate });
      state.open = true;
    }
    if (isMarked || epochEnds) this.progress.mark(standing);
    return standing;
  }

  /** Adds to the last epoch what was found after it. */
  found(found: Pick<EpochRecord, "training" | "validation" | "noted">): void {
    const { epochs } = this.#state;
    epochs.push({ ...epochs.pop()!, ...found });
  }

  /** After the last epoch's evaluation. */
  closeEpoch(): void {
    this.#state.open = false;
  }

  /** A copy of all it knows. */
  state(): RecorderState {
    const now = performance.now();
    return structuredClone({
      ...this.#state,
      seconds: (now - this.#startMs) / 1000,
      epochSeconds: (now - this.#epochMs) / 1000,
    });
  }

  history(endedBy: History["endedBy"]): History {
    const { losses, epochs, steps, seconds, notFinite } = this.state();
    const stopped = steps < this.length.steps;
    return {
      config: this.config,
      losses,
      epochs,
      steps,
      seconds,
      stopped,
      endedBy,
      ...(notFinite && { notFinite }),
    };
  }

  #standing(): Standing {
    const state = this.#state;
    const rate = (state.images - this.#began.images) / ((performance.now() - this.#began.ms) / 1000);
    const { length } = this;
    const left = length.images - state.images;
    return {
      epoch: state.epoch,
      epochs: length.epochs,
      batch: state.batch,
      batches: length.batchesOf(state.epoch),
      step: state.steps,
      steps: length.steps,
      rate,
      secondsLeft: left / rate,
      loss: state.lossSum / state.epochImages,
      accuracy: state.correct / state.epochImages,
    };
  }
}

/** A copy in which each number that JSON could not hold, for which it writes null, or that was not noted is NaN. */
function restored(state: RecorderState): RecorderState {
  const epochs = state.epochs.map((epoch) => ({ ...epoch, learningRate: epoch.learningRate ?? NaN }));
  const text = JSON.stringify({ ...state, epochs });
  return JSON.parse(text, (_, value: unknown) => (value === null ? NaN : value)) as RecorderState;
}
