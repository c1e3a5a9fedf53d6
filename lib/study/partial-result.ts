import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { aText, checkValue } from "../checks.js";
import { readJson } from "../read-json.js";
import type { FitConfig } from "../train/fit-config.js";
import type { EpochRecord } from "../train/history-entries.js";
import type { Size } from "./claims.js";

/** How far one run of an unfinished study is, as its newest checkpoint says. */
export interface PartialRun {
  /** Epochs done. */
  readonly epochs: number;
  /** Epochs that it is to have. */
  readonly of: number;
  /** Batches done. */
  readonly steps: number;
  /** Wall time of its training so far, of all its parts. */
  readonly seconds: number;
  /** When the checkpoint was written: ISO 8601, UTC. */
  readonly written: string;
  /** What it trains on. */
  readonly set: {
    /** The set's name, "cifar-10". */
    readonly name: string;
    /** Its split, "train". */
    readonly split: string;
    /** How many there are. */
    readonly images: number;
  };
  /** All options of the training. */
  readonly config: FitConfig;
  /** [epoch, batch, loss]: the mean of the batches since the row before. */
  readonly losses: readonly (readonly [epoch: number, batch: number, loss: number])[];
  /** Each epoch that is done: loss, accuracy, and what was measured on the validation images. */
  readonly history: readonly EpochRecord[];
}

/**
 * What is known of a study whose long run is not finished, as `npm run long` writes it beside the stored results:
 * `results/NAME/partial.full.json`. It has no measures: no claim is judged by it, and no text inserts its numbers.
 */
export interface PartialResult {
  /** The notebook's name. */
  readonly study: string;
  /** The size that runs. */
  readonly size: Size;
  /** What was set. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Versions of what runs it. */
  readonly versions: {
    /** Node's. */
    readonly node: string;
    /** This package's. */
    readonly saccade: string;
  };
  /** Where it runs. */
  readonly machine: {
    /** "linux x64" */
    readonly platform: string;
    /** As the processor calls itself. */
    readonly cpu: string;
    /** Cores that the process may use. */
    readonly cores: number;
    /** Of all memory. */
    readonly memoryBytes: number;
  };
  /** What goes on with it. */
  readonly command: string;
  /** ISO 8601, UTC: when this was written. */
  readonly date: string;
  /** Of this repository, as it ran; "-dirty" behind it where files were changed. */
  readonly commit: string;
  /** sha256 of the notebook's code. */
  readonly notebook: string;
  /** By name. */
  readonly runs: Readonly<Record<string, PartialRun>>;
  /** Trials recorded so far, by the sweep's name. */
  readonly sweeps: Readonly<Record<string, number>>;
}

/**
 * What `npm run long` has of a study's unfinished runs, so that a notebook can show how far they are.
 *
 * @param folder as seen from the notebook's folder: "results/cnn-attention-vs-vit"
 * @returns one for each size, seed and choice of arms that has begun and is not stored; none where nothing is partial
 * @throws TypeError for a path that is no text, SyntaxError for a file that is no JSON
 * @example for (const one of study.partialResults("results/cct-cifar100")) show(one.runs);
 */
export function partialResults(folder: string): PartialResult[] {
  checkValue("partialResults", "folder", folder, aText);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => /^partial\..+\.json$/.test(file)) : [];
  return files
    .sort()
    .map((file) => readJson(join(folder, file), "a partial result", "partialResults") as PartialResult);
}
