/** The contenders of the bench of sweeps: each makes the same runs, in as many processes of one thread. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { SWEEP_DATA, SWEEP_PROCESSES, type SweepConfig, type SweepRun, type SweepSize } from "./sweep-cases.js";

/** The runs of one whole sweep. */
export interface SweepRuns {
  /** When its program was started and when it had ended, by the clock of the runs. */
  readonly beganMs: number;
  readonly endedMs: number;
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
  /** The runs. */
  readonly configs: readonly SweepConfig[];
  readonly size: Omit<SweepSize, "runs">;
}

/** A sweep of ours. @throws Error where a run did not finish */
export function ourSweep({ data, scratch, configs, size }: SweepField, round: number): Promise<SweepRuns> {
  const program = fileURLToPath(new URL("sweep-program.js", import.meta.url));
  const runs = configs.map((config) => ({ ...config, epochs: size.epochs }));
  return programRuns("our program", process.execPath, [program, join(scratch, `ours-${round}`)], runs, {
    [SWEEP_DATA]: data,
  });
}

/** The same of PyTorch. @throws Error where its program fails */
export function torchSweep(
  { root, python, data, configs, size }: SweepField,
  loader: "loader" | "tensors",
): Promise<SweepRuns> {
  const args = [join(root, "lib/bench/sweep/torch_sweep.py"), data, SWEEP_PROCESSES, size.epochs, loader].map(String);
  return programRuns("PyTorch's program", python, args, configs, { PYTHONDONTWRITEBYTECODE: "1" });
}

/** Runs a program that reads configs and prints its runs, from its start to its end. */
async function programRuns(
  what: string,
  program: string,
  args: readonly string[],
  configs: readonly object[],
  env: Readonly<Record<string, string>>,
): Promise<SweepRuns> {
  const beganMs = Date.now();
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  child.stdin.end(JSON.stringify(configs));
  const closed = once(child, "close");
  const [said, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await closed) as [number | null];
  if (code !== 0) throw new Error(`${what} failed: ${errors.trim().split("\n").slice(-8).join("\n")}`);
  return { beganMs, endedMs: Date.now(), ...(JSON.parse(said) as Pick<SweepRuns, "runs" | "version">) };
}
