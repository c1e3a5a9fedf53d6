/** Runs set-up's steps: only those not done, each after what it needs, one failure never stopping the others. */
import { statfs } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { typed } from "../files/own-folder.js";
import { formatBytes, type Project } from "./project.js";

/** What a step takes, for the announcement; 0 where it is nothing to speak of. */
interface Cost {
  readonly downloadBytes: number;
  readonly diskBytes: number;
  readonly seconds: number;
}

/** One thing that set-up does. */
export interface Step {
  readonly name: string;
  /** Names of steps whose failure makes this one pointless. */
  readonly needs: readonly string[];
  readonly cost: Cost;
  /** Folder whose disk the step fills. */
  readonly folder: string;
  /** Bytes that an interrupted run left in that folder, which this one takes up or overwrites. */
  leftBytes?(): number;
  /** What is missing without it, as the end of "Without it …". */
  readonly withoutIt: string;
  /** Whether nothing is left to do: looks at stamps and sizes only, since every command asks. */
  done(): boolean;
  /**
   * Does the step; `say` sets what the progress line shows. @returns what to print behind its name. @throws StepFailure
   */
  run(say: (state: string) => void): Promise<string>;
}

/** What pip says, in lower case, where a host cannot be reached. */
const UNREACHABLE = [
  "name or service not known",
  "newconnectionerror",
  "temporary failure in name",
  "network is unreachable",
  "connecttimeout",
  "proxyerror",
  "read timed out",
  "connection refused",
  "connection reset",
];

/** A failure that was foreseen: what happened, and what to do about it. */
export class StepFailure extends Error {
  constructor(
    message: string,
    readonly mend: string,
  ) {
    super(message);
    this.name = "StepFailure";
  }
}

/** The failure of a child process, told by its output. @param what "pip download" */
export function failureOf(
  what: string,
  ended: { readonly code: number | null; readonly signal: string | null; readonly output: string },
): StepFailure {
  const lines = ended.output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const errors = lines.filter((line) => /error/i.test(line) && !line.startsWith("WARNING"));
  const tail = (errors.length > 0 ? errors : lines).slice(-2).join(" ").replace(/\.$/, "");
  const said = `${what} ended with ${ended.code ?? ended.signal ?? "no program"}: ${tail}.`;
  if (/ENOSPC|No space left/i.test(ended.output))
    return new StepFailure(
      said,
      `The disk is full: free some (\`${typed("clean")}\` says what it can) and run the same command again.`,
    );
  if (/DO NOT MATCH THE HASHES/i.test(ended.output))
    return new StepFailure(
      said,
      "What arrived is not what was published: run the same command again; if it comes back, a proxy or " +
        "mirror on the way changes files.",
    );
  if (UNREACHABLE.some((sign) => ended.output.toLowerCase().includes(sign))) {
    return new StepFailure(
      said,
      "The package index could not be reached: check the network or pip's proxy and index settings (`pip " +
        "config list`), and run the same command again.",
    );
  }
  if (/No matching distribution|from versions: none/i.test(ended.output))
    return new StepFailure(
      said,
      "The package index has no such file for this platform, or could not be reached: check the network " +
        "and pip's settings (`pip config list`), and run the same command again.",
    );
  return new StepFailure(said, "Mend that and run the same command again.");
}

/**
 * Brings every step to done.
 * @returns names of the steps that are not done now
 */
export async function runSteps(
  project: Project,
  steps: readonly Step[],
  print: (line: string) => void = (line) => console.error(line),
): Promise<string[]> {
  if (steps.every((step) => step.done())) return [];
  return await project.withLock(project.lockFile, async () => {
    const todo = steps.filter((step) => !step.done()); // again: another process may have done them while we waited
    if (todo.length > 0) print(announcement(todo));
    const failed: string[] = [];
    for (const step of steps) {
      if (step.done()) continue; // asked again: a virtual environment made anew has lost its kernels
      const missing = step.needs.find((name) => failed.includes(name));
      const failure =
        missing === undefined
          ? await attempt(project, step)
          : new StepFailure(`it needs the step "${missing}".`, "Mend that one first.");
      if (failure === undefined) continue;
      failed.push(step.name);
      print(`\n${step.name}: ${failure.message} Without it, ${step.withoutIt}. ${failure.mend}\n`);
    }
    return failed;
  });
}

function announcement(steps: readonly Step[]): string {
  const sum = (field: keyof Cost): number => steps.reduce((total, { cost }) => total + cost[field], 0);
  const minutes = Math.max(1, Math.ceil(sum("seconds") / 60));
  return (
    `Saccade sets itself up: ${formatBytes(sum("diskBytes"))} on disk, ` +
    `${formatBytes(sum("downloadBytes"))} to download, about ${minutes} ` +
    `${minutes === 1 ? "minute" : "minutes"} (${steps.map(({ name }) => name).join(", ")}).`
  );
}

async function attempt(project: Project, step: Step): Promise<StepFailure | undefined> {
  let state = "";
  const progress = project.startProgress(step.name, () => state);
  try {
    await checkDisk(step);
    progress.stop(await step.run((text) => void (state = text)));
    return undefined;
  } catch (error) {
    progress.stop("failed");
    if (error instanceof StepFailure) return error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC")
      return new StepFailure(
        `the disk of ${step.folder} is full.`,
        `Free ${formatBytes(step.cost.diskBytes)} and run the same command again.`,
      );
    if (code === "EACCES" || code === "EROFS" || code === "EPERM")
      return new StepFailure(
        `${(error as Error).message}.`,
        "Make that folder writable, or name another with SACCADE_CACHE, and run the same command again.",
      );
    throw error;
  }
}

async function checkDisk({ folder, cost, leftBytes }: Step): Promise<void> {
  const neededBytes = cost.diskBytes - (leftBytes?.() ?? 0);
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  if (bavail * bsize >= neededBytes) return;
  throw new StepFailure(
    `the disk of ${folder} has ${formatBytes(bavail * bsize)} free and this takes ${formatBytes(neededBytes)}.`,
    `Free some (\`${typed("clean")}\` says what it can), or name a cache folder on another disk with ` +
      "SACCADE_CACHE, and run the same command again.",
  );
}
