/**
 * Runs the `finally` blocks of async functions that were interrupted, one function after the other: who came to wait
 * last is first, and of those that came in one turn who came first, so that a function comes before its caller.
 */
import { executionAsyncId } from "node:async_hooks";
import { setImmediate as turn } from "node:timers/promises";
import type { Unwinding, Unwound } from "./cell-scope.js";
import { each } from "./each.js";
import { goOnWithin, never, noticeResumed, ownTask, resume, Task, type Wait } from "./task.js";

/** Kept from before any cell could replace them. */
const { resolve: settled } = Promise;
const { then } = Promise.prototype;
const { apply } = Reflect;

/** What an interrupted `await` throws: one for each function. */
class Interruption implements Unwound {
  readonly name = "KeyboardInterrupt";
  /** Resolves when the function's `finally` blocks are over. */
  readonly ended: Promise<void>;
  /** The function came to a `finally` block. */
  entered = false;
  readonly #task: Task;
  #over!: () => void;

  constructor(task: Task) {
    this.#task = task;
    this.ended = new Promise((resolve) => (this.#over = resolve));
  }

  enter(): this {
    this.entered = true;
    goOnWithin(this.#task);
    return this;
  }

  fail(thrown: unknown): this {
    if (thrown !== this) void Promise.reject(thrown as Error); // reported as any rejection that nobody handles
    return this;
  }

  end(): Promise<never> {
    this.#over();
    return never;
  }
}

let turns = 0;
let latestTurn = -1;

function currentTurn(): number {
  const id = executionAsyncId();
  if (id !== latestTurn) turns++;
  latestTurn = id;
  return turns;
}

function wait<T>(value: T): T | Promise<Awaited<T>> {
  const task = ownTask();
  if (task === undefined) return value;
  return task.unwinds ? resume(value) : waitWithin(value, task);
}

/** An async function that awaits a promise with one follower, so that V8 still finds who awaits whom. */
async function waitWithin<T>(value: T, task: Task): Promise<Awaited<T>> {
  let own: Wait | undefined;
  const turnOfWait = currentTurn();
  const stoppable = (
    follow: (resolve: (value: Awaited<T>) => void, reject: (reason: unknown) => void) => void,
  ): Promise<Awaited<T>> =>
    new Promise((resolve, reject) => {
      task.waits.add((own = { turn: turnOfWait, stop: reject }));
      follow(resolve, reject);
    });
  try {
    if (!task.interrupted && !task.ending)
      return await stoppable((...followers) => void apply(then, apply(settled, Promise, [value]), followers));
  } finally {
    noticeResumed();
    const stopped = own !== undefined && !task.waits.delete(own);
    const stays = task.interrupted || (task.ending && own === undefined);
    if (stays && !stopped) await stoppable(() => undefined); // it came by itself: its turn to throw comes
  }
  return never;
}

export const unwinding: Unwinding = {
  wait,
  each: (iterable) => each(iterable, wait),
  passOn: (thrown) => {
    if (thrown instanceof Interruption) throw thrown;
  },
  enter: (thrown) => (thrown instanceof Interruption ? thrown.enter() : undefined),
};

/** Whether `unwind` has something to run. */
export function hasToUnwind(task: Task): boolean {
  return task.waits.size > 0;
}

/** Runs the `finally` blocks of an interrupted task; resolves when they are over. */
export async function unwind(task: Task): Promise<void> {
  task.unwinding = new Task(task.parent, false, true);
  task.unwinding.captured = task.captured;
  for (let next = innermost(task.waits); next !== undefined; next = innermost(task.waits)) {
    task.waits.delete(next);
    const interruption = new Interruption(task.unwinding);
    next.stop(interruption);
    await turn();
    if (interruption.entered) await interruption.ended; // a function that was itself terminated does not come to it
    await turn();
  }
}

function innermost(waits: ReadonlySet<Wait>): Wait | undefined {
  let found: Wait | undefined;
  for (const one of waits) if (found === undefined || one.turn > found.turn) found = one;
  return found;
}
