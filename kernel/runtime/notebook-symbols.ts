/**
 * The well-known symbols by which a library reaches its notebook: publishing, the running cell's AbortSignal, and work
 * that ends by itself when that fires.
 */
import type { Json, Published } from "../contract.js";
import type { Channel } from "./channel.js";
import { Slot, type Shared } from "../both/shared.js";
import { currentTask, type Task } from "./task.js";

const PUBLISHED: ReadonlySet<string> = new Set([
  "display_data",
  "update_display_data",
  "clear_output",
  "execute_result",
  "error",
  "comm_open",
  "comm_msg",
  "comm_close",
]);
const CAPTURED: ReadonlySet<string> = new Set(["display_data", "execute_result", "error"]);

/** Publishes for the running code's cell, or adds to what captures that. */
export function publish(
  channel: Channel,
  message: Published,
  content: Json,
  metadata: Json = {},
  buffers: readonly Uint8Array[] = [],
): void {
  const task = currentTask();
  if (task?.captured !== undefined && CAPTURED.has(message)) task.captured.outputs.push(content);
  else channel.post({ type: "publish", message, content, metadata, buffers, parent: task?.parent ?? null });
}

/**
 * What a cell's function finds of `$cell` where its text runs in a process of its own (a trial of a sweep): the same
 * names, and nothing that could be interrupted.
 */
const DETACHED = {
  name: "$cell",
  text:
    "const $cell = { import: (specifier, options) => import(specifier, options), meta: import.meta, " +
    "resume: (value) => value, each: (iterable) => iterable, proceed() {}, " +
    "unwinding: { wait: (value) => value, each: (iterable) => iterable, passOn() {}, enter() {} } };",
};

/**
 * Sets the symbols.
 * @param ended called when the last of an interrupted task's work has ended that ends by itself
 */
export function installHost(channel: Channel, shared: Shared, ended: (task: Task) => void): void {
  const broadcast = (type: string, content?: Json, metadata?: Json, buffers?: readonly Uint8Array[]): void => {
    if (!PUBLISHED.has(type))
      throw new RangeError(`broadcast: type must be one of ${[...PUBLISHED].join(", ")}, got ${String(type)}`);
    publish(channel, type as Published, content ?? {}, metadata, buffers);
  };
  Object.defineProperty(globalThis, Symbol.for("Jupyter.broadcast"), { value: broadcast, configurable: true });
  const endsOnSignal = (work: PromiseLike<unknown>): void => {
    const task = currentTask();
    if (task === undefined) return;
    const pending = task.endsOnSignal;
    const over = (): void => {
      if (!pending.delete(work)) return;
      Atomics.sub(shared, Slot.endsOnSignal, 1);
      if (pending.size === 0 && task.controller.signal.aborted) ended(task);
    };
    if (pending.has(work)) return;
    pending.add(work);
    Atomics.add(shared, Slot.endsOnSignal, 1);
    work.then(over, over);
  };
  Object.defineProperty(globalThis, Symbol.for("Jupyter.detached"), { value: DETACHED, configurable: true });
  Object.defineProperty(globalThis, Symbol.for("Jupyter.endsOnSignal"), { value: endsOnSignal, configurable: true });
  Object.defineProperty(globalThis, Symbol.for("Jupyter.signal"), {
    get: () => currentTask()?.controller.signal,
    configurable: true,
  });
}
