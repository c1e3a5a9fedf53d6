/** What bootstrap.mjs hands to a command, and where things lie. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
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
  /** Whether it writes to our own output itself, in place of `onOutput`. */
  readonly inherit?: boolean;
  /** When it aborts the child gets a SIGINT, and ends in its own time; whoever has it listens to signals itself. */
  readonly interrupt?: AbortSignal;
}

/** Where things lie; the same folder twice in a checkout. */
export interface Places {
  /** The folder worked in, absolute: the checkout, or the project of one's own that Saccade is installed in. */
  readonly root: string;
  /** The folder of Saccade's own files, absolute: the checkout, or `node_modules/saccade`. */
  readonly packageFolder: string;
}

/** What a command works on and with. */
export interface Project extends Places {
  /** Runs a child that is ended with us, even by whoever takes over after a kill -9. */
  readonly jobs: {
    run(command: string, args: readonly string[], options?: JobOptions): Promise<Ended>;
    /** @param signal SIGTERM, unless another one is given */
    endAll(signal?: NodeJS.Signals): number;
  };
  readonly lockFile: string;
  withLock<T>(file: string, body: () => Promise<T>): Promise<T>;
  startProgress(name: string, state: () => string | Promise<string>): { stop(outcome: string): void };
}

/** A command's entry: its arguments, and the process's exit code. */
export type Command = (args: readonly string[], project: Project) => Promise<number>;

/**
 * The virtual environment's folder, which set-up replaces whole: `.venv` in a checkout. In a project of one's own that
 * may be another's, so there it is `.saccade/venv`.
 */
export function venvFolder({ root, packageFolder }: Places): string {
  return join(root, root === packageFolder ? ".venv" : ".saccade/venv");
}

/** The virtual environment's program of this name; it need not exist. */
export function venvProgram(places: Places, name: string): string {
  return join(venvFolder(places), "bin", name);
}

/** The environment of its programs: Jupyter finds its kernels first, and writes its connection files here. */
export function venvEnv({ root }: Places): NodeJS.ProcessEnv {
  return { ...process.env, JUPYTER_PREFER_ENV_PATH: "1", JUPYTER_RUNTIME_DIR: join(root, ".saccade/jupyter-runtime") };
}

/** Whether set-up made the virtual environment. */
export function hasVenv(places: Places): boolean {
  return existsSync(venvProgram(places, "python"));
}

/** Makes a folder whose files git passes over, whatever the project's own .gitignore says. */
export function makeIgnored(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, ".gitignore");
  if (!existsSync(file)) writeFileSync(file, "*\n");
}

/** "853 MB", "1.7 GB": decimal units, as download pages use. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
