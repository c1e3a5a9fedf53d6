import type { ProfiledOp } from "./step-stats.js";

/** Where a step's time can go. */
export const CATEGORIES = ["Kernel", "Memcpy", "Memset", "Runtime", "DataLoader", "CPU Exec", "Other"] as const;
/** One of them. */
export type Category = (typeof CATEGORIES)[number];

/** What the main thread did for a while, in microseconds from the start of the step. */
export interface MainSpan {
  /** Making the batch, JavaScript, copying tensors, or TensorFlow's run. */
  readonly kind: "batch" | "javascript" | "copy" | "run";
  /** When it began. */
  readonly startUs: number;
  /** When it ended. */
  readonly endUs: number;
}

/** Microseconds for each category; together they are the step's. */
export type Breakdown = Readonly<Record<Category, number>>;

type Interval = readonly [start: number, end: number];

/** The ops that fill memory with one value. */
const FILLS = new Set(["Fill", "ZerosLike", "OnesLike", "Zeros", "MEMSET"]);
/** The ops that copy between a GPU's memory and the machine's. */
const COPIES = /MEMCPY|_Send|_Recv|_HostSend|_HostRecv/;

/** Which category an op's time belongs to. */
export function categoryOf({ op, name }: Pick<ProfiledOp, "op" | "name">): "Kernel" | "Memcpy" | "Memset" {
  if (FILLS.has(op) || name.includes("MEMSET")) return "Memset";
  return COPIES.test(op) || name.includes("MEMCPY") ? "Memcpy" : "Kernel";
}

/**
 * Splits a step's time:
 * Kernel = union of the intervals of the ops that compute; Memset and Memcpy = what of the run fills and copies cover
 * beside them, Memcpy also copies between JavaScript and TensorFlow; Runtime = the run's start until its last op's end
 * where no op runs; DataLoader = waiting for the batch; CPU Exec = our JavaScript; Other = the rest: after the last op
 * TensorFlow writes its trace down, and the main thread may have other work before it gets back.
 *
 * @param spans what the main thread did, in order; together the step
 */
export function breakDown(spans: readonly MainSpan[], ops: readonly ProfiledOp[]): Breakdown {
  const total = spans.at(-1)!.endUs - spans[0]!.startUs;
  const spent = (kind: MainSpan["kind"]) =>
    spans.reduce((sum, span) => sum + (span.kind === kind ? span.endUs - span.startUs : 0), 0);
  const run = spans.find(({ kind }) => kind === "run")!;
  const clip = (value: number) => Math.min(Math.max(value, run.startUs), run.endUs);
  const intervals = (of: ReturnType<typeof categoryOf>): Interval[] =>
    ops
      .filter((op) => categoryOf(op) === of)
      .map(({ startUs, durationUs }) => [clip(startUs), clip(startUs + durationUs)]);
  const [kernels, fills, copies] = [intervals("Kernel"), intervals("Memset"), intervals("Memcpy")];
  const kernel = unionLength(kernels);
  const withFills = unionLength([...kernels, ...fills]);
  const all = unionLength([...kernels, ...fills, ...copies]);
  const lastEnd = [...kernels, ...fills, ...copies].reduce((latest, [, end]) => Math.max(latest, end), run.startUs);
  const parts = {
    Kernel: kernel,
    Memcpy: all - withFills + spent("copy"),
    Memset: withFills - kernel,
    Runtime: lastEnd - run.startUs - all,
    DataLoader: spent("batch"),
    "CPU Exec": spent("javascript"),
  };
  return { ...parts, Other: total - Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

/** The length of what intervals cover together. */
export function unionLength(intervals: readonly Interval[]): number {
  let length = 0;
  let covered = Number.NEGATIVE_INFINITY;
  for (const [start, end] of [...intervals].sort(([a], [b]) => a - b)) {
    if (end <= covered) continue;
    length += end - Math.max(start, covered);
    covered = end;
  }
  return length;
}
