/**
 * An interrupt of a cell can terminate what computes, and then no `finally` runs. What was changed for a while is put
 * back all the same: when the cell's signal tells of the interrupt, or another cell's work begins.
 */
import { cellSignal } from "../host.js";

/** What is to be put back, the last first. */
const open: ((atRest: boolean) => void)[] = [];
/** The cell's whose work is open. */
let signal: AbortSignal | undefined;

/** Calls `work`, which is synchronous, and `undo` after it, whatever ends it. */
export function undone<Result>(undo: () => void, work: () => Result): Result {
  return ifTerminated(undo, () => {
    try {
      return work();
    } finally {
      undo();
    }
  });
}

/**
 * Calls `work`, which is synchronous, and `mend` only where an interrupt terminated it.
 * @param mend is told whether nothing else has begun since
 */
export function ifTerminated<Result>(mend: (atRest: boolean) => void, work: () => Result): Result {
  mendOthers();
  const depth = open.length;
  open.push(mend);
  try {
    return work();
  } finally {
    open.length = depth;
  }
}

/** Puts back what another cell's terminated work left. */
export function mendOthers(): void {
  const current = cellSignal();
  if (current === signal) return;
  signal = current;
  mendAll(false); // two cells' work is never under way at once
  current?.addEventListener("abort", () => mendAll(true), { once: true });
}

function mendAll(atRest: boolean): void {
  for (let mend = open.pop(); mend !== undefined; mend = open.pop()) mend(atRest);
}
