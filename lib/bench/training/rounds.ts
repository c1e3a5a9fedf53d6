/** One case: every contender takes its turn in each round, so that the machine's moods fall on all alike. */
import { setTimeout as sleep } from "node:timers/promises";
import { countMacs } from "../../analysis/index.js";
import { createModel } from "../../models/index.js";
import type { DeviceType } from "../device.js";
import { median, type Metric } from "../bench-case.js";
import type { NetworkCase, NetworkSpec } from "./training-cases.js";
import {
  AT_BEST,
  isOurs,
  open,
  start,
  TORCH,
  TORCH_COMPILE,
  TUNED,
  WRITTEN,
  type ContenderName,
  type Field,
  type Opened,
} from "./contenders.js";
import { MEMORY_METRIC, shortfalls, STEP_METRIC, type Shortfall } from "./goals.js";
import type { StepShares } from "./where-time-goes.js";
import type { WorkerProcess } from "./worker-process.js";

/** When the rounds end. */
export interface Limits {
  readonly rounds: number;
  /** No new round is begun after this, by performance.now(). */
  readonly endMs: number;
}

/** What all rounds of a network came to. */
export interface CaseResult {
  readonly metrics: readonly Metric[];
  readonly parameters: number;
  /** By contender. */
  readonly versions: Readonly<Record<string, string>>;
  /** FLOP/s of the fastest matrix product that ours or PyTorch made now. */
  readonly peakFlops: number;
  /** Of one step: two for each multiply-add, and for a training step three times those of the forward pass. */
  readonly stepFlops: number;
  /** Which of PyTorch's was fastest; undefined without PyTorch. */
  readonly best: ContenderName | undefined;
  /** Why a contender took no part. */
  readonly leftOut: Readonly<Record<string, string>>;
  /** Goals that are missed. */
  readonly short: readonly Shortfall[];
  /** Where our step's time and memory go, where it misses a goal. */
  readonly profile: StepShares | undefined;
}

/** A network in a process of its own, ready to take steps. */
interface Running {
  readonly name: ContenderName;
  readonly worker: WorkerProcess;
  /** Peak resident set before the network is made: runtime and libraries. */
  readonly idleBytes: number;
  readonly opened: Opened;
}

/** What is known of one process once its turns are over. */
interface Known {
  readonly name: ContenderName;
  /** Its peak resident set, and that before the network was made. */
  readonly peakMb: number;
  readonly idleMb: number;
  readonly firstMs: number;
}

/** A GPU's steps are too short for turns of as few as a CPU's. */
const STEPS_FOR_ONE = { CPU: 1, GPU: 10 };
/** Longest that a process's idle threads spin after work; a turn waits for them. */
const SETTLE_MS = 50;
/** Rounds that are taken whatever the time. */
const LEAST_ROUNDS = 3;
/**
 * Those that the goals compare begin anew after half of the rounds: one process is faster than another of the same
 * program, by up to a quarter (PyTorch's with small convolutions), for as long as it lives.
 */
const RENEWED: readonly ContenderName[] = ["ours", WRITTEN];

/**
 * @param names in the order of the first round; each round begins with the next
 * @throws Error where ours or PyTorch as written fails, or two networks differ in their parameters
 */
export async function measureCase(
  network: NetworkCase,
  batch: number,
  names: readonly ContenderName[],
  field: Field,
  limits: Limits,
): Promise<CaseResult> {
  const { running, leftOut } = await startAll(network, batch, names, field);
  try {
    checkParameters(network, running);
    const samples: Record<string, number[]> = Object.fromEntries(running.map(({ name }) => [name, []]));
    const turn = async ({ name, worker }: Running): Promise<void> => {
      const { ms } = await worker.ask<{ ms: number[] }>({ run: network.stepsPerTurn * STEPS_FOR_ONE[field.device] });
      samples[name]!.push(...ms);
    };
    const known: Known[] = [];
    const note = async ({ name, worker, idleBytes, opened }: Running): Promise<void> => {
      const { bytes } = await worker.ask<{ bytes: number }>({ memory: true });
      known.push({ name, idleMb: idleBytes / 1e6, peakMb: bytes / 1e6, firstMs: opened.firstMs });
    };
    const { rounds, endMs } = limits;
    await takeTurns(running, { rounds: Math.ceil(rounds / 2), endMs: (performance.now() + endMs) / 2 }, turn);
    for (const [i, one] of running.entries()) {
      if (!RENEWED.includes(one.name)) continue;
      await note(one);
      await one.worker.end();
      running[i] = await begin(one.name, network, batch, field);
    }
    await takeTurns(running, { rounds: Math.floor(rounds / 2), endMs }, turn);
    for (const one of running) await note(one);
    const each = (of: (process: Known) => number): Record<string, number[]> =>
      Object.fromEntries(running.map(({ name }) => [name, known.filter((one) => one.name === name).map(of)]));
    const firsts = each(({ firstMs }) => firstMs);
    const ours = running.find(({ name }) => name === "ours")!;
    const peakFlops = await fastestProduct(running, field.device);
    const measured: Metric[] = [
      { metric: field.training ? STEP_METRIC : "inference", unit: "ms", samples },
      { metric: "first step, tracing included", unit: "ms", samples: firsts },
      {
        metric: "steps that repay tracing",
        unit: "steps",
        samples: {
          ours: repaid("ours", "ours, eager", firsts, samples),
          [TORCH_COMPILE]: repaid(TORCH_COMPILE, TUNED, firsts, samples),
        },
      },
      { metric: MEMORY_METRIC, unit: "MB", samples: each(({ peakMb }) => peakMb) },
      { metric: "of it before the network is made", unit: "MB", samples: each(({ idleMb }) => idleMb) },
      { metric: "what the network adds to it", unit: "MB", samples: each(({ peakMb, idleMb }) => peakMb - idleMb) },
    ];
    const best = fastestOf(samples);
    const metrics =
      best === undefined
        ? measured
        : measured.map((metric) => ({
            ...metric,
            samples: { ...metric.samples, [AT_BEST]: metric.samples[best] ?? [] },
          }));
    const short = field.training && field.device === "CPU" ? shortfalls(network, metrics) : []; // the goals are a CPU's
    return {
      metrics,
      peakFlops,
      stepFlops: flopsOf(network) * batch * (field.training ? 3 : 1),
      best,
      leftOut,
      short,
      parameters: running[0]!.opened.parameters,
      profile: short.length > 0 ? await ours.worker.ask<StepShares>({ profile: 0 }) : undefined,
      versions: Object.fromEntries(running.map(({ name, opened }) => [name, opened.version])),
    };
  } finally {
    await Promise.all(running.map(({ worker }) => worker.end()));
  }
}

/** Takes rounds of all, until the limits: at least three, or all. */
export async function takeTurns<One>(
  all: readonly One[],
  { rounds, endMs }: Limits,
  turn: (one: One) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds && (round < LEAST_ROUNDS || performance.now() < endMs); round++) {
    for (let place = 0; place < all.length; place++) {
      await sleep(SETTLE_MS);
      await turn(all[(round + place) % all.length]!);
    }
  }
}

/** Starts all; one that fails is left out, but for ours and PyTorch as written. */
async function startAll(
  network: NetworkCase,
  batch: number,
  names: readonly ContenderName[],
  field: Field,
): Promise<{ running: Running[]; leftOut: Record<string, string> }> {
  const running: Running[] = [];
  const leftOut: Record<string, string> = {};
  for (const name of names) {
    try {
      running.push(await begin(name, network, batch, field));
    } catch (error) {
      if (isOurs(name) || name === WRITTEN) {
        await Promise.all(running.map((each) => each.worker.end()));
        throw error;
      }
      leftOut[name] = (error as Error).message;
    }
  }
  return { running, leftOut };
}

/** A network in a process of its own; one that fails is ended. */
async function begin(name: ContenderName, network: NetworkCase, batch: number, field: Field): Promise<Running> {
  const worker = start(name, field);
  try {
    const { bytes: idleBytes } = await worker.ask<{ bytes: number }>({ memory: true });
    return { name, worker, idleBytes, opened: await open(name, worker, network, batch, field) };
  } catch (error) {
    await worker.end();
    throw error;
  }
}

/**
 * Steps after which the longer first step of `traced` is made up by its shorter ones; none where they are not shorter,
 * or nothing is to repay.
 */
function repaid(
  traced: string,
  plain: string,
  firsts: Readonly<Record<string, number[]>>,
  samples: Readonly<Record<string, number[]>>,
): number[] {
  if (!samples[traced] || !samples[plain]) return [];
  const saved = median(samples[plain])! - median(samples[traced])!;
  return saved > 0 ? [Math.max(0, Math.ceil((median(firsts[traced]!)! - median(firsts[plain]!)!) / saved))] : [];
}

function fastestOf(samples: Readonly<Record<string, number[]>>): ContenderName | undefined {
  const torch = (Object.keys(TORCH) as (keyof typeof TORCH)[]).filter((name) => (samples[name]?.length ?? 0) > 0);
  return torch.sort((a, b) => median(samples[a]!)! - median(samples[b]!)!)[0];
}

/** Side of the matrices whose product's best time is taken for the machine's peak. */
const PEAK_SIDE = { CPU: 2048, GPU: 8192 };

/** FLOP/s of the fastest product of two matrices that ours or PyTorch makes. */
async function fastestProduct(running: readonly Running[], device: DeviceType): Promise<number> {
  let bestMs = Infinity;
  for (let turn = 0; turn < 5; turn++) {
    for (const { name, worker } of running) {
      if (name !== "ours" && name !== WRITTEN) continue;
      bestMs = Math.min(bestMs, (await worker.ask<{ ms: number }>({ matmul: PEAK_SIDE[device] })).ms);
    }
  }
  return (2 * PEAK_SIDE[device] ** 3) / (bestMs / 1e3);
}

/** FLOPs of one image's forward pass, two for each multiply-add; a training step takes about three times as many. */
export function flopsOf({ model, overrides }: NetworkSpec): number {
  const made = createModel(model, overrides);
  try {
    return 2 * countMacs(made).total;
  } finally {
    made.dispose();
  }
}

function checkParameters(network: NetworkCase, running: readonly Running[]): void {
  if (new Set(running.map(({ opened }) => opened.parameters)).size === 1) return;
  const counts = running.map(({ name, opened }) => `${name} ${opened.parameters}`).join(", ");
  throw new Error(`bench: ${network.name} must have the same parameters everywhere, got ${counts}`);
}
