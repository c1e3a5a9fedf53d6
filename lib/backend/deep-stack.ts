import { undone } from "./terminated.js";

/**
 * Calls that an error's stack keeps: those of tfjs and of this library between an op and who called it are more than
 * the usual ten.
 */
const STACK_DEPTH = 200;

/** Calls `work` with errors whose stacks lead from within the library to the line that called it. */
export function withDeepStack<Result>(work: () => Result): Result {
  const { stackTraceLimit } = Error;
  if (stackTraceLimit >= STACK_DEPTH) return work();
  Error.stackTraceLimit = STACK_DEPTH;
  return undone(() => void (Error.stackTraceLimit = stackTraceLimit), work);
}
