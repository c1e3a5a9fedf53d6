/** What cells cost while a front end has the debugger switched on, and nothing is stopped at. */
import { FrontEnd } from "../../client/front-end.js";
import { projectRoot } from "../../client/kernel-specs.js";
import type { LaunchedKernel } from "../../client/launched-kernel.js";
import { median, type CaseMetric, type Sides } from "../bench-case.js";
import { contenders, open } from "./contender.js";
import { cellMs } from "./field.js";

const [ON, OFF, NEVER] = ["debugger on", "off again", "never on"];
export const DEBUGGER_SIDES = { ours: [ON], peers: [OFF, NEVER] } as const satisfies Sides;

/** A cell may take so much longer with the debugger on, by the median of the pairs: the larger of both. */
const BOUND = { share: 0.02, ms: 1 };

const CELLS: Readonly<Record<string, string>> = {
  "trivial cell": "x + 1",
  "10 million calls":
    "const plus = (n: number): number => n + 1;\nlet sum = 0;\nfor (let i = 0; i < 1e7; i++) sum = plus(sum);\nsum",
  "20,000 awaits": "for (let i = 0; i < 20_000; i++) await null;",
  "cell that uses saccade": "tf.tidy(() => tf.tensor1d([x, 2, 3]).square().sum().dataSync()[0])",
};
const PAIRS = 200;
const WARM_UP = 5;

/**
 * Each cell in pairs, in one kernel whose debugger is switched on and off; and in another, which never had it on.
 * @param scale divides the number of pairs
 */
export async function debuggerCost(scale: number, say: (text: string) => void): Promise<CaseMetric[]> {
  const pairs = Math.max(4, Math.round(PAIRS / scale));
  const kernels = [await ready(), await ready()] as const;
  const front = new FrontEnd(kernels[0]);
  const metrics = Object.keys(CELLS).map((metric) => {
    return { case: "debugger", metric, unit: "ms" as const, samples: { [ON]: [], [OFF]: [], [NEVER]: [] } as Taken };
  });
  const take = async (kernel: LaunchedKernel, name: string, isKept: boolean): Promise<void> => {
    for (const { metric, samples } of metrics) {
      const ms = await cellMs(kernel, CELLS[metric]!);
      if (isKept) samples[name]!.push(ms);
    }
  };
  const turns: Readonly<Record<string, (isKept: boolean) => Promise<void>>> = {
    [ON]: async (isKept) => {
      await front.attach();
      await take(kernels[0], ON, isKept);
      await front.get("disconnect");
    },
    [OFF]: (isKept) => take(kernels[0], OFF, isKept),
    [NEVER]: (isKept) => take(kernels[1], NEVER, isKept),
  };
  try {
    for (let pair = -WARM_UP; pair < pairs; pair++) {
      const names = pair % 2 === 0 ? [ON, OFF, NEVER] : [NEVER, OFF, ON]; // who goes first changes
      for (const name of names) await turns[name]!(pair >= 0);
      if (pair > 0 && pair % 50 === 0) say(`  pair ${pair} of ${pairs}`);
    }
  } finally {
    await Promise.all(kernels.map((kernel) => kernel.shutdown(false, 2_000)));
  }
  return metrics;
}

type Taken = Record<string, number[]>;

async function ready(): Promise<LaunchedKernel> {
  const kernel = await open(contenders()[0]!, projectRoot());
  await cellMs(kernel, 'import { tf } from "saccade";\nlet x = 1;');
  return kernel;
}

/** What a cell takes longer with the debugger on, and how much longer it may. */
export interface Cost {
  /** Median of the pairs' differences, ms. */
  readonly moreMs: number;
  readonly boundMs: number;
}

/** Of one cell's samples. */
export function costOf({ samples }: CaseMetric): Cost {
  const [on, off] = [samples[ON] ?? [], samples[OFF] ?? []];
  const moreMs = median(on.map((ms, pair) => ms - off[pair]!)) ?? NaN;
  return { moreMs, boundMs: Math.max(BOUND.share * (median(off) ?? NaN), BOUND.ms) };
}
