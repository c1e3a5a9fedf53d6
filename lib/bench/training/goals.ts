/** What a training step and inference shall not exceed, and which cases do. */
import { median, round, type Metric } from "../bench-case.js";
import { GOAL_AT_BEST, GOAL_MEMORY, GOALS, GOAL_INFERENCE, GOAL_OF_ONE, type NetworkCase } from "./training-cases.js";
import { AT_BEST, BEST_PEER, WRITTEN } from "./contenders.js";

export const STEP_METRIC = "training step";
export const INFERENCE_METRIC = "inference";
/** One image. */
export const ONE_METRIC = "inference at batch 1";
export const MEMORY_METRIC = "peak memory of the process";

interface Goal {
  readonly metric: string;
  readonly peer: string;
  /** Ours over the peer's, by medians, at most. */
  readonly most: number;
}

function goalsOf({ family }: Pick<NetworkCase, "family">): Goal[] {
  return [
    { metric: STEP_METRIC, peer: WRITTEN, most: GOALS[family] },
    { metric: STEP_METRIC, peer: AT_BEST, most: GOAL_AT_BEST },
    { metric: MEMORY_METRIC, peer: WRITTEN, most: GOAL_MEMORY },
  ];
}

const INFERENCE_GOALS: readonly Goal[] = [
  { metric: INFERENCE_METRIC, peer: BEST_PEER, most: GOAL_INFERENCE },
  { metric: ONE_METRIC, peer: BEST_PEER, most: GOAL_OF_ONE },
];

/** A metric of ours that does not reach its goal. */
export interface Shortfall {
  readonly metric: string;
  readonly peer: string;
  readonly ratio: number;
  readonly goal: number;
}

/** The goals of training that a case misses. */
export function shortfalls(network: Pick<NetworkCase, "family">, metrics: readonly Metric[]): Shortfall[] {
  return missed(goalsOf(network), metrics);
}

/** The goals of inference that a case misses. */
export function inferenceShortfalls(metrics: readonly Metric[]): Shortfall[] {
  return missed(INFERENCE_GOALS, metrics);
}

function missed(goals: readonly Goal[], metrics: readonly Metric[]): Shortfall[] {
  return goals.flatMap(({ metric, peer, most }) => {
    const samples = metrics.find((each) => each.metric === metric)?.samples;
    const [ours, theirs] = [median(samples?.["ours"] ?? []), median(samples?.[peer] ?? [])];
    return ours === null || theirs === null || ours / theirs <= most
      ? []
      : [{ metric, peer, ratio: round(ours / theirs)!, goal: most }];
  });
}
