/** Timers of cells: those of an interrupted cell do not fire any more, and a callback that was terminated is known. */
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import { currentTask, type Task } from "./task.js";

type Start = (callback: (...args: unknown[]) => void, ...rest: unknown[]) => NodeJS.Timeout | NodeJS.Immediate;

/** The task whose timer callback runs: still set after the callback was terminated. */
let entered: Task | undefined;

/** The task whose timer callback was terminated, once. */
export function takeTerminated(): Task | undefined {
  const task = entered;
  entered = undefined;
  return task;
}

/** Replaces the timers of the global object and of node:timers. */
export function installTimers(): void {
  for (const name of ["setTimeout", "setInterval", "setImmediate"] as const) {
    const start = timers[name] as unknown as Start;
    const replacement = (callback: (...args: unknown[]) => void, ...rest: unknown[]): unknown => {
      const task = currentTask();
      if (typeof callback !== "function" || task === undefined) return start(callback, ...rest);
      const timer: NodeJS.Timeout | NodeJS.Immediate = start(
        function (this: unknown, ...args) {
          if (task.interrupted) return name === "setInterval" ? clearInterval(timer as NodeJS.Timeout) : undefined;
          entered = task;
          try {
            return Reflect.apply(callback, this, args);
          } finally {
            entered = undefined; // not reached by a termination
          }
        },
        ...rest,
      );
      return timer;
    };
    Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(start)); // name, length, promisify.custom
    (timers as unknown as Record<string, unknown>)[name] = replacement;
    Object.defineProperty(globalThis, name, {
      value: replacement,
      writable: true,
      configurable: true,
      enumerable: true,
    });
  }
  syncBuiltinESMExports();
}
