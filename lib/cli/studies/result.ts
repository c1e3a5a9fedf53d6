/** A study's result: read from its executed notebook, judged, and written with how it came about. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { transformSync } from "esbuild";
import { writeWholeSync } from "../../files/write-whole.js";
import { commitOf } from "../../files/commit.js";
import type { Size } from "../../study/claims.js";
import { whole, type Text } from "./notebook-file.js";
import { claimsOf } from "./study-claims.js";
import { judgeClaims, type Verdict } from "../../study/judge-claims.js";
import { RESULT_MIME } from "../../study/report.js";
import type { PartialResult } from "../../study/partial-result.js";
import type { StudyResult } from "../../study/study-result.js";
import type { StoredResult } from "../../study/stored-result.js";

interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: string | readonly string[];
    /** picture: which of the cell's figures, from 0, go into the picture of a stored run. */
    readonly metadata?: { readonly tags?: readonly string[]; readonly picture?: readonly number[] };
    readonly outputs?: readonly { readonly data?: Readonly<Record<string, unknown>> }[];
  }[];
}

/** The result that an executed notebook handed over; undefined where it handed over none. */
export function readResult(executed: string): StudyResult | undefined {
  if (!existsSync(executed)) return undefined;
  const { cells } = readNotebook(executed);
  const results = cells
    .flatMap(({ outputs = [] }) => outputs.map(({ data }) => data?.[RESULT_MIME]))
    .filter((value) => value !== undefined);
  return results.at(-1) as StudyResult | undefined;
}

/**
 * The figures that an executed notebook names for its picture, still, one above the other; undefined where it names
 * none.
 */
export function pictureOf(executed: string): string | undefined {
  const stills = readNotebook(executed).cells.flatMap(({ metadata, outputs = [] }) => {
    const figures = outputs
      .map(({ data }) => data?.["image/svg+xml"])
      .filter((svg) => svg !== undefined)
      .map((svg) => whole(svg as Text));
    return (metadata?.picture ?? []).flatMap((index) => figures[index] ?? []);
  });
  if (stills.length === 0) return undefined;
  const size = (svg: string, side: string): number =>
    Number(new RegExp(`^<svg[^>]* ${side}="([\\d.]+)"`).exec(svg)?.[1]);
  const [width, heights] = [
    Math.max(...stills.map((svg) => size(svg, "width"))),
    stills.map((svg) => size(svg, "height")),
  ];
  const placed = stills.map((svg, i) =>
    svg.replace("<svg ", `<svg y="${heights.slice(0, i).reduce((sum, height) => sum + height, 0)}" `),
  );
  const height = heights.reduce((sum, one) => sum + one, 0);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ` +
    `${height}" role="img">${placed.join("")}</svg>\n`
  );
}

/** Judges a result by its study's claims of a size; none where the study claims nothing. */
export function judge(notebooks: string, result: StudyResult, size: Size): Verdict[] {
  return judgeClaims(claimsOf(notebooks, result.study), size, {
    measures: result.measures,
    data: result.data.kind,
    notRun: result.notRun ?? [],
  });
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

/** Writes a result, a row of numbers on one line. */
export function writeResult(file: string, result: StoredResult | PartialResult): void {
  const text = JSON.stringify(result, null, 1).replace(
    /\[\s+(-?[\d.]+(?:,\s+-?[\d.]+)*)\s+\]/g,
    (_, row: string) => `[${row.replace(/\s+/g, " ")}]`,
  );
  mkdirSync(dirname(file), { recursive: true });
  writeWholeSync(file, `${text}\n`);
}

/** Cells that change nothing measured: what a runner injected, what only looks at the parameters, and what draws. */
const APART = ["injected-parameters", "check", "figure"];

/**
 * sha256 of the code by which a notebook measures: not its prose, its outputs or its figures, and however it is laid
 * out.
 */
export function codeDigest(notebook: string): string {
  return digestOf(readNotebook(notebook));
}

/** Whether a notebook measures today as it did for a result, which an earlier layout of the same code does too. */
export function measuresAlike(
  root: string,
  notebook: string,
  { notebook: digest, commit }: Pick<StoredResult, "notebook" | "commit">,
): boolean {
  const now = codeDigest(notebook);
  if (now === digest) return true;
  try {
    const then = execFileSync("git", ["show", `${commit}:${relative(root, notebook)}`], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return digestOf(JSON.parse(then) as Notebook) === now;
  } catch {
    return false; // a commit that is not here, or had changes beside it
  }
}

function digestOf({ cells }: Notebook): string {
  const code = cells
    .filter(({ cell_type, metadata }) => cell_type === "code" && !metadata?.tags?.some((tag) => APART.includes(tag)))
    .map(({ source }) => withoutLayout(whole(source)));
  return createHash("sha256").update(JSON.stringify(code)).digest("hex");
}

/** Code without its line breaks and comments; as it stands where it does not parse. */
export function withoutLayout(code: string): string {
  try {
    return transformSync(code, {
      loader: "ts",
      format: "esm",
      target: "esnext",
      charset: "utf8",
      minifyWhitespace: true,
      legalComments: "none",
      logLevel: "silent",
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    }).code;
  } catch {
    return code;
  }
}

function readNotebook(path: string): Notebook {
  return JSON.parse(readFileSync(path, "utf8")) as Notebook;
}
