/**
 * Signals heard on the worker thread. `process.on("SIGINT")` works on the main thread only, which a cell may keep
 * busy; libuv delivers to any thread's loop, and Node's own wrapper for that is reached here.
 */
import { constants } from "node:os";

interface SignalWrap {
  onsignal: (number: number) => void;
  start(number: number): number;
  unref(): void;
}

export function onSignal(name: "SIGINT" | "SIGTERM", handle: () => void): void {
  const { emitWarning } = process;
  process.emitWarning = () => undefined; // process.binding is deprecated without a successor
  try {
    const { Signal } = (process as unknown as { binding(name: string): { Signal: new () => SignalWrap } }).binding("signal_wrap");
    const wrap = new Signal();
    kept.push(wrap);
    wrap.unref();
    wrap.onsignal = handle;
    const failed = wrap.start(constants.signals[name]);
    if (failed !== 0) throw new Error(`signal handler not installed, error ${failed}`);
  } catch (error) {
    console.error(`kernel: ${name} is heard only while no cell computes: ${String(error)}`);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Keeps the handlers from being collected. */
const kept: SignalWrap[] = [];
