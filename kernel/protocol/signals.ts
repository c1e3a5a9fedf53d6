/**
 * Signals heard on the worker thread. `process.on("SIGINT")` works on the main thread only, which a cell may keep
 * busy; libuv delivers to any thread's loop.
 */
import { constants } from "node:os";
import { internalBinding } from "../both/internal-binding.js";
import { log } from "./log.js";

interface SignalWrap {
  onsignal: (number: number) => void;
  start(number: number): number;
  unref(): void;
}

/** Keeps the handlers from being collected. */
const kept: SignalWrap[] = [];

/** Has `handle` called on this thread for each such signal that the process gets. */
export function onSignal(name: "SIGINT" | "SIGTERM", handle: () => void): void {
  try {
    const { Signal } = internalBinding<{ readonly Signal: new () => SignalWrap }>("signal_wrap");
    const wrap = new Signal();
    wrap.unref();
    wrap.onsignal = handle;
    const failed = wrap.start(constants.signals[name]);
    if (failed !== 0) throw new Error(`libuv error ${failed}`);
    kept.push(wrap);
  } catch (error) {
    log(`${name} will end the kernel, it could not be taken: ${String(error)}`);
  }
}
