/** How an interrupted cell ends, whichever thread says so. */
import type { CellOutcome } from "../contract.js";

const ENAME = "KeyboardInterrupt";

/** Error content for something that was interrupted. */
export function interruption(evalue: string): Extract<CellOutcome, { status: "error" }> {
  return { status: "error", ename: ENAME, evalue, traceback: [`\u001b[31m${ENAME}\u001b[0m: ${evalue}`] };
}

export const INTERRUPTED = interruption("the cell was interrupted");
