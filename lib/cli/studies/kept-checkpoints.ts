/** What a study's runs of size full keep in `results/NAME/long`, folder by folder of their settings. */
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { StudyResult } from "../../study/study-result.js";
import { resultsFolder } from "./study-claims.js";

/** Folders of the settings, "size-full.seed-0.learningRate-0.001", that have a size and a seed. */
export function settingsFolders(notebooks: string, study: string, size: string, seed: unknown): string[] {
  const folder = join(resultsFolder(notebooks, study), "long");
  if (!existsSync(folder)) return [];
  const parts = [`size-${size}`, `seed-${String(seed)}`];
  return readdirSync(folder)
    .filter((settings) => parts.every((part) => `.${settings}.`.includes(`.${part}.`)))
    .map((settings) => join(folder, settings));
}

/** Removes the checkpoints of a result's runs, once it is stored: until then a kill would lose what took hours. */
export function removeCheckpoints(notebooks: string, { study, size, config, predictions }: StudyResult): void {
  for (const folder of settingsFolders(notebooks, study, size, config["seed"] ?? 0)) {
    for (const run of Object.keys(predictions)) rmSync(join(folder, run), { recursive: true, force: true });
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  }
}
