/**
 * Errors that nobody caught are shown, and never end the process, whatever listeners a cell or a package has set or
 * removed: Node hands them to `process._fatalException`, which stands before all listeners and the capture callback.
 */
import { EventEmitter } from "node:events";
import process from "node:process"; // a cell may replace the global one
import { setImmediate } from "node:timers";
import { clearAfterTermination } from "../both/internal-binding.js";

/** @returns whether the process goes on */
type Fatal = (error: unknown, fromPromise: boolean) => boolean;

const { emit } = EventEmitter.prototype;
const { apply, defineProperty } = Reflect;
const isCaptured = process.hasUncaughtExceptionCaptureCallback.bind(process);
const microtask = queueMicrotask;
const immediate = setImmediate;
const { _rawDebug: rawDebug } = process as unknown as { _rawDebug(text: string): void };

/** Calls `show` with every error that nobody caught, from now on. */
export function outliveErrors(show: (error: unknown) => void): void {
  const report = (error: unknown): void => {
    try {
      show(error);
    } catch (failure) {
      rawDebug(`an error cannot be shown: ${String(failure)}`); // a cell has broken what that takes
    }
  };
  const original = (process as unknown as { _fatalException: Fatal })._fatalException;
  /** A rejection's reason that was told within this turn: a listener behind ours may throw it on. */
  let told: { readonly error: unknown } | undefined;

  /** Tells what `work` throws, unless it throws on what was told before. */
  const guarded = (work: () => unknown, known?: { readonly error: unknown }): void => {
    try {
      work();
    } catch (thrown) {
      if (known === undefined || thrown !== known.error) report(thrown);
    }
  };

  const fatal: Fatal = (error, fromPromise) => {
    if (isCaptured()) guarded(() => apply(original, process, [error, fromPromise]));
    else {
      if (told?.error !== error) report(error);
      const origin = fromPromise ? "unhandledRejection" : "uncaughtException";
      for (const event of ["uncaughtExceptionMonitor", "uncaughtException"])
        guarded(() => apply(emit as (...args: unknown[]) => boolean, process, [event, error, origin]), { error });
    }
    immediate(() => undefined); // the loop turns once more, as ticks may wait
    clearAfterTermination();
    return true;
  };
  defineProperty(process, "_fatalException", { get: () => fatal, set: () => undefined });

  process.on("unhandledRejection", (reason) => {
    told = { error: reason };
    microtask(() => (told = undefined));
    report(reason);
  });
}
