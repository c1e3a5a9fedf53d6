/** How far a unit of a plan is: its result is stored, some of its runs have begun, or nothing is there yet. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readJson } from "../../read-json.js";
import type { StoredResult } from "../../study/stored-result.js";
import { checkpointHead } from "../../train/checkpoint-head.js";
import type { CheckpointState } from "../../train/checkpoint.js";
import { settingsFolders } from "../studies/kept-checkpoints.js";
import { measuresAlike } from "../studies/result.js";
import { resultsFolder } from "../studies/study-claims.js";
import type { Unit } from "./long-plan.js";

/** A run that has begun: what its newest checkpoint says. */
export interface BegunRun {
  /** The run's name in its study. */
  readonly name: string;
  readonly file: string;
  /** When the checkpoint was written. */
  readonly written: Date;
  readonly state: Pick<CheckpointState, "config" | "recorder" | "set">;
}

/** A sweep that has begun: its trials go on from their own records. */
interface BegunSweep {
  readonly name: string;
  /** Trials with a record. */
  readonly trials: number;
}

/** What of a unit has begun and is not stored. */
export interface Begun {
  /** The earliest written first. */
  readonly runs: readonly BegunRun[];
  readonly sweeps: readonly BegunSweep[];
}

/** A unit's state. */
export type UnitState =
  | { readonly is: "stored"; readonly by: "this notebook" | "an earlier notebook"; readonly result: StoredResult }
  | ({ readonly is: "partial" } & Begun)
  | { readonly is: "not begun" };

/** Where a unit's result is stored. */
function storedFile(notebooks: string, { study, runName }: Unit): string {
  return join(resultsFolder(notebooks, study), `${runName}.json`);
}

/**
 * @param root of the checkout, or of a project of one's own
 * @throws SyntaxError for a stored result or a checkpoint that is damaged
 */
export async function stateOf(root: string, notebooks: string, unit: Unit): Promise<UnitState> {
  const file = storedFile(notebooks, unit);
  if (existsSync(file)) {
    const result = readJson(file, "a stored result") as StoredResult;
    const isNow = measuresAlike(root, join(notebooks, `${unit.study}.ipynb`), result);
    return { is: "stored", by: isNow ? "this notebook" : "an earlier notebook", result };
  }
  const { runs, sweeps } = await begunOf(notebooks, unit);
  return runs.length + sweeps.length > 0 ? { is: "partial", runs, sweeps } : { is: "not begun" };
}

const CHECKPOINT = "last.safetensors";
const SWEEP = "sweep.json";

/** What of a unit keeps a checkpoint, or a sweep's record, in `results/NAME/long`. */
export async function begunOf(notebooks: string, unit: Unit): Promise<Begun> {
  const files = settingsFolders(notebooks, unit.study, unit.size, unit.seed)
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => ({
        file: join(folder, path),
        name: dirname(path),
      })),
    )
    .filter(({ name }) => isAsked(name, unit.arms));
  const sweeps = files.filter(({ file }) => basename(file) === SWEEP).map(({ name, file }) => sweepAt(name, file));
  const inSweep = (name: string): boolean =>
    sweeps.some((sweep) => name === sweep.name || name.startsWith(`${sweep.name}/`));
  const kept = files.filter(({ file, name }) => basename(file) === CHECKPOINT && !inSweep(name));
  const runs = await Promise.all(kept.map(({ name, file }) => runAt(name, file)));
  return { runs: runs.sort((a, b) => a.written.getTime() - b.written.getTime()), sweeps };
}

async function runAt(name: string, file: string): Promise<BegunRun> {
  return { name, file, written: statSync(file).mtime, state: await checkpointHead(file) };
}

function sweepAt(name: string, file: string): BegunSweep {
  return { name, trials: readdirSync(dirname(file)).filter((one) => one.endsWith(".jsonl")).length };
}

/** Whether a run is of the arms asked for: "all.cnn" is of the arm cnn. */
function isAsked(run: string, arms = "all"): boolean {
  const parts = run.split(/[./]/);
  return arms === "all" || arms.split(",").some((arm) => run === arm.trim() || parts.includes(arm.trim()));
}
