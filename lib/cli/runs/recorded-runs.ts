/** Every recorded run, of one shape: runs of `train.fit` and of one's own loops, and the studies' stored results. */
import { existsSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { StoredResult } from "../../study/stored-result.js";
import { readRuns, type RunRecord } from "../../tracking/index.js";
import { lastValues } from "../../tracking/runs-table.js";
import { storedResults } from "../verify-results/stored-runs.js";

/** What of a record stands in a line as it is. */
type Kept = Pick<
  RunRecord,
  "name" | "config" | "data" | "model" | "machine" | "versions" | "command" | "commit" | "seconds" | "result"
>;

/** One run, as `--json` prints it. */
export interface RunLine extends Kept {
  /** The record's; of a study's stored result its name, "cnn-attention-vs-vit/quick". */
  readonly id: string;
  /** When it began, of a study when it was stored; ISO 8601, UTC. */
  readonly time: string;
  /** "finished", "stopped", "failed", "diverged", "running", "killed"; "stored" of a study. */
  readonly status: string;
  /** Steps that were logged; null of a study. */
  readonly steps: number | null;
  /** The last number of each metric. */
  readonly last: Readonly<Record<string, number>>;
  /** Paths, by what the run calls its files. */
  readonly artifacts: Readonly<Record<string, string>>;
  /** Where it was read. */
  readonly file: string;
}

/**
 * The runs in these folders and files, and in the checkout or project the studies' stored results too; the latest last.
 *
 * @param root the folder whose `notebooks/results` are read
 * @throws RangeError for a folder that is not there, SyntaxError for a file that holds no run
 */
export async function recordedRuns(root: string, folders: readonly string[], isDefault: boolean): Promise<RunLine[]> {
  const found = folders.filter((folder) => isDefault || existsOrThrow(folder)).filter((folder) => existsSync(folder));
  const records = (await Promise.all(found.map(recordsIn))).flat();
  const stored = isDefault ? storedResults(join(root, "notebooks")) : [];
  const lines = [
    ...records.map((record) => lineOfRun(record)),
    ...stored.map(({ name, result }) => lineOfStudy(name, result)),
  ];
  return lines.sort((a, b) => a.time.localeCompare(b.time));
}

function existsOrThrow(folder: string): true {
  if (existsSync(folder)) return true;
  throw new RangeError(`runs: a word must be show, diff or send, or a folder or file of records, got ${folder}`);
}

async function recordsIn(path: string): Promise<readonly RunRecord[]> {
  const runs = await readRuns(path);
  if (runs.length > 0 || statSync(path).isDirectory()) return runs;
  throw new SyntaxError(`runs: a file must be the record of a run, got ${path}`);
}

function lineOfRun(run: RunRecord): RunLine {
  const { id, name, time, status, config, data, model, machine, versions, command, commit, seconds, result } = run;
  const about = { id, name, time, status, config, data, model, machine, versions, command, commit, seconds };
  return {
    ...about,
    steps: run.scalars.at(-1)?.step ?? 0,
    result,
    last: lastValues(run),
    artifacts: Object.fromEntries(run.artifacts.map((file) => [file.name, file.path])),
    file: relative("", run.record),
  };
}

function lineOfStudy(name: string, result: StoredResult): RunLine {
  const { config, data, machine, versions, command, commit, wallSeconds, measures, study, date } = result;
  return {
    id: name,
    name: study,
    time: date,
    status: "stored",
    config,
    data: { ...data },
    model: {},
    machine: { ...machine, backend: result.backend },
    versions: { ...versions },
    command,
    commit,
    seconds: wallSeconds,
    steps: null,
    result: measures,
    last: {},
    artifacts: {},
    file: join("notebooks/results", `${name}.json`),
  };
}
