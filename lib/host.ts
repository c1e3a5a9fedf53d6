/**
 * What a kernel offers and a script lacks, reached by well-known symbols,
 * so that the library never imports a kernel.
 */
import { randomUUID } from "node:crypto";

/** Publishes one Jupyter message from the running cell: `broadcast("display_data", { data, metadata: {} })`. */
export type Broadcast = (
  type: string,
  content: Record<string, unknown>,
  metadata?: Record<string, unknown>,
  buffers?: readonly Uint8Array[],
) => void | Promise<void>;

const BROADCAST = Symbol.for("Jupyter.broadcast");
const SIGNAL = Symbol.for("Jupyter.signal");
const ENDS_ON_SIGNAL = Symbol.for("Jupyter.endsOnSignal");

/** The kernel's publisher, or undefined in a script. */
export function broadcast(): Broadcast | undefined {
  return (globalThis as Record<symbol, unknown>)[BROADCAST] as Broadcast | undefined;
}

/** One output of the running cell, updated in place. @returns shows data by their MIME types in it */
export function outputInPlace(publish: Broadcast): (data: Readonly<Record<string, unknown>>) => void {
  const transient = { display_id: randomUUID() };
  let isOpen = false;
  return (data) => {
    void publish(isOpen ? "update_display_data" : "display_data", { data, metadata: {}, transient });
    isOpen = true;
  };
}

/** The running cell's AbortSignal, aborted by an interrupt; undefined in a script. */
export function cellSignal(): AbortSignal | undefined {
  return (globalThis as Record<symbol, unknown>)[SIGNAL] as AbortSignal | undefined;
}

/** What ends work early. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the process its own way with interrupts back. */
  release(): void;
}

/**
 * The signal that a caller gave, or the running cell's: whichever is first; in a script without either, one that the
 * first Ctrl-C (SIGINT) aborts. A second Ctrl-C ends the process, and its children with it, as ever.
 *
 * @param given null: one that nothing aborts
 * @param told what the first Ctrl-C brings, "the run ends after this step"
 */
export function listenForInterrupt(given: AbortSignal | null | undefined, told: string): Interrupt {
  if (given === null) return { signal: new AbortController().signal, release() {} };
  const signals = [given, cellSignal()].filter((signal) => signal !== undefined);
  if (signals.length > 0) return { signal: AbortSignal.any(signals), release() {} };
  const controller = new AbortController();
  const stop = (): void => {
    process.stderr.write(`\nInterrupted: ${told}. Ctrl-C again ends the process at once.\n`);
    controller.abort(new Error("interrupted by SIGINT"));
  };
  process.once("SIGINT", stop);
  return { signal: controller.signal, release: () => void process.removeListener("SIGINT", stop) };
}

/**
 * Does work that ends by itself soon after the cell's signal aborts, and tells the kernel so, where there is one: a
 * cell that is interrupted meanwhile takes its result, and ends.
 */
export async function endsOnSignal<Result>(work: () => Promise<Result>): Promise<Result> {
  const tell = (globalThis as Record<symbol, unknown>)[ENDS_ON_SIGNAL] as ((work: Promise<void>) => void) | undefined;
  // Not of the work's own promise: V8 finds who awaits a promise by its only follower.
  let over!: () => void;
  const ended = new Promise<void>((resolve) => (over = resolve));
  tell?.(ended);
  try {
    return await work();
  } finally {
    over();
  }
}

const LOOKING = Symbol.for("Jupyter.looking");

/** Whether the kernel's debugger looks at values just now, which makes and changes nothing. */
export function isLooking(): boolean {
  return (globalThis as Record<symbol, unknown>)[LOOKING] === true;
}

const DETACHED = Symbol.for("Jupyter.detached");

/** What a function of a cell needs where its text runs elsewhere: a statement that declares `name`. */
export interface DetachedPrelude {
  readonly name: string;
  readonly text: string;
}

/** The kernel's, as it translates cells; undefined in a script. */
export function detachedPrelude(): DetachedPrelude | undefined {
  return (globalThis as Record<symbol, unknown>)[DETACHED] as DetachedPrelude | undefined;
}
