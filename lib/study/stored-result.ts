import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { aText, checkArguments, checkValue, oneOf, optional } from "../checks.js";
import { readJson } from "../read-json.js";
import { SIZES, type Size } from "./claims.js";
import type { StudyResult } from "./study-result.js";

/** A result as the runner stores it: what the notebook handed over, and how it came about. */
export interface StoredResult extends StudyResult {
  /** What was run to make it. */
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** Of this repository, when it ran; "-dirty" behind it where files were changed. */
  readonly commit: string;
  /** The name of the kernel that ran the notebook. */
  readonly kernel: string;
  /** sha256 of the notebook's code. */
  readonly notebook: string;
  /** From the start to the end of the notebook. */
  readonly wallSeconds: number;
  /** As judged then; null where a claim was not. */
  readonly claims: readonly {
    /** The claim's sentence. */
    readonly statement: string;
    /** Whether it held; null where it was not judged. */
    readonly holds: boolean | null;
  }[];
}

/**
 * A stored result of a study, to be shown beside a fresh one.
 * @param path as seen from the notebook's folder: "results/cnn-attention-vs-vit/quick.json"
 * @returns undefined where none is stored
 * @throws TypeError for a path that is no text, SyntaxError for a file that is no JSON
 */
export function storedResult(path: string): StoredResult | undefined {
  checkValue("storedResult", "path", path, aText);
  return existsSync(path) ? (readJson(path, "a stored result", "storedResult") as StoredResult) : undefined;
}

/**
 * The stored results of one size, of every seed; none where no one has been stored.
 * @param folder as seen from the notebook's folder: "results/cnn-attention-vs-vit"
 * @param replaced what the one is called that a run under way is to replace, "quick.seed-1": it is left out
 * @throws RangeError for a size that is none: it lists those that there are; SyntaxError for a file that is no JSON
 */
export function storedResults(folder: string, size: Size, replaced?: string): StoredResult[] {
  checkArguments(
    "storedResults",
    { folder, size, replaced },
    { folder: aText, size: oneOf(SIZES), replaced: optional(aText) },
  );
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => file.startsWith(`${size}.`) && file.endsWith(".json"))
    : [];
  return files
    .filter((file) => file !== `${replaced}.json`)
    .sort()
    .map((file) => readJson(join(folder, file), "a stored result", "storedResults") as StoredResult);
}

/** One result a seed, the newest: a run may be stored with all arms and with some. */
export function newestOfSeeds(results: readonly StoredResult[]): StoredResult[] {
  const newest = new Map<unknown, StoredResult>();
  for (const one of [...results].sort((a, b) => (a.date < b.date ? -1 : 1))) newest.set(one.config["seed"], one);
  return [...newest.values()];
}

/**
 * Of the results, those that another choice of arms of the same run gave, the newest first: they have all of its
 * settings but that choice.
 */
export function ofSameSettings(results: readonly StoredResult[], config: StudyResult["config"]): StoredResult[] {
  const settings = settingsText(config);
  return results.filter((one) => settingsText(one.config) === settings).sort((a, b) => (a.date > b.date ? -1 : 1));
}

/** What was set, by name, but for the choice of arms: another choice is the same run of each. */
export function settingsOf(config: StudyResult["config"] = {}): [name: string, value: unknown][] {
  return Object.entries(config).filter(([name, value]) => name !== "arms" && value !== undefined);
}

/** The settings in the order of their names. */
function settingsText(config: StudyResult["config"] | undefined): string {
  return JSON.stringify(settingsOf(config).sort(([a], [b]) => (a < b ? -1 : 1)));
}
