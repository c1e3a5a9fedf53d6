import { cellSignal } from "../host.js";

/** What ends a run early. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the process its own way with interrupts back. */
  release(): void;
}

/**
 * The signal that a caller gave, or the running cell's: whichever is first; in a script without either, one that the
 * first Ctrl-C (SIGINT) aborts. A second Ctrl-C ends the process, as ever.
 *
 * @param given null: one that nothing aborts
 */
export function listenForInterrupt(given: AbortSignal | null | undefined): Interrupt {
  if (given === null) return { signal: new AbortController().signal, release() {} };
  const signals = [given, cellSignal()].filter((signal) => signal !== undefined);
  if (signals.length > 0) return { signal: AbortSignal.any(signals), release() {} };
  const controller = new AbortController();
  const stop = (): void => {
    process.stderr.write("\nInterrupted: the run ends after this step. Ctrl-C again ends the process at once.\n");
    controller.abort(new Error("interrupted by SIGINT"));
  };
  process.once("SIGINT", stop);
  return { signal: controller.signal, release: () => void process.removeListener("SIGINT", stop) };
}
