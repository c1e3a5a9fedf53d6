/** What the bench of workers measures, who takes part, and what ours shall not exceed. */
import type { ModelName } from "../../models/index.js";
import type { CaseMetric, Sides } from "../bench-case.js";

/** A network of which the averaging is measured, and its global step where it is one of the training bench. */
export interface WorkersCase {
  /** As the report names it. */
  readonly name: string;
  readonly title: string;
  readonly model: ModelName;
  readonly step: boolean;
  /** Steps or averagings that a contender takes in each of its turns. */
  readonly perTurn: { readonly step: number; readonly averaging: number };
}

/** 0.3, 3 and 58 million parameters. */
export const WORKERS_CASES: readonly WorkersCase[] = [
  { name: "cct_2_3x2", title: "CCT-2/3x2", model: "cct_2_3x2_32", step: true, perTurn: { step: 2, averaging: 5 } },
  { name: "cct_6_3x1", title: "CCT-6/3x1", model: "cct_6_3x1_32", step: true, perTurn: { step: 1, averaging: 4 } },
  { name: "alexnet_lrn", title: "AlexNet", model: "alexnet_lrn", step: false, perTurn: { step: 0, averaging: 1 } },
];

/** Networks that are trained by many machines on paper. */
export const ON_PAPER: readonly { readonly title: string; readonly model: ModelName }[] = [
  { title: "CCT-6/3x1", model: "cct_6_3x1_32" },
  { title: "ViT-B/16", model: "vit_b_16" },
];

/** How many processes, each of one thread. */
export const WORKERS = 2;

export const OURS = "ours";
export const DDP = "DistributedDataParallel";
export const DDP_AT_BEST = "DistributedDataParallel, SDPA and fused Adam";
export const ALONE = "ours, one process of two threads";
export const APART = "ours, two processes that do not average";
export const SIDES: Sides = { ours: [OURS], peers: [DDP, DDP_AT_BEST, ALONE, APART] };

export const STEP = "global step";
export const AVERAGING = "averaging";
export const BOUND = "its bytes by bare sockets";
export const FLATTENING = "of it flattening and splitting";
export const USER = "of it processor time of a process, in programs";
export const SYSTEM = "of it processor time of a process, in the system";
/** Of the case {@link LOOPBACK}. */
export const LOOPBACK = "loopback";
export const ONE_NUMBER = "averaging one number";
export const BANDWIDTH = "bare sockets, each way at once";
/** Of the case {@link KILLS}: of each process that is left. */
export const KILLS = "kills";
export const ENDED = "from a kill -9 of another process to the end";
/** Of the processes of which one is killed. */
export const KILLED_OF = 3;
/** {@link ENDED} at most, of all. */
export const MOST_ENDED_MS = 2000;

/** Bytes that each of n processes sends, and receives, to average so many float32 by a ring. */
export function ringBytes(parameters: number, n: number): number {
  return (4 * parameters * 2 * (n - 1)) / n;
}

/** Ours over another's, at most, by medians of the global step. */
export const WORKERS_GOALS: readonly { readonly peer: string; readonly most: number }[] = [
  { peer: DDP, most: 1 },
  { peer: DDP_AT_BEST, most: 1 },
  { peer: ALONE, most: 1.15 },
];

/** The samples of one metric of one case. */
export function samplesOf(metrics: readonly CaseMetric[], name: string, metric: string): CaseMetric["samples"] {
  return metrics.find((each) => each.case === name && each.metric === metric)?.samples ?? {};
}
