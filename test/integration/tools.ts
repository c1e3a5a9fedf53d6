/** Programs of .venv-integration, and notebooks to run them on. */
import { execFile, type ExecFileException } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { projectRoot } from "../../lib/client/kernel-specs.js";

export const KERNEL = "saccade";
export const venv = join(projectRoot(), ".venv-integration");

/** What a program of the environment finds: the others beside it. */
export const toolEnv = { ...process.env, PATH: `${join(venv, "bin")}:${process.env["PATH"]}` };

export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** A folder of its own, removed after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "integration-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a program of the environment to its end. */
export function runTool(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  const env = {
    ...toolEnv,
    VIRTUAL_ENV: venv,
    JUPYTER_PATH: "",
    PYTHONWARNINGS: "ignore",
  };
  return new Promise((resolve) =>
    execFile(
      join(venv, "bin", program),
      [...args],
      { cwd, env, maxBuffer: 2 ** 26 },
      (error: ExecFileException | null, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, output: stdout + stderr });
      },
    ),
  );
}

export interface Cell {
  readonly source: string;
  readonly tags?: readonly string[];
}

export function writeNotebook(file: string, cells: readonly (string | Cell)[], kernel = KERNEL): void {
  writeFileSync(
    file,
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {
        kernelspec: { name: kernel, display_name: kernel, language: "typescript" },
        language_info: { name: "typescript" },
      },
      cells: cells.map((cell, index) => {
        const { source, tags = [] } = typeof cell === "string" ? { source: cell } : cell;
        return {
          id: `cell-${index}`,
          cell_type: "code",
          execution_count: null,
          metadata: { tags },
          outputs: [],
          source,
        };
      }),
    }),
  );
}

/** All text that a notebook's outputs show. */
export function outputsOf(file: string): string {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: { outputs?: any[] }[] };
  return cells
    .flatMap(({ outputs = [] }) =>
      outputs.map((output) => [output.text ?? output.data?.["text/plain"] ?? output.evalue].flat().join("")),
    )
    .join("\n");
}
