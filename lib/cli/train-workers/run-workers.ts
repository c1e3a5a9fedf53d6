import { availableParallelism } from "node:os";
import { localWorkers, type LocalWorker } from "../../client/local-workers.js";
import type { Project } from "../../setup/project.js";

/** What is run, in how many processes. */
export interface Asked {
  readonly workers: number;
  /** How often a run of which a worker has failed is begun anew. */
  readonly restarts: number;
  /** In how many processes then. */
  readonly workersAfter: number;
  /** After so many seconds one that hangs is given up. Undefined: as the environment says. */
  readonly timeout?: number | undefined;
  /** Absolute. */
  readonly script: string;
  /** The script's own. */
  readonly args: readonly string[];
}

/** Where the processes' output goes. */
interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether the first worker writes to the terminal itself, in place of `out`. */
  readonly terminal?: boolean;
}

/** How long those that are interrupted may take, when one of them has failed. */
const GRACE_MS = 3000;

/**
 * Runs the script in all processes, and waits until they have ended; where one fails all of them are ended and, as
 * often as that is asked for, started anew.
 *
 * @param stop when it aborts they are interrupted, and end in their own time
 * @returns 0 where all of them ended well, 1 where one failed, 130 where they were interrupted
 */
export async function runWorkers(asked: Asked, project: Project, stop: AbortSignal, streams: Streams): Promise<number> {
  let { workers } = asked;
  for (let left = asked.restarts; ; left--) {
    const failure = await runOnce(workers, asked, project, stop, streams);
    if (failure !== undefined) streams.err(`train-workers: ${failure}; the others are ended too\n`);
    if (stop.aborted) return 130;
    if (failure === undefined) return 0;
    if (left === 0) return 1;
    workers = asked.workersAfter;
    streams.err(`train-workers: begins anew with ${workers} ${workers === 1 ? "worker" : "workers"}\n`);
  }
}

/** @returns how the first that failed has ended, if one did */
async function runOnce(
  workers: number,
  { script, args, timeout }: Asked,
  { jobs }: Project,
  stop: AbortSignal,
  { out, terminal = false }: Streams,
): Promise<string | undefined> {
  const failed = new AbortController();
  const interrupt = AbortSignal.any([stop, failed.signal]);
  const timers: NodeJS.Timeout[] = [];
  const one = async ({ config }: LocalWorker, index: number): Promise<void> => {
    const patience = timeout === undefined ? {} : { SACCADE_CLUSTER_TIMEOUT: String(timeout) };
    const env = { ...ownThreads(workers), ...process.env, ...patience, TF_CONFIG: config };
    const show = index === 0 ? out : named(`worker ${index}`, out);
    const options = { env, interrupt, onOutput: show, inherit: terminal && index === 0 };
    const { code, signal } = await jobs.run(process.execPath, [script, ...args], options);
    if (code === 0 || interrupt.aborted) return;
    failed.abort(`worker ${index} ended with ${signal ?? `exit code ${code}`}`);
    timers.push(setTimeout(() => jobs.endAll("SIGKILL"), GRACE_MS)); // also one that hangs
  };
  await Promise.all((await localWorkers(workers)).map(one));
  timers.forEach((timer) => clearTimeout(timer));
  return failed.signal.aborted ? (failed.signal.reason as string) : undefined;
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
    const told = lines.filter((line) => line !== "").map((line) => `${name}: ${line}\n`);
    if (told.length > 0) show(told.join(""));
  };
}
