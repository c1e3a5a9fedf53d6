/** A study's result: read from its executed notebook, judged, and written with how it came about. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { judgeClaims, readClaims, type Size, type Verdict } from "../../notebook/claims.js";
import { RESULT_MIME, type StudyResult } from "../../notebook/report.js";
import type { StoredResult } from "../../notebook/stored.js";

interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: string | readonly string[];
    readonly metadata?: { readonly tags?: readonly string[] };
    readonly outputs?: readonly { readonly data?: Readonly<Record<string, unknown>> }[];
  }[];
}

/** The result that an executed notebook handed over; undefined where it handed over none. */
export function readResult(executed: string): StudyResult | undefined {
  if (!existsSync(executed)) return undefined;
  const { cells } = readNotebook(executed);
  const results = cells.flatMap(({ outputs = [] }) => outputs.map(({ data }) => data?.[RESULT_MIME])).filter((value) => value !== undefined);
  return results.at(-1) as StudyResult | undefined;
}

/** Where a study's claims and stored results lie. */
export function resultsFolder(notebooks: string, study: string): string {
  return join(notebooks, "results", study);
}

/** Judges a result by its study's claims of a size; none where the study claims nothing. */
export function judge(notebooks: string, result: StudyResult, size: Size): Verdict[] {
  const file = join(resultsFolder(notebooks, result.study), "claims.json");
  return existsSync(file) ? judgeClaims(readClaims(file), size, { measures: result.measures, data: result.data.kind, notRun: result.notRun ?? [] }) : [];
}

/** What the runner adds to a result. */
export type Run = Pick<StoredResult, "command" | "kernel" | "notebook" | "wallSeconds">;

/** The result with its run, as it is written. */
export function withRun(root: string, result: StudyResult, run: Run, verdicts: readonly Verdict[]): StoredResult {
  return {
    ...result,
    ...run,
    date: new Date().toISOString(),
    commit: commitOf(root),
    claims: verdicts.map(({ statement, holds }) => ({ statement, holds: holds ?? null })),
  };
}

/** Writes a result: whole, or not at all. */
export function writeResult(file: string, result: StoredResult): void {
  mkdirSync(dirname(file), { recursive: true });
  const text = JSON.stringify(result, null, 1).replace(/\[\s+(-?[\d.]+(?:,\s+-?[\d.]+)*)\s+\]/g, (_, row: string) => `[${row.replace(/\s+/g, " ")}]`);
  writeFileSync(`${file}.partial`, `${text}\n`);
  renameSync(`${file}.partial`, file);
}

/** Cells that change nothing measured: what a runner injected, and what only draws. */
const APART = ["injected-parameters", "figure"];

/** sha256 of the code by which a notebook measures: not its prose, its outputs or its figures. */
export function codeDigest(notebook: string): string {
  const code = readNotebook(notebook)
    .cells.filter(({ cell_type, metadata }) => cell_type === "code" && !metadata?.tags?.some((tag) => APART.includes(tag)))
    .map(({ source }) => [source].flat().join(""));
  return createHash("sha256").update(JSON.stringify(code)).digest("hex");
}

function readNotebook(path: string): Notebook {
  return JSON.parse(readFileSync(path, "utf8")) as Notebook;
}

/** "1a2b3c4", with "-dirty" behind it where a tracked file differs, stored results aside. */
export function commitOf(root: string): string {
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!notebooks/results");
    return `${git("rev-parse", "--short", "HEAD")}${changed === "" ? "" : "-dirty"}`;
  } catch {
    return "unknown (no git)";
  }
}
