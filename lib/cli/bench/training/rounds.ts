/** One case: every contender takes its turn in each round, so that the machine's moods fall on all alike. */
import { countMacs } from "../../../analysis/index.js";
import { createModel } from "../../../models/index.js";
import type { Metric } from "../report.js";
import type { NetworkCase } from "./cases.js";
import { start, type ContenderName, type Field, type Running } from "./contenders.js";

export interface Limits {
  readonly rounds: number;
  /** No new round is begun after this. */
  readonly seconds: number;
}

export interface CaseResult {
  readonly metrics: readonly Metric[];
  readonly versions: Readonly<Record<string, string>>;
  /** FLOP/s of the fastest matrix product that any contender made in this run. */
  readonly peakFlops: number;
}

/** Longest that a process's idle threads spin after work; a turn waits for them. */
const SETTLE_MS = 50;

/**
 * @param names in the order of the first round; each round begins with the next
 * @throws Error where a contender fails, or two networks differ in their parameters
 */
export async function measureCase(network: NetworkCase, names: readonly ContenderName[], field: Field, limits: Limits): Promise<CaseResult> {
  const running: Running[] = [];
  try {
    for (const name of names) running.push(await start(name, network, field));
    checkParameters(network, running);
    const samples = Object.fromEntries(names.map((name) => [name, [] as number[]]));
    const end = performance.now() + 1000 * limits.seconds;
    for (let round = 0; round < limits.rounds && (round < 3 || performance.now() < end); round++) {
      for (let place = 0; place < running.length; place++) {
        const { name, worker } = running[(round + place) % running.length]!;
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        const { ms } = await worker.ask<{ ms: number[] }>({ run: network.stepsPerTurn });
        samples[name]!.push(...ms);
      }
    }
    const peaks: Record<string, number[]> = {};
    for (const { name, worker } of running) peaks[name] = [(await worker.ask<{ bytes: number }>({ memory: true })).bytes / 1e6];
    const firsts = Object.fromEntries(running.map(({ name, opened }) => [name, [opened.firstMs]]));
    const peak = await peakFlops(running, limits);
    const macs = countMacsOf(network) * field.batch * (field.training ? 3 : 1);
    const shares = Object.fromEntries(Object.entries(samples).map(([name, ms]) => [name, ms.map((each) => (100 * 2 * macs) / (each / 1e3) / peak)]));
    const what = `${field.training ? "training step" : "inference"}, batch ${field.batch}`;
    return {
      peakFlops: peak,
      metrics: [
        { metric: what, unit: "ms", samples },
        { metric: "share of the matrix product's peak", unit: "%", samples: shares },
        { metric: "first step, tracing included", unit: "ms", samples: firsts },
        { metric: "peak memory of the process", unit: "MB", samples: peaks },
        { metric: "of it before the network is made", unit: "MB", samples: Object.fromEntries(running.map(({ name, idleBytes }) => [name, [idleBytes / 1e6]])) },
      ],
      versions: Object.fromEntries(running.map(({ name, opened }) => [name, opened.version])),
    };
  } finally {
    await Promise.all(running.map(({ worker }) => worker.end()));
  }
}

/** Side of the matrices whose product's best time is taken for the machine's peak. */
const PEAK_SIDE = 2048;

/** FLOP/s of the fastest product of two matrices that any contender makes. */
async function peakFlops(running: readonly Running[], limits: Limits): Promise<number> {
  let bestMs = Infinity;
  for (let turn = 0; turn < Math.min(5, limits.rounds); turn++) {
    for (const { worker } of running) {
      const { ms } = await worker.ask<{ ms: number }>({ matmul: PEAK_SIDE });
      bestMs = Math.min(bestMs, ms);
    }
  }
  return (2 * PEAK_SIDE ** 3) / (bestMs / 1e3);
}

/** Multiply-adds of one image's forward pass; a training step takes about three times as many. */
function countMacsOf({ model, overrides }: NetworkCase): number {
  const made = createModel(model, overrides);
  try {
    return countMacs(made).total;
  } finally {
    made.dispose();
  }
}

function checkParameters(network: NetworkCase, running: readonly Running[]): void {
  const counts = running.map(({ name, opened }) => `${name} ${opened.parameters}`);
  if (new Set(running.map(({ opened }) => opened.parameters)).size > 1) {
    throw new Error(`bench: ${network.name} must have the same parameters everywhere, got ${counts.join(", ")}`);
  }
}
