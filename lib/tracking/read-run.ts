import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { aTitle, checkArguments, checkValue, optional } from "../checks.js";
import type { ShowsItself } from "../shown.js";
import { isLocked } from "../files/file-lock.js";
import { RUNS_FOLDER } from "./json-lines.js";
import { parseLine } from "./record-line.js";
import { gather, type Gathered } from "./gather-lines.js";
import type { ScalarsEntry } from "./run-log.js";
import { lockOf } from "./run-file.js";
import { asRecord, type RunRecord } from "./run-record.js";
import { asRuns } from "./runs-table.js";

/**
 * Reads the record of a run that `jsonLines` wrote, also while it is written: the last one of a file of several.
 *
 * @param path of the file
 * @throws SyntaxError for a file that holds no run, the system's error for one that cannot be read
 */
export async function readRun(path: string): Promise<RunRecord & ShowsItself> {
  checkValue("readRun", "path", path, aTitle);
  const last = (await runsIn(path)).at(-1);
  if (last === undefined) throw new SyntaxError(`readRun: a file must be the record of a run, got ${path}`);
  return last;
}

/**
 * Reads every run that is recorded in a folder, those in its subfolders too; files that hold none are passed over. A
 * notebook shows them as a table, with the settings that differ.
 *
 * @param path of the folder, or of one file with several runs. Default "runs"
 * @returns by the time of their beginnings; none for a folder that is not there
 */
export async function readRuns(path: string = RUNS_FOLDER): Promise<(RunRecord & ShowsItself)[] & ShowsItself> {
  checkArguments("readRuns", { path }, { path: optional(aTitle) });
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return asRuns([]);
  const names = found.isDirectory() ? await readdir(path, { recursive: true }) : [];
  const files = found.isDirectory() ? names.filter(isRecord).map((name) => join(path, name)) : [path];
  const runs = await Promise.all(files.sort().map(runsIn));
  return asRuns(runs.flat().sort((a, b) => a.time.localeCompare(b.time)));
}

/** So many entries of the last part of a run, after so many of its first. */
export async function scalarsOfLastPart(
  path: string,
  id: string,
  after: number,
  most: number,
): Promise<ScalarsEntry[]> {
  let found: ScalarsEntry[] = [];
  let seen = 0;
  let isOfRun = false;
  for await (const text of linesOf(path)) {
    const line = parseLine(text);
    if (line?.type === "run") [found, seen, isOfRun] = [[], 0, line.id === id];
    else if (line?.type === "scalars" && isOfRun && ++seen > after && found.length < most) found.push(line);
  }
  return found;
}

const linesOf = (path: string) => createInterface({ input: createReadStream(path), crlfDelay: Infinity });

const isRecord = (name: string): boolean => name.endsWith(".jsonl");

async function runsIn(path: string): Promise<(RunRecord & ShowsItself)[]> {
  const runs = new Map<string, Gathered>();
  let current: Gathered | undefined;
  let torn = 0;
  for await (const text of linesOf(path)) {
    if (text === "") continue;
    const line = parseLine(text);
    if (line === undefined) torn++;
    else if (line.type === "run") runs.set(line.id, (current = gather(line, runs.get(line.id))));
    else current?.add(line);
  }
  const isWritten = await isLocked(lockOf(path));
  return [...runs.values()].map((run) => asRecord(run.record(path, isWritten && run === current, torn)));
}
