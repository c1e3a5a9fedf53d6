import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { endsOnSignal, listenForInterrupt } from "../host.js";
import type { OpenablePlace, PlaceStart } from "./place.js";
import { CORES, localPlace } from "./process/local-place.js";
import { digestOf, inFolder, openSweep } from "./record/sweep-folder.js";
import { sweepResult, type SweepResult } from "./result/sweep-result.js";
import { asSpace, type Config, type Space } from "./space/space.js";
import { Sweep } from "./sweep.js";
import { checkSweep, type SweepOptions } from "./sweep-options.js";

/**
 * Runs a trial for each config of a space, several at a time: a hyper-parameter search. A trial that fails, diverges or
 * loses its process stands in the result as such, and the others go on. Each has a record in the sweep's folder,
 * written as it goes: after an interrupt, or the end of this process at any moment, the same call goes on.
 *
 * On this machine each process runs many trials, one after the other, and frees the variables that a trial made; what
 * all trials need, `setup` makes once in each.
 *
 * @returns the trials with what they reported, also where an interrupt ended it early
 * @throws TypeError or RangeError for options that do not hold, a function that names what lies outside of it, a folder
 *   with another space, or one in which a sweep runs
 * @throws Error where the trial's module or `setup` cannot be loaded
 * @example
 * const result = await sweeps.run({
 *   name: "rates",
 *   space: sweeps.grid({ learningRate: [0.01, 0.005], batchSize: [64, 256] }),
 *   setup: async ({ saccade: { datasets } }) => await datasets.fashionMnist(),
 *   trial: async ({ config, report, signal, shared: { train, test }, saccade }) => {
 *     const model = saccade.models.createModel("fashion_cnn");
 *     await saccade.train.fit(model, train, {
 *       ...{ ...config, validation: test, epochs: 3, signal },
 *       callbacks: { epoch: ({ epoch, validation }) => report(epoch, { accuracy: validation!.accuracy }) },
 *     });
 *   },
 *   metric: "accuracy",
 * });
 */
export function run<One extends object = Config, Shared = unknown>(
  options: SweepOptions<One, Shared>,
): Promise<SweepResult<One>> {
  return endsOnSignal(async () => (await runSweep(options as unknown as SweepOptions)) as unknown as SweepResult<One>);
}

async function runSweep(options: SweepOptions): Promise<SweepResult> {
  checkSweep(options);
  const space = asSpace("run", options.space);
  const modules = await modulesOf(options);
  const folder = resolve(options.folder ?? join("sweeps", options.name));
  return inFolder(folder, async () => {
    const { name, earlyStopping = null, resume = true } = options;
    const rule = earlyStopping && { kind: earlyStopping.kind, options: earlyStopping.options };
    const began = new Date().toISOString();
    const trialSha256 = digestOf(modules.trial.text);
    const differs = openSweep(folder, { type: "sweep", name, began, space, trialSha256, rule }, resume);
    return begin(options, space, folder, differs, startOf(name, folder, modules));
  });
}

async function begin(
  options: SweepOptions,
  space: Space,
  folder: string,
  differs: readonly string[],
  start: PlaceStart,
): Promise<SweepResult> {
  const { name, earlyStopping = null, threads, pin = true, retryFailed = false } = options;
  const seats = options.processes ?? options.on?.seats ?? CORES;
  const local = { processes: Math.min(seats, space.configs.length), threads, pin };
  const metric = options.metric ?? asText(earlyStopping?.options["metric"]) ?? null;
  const mode = options.mode ?? (earlyStopping?.options["mode"] === "min" ? "min" : "max");
  const { signal, release } = listenForInterrupt(options.signal, "the sweep ends with its running trials");
  const beganMs = performance.now();
  try {
    const sweep = new Sweep({
      name,
      folder,
      space,
      start,
      metric,
      mode,
      place: (options.on as OpenablePlace | null | undefined) ?? localPlace(local),
      seats: local.processes,
      pin: pin && !options.on,
      rule: earlyStopping?.begin(),
      until: options.until ?? undefined,
      progress: options.progress ?? true,
      signal,
    });
    await sweep.readRecords(retryFailed);
    await sweep.run();
    const seconds = (performance.now() - beganMs) / 1000;
    const { states, interrupted } = sweep;
    const notes = [...differs, ...sweep.notes];
    return sweepResult({ name, folder, configs: space.configs, states, interrupted, notes, seconds, metric, mode });
  } finally {
    release();
  }
}

const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** A module, by its address or by the text that it is to have. */
interface ModuleSource {
  readonly text: string;
  /** Undefined of a function that is sent. */
  readonly url: string | undefined;
}

interface Modules {
  readonly trial: ModuleSource;
  readonly setup: ModuleSource | undefined;
}

async function modulesOf({ trial, setup }: SweepOptions): Promise<Modules> {
  return {
    trial: await sourceOf("trial", trial),
    setup: setup == null ? undefined : await sourceOf("setup", setup),
  };
}

async function sourceOf(
  what: "trial" | "setup",
  given: string | URL | ((...args: never[]) => unknown),
): Promise<ModuleSource> {
  if (typeof given === "function") {
    const { moduleText } = await import("./trial/function-text.js"); // with a parser: who runs no sweep loads none
    return { text: moduleText("run", what, given), url: undefined };
  }
  const isAddress = given instanceof URL || given.startsWith("file:");
  const file = isAddress ? fileURLToPath(given) : resolve(given);
  if (!existsSync(file))
    throw new RangeError(`run: ${what} must be a function or a module's path, got ${file}, which is not there`);
  return { text: readFileSync(file, "utf8"), url: pathToFileURL(file).href };
}

/** Writes the functions that are sent, beside the records. */
function startOf(name: string, folder: string, modules: Modules): PlaceStart {
  const sent: string[] = [];
  const urlOf = (what: "trial" | "setup", source: ModuleSource): string => {
    if (source.url !== undefined) return source.url;
    const file = join(folder, `${what}.mjs`);
    writeFileSync(file, source.text);
    const { href } = pathToFileURL(file);
    sent.push(href);
    return href;
  };
  const trial = urlOf("trial", modules.trial);
  const setup = modules.setup ? urlOf("setup", modules.setup) : null;
  return { name, trial, setup, sent };
}
