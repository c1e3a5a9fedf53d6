import type { Breakdown, MainSpan } from "./breakdown.js";
import type { StepMean } from "./measured-step.js";
import type { ProfiledOp } from "./step-stats.js";

/** What a step cost, op by op. Times in microseconds. */
export interface StepProfile {
  /** When the step began: milliseconds since 1970. */
  readonly startedAtMs: number;
  /** From asking for the batch to the results' values in JavaScript. */
  readonly stepUs: number;
  /** Where the time went; the sum is `stepUs`. */
  readonly breakdown: Breakdown;
  /** What TensorFlow ran, by start. */
  readonly ops: readonly ProfiledOp[];
  /** What the main thread did, in order. */
  readonly spans: readonly MainSpan[];
  /** The shortest of the warm-up steps, which TensorFlow did not trace, batch included: for what tracing costs. */
  readonly untracedUs: number;
  /** Of all steps that were measured; the fields above are those of one, of the median time. */
  readonly mean: StepMean;
}
