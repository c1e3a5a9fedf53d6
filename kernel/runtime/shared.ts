/** Counters that both threads see, also while the other one is busy: slots of one shared Int32Array. */

export const Slot = {
  /** Bytes that main sent and the worker has not yet passed on: main waits when it is too much. */
  unsent: 0,
  /** 1 when an answer to a blocking prompt lies in the answers port. */
  answered: 1,
  /** 1 when the worker has closed its sockets and the process may end. */
  closed: 2,
  /** The highest interrupt that main has dealt with. */
  interruptsTaken: 3,
} as const;

export type Shared = Int32Array;

export function makeShared(): Shared {
  return new Int32Array(new SharedArrayBuffer(4 * Object.keys(Slot).length));
}

/** What the worker gets when it starts. */
export interface WorkerStart {
  readonly connectionFile: string;
  readonly shared: Shared;
  readonly port: import("node:worker_threads").MessagePort;
  /** Answers to blocking prompts go here. */
  readonly answers: import("node:worker_threads").MessagePort;
  /** process.hrtime of the launch in ms, for the start-up report. */
  readonly folder: string;
}
