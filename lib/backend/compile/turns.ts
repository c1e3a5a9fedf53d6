import { ifTerminated } from "../terminated.js";

let last: Promise<unknown> = Promise.resolve();
/** Gives the turn of the work that is under way to the next. */
let release: (() => void) | undefined;

/**
 * Runs `work` after all work that was handed in before it has ended, well or not. Compiled functions share
 * variables: one may not start before the assignments of the one before it are in.
 */
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  let over!: () => void;
  const before = last;
  last = new Promise<void>((resolve) => (over = resolve));
  await before;
  release = over;
  try {
    return await withinTurn(work); // awaited, so that an error's stack leads to who awaits this
  } finally {
    over();
  }
}

/** Calls a synchronous part of the work under way, which ends with it where an interrupt terminates it. */
export function withinTurn<Result>(part: () => Result): Result {
  return ifTerminated(() => release?.(), part);
}
