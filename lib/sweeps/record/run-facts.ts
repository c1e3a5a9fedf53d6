import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";
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
    machine: {
      platform: `${process.platform} ${process.arch}`,
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: availableParallelism(),
      memoryBytes: totalmem(),
    },
    versions: {
      node: process.versions.node,
      saccade: (createRequire(import.meta.url)("saccade/package.json") as { version: string }).version,
    },
    command: commandLine(),
    commit: commit.startsWith("unknown") ? null : commit,
    user: userName(),
  };
}
