/** A sweep's folder: its own file, and a record for each trial. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tryLock } from "../../files/file-lock.js";
import { writeWholeSync } from "../../files/write-whole.js";
import { differenceOf, type Space } from "../space/space.js";

/** A sweep's own file. */
const SWEEP_FILE = "sweep.json";
const LOCK_FILE = "sweep.lock";

/** What a sweep's own file holds. */
export interface StoredSweep {
  readonly type: "sweep";
  readonly name: string;
  readonly began: string;
  readonly space: Space;
  /** SHA-256 of the trial's text. */
  readonly trialSha256: string;
  readonly rule: { readonly kind: string; readonly options: Readonly<Record<string, unknown>> } | null;
}

/** "lr-0007": a trial's name, and its record's. */
export function trialName(sweep: string, trial: number): string {
  return `${sweep}-${String(trial).padStart(4, "0")}`;
}

/** The trial's record, what it prints, and its own folder. */
export function trialPaths(folder: string, sweep: string, trial: number) {
  const path = join(folder, trialName(sweep, trial));
  return { record: `${path}.jsonl`, output: `${path}.log`, folder: path };
}

/**
 * Runs `work` while no other process has this folder's sweep; a sweep whose process has died does not have it any more.
 *
 * @throws RangeError where another process runs a sweep there
 */
export async function inFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  mkdirSync(folder, { recursive: true });
  const release = await tryLock(join(folder, LOCK_FILE));
  if (!release)
    throw new RangeError(
      `run: folder must be one that no other sweep is running in, got ${folder}, in which one runs now`,
    );
  try {
    return await work();
  } finally {
    await release();
  }
}

/**
 * Begins a sweep in its folder, or goes on with the one that is there.
 *
 * @param resume false: removes what is there of an earlier sweep
 * @returns what differs from how the sweep began, without harm
 * @throws RangeError for a folder with another sweep, or with something else
 */
export function openSweep(folder: string, sweep: StoredSweep, resume: boolean): readonly string[] {
  const file = join(folder, SWEEP_FILE);
  const before = storedSweepIn("run", folder);
  if (!before) {
    const strange = readdirSync(folder).filter((name) => name !== LOCK_FILE && !name.endsWith(".partial"));
    if (strange.length > 0 && !existsSync(file))
      throw new RangeError(
        `run: folder must be a sweep's or empty, got ${folder} with ${strange.slice(0, 3).join(", ")}`,
      );
  }
  if (!before || !resume) {
    if (before) removeTrials(folder, before);
    writeWholeSync(file, `${JSON.stringify(sweep, null, 1)}\n`);
    return [];
  }
  const difference = differenceOf(before.space, sweep.space);
  if (difference !== undefined)
    throw new RangeError(
      `run: space must be the one that the sweep in ${folder} began with, got ${difference}; resume: false begins ` +
        "anew in its place, and another name leaves it as it is",
    );
  return [
    ...(before.trialSha256 === sweep.trialSha256 ? [] : ["the trial's text is another than when the sweep began"]),
    ...(JSON.stringify(before.rule) === JSON.stringify(sweep.rule) ? [] : ["the rule is another than at its begin"]),
  ];
}

/** The sweep that a folder has, if any. @throws SyntaxError for a file that is no sweep's */
export function storedSweepIn(fn: string, folder: string): StoredSweep | undefined {
  const file = join(folder, SWEEP_FILE);
  if (!existsSync(file)) return undefined;
  try {
    const stored = JSON.parse(readFileSync(file, "utf8")) as StoredSweep;
    if (stored.type === "sweep") return stored;
  } catch {
    // said below
  }
  throw new SyntaxError(`${fn}: ${file} must be a sweep's file, got something else`);
}

function removeTrials(folder: string, { name, space }: StoredSweep): void {
  for (let trial = 0; trial < space.configs.length; trial++)
    for (const path of Object.values(trialPaths(folder, name, trial))) rmSync(path, { recursive: true, force: true });
}

/** SHA-256 of a text, in hexadecimal digits. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
