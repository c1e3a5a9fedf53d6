/** One case: every contender takes its turn in each round, so that the machine's moods fall on all alike. */
import { setTimeout as sleep } from "node:timers/promises";
import { median, type Metric, type Samples } from "../bench-case.js";
import { flopsOf } from "./network-flops.js";
import type { NetworkCase } from "./training-cases.js";
import {
  AT_BEST,
  BEST_PEER,
  isOurs,
  TORCH,
  TORCH_COMPILE,
  TUNED,
  writeOnnx,
  WRITTEN,
  type ContenderName,
  type Field,
} from "./contenders.js";
import {
  inferenceShortfalls,
  INFERENCE_METRIC,
  MEMORY_METRIC,
  ONE_METRIC,
  shortfalls,
  STEP_METRIC,
  type Shortfall,
} from "./goals.js";
import { begin, fastestProduct, parametersOf, startAll, type Running } from "./running.js";
import type { StepShares } from "./where-time-goes.js";

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
  /** Which of all peers was fastest, by the metric: of inference. */
  readonly bestPeers: Readonly<Record<string, ContenderName>>;
  /** Why a contender took no part. */
  readonly leftOut: Readonly<Record<string, string>>;
  /** Goals that are missed. */
  readonly short: readonly Shortfall[];
  /** Where our step's time and memory go, where it misses a goal; at batch 1, where it misses that one's. */
  readonly profile: StepShares | undefined;
  readonly profileOfOne: StepShares | undefined;
}

/** What is known of one process once its turns are over. */
interface Known {
  readonly name: ContenderName;
  /** Its peak resident set, and that before the network was made. */
  readonly peakMb: number;
  readonly idleMb: number;
  readonly firstMs: number;
}

/** One contender's steps at one batch size, in each round. */
interface Turn extends Pick<Running, "name" | "worker"> {
  /** Which of the batch sizes. */
  readonly at: number;
}

/** A GPU's steps are too short for turns of as few as a CPU's. */
const STEPS_FOR_ONE = { CPU: 1, GPU: 10 };
/** So are those of one image. */
const STEPS_OF_ONE_IMAGE = 10;
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
 * @param batches a metric of its own each: the study's, and 1 behind it where one image is measured too
 * @param names in the order of the first round; each round begins with the next
 * @throws Error where ours or PyTorch as written fails, or two networks differ in their parameters
 */
export async function measureCase(
  network: NetworkCase,
  batches: readonly number[],
  names: readonly ContenderName[],
  field: Field,
  limits: Limits,
): Promise<CaseResult> {
  const sized = { network, batches };
  if (!field.training && field.device === "CPU") await writeOnnx(network, field);
  const { running, leftOut } = await startAll(sized, names, field);
  try {
    const parameters = parametersOf(network, running);
    const samples = batches.map(() => Object.fromEntries(running.map(({ name }) => [name, [] as number[]])));
    const turn = async ({ name, worker, at }: Turn): Promise<void> => {
      const run = network.stepsPerTurn * STEPS_FOR_ONE[field.device] * (at === 0 ? 1 : STEPS_OF_ONE_IMAGE);
      const { ms } = await worker.ask<{ ms: number[] }>({ run, at });
      samples[at]![name]!.push(...ms);
    };
    const turns = (): Turn[] =>
      batches.flatMap((_, at) => running.map(({ name, worker }): Turn => ({ name, worker, at })));
    const known: Known[] = [];
    const note = async ({ name, worker, idleBytes, opened }: Running): Promise<void> => {
      const { bytes } = await worker.ask<{ bytes: number }>({ memory: true });
      known.push({ name, idleMb: idleBytes / 1e6, peakMb: bytes / 1e6, firstMs: opened[0]!.firstMs });
    };
    const { rounds, endMs } = limits;
    await takeTurns(turns(), { rounds: Math.ceil(rounds / 2), endMs: (performance.now() + endMs) / 2 }, turn);
    for (const [i, one] of running.entries()) {
      if (!RENEWED.includes(one.name)) continue;
      await note(one);
      await one.worker.end();
      running[i] = await begin(one.name, sized, field);
    }
    await takeTurns(turns(), { rounds: Math.floor(rounds / 2), endMs }, turn);
    for (const one of running) await note(one);
    const each = (of: (process: Known) => number): Record<string, number[]> =>
      Object.fromEntries(running.map(({ name }) => [name, known.filter((one) => one.name === name).map(of)]));
    const firsts = each(({ firstMs }) => firstMs);
    const peakFlops = await fastestProduct(running, field.device);
    const steps = samples.map((all, at): Metric => ({
      metric: metricOf(field.training, at),
      unit: "ms",
      samples: all,
    }));
    const others: Metric[] = [
      { metric: "first step, tracing included", unit: "ms", samples: firsts },
      {
        metric: "steps that repay tracing",
        unit: "steps",
        samples: {
          ours: repaid("ours", "ours, eager", firsts, samples[0]!),
          [TORCH_COMPILE]: repaid(TORCH_COMPILE, TUNED, firsts, samples[0]!),
        },
      },
      { metric: MEMORY_METRIC, unit: "MB", samples: each(({ peakMb }) => peakMb) },
      { metric: "of it before the network is made", unit: "MB", samples: each(({ idleMb }) => idleMb) },
      { metric: "what the network adds to it", unit: "MB", samples: each(({ peakMb, idleMb }) => peakMb - idleMb) },
    ];
    const best = fastestOf(samples[0]!, isTorch);
    const bestPeers = field.training ? {} : bestOf(steps);
    const metrics = [
      ...steps.map((metric) => withBest(metric, { [AT_BEST]: fastestOf(metric.samples, isTorch) })),
      ...others.map((metric) => withBest(metric, { [AT_BEST]: best })),
    ].map((metric) => withBest(metric, { [BEST_PEER]: bestPeers[metric.metric] }));
    const short = shortOf(network, metrics, field);
    const profile = async (at: number): Promise<StepShares | undefined> =>
      short.some(({ metric }) => (metric === ONE_METRIC) === (at === 1))
        ? await running.find(({ name }) => name === "ours")!.worker.ask<StepShares>({ profile: at })
        : undefined;
    return {
      metrics,
      peakFlops,
      stepFlops: flopsOf(network) * batches[0]! * (field.training ? 3 : 1),
      best,
      bestPeers,
      leftOut,
      short,
      parameters,
      profile: await profile(0),
      profileOfOne: await profile(1),
      versions: Object.fromEntries(running.map(({ name, opened }) => [name, opened[0]!.version])),
    };
  } finally {
    await Promise.all(running.map(({ worker }) => worker.end()));
  }
}

/** What a batch's steps are called; the second batch is of one image. */
function metricOf(training: boolean, at: number): string {
  if (training) return STEP_METRIC;
  return at === 0 ? INFERENCE_METRIC : ONE_METRIC;
}

/** Goals that are missed; they are a CPU's. */
function shortOf(network: NetworkCase, metrics: readonly Metric[], { training, device }: Field): Shortfall[] {
  if (device !== "CPU") return [];
  return training ? shortfalls(network, metrics) : inferenceShortfalls(metrics);
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

/** The contender with the least median among those that count. */
function fastestOf(
  samples: Readonly<Record<string, Samples>>,
  counts: (name: ContenderName) => boolean,
): ContenderName | undefined {
  const measured = (Object.keys(samples) as ContenderName[]).filter(
    (name) => counts(name) && samples[name]!.length > 0,
  );
  return measured.sort((a, b) => median(samples[a]!)! - median(samples[b]!)!)[0];
}

const isTorch = (name: ContenderName): boolean => name in TORCH;

/** The fastest peer by each metric; left out where there is none. */
function bestOf(metrics: readonly Metric[]): Record<string, ContenderName> {
  const found = metrics.map(({ metric, samples }) => [metric, fastestOf(samples, (name) => !isOurs(name))] as const);
  return Object.fromEntries(found.filter((each): each is [string, ContenderName] => each[1] !== undefined));
}

/** The metric with a further contender, whose samples are those of the one that it stands for. */
function withBest(metric: Metric, standsFor: Readonly<Record<string, ContenderName | undefined>>): Metric {
  const more = Object.entries(standsFor).filter(([, name]) => name !== undefined);
  const samples = Object.fromEntries(more.map(([best, name]) => [best, metric.samples[name!] ?? []]));
  return { ...metric, samples: { ...metric.samples, ...samples } };
}
