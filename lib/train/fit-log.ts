/** What `fit` reports of a run to its logs. */
import type { tf } from "../backend/index.js";
import type { ActiveRun } from "../tracking/active-run.js";
import type { RunLog, RunStatus } from "../tracking/run-log.js";
import { dataOf, modelOf } from "../tracking/run-origin.js";
import { startRun } from "../tracking/start-run.js";
import type { History, Recorder } from "./history.js";
import type { EpochRecord } from "./history-entries.js";
import type { Measurement } from "./progress.js";
import type { RunPlan } from "./run-plan.js";
import { best } from "./stopping.js";

/** Entries of a run's losses at most, where `logEvery` does not say how many. */
const MOST_ENTRIES = 10_000;

/** Reports a run as it goes. */
export interface FitLog {
  /** The run's, for its checkpoint. */
  readonly id: string;
  /** After each step. */
  step(loss: number, learningRate: number): void;
  /** After each epoch and what is measured then. */
  epoch(): void;
  /** What a callback noted of the last epoch. */
  noted(values: Readonly<Record<string, number>>): void;
  /** Waits for the logs. */
  end(history: History): Promise<void>;
  /** Waits for the logs. */
  failed(error: unknown): Promise<void>;
}

type Logged = Pick<
  RunPlan,
  "model" | "config" | "training" | "measured" | "name" | "log" | "logEvery" | "logHistograms"
>;

/**
 * Begins the record of a run, or goes on with it; undefined where it has no log.
 *
 * @param id of a run that goes on
 */
export async function openFitLog(plan: Logged, record: Recorder, id?: string): Promise<FitLog | undefined> {
  const { log } = plan;
  if (log === undefined) return undefined;
  const isOwn = isList(log);
  const run = isOwn
    ? await startRun({ ...describe(plan), log, ...(id !== undefined && { id, step: record.steps }) })
    : log;
  if (!isOwn) {
    const { name: _, ...rest } = describe(plan);
    run.describe(rest);
  }
  const logged = new LoggedFit(plan, record, run, isOwn);
  if (plan.logHistograms && record.steps === 0) logged.histograms();
  return logged;
}

const isList = (log: readonly RunLog[] | ActiveRun): log is readonly RunLog[] => Array.isArray(log);

function describe({ model, config, training, measured, name }: Logged) {
  const network = modelOf(model);
  const validation = measured.find((one) => one.name === "validation")?.set;
  const data = { ...dataOf(training.set), ...(validation && { validation: dataOf(validation) }) };
  return { name: name ?? String(network["name"]), config: { ...config }, data, model: network };
}

class LoggedFit implements FitLog {
  readonly id: string;
  readonly #model: tf.LayersModel;
  readonly #record: Recorder;
  readonly #run: ActiveRun;
  /** Whether the run is this fit's: it ends it. */
  readonly #isOwn: boolean;
  readonly #every: number;
  readonly #withHistograms: boolean;
  #sum = 0;
  #count = 0;
  #learningRate = NaN;
  #wasFinite = true;

  constructor({ model, logEvery, logHistograms }: Logged, record: Recorder, run: ActiveRun, isOwn: boolean) {
    this.id = run.id;
    this.#model = model;
    this.#record = record;
    this.#run = run;
    this.#isOwn = isOwn;
    this.#withHistograms = logHistograms;
    this.#every = logEvery ?? Math.ceil(record.length.steps / MOST_ENTRIES);
  }

  step(loss: number, learningRate: number): void {
    this.#sum += loss;
    this.#count++;
    this.#learningRate = learningRate;
    const isWrong = this.#wasFinite && !Number.isFinite(loss);
    this.#wasFinite &&= !isWrong;
    if (isWrong || this.#count >= this.#every) this.#flush();
  }

  #flush(): void {
    if (this.#count === 0) return;
    this.#log({ "train/loss": this.#sum / this.#count, learning_rate: this.#learningRate });
    this.#sum = this.#count = 0;
  }

  epoch(): void {
    this.#log(valuesOf(this.#record.epochs.at(-1)!));
    if (this.#withHistograms) this.histograms();
  }

  noted(values: Readonly<Record<string, number>>): void {
    this.#log(values);
  }

  /** Of the trained weights, by their layers' names. */
  histograms(): void {
    const values: Record<string, ArrayLike<number>> = {};
    for (const [i, weight] of this.#model.trainableWeights.entries()) {
      const name = `weights/${weight.originalName.replace(/[\\\0:]/g, "_")}`;
      values[name in values ? `${name}_${i}` : name] = weight.read().dataSync().slice();
    }
    const { steps: step, epoch } = this.#record;
    this.#run.histograms(values, { step, ...(step > 0 && { epoch }) });
  }

  #log(values: Readonly<Record<string, number>>): void {
    const { steps: step, epoch } = this.#record;
    this.#run.log(values, { step, epoch });
  }

  async end(history: History): Promise<void> {
    this.#flush();
    if (this.#record.open) this.epoch();
    if (!this.#isOwn) return;
    const { endedBy, epochs, steps, seconds, notFinite, config } = history;
    if (this.#run.takesModels && endedBy !== "notFinite") await this.#keepModel();
    const top = best(epochs, config);
    const last = epochs.at(-1);
    await this.#run.end({
      status: statusOf(history),
      seconds,
      result: {
        ended_by: endedBy,
        epochs: epochs.length,
        steps,
        ...(last && valuesOf(last)),
        ...(top && { best_epoch: top.epoch, best_accuracy: top.accuracy }),
        ...(notFinite && { not_finite: notFinite.what, not_finite_step: notFinite.step }),
      },
    });
  }

  async #keepModel(): Promise<void> {
    try {
      await this.#run.model(this.#model);
    } catch (error) {
      console.warn(`saccade: fit: the run ${this.id} does not keep its model: ${(error as Error).message}`);
    }
  }

  async failed(error: unknown): Promise<void> {
    if (!this.#isOwn) return;
    this.#flush();
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const { steps, seconds } = this.#record.state();
    await this.#run.end({ status: "failed", seconds, result: { error: text, steps } });
  }
}

function statusOf({ endedBy, notFinite }: History): RunStatus {
  if (notFinite) return "diverged";
  return endedBy === "signal" ? "stopped" : "finished";
}

/** The numbers of an epoch by the names that a record has for them. */
function valuesOf({ loss, accuracy, seconds, training, validation }: EpochRecord): Record<string, number> {
  return {
    "train/epoch_loss": loss,
    "train/accuracy": accuracy,
    "train/seconds": seconds,
    ...(training && named("train_after_epoch", training)),
    ...(validation && named("validation", validation)),
  };
}

function named(set: string, { loss, accuracy, metrics }: Measurement): Record<string, number> {
  const own = Object.entries(metrics ?? {}).map(([name, value]) => [`${set}/${name}`, value] as const);
  return { ...Object.fromEntries(own), [`${set}/loss`]: loss, [`${set}/accuracy`]: accuracy };
}
