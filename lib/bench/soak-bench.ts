/** `bench soak`: a long mixed session, with everything that can go wrong on the wire. */
import { KERNELS, type KernelName } from "../client/kernel-specs.js";
import { machine } from "./machine.js";
import { BenchFailure, checkOptionsOf, option, round, type BenchCase, type JsonRow } from "./bench-case.js";
import { debugSequences } from "./soak/debugging.js";
import { soak, type SoakReport } from "./soak/soak.js";

/** Growth of memory above which a soak fails: last quarter over second quarter. */
export const GROWTH_LIMIT = 1.15;

/**
 * Arguments: --cells N (2,000), --sequences N (200, of saccade's debugger), --seed N (1), --kernel NAME (saccade),
 * --json. @throws BenchFailure on a wrong one.
 */
export const soakCase: BenchCase = async (args) => {
  checkOptionsOf("soak", args, ["json"], ["cells", "sequences", "seed", "kernel"]);
  const cells = whole(args, "cells", 2_000, 20);
  const asked = whole(args, "sequences", 200);
  const seed = whole(args, "seed", 1);
  const kernel = option(args, "kernel") ?? "saccade";
  if (!(KERNELS as readonly string[]).includes(kernel))
    throw new BenchFailure(`bench soak: unknown kernel "${kernel}". The known ones: ${KERNELS.join(", ")}`, 2);
  const began = performance.now();
  const say = (text: string): void => console.error(text);
  const mixed = await soak({ cells, seed, kernel: kernel as KernelName, say });
  const sequences = kernel === "saccade" ? asked : 0;
  const report = { ...mixed, failures: [...mixed.failures, ...(await debugSequences(sequences, seed, say))] };
  const seconds = (performance.now() - began) / 1_000;
  const wrong = report.failures.length > 0 || report.growth > GROWTH_LIMIT;
  if (args.includes("--json"))
    for (const row of toSoakRows(kernel as KernelName, report, seconds)) console.log(JSON.stringify(row));
  else {
    for (const failure of report.failures.slice(0, 40)) console.log(failure);
    console.log(
      `${machine()}\n${kernel}: ${report.cells} cells, ${sequences} sequences of a debugger, ` +
        `seed ${seed}, ${seconds.toFixed(0)} s: ` +
        `${report.failures.length} failures; memory ${report.memoryMb.map((mb) => mb.toFixed(0)).join(" ")} ` +
        `MB (RSS), last quarter over second ${report.growth.toFixed(2)} (limit ${GROWTH_LIMIT})`,
    );
  }
  return wrong ? 1 : 0;
};

/**
 * The rows of `--json`: a soak has no peer beside it; `--kernel` soaks another. The failures themselves are lines of
 * the report without it.
 */
export function toSoakRows(
  kernel: KernelName,
  { cells, failures, memoryMb, growth }: SoakReport,
  seconds: number,
): JsonRow[] {
  const row = (metric: string, ours: number): JsonRow => ({
    case: "soak",
    metric: `${metric}: ${kernel}`,
    ours,
    peer: null,
    ratio: null,
    n: cells,
  });
  return [
    row("failures", failures.length),
    row("memory, last quarter over second", round(growth)!),
    row("memory at the end, MB", round(memoryMb.at(-1) ?? 0)!),
    row("time, s", round(seconds)!),
  ];
}

function whole(args: readonly string[], name: string, preset: number, least = 0): number {
  const value = option(args, name);
  if (value === undefined) return preset;
  if (/^\d+$/.test(value) && Number(value) >= least) return Number(value);
  const bound = least > 0 ? ` of ${least} or more` : "";
  throw new BenchFailure(`bench soak: --${name} must be a whole number${bound}, got ${value}`, 2);
}
