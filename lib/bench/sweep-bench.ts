/** `bench sweep`: study 6's hyper-parameter sweeps in small, ours beside PyTorch's own loop in as many processes. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aCount } from "../checks.js";
import { BENCH_VENV, TORCH_STEP, torchStep } from "../setup/bench-environment.js";
import { runSteps } from "../setup/setup-step.js";
import { BenchFailure, checkOptionsOf, option, round, toJsonRows, toTable, type BenchCase } from "./bench-case.js";
import { isBusy, machine, MachineWatch } from "./machine.js";
import { checkStore, storeBench } from "./stored-bench.js";
import { configsOf, QUICK_SIZE, SEARCHES, SWEEP_PROCESSES, SWEEP_TENSORS, SWEEP_WRITTEN } from "./sweep/sweep-cases.js";
import type { Search, SweepSize } from "./sweep/sweep-cases.js";
import { ourSweep, torchSweep, type SweepField, type SweepRuns } from "./sweep/sweep-contenders.js";
import { OURS, SIDES, sweepGoals, sweepMetrics } from "./sweep/sweep-metrics.js";
import type { Found, SweepGoal } from "./sweep/sweep-metrics.js";

/**
 * Arguments: --space settings (the default: 48 recipes of one network) or networks (12 of 72, interleaved), --quick (4
 * runs of 512 images, once: a look, not a measurement), --rounds N (3 by default, of ten minutes or more each),
 * --store, --json, --python PROGRAM (whose PyTorch is the peer, in place of `.venv-bench`).
 *
 * @returns 1 where PyTorch cannot be had: ours alone is printed then
 * @throws BenchFailure where an argument is unknown (2)
 */
export const sweepCase: BenchCase = async (args, project) => {
  checkOptionsOf("sweep", args, ["quick", "store", "json"], ["python", "rounds", "space"]);
  const store = checkStore("sweep", args, ["python", "rounds", "space"]);
  const json = args.includes("--json");
  const search = searchOf(args);
  const size = sizeOf(args, search);
  const say = (text: string): void => console.error(text);
  const given = option(args, "python");
  const missing = given === undefined ? await runSteps(project, [torchStep(project)]) : [];
  const hasPeer = !missing.includes(TORCH_STEP);
  if (!hasPeer) say("bench sweep: PyTorch cannot be had here, so ours stands alone");
  const [beganMs, watch] = [performance.now(), new MachineWatch()];
  const others = await watch.look();
  if (isBusy(others)) say(`bench sweep: others keep ${others.toFixed(1)} cores busy: no time here means much`);
  const scratch = await mkdtemp(join(tmpdir(), "saccade-bench-sweep-"));
  try {
    const python = given ?? join(project.root, BENCH_VENV, "bin/python");
    const [data, configs] = [await drawImages(scratch, size), configsOf(search.configs, size.runs)];
    const field: SweepField = { root: project.root, python, data, scratch, configs, size };
    if (!json) console.log(`${machine()}; ${SWEEP_PROCESSES} processes of 1 thread; float32; ${sizeText(size)}`);
    const found = await turns(field, hasPeer, say);
    await watch.look();
    const outcome = { ...SIDES, ...report(found, search, size, json) };
    if (store && !hasPeer) say("bench sweep: nothing is stored, as not all of it ran");
    else if (store)
      say(`stored in ${storeBench(project.root, search.bench, beganMs, watch, outcome, `sweep ${args.join(" ")}`)}`);
    return hasPeer ? 0 : 1;
  } catch (error) {
    if (error instanceof BenchFailure) throw error;
    throw new BenchFailure(`bench sweep: ${(error as Error).message}`, 1);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

function searchOf(args: readonly string[]): Search {
  const name = option(args, "space") ?? "settings";
  const found = Object.entries(SEARCHES).find(([known]) => known === name)?.[1];
  if (found) return found;
  throw new BenchFailure(`bench sweep: --space must be one of ${Object.keys(SEARCHES).join(", ")}, got ${name}`, 2);
}

function sizeOf(args: readonly string[], search: Search): SweepSize {
  const [size, text] = [args.includes("--quick") ? QUICK_SIZE : search.size, option(args, "rounds")];
  const rounds = text === undefined ? size.rounds : Number(text);
  if (!aCount.holds(rounds))
    throw new BenchFailure(`bench sweep: --rounds must be a whole number above 0, got ${text}`, 2);
  return { ...size, rounds };
}

function sizeText({ runs, images, epochs, rounds }: SweepSize): string {
  return `${runs} runs of ${epochs} epochs of ${images} drawn images, ${rounds === 1 ? "once" : `${rounds} times`}`;
}

/** Images [n, 28, 28, 1] and a label each, in one file that all contenders read. */
async function drawImages(scratch: string, { images: trainImages }: SweepSize): Promise<string> {
  const { generated } = await import("../datasets/index.js");
  const { train } = generated({ trainImages, testImages: 1, imageShape: [28, 28, 1] });
  const file = join(scratch, "images");
  await writeFile(file, Buffer.concat([train.images, Uint8Array.from(train.labels)]));
  return file;
}

/** Each contender makes a whole sweep in each round, so that the machine's moods fall on all alike. */
async function turns(field: SweepField, hasPeer: boolean, say: (text: string) => void): Promise<Found> {
  const found: Record<string, SweepRuns[]> = {};
  for (let turn = 1; turn <= field.size.rounds; turn++) {
    const contenders: Record<string, () => Promise<SweepRuns>> = {
      [OURS]: () => ourSweep(field, turn),
      ...(hasPeer && {
        [SWEEP_WRITTEN]: () => torchSweep(field, "loader"),
        [SWEEP_TENSORS]: () => torchSweep(field, "tensors"),
      }),
    };
    for (const [name, sweep] of Object.entries(contenders)) {
      const runs = await sweep();
      (found[name] ??= []).push(runs);
      say(`round ${turn} of ${field.size.rounds}: ${name}: ${((runs.endedMs - runs.beganMs) / 1000).toFixed(1)} s`);
    }
  }
  return found;
}

/** Prints what was found. @returns it as it is stored */
function report(found: Found, search: Search, size: SweepSize, json: boolean) {
  const metrics = sweepMetrics(found, search.case);
  if (json) for (const row of toJsonRows(metrics, SIDES)) console.log(JSON.stringify(row));
  else {
    console.log(toTable(metrics, [OURS, ...SIDES.peers]));
    for (const line of sweepGoals(metrics).map(goalText)) console.log(line);
  }
  const versions = Object.fromEntries(Object.entries(found).map(([who, [one]]) => [who, one!.version]));
  return { metrics, versions, cases: { [search.case]: { ...size, processes: SWEEP_PROCESSES, threads: 1 } } };
}

/** "ours / PyTorch, DataLoader: 0.61 (goal: at most 0.67)" */
function goalText({ what, goal, found }: SweepGoal): string {
  return `${what}: ${round(found)}${goal === null ? "" : ` (goal: at most ${goal})`}`;
}
