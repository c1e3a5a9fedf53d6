import type { TrialStatus } from "../record/trial-record.js";
import type { Config } from "../space/space.js";

/** One trial of a sweep. */
export interface TrialResult<One extends object = Config> {
  /** Its place in the space, from 0. */
  readonly trial: number;
  /** Its settings. */
  readonly config: One;
  /**
   * "finished"; "stopped" by the rule; "diverged": it ended with a metric that is not finite; "failed" by an error or
   * the end of its process; "interrupted": it runs again when the sweep goes on; "waiting".
   */
  readonly status: Exclude<TrialStatus, "running">;
  /** The last step that it reported; null where it reported none. */
  readonly step: number | null;
  /** Each metric as it was reported last, and each number of the result, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What the trial returned: plain data. */
  readonly result: Readonly<Record<string, unknown>>;
  /** How long it ran; null where it did not end. */
  readonly seconds: number | null;
  /** What a failed one threw. */
  readonly error: string | null;
  /** What of its result could not be kept, and what it left in memory. */
  readonly notes: readonly string[];
}
