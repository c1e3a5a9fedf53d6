/**
 * Native work that runs off the main thread (koffi's `.async`, a compiled step, an image decoder): it cannot be
 * cancelled, so the cell that waits for it ends when it does. Node-API names such work as its library likes and gives
 * async_hooks a plain object for it, which tells it from Node's own resources and from JavaScript's.
 */
import { createHook } from "node:async_hooks";
import { currentTask, type Task } from "./task.js";

const working = new Map<number, Task>();
/** Who waits for a task's native work to end. */
const waiting = new Map<Task, () => void>();
const { getPrototypeOf, prototype } = Object;

/**
 * Names of what is kept for as long as a native object or library lives, and not for a piece of work: zeromq's sockets,
 * and what every library that napi-rs made keeps from its loading on (oxc's parser among them).
 */
const LASTING: ReadonlySet<string> = new Set(["Socket", "CustomGC"]);

/** Watches native work from now on; before the first cell. */
export function watchNativeWork(): void {
  createHook({
    init(id, type, _trigger, resource: object) {
      if (type === "PROMISE" || type === "TickObject" || getPrototypeOf(resource) !== prototype || LASTING.has(type))
        return;
      const task = currentTask();
      if (task !== undefined) working.set(id, task);
    },
    before(id) {
      if (working.size === 0) return;
      const task = working.get(id);
      if (task === undefined) return;
      working.delete(id);
      if (isWorking(task)) return;
      const done = waiting.get(task);
      waiting.delete(task);
      done?.();
    },
  }).enable();
}

/** Whether native work of the task is under way. */
export function isWorking(task: Task): boolean {
  for (const other of working.values()) if (other === task) return true;
  return false;
}

/** Calls `done` when the last native work of the task has ended. */
export function afterWork(task: Task, done: () => void): void {
  waiting.set(task, done);
}
