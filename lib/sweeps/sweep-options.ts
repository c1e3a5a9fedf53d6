import {
  aCount,
  aFlag,
  aFunction,
  aSignal,
  aText,
  aTitle,
  checkOptions,
  either,
  oneOf,
  optional,
  orNull,
  type Rule,
  type Rules,
} from "../checks.js";
import type { OpenablePlace, Place } from "./place.js";
import type { StopRule } from "./rules/stop-rule.js";
import { aSpace, type Config, type Space } from "./space/space.js";
import type { Setup, Trial } from "./trial/trial-context.js";

/** What {@link run} takes. */
export interface SweepOptions<One extends object = Config, Shared = unknown> {
  /** What the sweep is called: letters, digits, and . _ - between them. */
  readonly name: string;
  /**
   * One run: a function of `{ config, report, signal, saccade, shared, trial, folder }`, which names only its arguments
   * and globals, as its text is sent to other processes; or the path (from the working directory) or the file's URL of
   * a module, in TypeScript too, whose default export is such a function.
   */
  readonly trial: string | URL | Trial<One, Shared>;
  /** The configs: of {@link grid} or {@link sample}, or a list. */
  readonly space: Space<One> | readonly One[];
  /**
   * What each process does once, before its first trial, as a function or a module as `trial`: what it returns is the
   * trials' `shared`, data that all need. Default null: nothing.
   */
  readonly setup?: string | URL | Setup<Shared> | null;
  /** By which reported metric the best trial is told. Default null: the early stopping's, or none. */
  readonly metric?: string | null;
  /** Whether the metric is better when greater. Default the early stopping's, or "max". */
  readonly mode?: "max" | "min";
  /** Which trials are stopped before their end: {@link asha}. Default null: none. */
  readonly earlyStopping?: StopRule | null;
  /** Whether a trial is done, after each report. Default null: when it returns. */
  readonly until?: ((metrics: Readonly<Record<string, number>>, step: number) => boolean) | null;
  /** Trials at a time, 1 or more; on this machine each in a process. Default: cores that there are. */
  readonly processes?: number;
  /**
   * Threads that each process computes with, 1 or more; with 1, `train.fit` is faster by `parallelParts: 1`. Default:
   * the cores' share.
   */
  readonly threads?: number;
  /** Whether each process is kept on cores of its own, where the system can (Linux). Default true. */
  readonly pin?: boolean;
  /** Path of the folder of the records. Default null: `sweeps/NAME` in the working directory. */
  readonly folder?: string | null;
  /**
   * true: go on with the sweep that is in the folder, where there is one: its trials that have ended stand, the others
   * run. false: begin anew, in its place. Default true.
   */
  readonly resume?: boolean;
  /** Whether a sweep that goes on runs its failed trials again. Default false. */
  readonly retryFailed?: boolean;
  /** Where the trials run: {@link ray}. Default null: in processes of this machine. */
  readonly on?: Place | null;
  /**
   * Ends the sweep, its trials in order, as an interrupt of the running cell does, or Ctrl-C in a script. Default:
   * these alone; null: not even these.
   */
  readonly signal?: AbortSignal | null;
  /** Whether the sweep is shown as it runs. Default true. */
  readonly progress?: boolean;
}

const aName: Rule = {
  what: "letters, digits, and . _ - between them",
  kindFits: aText.holds,
  holds: (value) => typeof value === "string" && /^[A-Za-z0-9][\w.-]{0,99}$/.test(value),
};
const aFileUrl: Rule = { what: "a file's URL", holds: (value) => value instanceof URL && value.protocol === "file:" };
const aModuleOrFunction = either(either(aFunction, aTitle), aFileUrl);
const aRule: Rule = {
  what: "sweeps.asha(…)",
  holds: (value) => typeof (value as Partial<StopRule> | null)?.begin === "function",
};
const aPlace: Rule = {
  what: "sweeps.ray(…)",
  holds: (value) => typeof (value as Partial<OpenablePlace> | null)?.open === "function",
};

const RULES: Rules = {
  name: aName,
  trial: aModuleOrFunction,
  space: aSpace,
  setup: optional(orNull(aModuleOrFunction)),
  metric: optional(orNull(aTitle)),
  mode: optional(oneOf(["max", "min"])),
  earlyStopping: optional(orNull(aRule)),
  until: optional(orNull(aFunction)),
  processes: optional(aCount),
  threads: optional(aCount),
  pin: optional(aFlag),
  folder: optional(orNull(aTitle)),
  resume: optional(aFlag),
  retryFailed: optional(aFlag),
  on: optional(orNull(aPlace)),
  signal: optional(orNull(aSignal)),
  progress: optional(aFlag),
};

/** What options are called in other libraries. */
const ALIASES = {
  scheduler: "earlyStopping",
  pruner: "earlyStopping",
  concurrency: "processes",
  maxConcurrent: "processes",
  nJobs: "processes",
  workers: "processes",
  objective: "trial",
  configs: "space",
  searchSpace: "space",
  stop: "until",
  output: "folder",
};

/** @throws RangeError for an unknown option or one out of range, TypeError for one of another kind */
export function checkSweep(options: unknown): void {
  checkOptions("run", options, RULES, [], ALIASES);
}
