/** `bench mixed-precision`: a training step in bfloat16 beside float32's and PyTorch's under autocast. */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { bfloat16Missing } from "../backend/compile/mixed-precision.js";
import { cpuInfo } from "../backend/processor.js";
import { ready } from "../backend/index.js";
import { BENCH_VENV, TORCH_STEP, torchStep } from "../setup/bench-environment.js";
import { runSteps } from "../setup/setup-step.js";
import {
  BenchFailure,
  checkOptionsOf,
  option,
  toJsonRows,
  toTable,
  type BenchCase,
  type CaseMetric,
} from "./bench-case.js";
import { isBusy, machine, MachineWatch } from "./machine.js";
import { MIXED_CASES, MIXED_CONTENDERS, MIXED_SIDES, BFLOAT16, FLOAT32 } from "./mixed-precision/mixed-cases.js";
import { mixedGoals } from "./mixed-precision/mixed-goals.js";
import { measureMixed, type MixedField, type MixedResult } from "./mixed-precision/mixed-rounds.js";
import { processorKind, PROCESSORS } from "./mixed-precision/processor-kind.js";
import { checkStore, storeBench } from "./stored-bench.js";

/** Seconds for the rounds of all networks together. */
const SECONDS = 420;
const ROUNDS = { whole: 15, quick: 4 };

/**
 * Arguments: --only NETWORK,…, --quick (4 rounds: a look, not a measurement), --store, --json, --python PROGRAM (whose
 * PyTorch is the peer, in place of `.venv-bench`). What is stored stands for one kind of processor.
 *
 * @returns 1 where PyTorch cannot be had: ours alone is printed then; and where a network failed
 * @throws BenchFailure where an argument is unknown (2), and where nothing here computes in bfloat16 (1)
 */
export const mixedPrecisionCase: BenchCase = async (args, project) => {
  checkOptionsOf("mixed-precision", args, ["quick", "store", "json"], ["only", "python"]);
  const networks = networksOf(option(args, "only"));
  const store = checkStore("mixed-precision", args, ["python"]);
  await ready();
  const whyNot = bfloat16Missing();
  if (whyNot !== undefined) throw new BenchFailure(`bench mixed-precision: ${whyNot}`, 1);
  const kind = processorKind(cpuInfo());
  const [json, quick, say] = [args.includes("--json"), args.includes("--quick"), (text: string) => console.error(text)];
  const given = option(args, "python");
  const missing = given === undefined ? await runSteps(project, [torchStep(project)]) : [];
  const hasPeer = !missing.includes(TORCH_STEP);
  if (!hasPeer) say("bench mixed-precision: PyTorch cannot be had here, so ours stands alone");
  const [beganMs, watch] = [performance.now(), new MachineWatch()];
  const busy = isBusy(await watch.look());
  const scratch = await mkdtemp(join(tmpdir(), "saccade-bench-"));
  const python = given ?? join(project.root, BENCH_VENV, "bin/python");
  const field: MixedField = { root: project.root, python, threads: availableParallelism(), busy, scratch };
  if (!json) console.log(`${machine()}; ${PROCESSORS[kind]}; ${field.threads} threads each${quick ? "; --quick" : ""}`);
  const names = hasPeer ? MIXED_CONTENDERS : ([BFLOAT16, FLOAT32] as const);
  const [metrics, cases]: [CaseMetric[], Record<string, Record<string, unknown>>] = [[], {}];
  let [versions, failed]: [Record<string, string>, boolean] = [{ Node: process.versions.node }, false];
  const endMs = performance.now() + 1000 * SECONDS;
  try {
    for (const [at, network] of networks.entries()) {
      say(`${network.name} … (others keep ${(await watch.look()).toFixed(1)} cores busy)`);
      const nowMs = performance.now();
      const limits = {
        rounds: quick ? ROUNDS.quick : ROUNDS.whole,
        endMs: nowMs + Math.max(0, endMs - nowMs) / (networks.length - at),
      };
      try {
        const result = await measureMixed(network, names, field, limits);
        metrics.push(...result.metrics.map((metric) => ({ case: network.name, ...metric })));
        cases[network.name] = { batch: network.batch, parameters: result.parameters, best: result.best };
        versions = { ...versions, ...versionsOf(result) };
        report(network.name, metrics, json);
      } catch (error) {
        say(`bench mixed-precision: ${network.name}: ${(error as Error).message}`);
        failed = true;
      }
    }
    await watch.look();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  if (store && (failed || !hasPeer)) say("bench mixed-precision: nothing is stored, as not all of it ran");
  else if (store) {
    const outcome = { metrics, versions, cases, ...MIXED_SIDES };
    const command = `mixed-precision ${args.join(" ")}`;
    say(`stored in ${storeBench(project.root, `mixed-precision-${kind}`, beganMs, watch, outcome, command)}`);
  }
  return failed || !hasPeer ? 1 : 0;
};

function networksOf(only: string | undefined): typeof MIXED_CASES {
  const names = only?.split(",");
  const known = MIXED_CASES.map(({ name }) => name);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new BenchFailure(`bench mixed-precision: --only must be of ${known.join(", ")}, got ${unknown}`, 2);
  return MIXED_CASES.filter(({ name }) => names?.includes(name) ?? true);
}

/** "PyTorch" → "2.13.0+cpu" */
function versionsOf({ versions }: MixedResult): Record<string, string> {
  return Object.fromEntries(Object.values(versions).map((title) => title.split(" ").slice(0, 2) as [string, string]));
}

function report(name: string, metrics: readonly CaseMetric[], json: boolean): void {
  const own = metrics.filter((metric) => metric.case === name);
  if (json) {
    for (const row of toJsonRows(own, MIXED_SIDES)) console.log(JSON.stringify(row));
    return;
  }
  console.log(`\n${name}\n${toTable(own, MIXED_CONTENDERS)}`);
  for (const { what, found, most } of mixedGoals(own, name))
    if (found !== null) console.log(`  ${what}: ${found.toFixed(2)} (goal: at most ${most.toFixed(2)})`);
}
