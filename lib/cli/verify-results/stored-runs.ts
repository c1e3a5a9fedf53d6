/** Where the stored results lie, and what they are called in a text: "cnn-attention-vs-vit/quick". */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../../read-json.js";
import type { StoredResult } from "../../study/stored-result.js";

/** A stored result and its name. */
export interface Stored {
  /** "cnn-attention-vs-vit/quick.seed-1" */
  readonly name: string;
  readonly result: StoredResult;
}

/** Beside the studies' folders: what `npm run bench -- … --store` wrote. */
const BENCH = "bench";

/** Named by its size. Beside it lie the study's claims, its source, its plan of long runs and what is partial yet. */
const STORED = /^(?:quick|full)\.(?:.+\.)?json$/;

/** Names of the studies that have a folder of results. */
export function studiesWithResults(notebooks: string): string[] {
  const folder = join(notebooks, "results");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== BENCH)
    .map(({ name }) => name)
    .sort();
}

/** Every stored result of the studies, by name. */
export function storedResults(notebooks: string): Stored[] {
  const folder = join(notebooks, "results");
  return studiesWithResults(notebooks).flatMap((study) =>
    readdirSync(join(folder, study))
      .filter((file) => STORED.test(file))
      .sort()
      .map((file) => ({
        name: `${study}/${file.slice(0, -".json".length)}`,
        result: readJson(join(folder, study, file), "a stored result") as StoredResult,
      })),
  );
}
