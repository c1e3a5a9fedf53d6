import type { TrialListener, TrialOutcome } from "./process/trial-process.js";
import type { TrialOrder } from "./process/trial-messages.js";

/** One that runs a trial after the other. */
export interface Seat {
  /** @returns whether it is pinned to its cores. @throws UnreadyError where no trial can run */
  ready(): Promise<boolean>;
  /** Runs one trial; what becomes of it is the outcome, whatever that is. */
  run(order: TrialOrder, listener: TrialListener): Promise<TrialOutcome>;
  /** Tells the trial that runs to stop. */
  stop(why: string): void;
  /** Ends it and all it has started, at once. */
  end(): Promise<void>;
  /** Whether it can run another trial. */
  readonly isAlive: boolean;
}

/** The modules that a place runs, by their addresses. */
export interface PlaceStart {
  /** The trial's. */
  readonly trial: string;
  /** The set-up's. Null where there is none. */
  readonly setup: string | null;
  /** Those that hold a function's text. */
  readonly sent: readonly string[];
  /** The sweep's name. */
  readonly name: string;
}

/** Where trials run. */
export interface Place {
  /** What messages call it, "ray". */
  readonly kind: string;
  /** Trials at a time, where the sweep does not say. */
  readonly seats: number;
}

/** A place from within: what a sweep asks of it. */
export interface OpenablePlace extends Place {
  /** Opens one seat. @param slot its number, below the sweep's `processes` */
  open(start: PlaceStart, slot: number): Seat;
}
