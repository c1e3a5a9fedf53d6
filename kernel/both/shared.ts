/** Counters that both threads see, also while the other one is busy: slots of one shared Int32Array. */
import type { CellEvent } from "../contract.js";

/** The numbers that both threads see at once, by their places in {@link Shared}. */
export const Slot = {
  /** 1 when an answer to a blocking prompt lies in the answers port. */
  answered: 0,
  /** 1 when the worker has closed its sockets and the process may end. */
  closed: 1,
  /** The highest interrupt that main has dealt with. */
  interruptsTaken: 2,
  /** How often the worker has set out to terminate what main runs. */
  terminations: 3,
  /** How much work is under way that ends by itself when the AbortSignal fires. */
  endsOnSignal: 4,
  /** 1 while main waits for a child process synchronously (execSync). */
  waitsForChild: 5,
  /** When a cell's `await` last came back, by {@link clockMs}. */
  resumedMs: 6,
} as const;

const { now } = Date; // taken now: a cell may overwrite it

/** A clock that both threads have, ms; it begins anew every 24 days. */
export function clockMs(): number {
  return now() & 0x7fff_ffff;
}

/** One number for each {@link Slot}, read and written by Atomics. */
export type Shared = Int32Array;

/** All of them 0. */
export function makeShared(): Shared {
  return new Int32Array(new SharedArrayBuffer(4 * Object.keys(Slot).length));
}

/** What the worker gets when it starts. */
export interface WorkerStart {
  readonly connectionFile: string;
  readonly shared: Shared;
  readonly ring: import("./ring.js").RingMemory;
  readonly port: import("node:worker_threads").MessagePort;
  /** Answers to blocking prompts go here. */
  readonly answers: import("node:worker_threads").MessagePort;
  /** The notebook's folder. */
  readonly folder: string;
}

/** What crosses the port: null wakes the ring's reader. */
export type Posted = { readonly number: number; readonly event: Exclude<CellEvent, { type: "stream" }> } | null;
