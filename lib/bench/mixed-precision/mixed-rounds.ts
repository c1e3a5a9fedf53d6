/** One network in bfloat16 and in float32, ours and PyTorch's, each in a process of its own and in turns. */
import { median, type Metric } from "../bench-case.js";
import { start, WRITTEN, type Field, type Opened } from "../training/contenders.js";
import { takeTurns, type Limits } from "../training/rounds.js";
import { parametersOf } from "../training/running.js";
import { configOf, type NetworkCase } from "../training/training-cases.js";
import type { WorkerProcess } from "../training/worker-process.js";
import {
  AUTOCAST,
  AUTOCAST_BEST,
  AUTOCAST_LAST,
  BFLOAT16,
  FLOAT32,
  MIXED_CASTS,
  MIXED_CAST_SHARE,
  MIXED_PRODUCTS,
  MIXED_SHARE,
  MIXED_STEP,
  type MixedContender,
} from "./mixed-cases.js";
import type { ProductShare } from "./product-share.js";

/** Where the contenders run: a CPU, as TensorFlow has bfloat16 graphs for no other. */
export type MixedField = Pick<Field, "root" | "python" | "threads" | "busy" | "scratch">;

/** What all rounds of a network came to. */
export interface MixedResult {
  readonly metrics: readonly Metric[];
  readonly parameters: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Which of PyTorch's was the faster; undefined without PyTorch. */
  readonly best: MixedContender | undefined;
}

interface Running {
  readonly name: MixedContender;
  readonly worker: WorkerProcess;
  /** At the one batch size. */
  readonly opened: readonly Opened[];
}

/**
 * @throws Error where a contender fails, or two networks differ in their parameters
 */
export async function measureMixed(
  network: NetworkCase,
  names: readonly MixedContender[],
  field: MixedField,
  limits: Limits,
): Promise<MixedResult> {
  const running: Running[] = [];
  try {
    for (const name of names) running.push(await begin(name, network, field));
    const parameters = parametersOf(network, running);
    const samples: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
    await takeTurns(running, limits, async ({ name, worker }) => {
      samples[name]!.push(...(await worker.ask<{ ms: number[] }>({ run: network.stepsPerTurn })).ms);
    });
    const [torch] = [AUTOCAST, AUTOCAST_LAST]
      .filter((name) => samples[name])
      .sort((a, b) => median(samples[a]!)! - median(samples[b]!)!);
    return {
      metrics: [
        { metric: MIXED_STEP, unit: "ms", samples: { ...samples, ...(torch && { [AUTOCAST_BEST]: samples[torch]! }) } },
        ...(await productMetrics(running)),
      ],
      parameters,
      versions: Object.fromEntries(running.map(({ name, opened }) => [name, opened[0]!.version])),
      best: torch as MixedContender | undefined,
    };
  } finally {
    await Promise.all(running.map(({ worker }) => worker.end()));
  }
}

/** Makes a network in a process of its own and takes its first two steps; one that fails is ended. */
async function begin(name: MixedContender, network: NetworkCase, field: MixedField): Promise<Running> {
  const isOurs = name === BFLOAT16 || name === FLOAT32;
  const worker = start(isOurs ? "ours" : WRITTEN, field);
  const { model, overrides, network: builder, batch } = network;
  const request = isOurs
    ? { model, overrides, batch, training: true, variant: "compiled", bfloat16: name === BFLOAT16 }
    : {
        ...{ network: builder, config: configOf(network), batch, training: true, threads: field.threads },
        ...{ device: "CPU", sdpa: true, fused: true, autocast: true, channelsLast: name === AUTOCAST_LAST },
      };
  try {
    return { name, worker, opened: [await worker.ask<Opened>({ open: request })] };
  } catch (error) {
    await worker.end();
    throw error;
  }
}

/** What of our steps the products take, in each dtype; by one profile after the rounds. */
async function productMetrics(running: readonly Running[]): Promise<Metric[]> {
  const shares: [name: string, share: ProductShare][] = [];
  for (const { name, worker } of running)
    if (name === BFLOAT16 || name === FLOAT32) shares.push([name, await worker.ask<ProductShare>({ products: 0 })]);
  const each = (of: (share: ProductShare) => number): Record<string, number[]> =>
    Object.fromEntries(shares.map(([name, share]) => [name, [of(share)]]));
  return [
    { metric: MIXED_PRODUCTS, unit: "ms", samples: each(({ productsMs }) => productsMs) },
    { metric: MIXED_SHARE, unit: "%", samples: each(({ products }) => 100 * products) },
    { metric: MIXED_CASTS, unit: "", samples: each(({ casts }) => casts) },
    { metric: MIXED_CAST_SHARE, unit: "%", samples: each(({ castShare }) => 100 * castShare) },
  ];
}
