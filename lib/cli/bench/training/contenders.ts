/** Who takes part: ours compiled and eager, PyTorch as the sources write it and at its best. */
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BENCH_VENV } from "../../setup/bench.js";
import { configOf, type NetworkCase } from "./cases.js";
import { WorkerProcess } from "./worker-process.js";

export const OURS = ["ours", "ours, eager"] as const;
export const PEERS = ["PyTorch as written", "PyTorch at its best"] as const;
export type ContenderName = (typeof OURS)[number] | (typeof PEERS)[number];

/** A network in a process of its own, ready to take steps. */
export interface Running {
  readonly name: ContenderName;
  readonly worker: WorkerProcess;
  /** Peak resident set before the network is made: runtime and libraries. */
  readonly idleBytes: number;
  readonly opened: { readonly parameters: number; readonly firstMs: number; readonly version: string; readonly threads?: number };
}

export interface Field {
  readonly root: string;
  readonly training: boolean;
  readonly threads: number;
  readonly batch: number;
}

/** Starts a contender's process and takes its first two steps. */
export async function start(name: ContenderName, network: NetworkCase, { root, training, threads, batch }: Field): Promise<Running> {
  const worker = (OURS as readonly string[]).includes(name) ? startOurs() : startPeer(root);
  try {
    const variant = { "ours": "compiled", "ours, eager": "eager", "PyTorch as written": "written", "PyTorch at its best": "best" }[name];
    const request = name.startsWith("ours")
      ? { case: network.name, batch, training, variant }
      : { network: network.network, config: configOf(network), batch, training, variant, threads };
    const { bytes: idleBytes } = await worker.ask<{ bytes: number }>({ memory: true });
    return { name, worker, idleBytes, opened: await worker.ask({ open: request }) };
  } catch (error) {
    await worker.end();
    throw error;
  }
}

export function startOurs(): WorkerProcess {
  return new WorkerProcess(process.execPath, [fileURLToPath(new URL("worker.js", import.meta.url))]);
}

/** Whether so much else runs here that PyTorch's spinning threads would starve each other. */
export function isBusy(): boolean {
  return loadavg()[0]! > availableParallelism() / 2;
}

export function startPeer(root: string): WorkerProcess {
  // On a busy machine spinning made a step a hundred times slower; waiting passively is what is fair to PyTorch there.
  const env = { ...process.env, ...(isBusy() && { OMP_WAIT_POLICY: process.env["OMP_WAIT_POLICY"] ?? "PASSIVE" }) };
  return new WorkerProcess(join(root, BENCH_VENV, "bin/python"), [join(root, "lib/cli/bench/training/peer.py")], env);
}
