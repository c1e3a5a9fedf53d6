import { availableParallelism } from "node:os";
import { freePorts } from "../../client/process.js";
import type { Project } from "../../setup/project.js";

/** What is run, in how many processes. */
export interface Asked {
  readonly workers: number;
  /** Absolute. */
  readonly script: string;
  /** The script's own. */
  readonly args: readonly string[];
}

/** Where the processes' output goes. */
interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** How long those that are interrupted may take, when one of them has failed. */
const GRACE_MS = 3000;

/**
 * Runs the script in all processes, and waits until they have ended.
 *
 * @param stop when it aborts they are interrupted, and end in their own time
 * @returns 0 where all of them ended well, 1 where one failed, 130 where they were interrupted
 */
export async function runWorkers(
  { workers, script, args }: Asked,
  { jobs }: Project,
  stop: AbortSignal,
  { out, err }: Streams,
): Promise<number> {
  const failed = new AbortController();
  const interrupt = AbortSignal.any([stop, failed.signal]);
  const worker = (await freePorts(workers)).map((port) => `127.0.0.1:${port}`);
  const one = async (index: number): Promise<void> => {
    const config = { cluster: { worker }, task: { type: "worker", index } };
    const env = { ...ownThreads(workers), ...process.env, TF_CONFIG: JSON.stringify(config) };
    const show = index === 0 ? out : named(`worker ${index}`, out);
    const { code, signal } = await jobs.run(process.execPath, [script, ...args], { env, interrupt, onOutput: show });
    if (code === 0 || interrupt.aborted) return;
    err(`train-workers: worker ${index} ended with ${signal ?? `exit code ${code}`}; the others are ended too\n`);
    failed.abort();
    setTimeout(() => jobs.endAll(), GRACE_MS).unref();
  };
  await Promise.all(worker.map((_, index) => one(index)));
  if (failed.signal.aborted) return 1;
  return stop.aborted ? 130 : 0;
}

/** TensorFlow's own settings of how many threads an op, and how many ops at once, may have. */
function ownThreads(workers: number): Readonly<Record<string, string>> {
  const threads = String(Math.max(1, Math.floor(availableParallelism() / workers)));
  return { TF_NUM_INTRAOP_THREADS: threads, TF_NUM_INTEROP_THREADS: threads };
}

/** Shows each line with a name before it. */
function named(name: string, show: (text: string) => void): (text: string) => void {
  let begun = "";
  return (text) => {
    const lines = (begun + text).split("\n");
    begun = lines.pop()!;
    if (lines.length > 0) show(lines.map((line) => `${name}: ${line}\n`).join(""));
  };
}
