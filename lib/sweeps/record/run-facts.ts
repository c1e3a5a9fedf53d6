import { ownMachine, ownVersions } from "../../backend/environment.js";
import { commitOf } from "../../files/commit.js";
import { commandLine, userName } from "../../tracking/run-origin.js";
import type { TrialHead } from "./trial-record.js";

/** What is recorded of where a trial runs. */
export type RunFacts = Omit<TrialHead, "id" | "name" | "sweep" | "trial" | "config">;

/** As they are now. */
export function runFacts(): RunFacts {
  const commit = commitOf(process.cwd());
  return {
    data: {},
    model: {},
    machine: ownMachine(),
    versions: ownVersions(),
    command: commandLine(),
    commit: commit.startsWith("unknown") ? null : commit,
    user: userName(),
  };
}
