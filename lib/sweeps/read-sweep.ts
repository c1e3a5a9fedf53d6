import { aTitle, checkArguments, checkOptions, oneOf, optional, orNull } from "../checks.js";
import { storedSweepIn, trialPaths } from "./record/sweep-folder.js";
import { readTrial } from "./record/trial-record.js";
import { sweepResult, type SweepResult } from "./result/sweep-result.js";
import type { Config } from "./space/space.js";

/** What {@link read} takes besides. */
export interface ReadSweepOptions {
  /** By which metric the best trial is told. Default null: none. */
  readonly metric?: string | null;
  /** Whether the metric is better when greater. Default "max". */
  readonly mode?: "max" | "min";
}

/**
 * A sweep as its records have it: runs nothing, and may be called while the sweep runs, or on another machine.
 *
 * @param folder of the records, as `run` was given it
 * @returns undefined where no sweep has begun; trials that have not ended are "interrupted" or "waiting", and `seconds`
 *   are those of all trials, one after the other
 * @throws SyntaxError for a folder whose sweep.json is something else
 * @example const stored = await sweeps.read("sweeps/rates", { metric: "accuracy" });
 */
export async function read<One extends object = Config>(
  folder: string,
  options: ReadSweepOptions = {},
): Promise<SweepResult<One> | undefined> {
  checkArguments("read", { folder }, { folder: aTitle });
  checkOptions("read", options, { metric: optional(orNull(aTitle)), mode: optional(oneOf(["max", "min"])) });
  const { metric = null, mode = "max" } = options;
  const stored = storedSweepIn("read", folder);
  if (!stored) return undefined;
  const { name, space } = stored;
  const configs = space.configs as readonly One[];
  const found = await Promise.all(configs.map((_, trial) => readTrial(trialPaths(folder, name, trial).record)));
  const states = found.map(({ state }) => state);
  const interrupted = states.some(({ status }) => status === "waiting" || status === "interrupted");
  const seconds = states.reduce((sum, state) => sum + (state.seconds ?? 0), 0);
  return sweepResult({ name, folder, configs, states, interrupted, notes: [], seconds, metric, mode });
}
