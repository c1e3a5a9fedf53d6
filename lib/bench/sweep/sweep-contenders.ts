/** The contenders of the bench of sweeps: each makes the same runs, in as many processes of one thread. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { run } from "../../sweeps/index.js";
import { SWEEP_DATA, SWEEP_PROCESSES, SWEEP_SPACE, type SweepRun, type SweepSize } from "./sweep-cases.js";

/** The runs of one whole sweep. */
export interface SweepRuns {
  /** When the first process was started, by Date.now(). */
  readonly beganMs: number;
  /** To the end of the last process, in seconds. */
  readonly seconds: number;
  readonly runs: readonly SweepRun[];
  readonly version: string;
}

/** What all contenders are given. */
export interface SweepField {
  readonly root: string;
  readonly python: string;
  /** Path of the images. */
  readonly data: string;
  readonly scratch: string;
  readonly size: SweepSize;
}

/** The settings of a bench's runs: all, or of fewer every n-th. */
function configsOf({ runs }: SweepSize) {
  const { configs } = SWEEP_SPACE;
  return Array.from({ length: runs }, (_, i) => configs[Math.floor((i * configs.length) / runs)]!);
}

/** A sweep of ours. @throws Error where a run did not finish */
export async function ourSweep({ data, scratch, size }: SweepField, round: number): Promise<SweepRuns> {
  process.env[SWEEP_DATA] = data;
  const [beganMs, start] = [Date.now(), performance.now()];
  const { trials } = await run({
    name: "bench",
    folder: join(scratch, `ours-${round}`),
    space: configsOf(size).map((config) => ({ ...config, epochs: size.epochs })),
    trial: new URL("sweep-trial.js", import.meta.url),
    processes: SWEEP_PROCESSES,
    threads: 1,
    progress: false,
  });
  const seconds = (performance.now() - start) / 1000;
  const failed = trials.find(({ status }) => status !== "finished");
  if (failed) throw new Error(`run ${failed.trial} is ${failed.status}: ${failed.error ?? "its loss is not finite"}`);
  return { beganMs, seconds, runs: trials.map(({ result }) => result as unknown as SweepRun), version: "" };
}

/** The same of PyTorch. @throws Error where its program fails */
export async function torchSweep(field: SweepField, loader: "loader" | "tensors"): Promise<SweepRuns> {
  const { root, python, data, size } = field;
  const [beganMs, start] = [Date.now(), performance.now()];
  const args = [join(root, "lib/bench/sweep/torch_sweep.py"), data, SWEEP_PROCESSES, size.epochs, loader].map(String);
  const child = spawn(python, args, { env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } });
  child.stdin.end(JSON.stringify(configsOf(size)));
  const closed = once(child, "close");
  const [said, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await closed) as [number | null];
  if (code !== 0) throw new Error(`PyTorch's program failed: ${errors.trim().split("\n").slice(-2).join(" ")}`);
  const seconds = (performance.now() - start) / 1000;
  return { beganMs, seconds, ...(JSON.parse(said) as Pick<SweepRuns, "runs" | "version">) };
}
