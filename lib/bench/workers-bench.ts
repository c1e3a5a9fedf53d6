/** `bench workers`: two processes that train together, beside PyTorch's DistributedDataParallel with gloo. */
import { join } from "node:path";
import { BENCH_VENV, TORCH_STEP, torchStep } from "../setup/bench-environment.js";
import { runSteps } from "../setup/setup-step.js";
import { BenchFailure, checkOptionsOf, option, round, toJsonRows, toTable } from "./bench-case.js";
import type { BenchCase, CaseMetric } from "./bench-case.js";
import { isBusy, machine, MachineWatch } from "./machine.js";
import { checkStore, storeBench } from "./stored-bench.js";
import { networkCase } from "./training/training-cases.js";
import { KILLED_OF, ON_PAPER, OURS, SIDES, WORKERS, WORKERS_CASES } from "./workers/workers-cases.js";
import { isMissed, lastEnded, workersGoals } from "./workers/workers-goals.js";
import type { WorkersSize } from "./workers/workers-rounds.js";

const SIZE: WorkersSize = { rounds: 20, seconds: 20, stepSeconds: 60, kills: 20 };
/** A look, not a measurement. */
const QUICK: WorkersSize = { rounds: 3, seconds: 10, stepSeconds: 10, kills: 3 };

/**
 * Arguments: --quick (3 rounds: a look, not a measurement), --store, --json, --python PROGRAM (whose PyTorch is the
 * peer, in place of `.venv-bench`).
 *
 * @returns 1 where PyTorch cannot be had: ours alone is printed then
 * @throws BenchFailure where an argument is unknown (2)
 */
export const workersCase: BenchCase = async (args, project) => {
  checkOptionsOf("workers", args, ["quick", "store", "json"], ["python"]);
  const store = checkStore("workers", args, ["python"]);
  const json = args.includes("--json");
  const size = args.includes("--quick") ? QUICK : SIZE;
  const say = (text: string): void => console.error(text);
  const given = option(args, "python");
  const missing = given === undefined ? await runSteps(project, [torchStep(project)]) : [];
  const hasPeer = !missing.includes(TORCH_STEP);
  if (!hasPeer) say("bench workers: PyTorch cannot be had here, so ours stands alone");
  const [beganMs, watch] = [performance.now(), new MachineWatch()];
  const others = await watch.look();
  if (isBusy(others)) say(`bench workers: others keep ${others.toFixed(1)} cores busy: no time here means much`);
  const places = { root: project.root, python: given ?? join(project.root, BENCH_VENV, "bin/python") };
  if (!json) console.log(`${machine()}; ${WORKERS} processes of 1 thread; float32`);
  try {
    const outcome = { ...SIDES, ...(await measureAll(places, hasPeer, size, say, watch)) };
    report(outcome.metrics, json);
    if (store && !hasPeer) say("bench workers: nothing is stored, as not all of it ran");
    else if (store) say(`stored in ${storeBench(project.root, "workers", beganMs, watch, outcome)}`);
    return hasPeer ? 0 : 1;
  } catch (error) {
    throw new BenchFailure(`bench workers: ${(error as Error).message}`, 1);
  }
};

async function measureAll(
  places: { readonly root: string; readonly python: string },
  hasPeer: boolean,
  size: WorkersSize,
  say: (text: string) => void,
  watch: MachineWatch,
) {
  const { measureAveraging, measureKills, measureLoopback, measureSteps } = await import("./workers/workers-rounds.js");
  say(`the loopback … (others keep ${(await watch.look()).toFixed(1)} cores busy)`);
  const loopback = await measureLoopback(places, hasPeer, size);
  const metrics: CaseMetric[] = [...loopback.metrics];
  const cases: Record<string, Record<string, unknown>> = {};
  for (const one of WORKERS_CASES) {
    say(`${one.title} … (others keep ${(await watch.look()).toFixed(1)} cores busy)`);
    const { metrics: averaged, parameters } = await measureAveraging(one, places, hasPeer, size);
    metrics.push(...averaged);
    cases[one.name] = { parameters, ...(one.step && { batch: networkCase(one.name).batch }) };
    if (one.step) metrics.push(...(await measureSteps(one, places, hasPeer, size)).metrics);
  }
  say(`${size.kills} kills, each of ${KILLED_OF} … (others keep ${(await watch.look()).toFixed(1)} cores busy)`);
  metrics.push(await measureKills(size));
  await watch.look();
  const [ours, ...peers] = Object.entries(loopback.versions);
  const { sizeOf } = await import("./workers/network-sizes.js");
  const onPaper = ON_PAPER.map(({ title, model }) => {
    const { parameters, flops } = sizeOf(model);
    return { title, parameters, flops };
  });
  const versions = { Node: process.versions.node, [OURS]: ours![1], ...Object.fromEntries(peers) };
  return { metrics, versions, cases: { ...cases, onPaper: { networks: onPaper } } };
}

function report(metrics: readonly CaseMetric[], json: boolean): void {
  if (json) {
    for (const row of toJsonRows(metrics, SIDES)) console.log(JSON.stringify(row));
    return;
  }
  for (const name of new Set(metrics.map((metric) => metric.case))) {
    const own = metrics.filter((metric) => metric.case === name);
    console.log(`\n${name}\n${toTable(own, [OURS, ...SIDES.peers])}`);
  }
  for (const goal of workersGoals(metrics))
    console.log(
      `${goal.title}: global step, ours / ${goal.peer}: ${round(goal.found)} (goal: at most ${goal.most}` +
        `${isMissed(goal) ? ", missed" : ""})`,
    );
  const last = lastEnded(metrics);
  if (last !== undefined) console.log(`kills: the last of the others ended after ${last}`);
}
