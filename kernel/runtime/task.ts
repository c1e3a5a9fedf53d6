/**
 * What output, timers and errors belong to: a cell's run, or the handling of one comm message. Carried through
 * everything asynchronous that it starts.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Json } from "../contract.js";
import type { CapturedOutput } from "./run-magics.js";

/** What belongs to one request: its output's parent, its interrupt, and what it has started. */
export class Task {
  /** Header of the request that started it. */
  readonly parent: Json;
  readonly allowStdin: boolean;
  readonly controller = new AbortController();
  /** Its promises do not resume and its timers do not fire any more. */
  interrupted = false;
  /** Where its output goes instead of the front end (%%capture). */
  captured: CapturedOutput | undefined;
  /** Work that ends by itself soon after the AbortSignal fires: the first interrupt leaves the cell waiting for it. */
  readonly endsOnSignal = new Set<PromiseLike<unknown>>();
  /** Such work has ended after an interrupt: who waits for it takes what it gave, and no other `await` comes back. */
  ending = false;
  /** Process ids of the children that it started and that still run. */
  readonly children = new Set<number>();
  /** How many it is starting right now; one stays where a termination strikes between a start and its noting. */
  starting = 0;
  /** Its awaits that throw when it is interrupted. */
  readonly waits = new Set<Wait>();
  /** What its `finally` blocks belong to once it was interrupted. */
  unwinding: Task | undefined;

  /** Whether it is what an interrupted task still has to run. */
  readonly unwinds: boolean;

  constructor(parent: Json, allowStdin: boolean, unwinds = false) {
    this.parent = parent;
    this.allowStdin = allowStdin;
    this.unwinds = unwinds;
  }
}

/** An `await` that an interrupt makes throw. */
export interface Wait {
  /** Grows with each turn of the event loop or of its promises; awaits of one turn share it. */
  readonly turn: number;
  readonly stop: (reason: unknown) => void;
}

const storage = new AsyncLocalStorage<Task>();
let latest: Task | undefined;

/** Runs `work` as part of `task`. */
export function within<T>(task: Task, work: () => T): T {
  return storage.run(task, work);
}

/** Runs the kernel's own `work`, which belongs to no task. */
export function outside<T>(work: () => T): T {
  return storage.run(undefined as unknown as Task, work);
}

/** The task that the running code belongs to; for code that lost its way (a native callback) the latest cell. */
export function currentTask(): Task | undefined {
  return storage.getStore() ?? latest;
}

/** The task that the running code was started by, if it is known. */
export function ownTask(): Task | undefined {
  return storage.getStore();
}

/** What the running function does and awaits from now on is part of `task`. */
export function goOnWithin(task: Task): void {
  storage.enterWith(task);
}

/** Notes the cell that code without a task of its own is taken to belong to. */
export function setLatest(task: Task): void {
  latest = task;
}

export const never = new Promise<never>(() => undefined);

let resumed = (): void => undefined;

/** Calls `notice` whenever a cell's `await` comes back. */
export function whenResumed(notice: () => void): void {
  resumed = notice;
}

/** A cell's `await` came back. */
export function noticeResumed(): void {
  resumed();
}

/** CellScope's `resume`: what an interrupted task awaits never comes. */
export function resume<T>(value: T): T | Promise<Awaited<T>> {
  const task = storage.getStore();
  return task === undefined ? value : resumeWithin(value, task);
}

/** CellScope's `proceed`. @throws the signal's reason where the cell ends */
export function proceed(): void {
  const task = storage.getStore();
  if (task?.ending === true) throw task.controller.signal.reason;
}

/** An async function, so that V8 still finds who awaits whom when it prints a stack. */
async function resumeWithin<T>(value: T, task: Task): Promise<Awaited<T>> {
  if (task.interrupted || task.ending) return never;
  try {
    return await value;
  } finally {
    noticeResumed();
    if (task.interrupted) await never;
  }
}
