/** The processes of one case: each with the network at every batch size that is measured. */
import type { DeviceType } from "../device.js";
import { isOurs, open, start, WRITTEN, type ContenderName, type Field, type Opened } from "./contenders.js";
import type { NetworkCase } from "./training-cases.js";
import type { WorkerProcess } from "./worker-process.js";

/** A network in a process of its own, ready to take steps. */
export interface Running {
  readonly name: ContenderName;
  readonly worker: WorkerProcess;
  /** Peak resident set before the network is made: runtime and libraries. */
  readonly idleBytes: number;
  /** By batch size, in their order. */
  readonly opened: readonly Opened[];
}

/** A network and the batch sizes at which it takes steps. */
export interface Sized {
  readonly network: NetworkCase;
  readonly batches: readonly number[];
}

/** Starts all; one that fails is left out, but for ours and PyTorch as written. */
export async function startAll(
  sized: Sized,
  names: readonly ContenderName[],
  field: Field,
): Promise<{ running: Running[]; leftOut: Record<string, string> }> {
  const running: Running[] = [];
  const leftOut: Record<string, string> = {};
  for (const name of names) {
    try {
      running.push(await begin(name, sized, field));
    } catch (error) {
      if (isOurs(name) || name === WRITTEN) {
        await Promise.all(running.map((each) => each.worker.end()));
        throw error;
      }
      leftOut[name] = (error as Error).message;
    }
  }
  return { running, leftOut };
}

/** A network in a process of its own; one that fails is ended. */
export async function begin(name: ContenderName, { network, batches }: Sized, field: Field): Promise<Running> {
  const worker = start(name, field);
  try {
    const { bytes: idleBytes } = await worker.ask<{ bytes: number }>({ memory: true });
    const opened: Opened[] = [];
    for (const batch of batches) opened.push(await open(name, worker, network, batch, field));
    return { name, worker, idleBytes, opened };
  } catch (error) {
    await worker.end();
    throw error;
  }
}

/** Side of the matrices whose product's best time is taken for the machine's peak. */
const PEAK_SIDE = { CPU: 2048, GPU: 8192 };

/** FLOP/s of the fastest product of two matrices that ours or PyTorch makes. */
export async function fastestProduct(running: readonly Running[], device: DeviceType): Promise<number> {
  let bestMs = Infinity;
  for (let turn = 0; turn < 5; turn++) {
    for (const { name, worker } of running) {
      if (name !== "ours" && name !== WRITTEN) continue;
      bestMs = Math.min(bestMs, (await worker.ask<{ ms: number }>({ matmul: PEAK_SIDE[device] })).ms);
    }
  }
  return (2 * PEAK_SIDE[device] ** 3) / (bestMs / 1e3);
}

/**
 * The network's parameters.
 * @throws Error where two contenders differ in them; one that runs our own file is not asked
 */
export function parametersOf(
  network: NetworkCase,
  running: readonly { readonly name: string; readonly opened: readonly Opened[] }[],
): number {
  const known = running.flatMap(({ name, opened }) =>
    opened.flatMap(({ parameters }) => (parameters === null ? [] : [{ name, parameters }])),
  );
  if (new Set(known.map(({ parameters }) => parameters)).size === 1) return known[0]!.parameters;
  const counts = [...new Set(known.map(({ name, parameters }) => `${name} ${parameters}`))].join(", ");
  throw new Error(`bench: ${network.name} must have the same parameters everywhere, got ${counts}`);
}
