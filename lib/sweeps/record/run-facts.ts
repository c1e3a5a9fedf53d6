import { ownMachine, ownVersions } from "../../backend/environment.js";
import { commandLine, commitHere, userName } from "../../tracking/run-origin.js";
import type { TrialHead } from "./trial-record.js";

/** What is recorded of where a trial runs. */
export type RunFacts = Omit<TrialHead, "id" | "name" | "sweep" | "trial" | "config">;

/** As they are now. */
export function runFacts(): RunFacts {
  return {
    data: {},
    model: {},
    machine: ownMachine(),
    versions: ownVersions(),
    command: commandLine(),
    commit: commitHere(),
    user: userName(),
  };
}
