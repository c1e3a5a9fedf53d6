import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { tf } from "../backend/index.js";
import {
  aModel,
  aText,
  calledAs,
  checkArguments,
  checkOptions,
  checkValue,
  either,
  notNegative,
  oneOf,
  optional,
  someBytes,
} from "../checks.js";
import { saveWeights } from "../models/weights/index.js";
import { shownAs } from "../shown.js";
import type { ActiveRun, EndRunOptions, LogPlace } from "./active-run.js";
import { filesOf } from "./json-lines.js";
import type { RunChannel } from "./run-channel.js";
import { aFileName, PLACE_RULES, plainData, someImages, someLists, someValues } from "./run-checks.js";
import type { ConfigEntry, LoggedImage, RunStart } from "./run-log.js";

const STATUSES = ["finished", "stopped", "failed", "diverged"];

/** What `startRun` gives. */
export class RunUnderWay implements ActiveRun {
  readonly id: string;
  readonly name: string;
  readonly record: string | null;
  readonly takesModels: boolean;
  #step: number;
  #ended = false;
  readonly #channels: readonly RunChannel[];
  readonly #startMs = performance.now();

  constructor({ id, name, record, step }: RunStart, channels: readonly RunChannel[], takesModels: boolean) {
    this.id = id;
    this.name = name;
    this.record = record;
    this.takesModels = takesModels;
    this.#step = step;
    this.#channels = channels;
    shownAs(this, () => ({ "text/plain": this.#sentence() }));
  }

  get step(): number {
    return this.#step;
  }

  log(values: Readonly<Record<string, number>>, place: LogPlace = {}): void {
    checkValue("run.log", "values", values, someValues);
    const at = this.#at("run.log", place);
    const entry = { ...at, ...(place.epoch !== undefined && { epoch: place.epoch }), values: { ...values } };
    for (const channel of this.#channels) channel.send("scalars", entry);
  }

  images(images: Readonly<Record<string, LoggedImage>>, place: LogPlace = {}): void {
    checkValue("run.images", "images", images, someImages);
    const entry = { ...this.#at("run.images", place, this.#step), images };
    for (const channel of this.#channels) channel.send("images", entry);
  }

  histograms(values: Readonly<Record<string, ArrayLike<number>>>, place: LogPlace = {}): void {
    checkValue("run.histograms", "values", values, someLists);
    const entry = { ...this.#at("run.histograms", place, this.#step), values };
    for (const channel of this.#channels) channel.send("histograms", entry);
  }

  artifact(name: string, content: string | Uint8Array): void {
    checkArguments("run.artifact", { name, content }, { name: aFileName, content: either(aText, someBytes) });
    this.#refuseEnded("run.artifact");
    if (typeof content === "string" && !existsSync(content))
      throw new RangeError(`run.artifact: content must be bytes or the path of a file, got ${content}`);
    let path: string;
    try {
      path = typeof content === "string" ? content : this.#written(name, content);
    } catch (error) {
      return console.warn(`saccade: the run ${this.id} does not keep ${name}: ${(error as Error).message}`);
    }
    for (const channel of this.#channels) channel.send("artifact", { name, path: resolve(path) });
  }

  async model(model: tf.LayersModel, name: string = "model"): Promise<void> {
    checkArguments("run.model", { model, name }, { model: aModel, name: aFileName });
    this.#refuseEnded("run.model");
    const file = `${name}/model.safetensors`;
    const path = this.#place(file);
    try {
      await calledAs("run.model", () => saveWeights(model, path));
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      return console.warn(`saccade: the run ${this.id} does not keep ${file}: ${error.message}`);
    }
    this.artifact(file, path);
  }

  describe(more: ConfigEntry): void {
    checkOptions("run.describe", more, {
      config: optional(plainData),
      data: optional(plainData),
      model: optional(plainData),
    });
    this.#refuseEnded("run.describe");
    for (const channel of this.#channels) channel.send("config", more);
  }

  async end(options: EndRunOptions = {}): Promise<void> {
    checkOptions("run.end", options, {
      status: optional(oneOf(STATUSES)),
      result: optional(plainData),
      seconds: optional(notNegative),
    });
    if (this.#ended) return;
    this.#ended = true;
    const { status = "finished", result = {}, seconds = (performance.now() - this.#startMs) / 1000 } = options;
    const entry = { time: new Date().toISOString(), status, seconds, result };
    await Promise.all(this.#channels.map((channel) => channel.end(entry)));
  }

  #at(fn: string, place: LogPlace, step: number = this.#step + 1): { readonly step: number; readonly time: string } {
    checkOptions(fn, place, PLACE_RULES);
    this.#refuseEnded(fn);
    this.#step = place.step ?? step;
    return { step: this.#step, time: new Date().toISOString() };
  }

  #refuseEnded(fn: string): void {
    if (this.#ended) throw new RangeError(`${fn}: the run must be under way, got ${this.id}, which has ended`);
  }

  /** The path of a file that belongs to the record. */
  #place(name: string): string {
    const folder = this.record === null ? mkdtempSync(join(tmpdir(), `${this.id}-`)) : filesOf(this.record);
    return join(folder, name);
  }

  #written(name: string, bytes: Uint8Array): string {
    const path = this.#place(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  }

  #sentence(): string {
    const where = this.record === null ? "no record" : `recorded in ${this.record}`;
    return `run ${this.id}: ${this.#ended ? "ended" : "under way"}, step ${this.#step}, ${where}`;
  }
}
