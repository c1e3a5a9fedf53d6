/**
 * `bench training` and `bench inference`: a step of each network, ours and its peers' in one interleaved run; inference
 * also of one image.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { aCount } from "../checks.js";
import type { Project } from "../setup/project.js";
import { BENCH_VENV, benchSteps, inferenceSteps, TENSORFLOW_STEP, TORCH_STEP } from "../setup/bench-environment.js";
import { runSteps } from "../setup/setup-step.js";
import { isBusy, machine, MachineWatch } from "./machine.js";
import { chosenDevice } from "./device.js";
import { BenchFailure, checkOptionsOf, option, type BenchCase } from "./bench-case.js";
import { checkStore, storeBench } from "./stored-bench.js";
import { NETWORK_CASES } from "./training/training-cases.js";
import { OURS, startedPeers, TF_FUNCTION, type Field } from "./training/contenders.js";
import { Report } from "./training/metric-list.js";
import { measureCase } from "./training/rounds.js";
import { measureSeries, seriesContenders, seriesOf } from "./training/scaling.js";

export const trainingCase: BenchCase = (args, project) => bench("training", args, project);
export const inferenceCase: BenchCase = (args, project) => bench("inference", args, project);

type BenchName = "training" | "inference";

interface Arguments {
  /** Networks by name; all where it is left out. */
  readonly only: readonly string[] | undefined;
  readonly batch: number | undefined;
  readonly full: boolean;
  readonly quick: boolean;
  readonly json: boolean;
  readonly python: string | undefined;
}

/**
 * Seconds for all networks together (set-up of `.venv-bench` aside), and for the cost against batch and size. Each case
 * has at least six rounds.
 */
const SECONDS = { training: { networks: 690, series: 120 }, inference: { networks: 560, series: 0 } };
const ROUNDS = 15;

/**
 * Arguments: --only NETWORK,…, --full (the sources' batch sizes), --batch N (this one for all), --quick (4 rounds: a
 * look, not a measurement), --store, --json, --python PROGRAM (whose PyTorch and TensorFlow are the peers, in place of
 * `.venv-bench`, which is for CPUs). Where TensorFlow chose a GPU for ours, PyTorch computes there too; a training
 * there is stored as `training-gpu`, also of one network.
 * @returns 1 where PyTorch cannot be had: ours alone is printed then; and where a case failed
 * @throws BenchFailure where an argument is unknown (2)
 */
async function bench(name: BenchName, args: readonly string[], project: Project): Promise<number> {
  const { only, batch, full, quick, json, python } = readArguments(name, args); // before the backend starts
  const { device, gpu } = chosenDevice();
  const store = checkStore(name, args, device === "GPU" ? ["full", "only", "python"] : []);
  const say = (text: string): void => console.error(text); // stdout is the report's
  if (device === "GPU" && python === undefined)
    throw new BenchFailure(
      `bench ${name}: on a GPU, --python must name a Python whose PyTorch computes there, got none`,
      2,
    );
  const missing = python === undefined ? await runSteps(project, stepsOf(name)(project)) : [];
  const hasPeer = !missing.includes(TORCH_STEP);
  if (!hasPeer) say(`bench ${name}: PyTorch cannot be had here, so ours stands alone`);
  const all = startedPeers(name === "training").filter(
    (one) => one !== TF_FUNCTION || !missing.includes(TENSORFLOW_STEP),
  );
  const peers = hasPeer ? all : [];
  const [beganMs, watch] = [performance.now(), new MachineWatch(gpu)];
  const others = await watch.look();
  if (isBusy(others))
    say(
      `bench ${name}: others keep ${others.toFixed(1)} cores busy: the ratios hold better than the times, ` +
        "and PyTorch's threads wait passively",
    );
  const scratch = await mkdtemp(join(tmpdir(), "saccade-bench-"));
  const field: Field = {
    root: project.root,
    python: python ?? join(project.root, BENCH_VENV, "bin/python"),
    device,
    training: name === "training",
    threads: availableParallelism(),
    busy: isBusy(others),
    scratch,
  };
  if (!json)
    console.log(
      `${machine()}${gpu === undefined ? "" : `; ${gpu}`}; ${field.threads} threads each; ` +
        `float32${quick ? "; --quick" : ""}`,
    );
  const report = new Report(json, field.training);
  let failed = false;
  try {
    const networks = NETWORK_CASES.filter((network) => only?.includes(network.name) ?? true);
    const endMs = performance.now() + 1000 * SECONDS[name].networks;
    for (const [at, network] of networks.entries()) {
      say(`${network.name} … (others keep ${(await watch.look()).toFixed(1)} cores busy)`);
      const limits = {
        rounds: quick ? 4 : ROUNDS,
        endMs: performance.now() + (endMs - performance.now()) / (networks.length - at),
      };
      const size = batch ?? (full ? network.fullBatch : network.batch);
      try {
        const batches = field.training || size === 1 ? [size] : [size, 1];
        report.addCase(network.name, size, await measureCase(network, batches, [...OURS, ...peers], field, limits));
      } catch (error) {
        say(`bench ${name}: ${network.name}: ${(error as Error).message}`);
        failed = true;
      }
    }
    const series =
      name === "training" && device === "CPU" && batch === undefined && !full
        ? seriesOf(field.training).filter((one) => only?.includes(one.name) ?? true)
        : [];
    for (const one of series) {
      say(`${one.name} against ${one.against} …`);
      const limits = {
        rounds: quick ? 4 : ROUNDS,
        endMs: performance.now() + (1000 * SECONDS[name].series) / series.length,
      };
      report.addSeries(one.name, await measureSeries(one, seriesContenders(hasPeer), field, limits));
    }
    await watch.look();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  if (store && (failed || !hasPeer)) say(`bench ${name}: nothing is stored, as not all of it ran`);
  else if (store) {
    const stored = name === "training" && device === "GPU" ? "training-gpu" : name;
    const command = `${name} ${args.join(" ")}`;
    say(`stored in ${storeBench(project.root, stored, beganMs, watch, report.outcome, command)}`);
  }
  return failed || !hasPeer ? 1 : 0;
}

const stepsOf = (name: BenchName): typeof benchSteps => (name === "training" ? benchSteps : inferenceSteps);

function readArguments(name: BenchName, args: readonly string[]): Arguments {
  checkOptionsOf(name, args, ["full", "quick", "store", "json"], ["only", "batch", "python"]);
  const only = option(args, "only")?.split(",");
  const batch = option(args, "batch") === undefined ? undefined : Number(option(args, "batch"));
  if (batch !== undefined && !aCount.holds(batch)) {
    throw new BenchFailure(`bench ${name}: --batch must be a whole number above 0, got ${option(args, "batch")}`, 2);
  }
  const unknown = only?.find((one) => !NETWORK_CASES.some((network) => network.name === one));
  if (unknown !== undefined) {
    throw new BenchFailure(
      `bench ${name}: unknown network "${unknown}". The known ones: ` +
        `${NETWORK_CASES.map((network) => network.name).join(", ")}`,
      2,
    );
  }
  const [full, quick, json] = ["--full", "--quick", "--json"].map((flag) => args.includes(flag)) as [
    boolean,
    boolean,
    boolean,
  ];
  return { only, batch, full, quick, json, python: option(args, "python") };
}
