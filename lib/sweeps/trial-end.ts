/** What becomes of a trial, from how its call ended and what it was told. */
import type { TrialOutcome } from "./process/trial-process.js";
import { numbersAmong, type TrialEnd, type TrialState } from "./record/trial-record.js";

const STOPPED = { status: "stopped", by: "rule" } as const;
const FINISHED = { status: "finished" } as const;

/**
 * @param told what the sweep's rule said of it
 * @param interrupted whether the sweep was told to end meanwhile
 */
export function endOf(
  outcome: TrialOutcome,
  state: Pick<TrialState, "metrics">,
  told: "stop" | "done" | undefined,
  interrupted: boolean,
): TrialEnd {
  const { seconds } = outcome;
  if (outcome.kind === "lost") {
    // Where a job is told to stop, its process may be gone before it has said a word.
    if (told !== undefined) return { ...(told === "stop" ? STOPPED : FINISHED), seconds, result: {} };
    if (interrupted) return { status: "stopped", by: "interrupt", seconds, result: {} };
    return { status: "failed", seconds, result: {}, error: { message: outcome.why } };
  }
  const { result, error, notes } = outcome;
  const rest = { seconds, result, ...(notes.length > 0 && { notes }) };
  if (error && !interrupted) return { status: "failed", ...rest, error };
  if (error) return { status: "stopped", by: "interrupt", ...rest, error };
  // who heeded an interrupt has not come to its end, whatever it returned
  if (interrupted && told === undefined && outcome.heeded) return { status: "stopped", by: "interrupt", ...rest };
  const metrics = { ...state.metrics, ...numbersAmong(result) };
  if (Object.values(metrics).some((value) => !Number.isFinite(value))) return { status: "diverged", ...rest };
  return { ...(told === "stop" ? STOPPED : FINISHED), ...rest };
}
