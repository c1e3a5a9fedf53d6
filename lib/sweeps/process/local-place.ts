import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { OpenablePlace } from "../place.js";
import { sharesOf } from "./pin-process.js";
import { TrialProcess } from "./trial-process.js";

/** How this machine is shared among a sweep's processes. */
export interface LocalOptions {
  readonly processes: number;
  readonly threads: number | undefined;
  readonly pin: boolean;
}

/** The most processes that a machine has by default: its cores. */
export const CORES = availableParallelism();

/** Processes of this machine, each kept on cores of its own. */
export function localPlace({ processes, threads, pin }: LocalOptions): OpenablePlace {
  const shares = sharesOf(processes, threads);
  return {
    kind: "local",
    seats: processes,
    open: ({ trial, setup, sent }, slot) => {
      const isTyped = /\.[cm]?tsx?$/.test(new URL(trial).pathname);
      const base = pathToFileURL(join(process.cwd(), "trial.js")).href;
      const hooks = sent.length > 0 || isTyped ? { sent, base } : null;
      const cores = pin ? (shares.cores?.[slot] ?? null) : null;
      return new TrialProcess({ trial, setup, cores, parent: process.pid, hooks }, shares.threads);
    },
  };
}
