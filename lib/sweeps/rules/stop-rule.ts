/** Ends trials early, by what all of them report. */
export interface StopRule {
  /** Its name. */
  readonly kind: string;
  /** What it was made with; plain data, recorded with the sweep. `metric` and `mode` are what the best is told by. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Its state at a sweep's begin. */
  begin(): StopRuleState;
}

/** A rule at work in one sweep. */
export interface StopRuleState {
  /**
   * A trial reports, 0 being the first config's.
   * @returns "stop": it is to be stopped; "done": it has come to its last step; undefined: it goes on
   */
  report(trial: number, step: number, metrics: Readonly<Record<string, number>>): "done" | "stop" | undefined;
  /** A trial has ended, after its last report. */
  ended(trial: number, step: number, metrics: Readonly<Record<string, number>>): void;
}
