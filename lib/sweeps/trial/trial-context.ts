import type { TrialLibrary } from "./trial-library.js";

/** What a trial is called with. */
export interface TrialContext<Config extends object = Readonly<Record<string, unknown>>, Shared = unknown> {
  /** The trial's settings: one of the space's configs. */
  readonly config: Config;
  /**
   * Tells how the trial stands after a step: an epoch's number, or a step's, rising; metrics are numbers by name, also
   * such as are not finite. The promise is kept once it is recorded; it is rejected where the trial has been told to
   * stop before and did not. It need not be awaited.
   */
  report(step: number, metrics: Readonly<Record<string, number>>): Promise<void>;
  /** Aborts where a rule stops the trial, and where the sweep is interrupted: `train.fit(…, { signal })` heeds it. */
  readonly signal: AbortSignal;
  /** The library. */
  readonly saccade: TrialLibrary;
  /** What `setup` gave in this process. */
  readonly shared: Shared;
  /** The trial's place in the space, from 0. */
  readonly trial: number;
  /**
   * Path of a folder of the trial's own, for a checkpoint: a trial that was interrupted runs again, in the same one. It
   * is not there until something makes it.
   */
  readonly folder: string;
}

/** What a process does once, before its first trial: what it gives is each trial's `shared`. */
export type Setup<Shared = unknown> = (context: {
  /** The library. */
  readonly saccade: TrialLibrary;
  /** Aborts where the sweep is interrupted. */
  readonly signal: AbortSignal;
}) => Shared | Promise<Shared>;

/** One run by its config. What it returns is its result: numbers, and other plain data, by name. */
export type Trial<Config extends object = Readonly<Record<string, unknown>>, Shared = unknown> = (
  context: TrialContext<Config, Shared>,
) => unknown;
