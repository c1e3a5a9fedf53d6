/** Where a step's time and memory go: a profile of it, in a few lines. */
import { CATEGORIES, profile, type Category, type ProfiledOp } from "../../analysis/index.js";
import type { CompiledFunction, tf } from "../../backend/index.js";
import { percentText } from "../../shown.js";

/** What a step's time goes to. */
export interface StepShares {
  /** Share of the profiled step, 0 to 1, by category. */
  readonly breakdown: Readonly<Record<Category, number>>;
  /** What takes most of the ops' time together, first: ops that run side by side count each. */
  readonly time: readonly OpShare[];
  /** What makes most of the ops' outputs, first. */
  readonly bytes: readonly OpShare[];
  /** Size of all ops' outputs, of which few live at a time. */
  readonly totalBytes: number;
}

/** One kind of op of one layer and pass, in all of a network's blocks alike. */
export interface OpShare {
  readonly op: string;
  /** Numbers as "#": "block#/attention" is that of every block; "" for the loss and the optimizer. */
  readonly layer: string;
  readonly pass: ProfiledOp["pass"];
  readonly count: number;
  /** Of all ops together, 0 to 1. */
  readonly share: number;
}

/** How many kinds of op are named. */
const NAMED = 10;

/** Profiles a step. */
export async function whereTimeGoes(
  step: CompiledFunction<[tf.Tensor, tf.Tensor], tf.Tensor>,
  images: tf.Tensor,
  labels: tf.Tensor,
): Promise<StepShares> {
  const { breakdown, stepUs, ops } = await profile(step, () => [images, labels]);
  return {
    breakdown: Object.fromEntries(CATEGORIES.map((category) => [category, breakdown[category] / stepUs])) as Record<
      Category,
      number
    >,
    time: opShares(ops, ({ durationUs }) => durationUs).slice(0, NAMED),
    bytes: opShares(ops, ({ bytes }) => bytes).slice(0, NAMED),
    totalBytes: ops.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

type CountedOp = Pick<ProfiledOp, "op" | "layer" | "pass" | "durationUs" | "bytes">;

/** What the ops cost by kind, layer (its numbers left out: blocks are alike) and pass, the most first. */
export function opShares(ops: readonly CountedOp[], cost: (op: CountedOp) => number): OpShare[] {
  const all = ops.reduce((sum, op) => sum + cost(op), 0);
  const groups = new Map<string, Omit<OpShare, "share"> & { count: number; cost: number }>();
  for (const one of ops) {
    const { op, pass } = one;
    const layer = one.layer.replace(/\d+/g, "#");
    const key = `${layer} ${pass} ${op}`;
    const group = groups.get(key) ?? { op, layer, pass, count: 0, cost: 0 };
    groups.set(key, group);
    group.count++;
    group.cost += cost(one);
  }
  return [...groups.values()]
    .sort((a, b) => b.cost - a.cost)
    .map(({ cost: own, ...group }) => ({ ...group, share: all > 0 ? own / all : 0 }));
}

/** Lines for a report: the time where a goal of time is missed, the outputs where one of memory is. */
export function describeShares(
  { breakdown, time, bytes, totalBytes }: StepShares,
  short: { readonly time: boolean; readonly memory: boolean },
): string[] {
  const parts = CATEGORIES.filter((category) => breakdown[category] >= 0.005).map(
    (category) => `${category} ${percentText(breakdown[category])}`,
  );
  return [
    ...(short.time
      ? [`  where its time goes: of the step ${parts.join(", ")}; of the ops' time`, ...time.map(describe)]
      : []),
    ...(short.memory
      ? [
          `  where its memory goes: of ${Math.round(totalBytes / 1e6)} MB of ops' outputs, which do not all ` +
            "live at once",
          ...bytes.map(describe),
        ]
      : []),
  ];
}

function describe({ op, layer, pass, count, share }: OpShare): string {
  return (
    `    ${percentText(share).padStart(6)}  ${op}${count > 1 ? ` × ${count}` : ""}, ` +
    `${layer === "" ? "loss or optimizer" : `${layer} (${pass})`}`
  );
}
