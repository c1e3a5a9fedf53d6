/** What bootstrap.mjs hands to a command, and where things lie. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** A finished child process; `output` is the end of what it printed. */
interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
}

interface JobOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Standard input's whole text; nothing where it is left out. */
  readonly input?: string;
  readonly onOutput?: (text: string) => void;
}

/** The checkout that a command works on. */
export interface Project {
  /** Absolute path of the checkout. */
  readonly root: string;
  /** Runs a child that is ended with us, even by whoever takes over after a kill -9. */
  readonly jobs: {
    run(command: string, args: readonly string[], options?: JobOptions): Promise<Ended>;
    endAll(): number;
  };
  readonly lockFile: string;
  withLock<T>(file: string, body: () => Promise<T>): Promise<T>;
  startProgress(name: string, state: () => string | Promise<string>): { stop(outcome: string): void };
}

/** A command's entry: its arguments, and the process's exit code. */
export type Command = (args: readonly string[], project: Project) => Promise<number>;

/** The virtual environment's program of this name; it need not exist. */
export function venvProgram(root: string, name: string): string {
  return join(root, ".venv/bin", name);
}

/** The environment of .venv's programs: Jupyter finds .venv's kernels first, and writes its connection files here. */
export function venvEnv(root: string): NodeJS.ProcessEnv {
  return { ...process.env, JUPYTER_PREFER_ENV_PATH: "1", JUPYTER_RUNTIME_DIR: join(root, ".saccade/jupyter-runtime") };
}

/** Whether set-up made the virtual environment. */
export function hasVenv(root: string): boolean {
  return existsSync(venvProgram(root, "python"));
}

/** "853 MB", "1.7 GB": decimal units, as download pages use. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
