/** What a sweep and its processes tell each other, by Node's channel between parent and child. */

import type { HookStart } from "./trial-hooks.js";

/** How a process is started, in its environment: JSON. */
export interface ProcessStart {
  /** Address of the module whose default export is the trial. */
  readonly trial: string;
  /** Of the module whose default export prepares the process. */
  readonly setup: string | null;
  /** Cores that it may use, by their numbers; null: any. */
  readonly cores: readonly number[] | null;
  /** The process that starts it. */
  readonly parent: number;
  /** What the module hooks need; null: it needs none. */
  readonly hooks: HookStart | null;
}

/** The variable of the environment that holds a {@link ProcessStart}. */
export const START_VARIABLE = "SACCADE_TRIAL_PROCESS";

/** One trial, as a process is given it. */
export interface TrialOrder {
  readonly trial: number;
  readonly config: Readonly<Record<string, unknown>>;
  /** The trial's own. */
  readonly folder: string;
  /** Path of the file for what it prints. */
  readonly output: string;
}

/** An error, as it crosses. */
export interface TrialError {
  readonly message: string;
  readonly stack?: string;
}

/** From the sweep. */
export type ToProcess =
  | ({ readonly type: "run" } & TrialOrder)
  | { readonly type: "heard"; readonly report: number }
  | { readonly type: "stop"; readonly why: string };

/** What came of a trial's call. */
export interface Returned {
  /** Plain data by name; a number by itself is `value`. Numbers may be not finite. */
  readonly result: Readonly<Record<string, unknown>>;
  readonly error: TrialError | null;
  /** Whether it ended because it was told to stop. */
  readonly heeded: boolean;
  readonly seconds: number;
  /** What of it could not be kept, and what it left behind. */
  readonly notes: readonly string[];
  /** Whether a new process is to take the next trial. */
  readonly worn: boolean;
}

/** To the sweep. */
export type FromProcess =
  | { readonly type: "ready"; readonly pinned: boolean }
  | { readonly type: "unready"; readonly error: TrialError }
  | {
      readonly type: "report";
      readonly report: number;
      readonly step: number;
      readonly metrics: Readonly<Record<string, number>>;
    }
  | ({ readonly type: "end" } & Returned);

/** An error's text, of whatever was thrown. */
export function errorOf(thrown: unknown): TrialError {
  if (thrown instanceof Error || (thrown as Error | null)?.stack !== undefined) {
    const { name, message, stack } = thrown as Error;
    return { message: `${name}: ${message}`.trim(), ...(typeof stack === "string" && { stack }) };
  }
  let text: string;
  try {
    text = typeof thrown === "object" ? JSON.stringify(thrown) : String(thrown);
  } catch {
    text = Object.prototype.toString.call(thrown);
  }
  return { message: `thrown: ${text}` };
}
