import { resolve } from "node:path";
import { typed } from "../../files/own-folder.js";
import type { ArtifactEntry, ConfigEntry, EndEntry, RunStart, ScalarsEntry } from "../run-log.js";
import { AwayError, RefusedError, type MlflowApi } from "./mlflow-api.js";
import { artifactName, inBatches, metricsOf, MOST } from "./mlflow-names.js";
import { openMlflowRun, sendEnd, sendParams, type MlflowRun } from "./mlflow-run.js";
import { ScalarsBacklog } from "./scalars-backlog.js";

/** Between two sendings while a run goes. */
const EVERY_MS = 1000;
/** Before the first and before later attempts to reach a server that is away; at a run's end at most the second. */
const [FIRST_MS, LAST_MS, END_MS] = [500, 30_000, 2_000];

/** What a sender works with. */
export interface SenderOptions {
  readonly api: MlflowApi;
  readonly experiment: string;
  readonly tags: Readonly<Record<string, string>>;
  /** How long the end waits for a server that is away. */
  readonly waitMs: number;
}

/** A file that is to be sent. */
export type Upload = { readonly name: string; readonly bytes: Uint8Array } | ArtifactEntry;

/**
 * Sends one run to a server, in the background and in order. What a server that is away has not taken stays; beyond a
 * bound it is read again from the run's record.
 */
export class MlflowSender {
  readonly #options: SenderOptions;
  readonly #run: RunStart;
  readonly #scalars: ScalarsBacklog;
  readonly #settings: ConfigEntry[];
  readonly #uploads: Upload[] = [];
  #theirs: MlflowRun | undefined;
  /** The run's end, from when it comes until it is sent. */
  readonly #ends: EndEntry[] = [];
  #deadline = Infinity;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  /** Ends the pause before the next attempt. */
  #wake: (() => void) | undefined;
  /** Why nothing more can be sent, where that is so. */
  #dead: Error | undefined;
  readonly #refused: Error[] = [];
  #hasTold = false;

  constructor(options: SenderOptions, run: RunStart) {
    this.#options = options;
    this.#run = run;
    this.#scalars = new ScalarsBacklog(run);
    this.#settings = [run];
    this.#start();
  }

  scalars(entry: ScalarsEntry): void {
    this.#scalars.add(entry);
    if (this.#scalars.waiting >= MOST.metrics) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), EVERY_MS).unref();
  }

  upload(file: Upload): void {
    this.#uploads.push(file);
    this.#start();
  }

  config(entry: ConfigEntry): void {
    this.#settings.push(entry);
    this.#start();
  }

  /** Sends what is left. @throws Error saying what has not reached the server, and where it is kept */
  async end(entry: EndEntry): Promise<void> {
    this.#ends.push(entry);
    const patience = entry.status === "stopped" ? Math.min(this.#options.waitMs, 5000) : this.#options.waitMs;
    this.#deadline = Date.now() + patience;
    this.#wake?.();
    await this.#working; // what goes on has its own pause
    this.#start();
    await this.#working;
    if (this.#dead) throw new Error(this.#keptText(this.#dead));
    const [first] = this.#refused;
    if (first) throw new Error(first.message);
    if (this.#scalars.lost > 0) throw new Error(`${this.#scalars.lost} entries were neither sent nor in the record`);
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#dead) return;
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    let pauseMs = FIRST_MS;
    while (this.#dead === undefined) {
      try {
        if (!(await this.#sendNext())) return;
        pauseMs = FIRST_MS;
      } catch (error) {
        if (error instanceof RefusedError && this.#theirs !== undefined) {
          this.#refused.push(error);
          continue; // the next one
        }
        const isEnding = this.#ends.length > 0;
        if (isEnding) pauseMs = Math.min(pauseMs, END_MS);
        if (!(error instanceof AwayError) || Date.now() + pauseMs > this.#deadline) {
          this.#dead = error as Error;
          if (!isEnding) this.#tell(this.#dead, "the run goes on without it");
          return;
        }
        this.#tell(error, "the run goes on, and what it logs is sent when the server is back");
        await this.#pause(error.afterMs ?? pauseMs);
        pauseMs = Math.min(2 * pauseMs, LAST_MS);
      }
    }
  }

  /** @returns whether there may be more */
  async #sendNext(): Promise<boolean> {
    const { api, experiment, tags } = this.#options;
    this.#theirs ??= await openMlflowRun(api, experiment, this.#run, tags);
    const run = this.#theirs;
    const [settings] = this.#settings;
    if (settings) return this.#take(this.#settings, () => this.#sendSettings(run, settings));
    const entries = await this.#scalars.next(MOST.metrics);
    if (entries.length > 0) {
      const batches = inBatches(entries.flatMap(metricsOf), MOST.metrics);
      return this.#take(this.#scalars, async () => {
        for (const metrics of batches) await api.call("runs/log-batch", { run_id: run.id, metrics });
      });
    }
    const [file] = this.#uploads;
    if (file) return this.#take(this.#uploads, () => this.#sendFile(run, file));
    const [end] = this.#ends;
    return end !== undefined && this.#take(this.#ends, () => sendEnd(api, run, end));
  }

  /** Takes the first of a list once it is sent, or refused. */
  async #take(from: { shift(): unknown }, send: () => Promise<void>): Promise<true> {
    try {
      await send();
    } catch (error) {
      if (error instanceof RefusedError) from.shift();
      throw error;
    }
    from.shift();
    return true;
  }

  async #sendSettings(run: MlflowRun, { config = {}, data = {}, model = {} }: ConfigEntry): Promise<void> {
    const whole = await sendParams(this.#options.api, run, { config, data, model });
    if (whole !== undefined) this.#uploads.unshift({ name: "config.json", bytes: Buffer.from(whole) });
  }

  async #sendFile({ artifacts }: MlflowRun, file: Upload): Promise<void> {
    const { api } = this.#options;
    if (artifacts === undefined)
      throw new RefusedError(`${api.uri} takes no files: mlflow server does with --serve-artifacts, got ${file.name}`);
    try {
      await api.upload(`${artifacts}/${artifactName(file.name)}`, "bytes" in file ? file.bytes : { path: file.path });
    } catch (error) {
      if (error instanceof RefusedError || error instanceof AwayError) throw error;
      throw new RefusedError(`the file ${file.name} cannot be read: ${(error as Error).message}`);
    }
  }

  /** Once a run. */
  #tell(error: Error, whatNow: string): void {
    if (this.#hasTold) return;
    this.#hasTold = true;
    console.warn(`saccade: mlflow: ${error.message}; ${whatNow}`);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      if (this.#ends.length === 0) timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #keptText(why: Error): string {
    const { record } = this.#run;
    const kept =
      record === null
        ? "and no record keeps it"
        : `${record} keeps it: \`${typed(`runs send ${resolve(record)}`)}\` sends it`;
    return `not all has reached the server, as ${why.message}; ${kept}`;
  }
}
