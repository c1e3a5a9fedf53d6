/** Workers that train together until one of them is killed, or stopped, at a random moment: how the others end. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { localWorkers } from "../../client/local-workers.js";
import { createRandom } from "../../datasets/random.js";
import { ownFolder } from "../../files/own-folder.js";

const WORKER = join(ownFolder(), "dist/lib/bench/workers/kill-worker.js");
/** Within these a worker trains, measures and writes checkpoints several times. */
const MOST_DELAY_MS = 1500;
/** Of the settings' own clock: by default one that hangs is waited for longer than a test runs. */
const TIMEOUT_SECONDS = 600;

/** How one of the others ended. */
interface Survivor {
  /** Its rank. */
  readonly worker: number;
  /** From the other's end to its own. */
  readonly ms: number;
  /** What `train.fit` threw. */
  readonly error: string;
}

/** Of one worker that was killed. */
export interface Killed {
  /** Its rank. */
  readonly victim: number;
  /** As TF_CONFIG names it: "worker 1 (127.0.0.1:4000)". */
  readonly name: string;
  /** After the first step of all. */
  readonly afterMs: number;
  readonly survivors: readonly Survivor[];
}

/** Which worker is ended, when and how. */
export interface KillOptions {
  readonly workers: number;
  readonly victim: number;
  /** After the first step of all. */
  readonly afterMs: number;
  /** SIGSTOP: it hangs. */
  readonly signal: "SIGKILL" | "SIGSTOP";
  /** SACCADE_CLUSTER_TIMEOUT. */
  readonly timeoutSeconds?: number;
}

/**
 * So many runs, one after the other, each with a worker that `kill -9` ends at a random moment of `train.fit`.
 *
 * @param seed of victims and moments
 */
export async function randomKills(count: number, workers: number, seed: number): Promise<Killed[]> {
  const random = createRandom(seed);
  const killed: Killed[] = [];
  for (let i = 0; i < count; i++) {
    const [victim, afterMs] = [random.integer(workers), random.integer(MOST_DELAY_MS)];
    killed.push(await killOne({ workers, victim, afterMs, signal: "SIGKILL" }));
  }
  return killed;
}

/** Starts workers, ends one of them, and waits until the others have ended by themselves. */
export async function killOne(options: KillOptions): Promise<Killed> {
  const { workers, victim, afterMs, signal, timeoutSeconds = TIMEOUT_SECONDS } = options;
  const all = await localWorkers(workers);
  const folder = mkdtempSync(join(tmpdir(), "saccade-kills-"));
  const children = all.map(({ config }) => {
    const env = { TF_CONFIG: config, SACCADE_CLUSTER_TIMEOUT: String(timeoutSeconds) };
    return spawn(process.execPath, [WORKER, folder], { env: { ...process.env, ...env, TF_NUM_INTRAOP_THREADS: "1" } });
  });
  try {
    const ended = children.map((child) => ending(child));
    await Promise.all(children.map((child) => firstLine(child)));
    await sleep(afterMs);
    const since = performance.now();
    children[victim]!.kill(signal);
    const others = [...children.keys()].filter((index) => index !== victim);
    const survivors = await Promise.all(
      others.map(async (index): Promise<Survivor> => {
        const error = await ended[index]!;
        return { worker: index, ms: performance.now() - since, error };
      }),
    );
    return { victim, name: `worker ${victim} (${all[victim]!.address})`, afterMs, survivors };
  } finally {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns what it wrote to stderr */
function ending(child: ChildProcessWithoutNullStreams): Promise<string> {
  let text = "";
  child.stderr.on("data", (bytes: Buffer) => (text += bytes.toString()));
  return new Promise((resolve) => child.once("close", () => resolve(text.trim())));
}

async function firstLine({ stdout }: ChildProcessWithoutNullStreams): Promise<void> {
  for await (const _ of createInterface(stdout)) return;
  throw new Error("kills: a worker must come to its first step, got one that ended before");
}
