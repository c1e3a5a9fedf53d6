/** Ours: the bench's whole sweep as a program of its own, as PyTorch's is: configs as JSON in, runs as JSON out. */
import { text } from "node:stream/consumers";
import type * as sweeps from "../../sweeps/index.js";
import { SWEEP_PROCESSES, type SweepConfig, type SweepRun } from "./sweep-cases.js";

// As a script of a user's loads it: the whole library.
const library = (await import(new URL("../../index.js", import.meta.url).href)) as { readonly sweeps: typeof sweeps };

const { trials } = await library.sweeps.run({
  name: "bench",
  folder: process.argv[2]!,
  space: JSON.parse(await text(process.stdin)) as readonly SweepConfig[],
  trial: new URL("sweep-trial.js", import.meta.url),
  processes: SWEEP_PROCESSES,
  threads: 1,
  progress: false,
});
const failed = trials.find(({ status }) => status !== "finished");
if (failed) throw new Error(`run ${failed.trial} is ${failed.status}: ${failed.error ?? "its loss is not finite"}`);
const runs = trials.map(({ result }) => result as unknown as SweepRun);
console.log(JSON.stringify({ version: `Node ${process.versions.node}`, runs }));
