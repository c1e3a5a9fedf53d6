/**
 * What a notebook's outputs were made from, as digests in its metadata: `saccade.outputs`. Outputs are stale where one
 * of these is another today: its code, its parameters, its study's claims, the measures of its stored result, or the
 * outputs themselves. Every cell of code counts, those that only draw too; prose and the layout of code do not.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../../read-json.js";
import type { StudyResult } from "../../study/study-result.js";
import { codeCells, isParameters, sorted, whole, type NotebookFile, type Output } from "./notebook-file.js";
import { withoutLayout } from "./result.js";
import { resultsFolder } from "./study-claims.js";

/** sha256 of each, or null where a notebook has none of it. */
export interface OutputsDigests {
  readonly cells: string;
  readonly parameters: string | null;
  readonly claims: string | null;
  readonly measures: string | null;
  readonly outputs: string;
}

/** What lies beside a notebook: its claims, and the measures of its stored result; undefined where there are none. */
export interface Beside {
  readonly claims: unknown;
  readonly measures: unknown;
}

/** The claims of a study, and what was measured at the size at which outputs are written. */
export function besideOf(notebooks: string, study: string): Beside {
  const read = (file: string): unknown => {
    const path = join(resultsFolder(notebooks, study), file);
    return existsSync(path) ? readJson(path, file) : undefined;
  };
  return { claims: read("claims.json"), measures: (read("quick.json") as Pick<StudyResult, "measures">)?.measures };
}

/** What each digest is of, as a reader is told. */
export const DIGEST_OF: Readonly<Record<keyof OutputsDigests, string>> = {
  cells: "its code",
  parameters: "its parameters",
  claims: "its claims.json",
  measures: "its stored result's measures",
  outputs: "its outputs, which were changed by another hand than studies --write,",
};

/** Digests of a notebook as it stands, with its outputs. */
export function digestsOf(notebook: NotebookFile, { claims, measures }: Beside): OutputsDigests {
  const code = codeCells(notebook);
  const texts = (parameters: boolean): string[] =>
    code.filter((cell) => isParameters(cell) === parameters).map(({ source }) => withoutLayout(whole(source)));
  const own = texts(true);
  return {
    cells: digest(texts(false)),
    parameters: own.length === 0 ? null : digest(own),
    claims: claims === undefined ? null : digest(claims),
    measures: measures === undefined ? null : digest(measures),
    outputs: digest(code.map(({ outputs = [] }) => outputs.map(plain))),
  };
}

/** An output whose texts are in one piece, however a program splits them. */
function plain({ text, data, ...rest }: Output): object {
  return {
    ...rest,
    ...(text !== undefined && { text: whole(text) }),
    ...(data && { data: Object.fromEntries(Object.entries(data).map(([type, value]) => [type, joined(value)])) }),
  };
}

function joined(value: unknown): unknown {
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value.join("") : value;
}

function digest(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(value)))
    .digest("hex");
}
