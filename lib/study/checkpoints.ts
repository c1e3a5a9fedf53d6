import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { anyNumber, aText, aTitle, checkArguments, checkValue, either, listOf, recordOf } from "../checks.js";

/** Where the long runs of one notebook keep what they can go on from. */
export interface Checkpoints {
  /**
   * Options of `train.fit` for a run: it writes its checkpoint every three minutes and after each epoch, and goes on
   * from the one it finds.
   * @throws TypeError for a name that is no text
   */
  of(run: string): {
    /** Where and how often it is written. */
    readonly checkpoint: {
      /** Under `results/STUDY/long`. */
      readonly folder: string;
      /** Between two writings at most. */
      readonly everyMinutes: number;
    };
    /** The run goes on from what it finds there. */
    readonly resume: true;
  };
  /** One line for each run that went on from a checkpoint. */
  readonly resumed: readonly string[];
  /**
   * Deletes what these runs kept, once their result stands.
   * @throws TypeError for what is no list of names
   */
  remove(runs: readonly string[]): void;
}

/**
 * Set by the runner where it stores the result, to what that is called, "full.seed-1": it removes the checkpoints
 * itself, once the result is on the disk, and what an earlier run stored by that name is about to be replaced.
 */
export const STORES = "SACCADE_STORES";

/** What is lost at most where a run is killed. */
const EVERY_MINUTES = 3;

/**
 * Checkpoints of a notebook's runs, in `results/STUDY/long` of its folder, beside its results: what is not done when a
 * machine is given back is committed there.
 *
 * @param study the notebook's name
 * @param settings what a run depends on, such as its size and seed: other settings have other files
 * @throws TypeError for settings that are no numbers and texts
 */
export function checkpoints(study: string, settings: Readonly<Record<string, string | number>>): Checkpoints {
  checkArguments("checkpoints", { study, settings }, { study: aTitle, settings: recordOf(either(anyNumber, aText)) });
  const folder = join(
    "results",
    study,
    "long",
    Object.entries(settings)
      .map(([name, value]) => `${name}-${value}`)
      .join("."),
  );
  const resumed: string[] = [];
  return {
    resumed,
    of(run) {
      checkValue("checkpoints.of", "run", run, aTitle);
      const file = join(folder, run, "last.safetensors");
      if (existsSync(file)) resumed.push(`${run} goes on from its checkpoint of ${statSync(file).mtime.toISOString()}`);
      return { checkpoint: { folder: join(folder, run), everyMinutes: EVERY_MINUTES }, resume: true };
    },
    remove(runs) {
      checkValue("checkpoints.remove", "runs", runs, listOf(aTitle));
      for (const run of runs) rmSync(join(folder, run), { recursive: true, force: true });
    },
  };
}
