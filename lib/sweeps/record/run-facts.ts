import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";
import type { TrialHead } from "./trial-record.js";

let facts: Pick<TrialHead, "data" | "machine" | "versions" | "command"> | undefined;

/** What is recorded of where a trial runs: found once. */
export function runFacts(): NonNullable<typeof facts> {
  facts ??= {
    data: {},
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
    command: process.argv.slice(1).join(" "),
  };
  return facts;
}
