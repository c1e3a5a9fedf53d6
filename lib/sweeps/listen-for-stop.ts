import { cellSignal } from "../host.js";

/**
 * The signal that a caller gave, and the running cell's; in a script without either, one that the first Ctrl-C (SIGINT)
 * aborts. A second Ctrl-C ends the process, and its children with it.
 */
export function listenForStop(given: AbortSignal | null | undefined): { signal: AbortSignal; release(): void } {
  const signals = [given, cellSignal()].filter((signal) => signal != null);
  if (signals.length > 0) return { signal: AbortSignal.any(signals), release() {} };
  const controller = new AbortController();
  const stop = (): void => {
    process.stderr.write("\nInterrupted: the sweep ends with its running trials. Ctrl-C again ends it at once.\n");
    controller.abort(new Error("interrupted by SIGINT"));
  };
  process.once("SIGINT", stop);
  return { signal: controller.signal, release: () => void process.removeListener("SIGINT", stop) };
}
