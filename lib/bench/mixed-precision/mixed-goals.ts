/** What of the goals of a step in bfloat16 is met. */
import { median, type CaseMetric } from "../bench-case.js";
import {
  AUTOCAST_BEST,
  BFLOAT16,
  FLOAT32,
  GOAL_AUTOCAST,
  GOAL_PRODUCTS,
  goalOfStep,
  MIXED_PRODUCTS,
  MIXED_SHARE,
  MIXED_STEP,
} from "./mixed-cases.js";

/** One ratio of medians beside the most that it may be; null where a peer is missing. */
export interface MixedGoal {
  readonly what: "step / float32" | "products / float32" | "step / autocast";
  readonly found: number | null;
  readonly most: number;
}

/** The goals of a network. */
export function mixedGoals(metrics: readonly CaseMetric[], name: string): MixedGoal[] {
  const of = (metric: string, contender: string): number | null =>
    median(metrics.find((one) => one.case === name && one.metric === metric)?.samples[contender] ?? []);
  const ratio = (metric: string, peer: string): number | null => {
    const [ours, theirs] = [of(metric, BFLOAT16), of(metric, peer)];
    return ours === null || theirs === null ? null : ours / theirs;
  };
  const share = of(MIXED_SHARE, FLOAT32)! / 100;
  return [
    { what: "step / float32", found: ratio(MIXED_STEP, FLOAT32), most: goalOfStep(share) },
    { what: "products / float32", found: ratio(MIXED_PRODUCTS, FLOAT32), most: GOAL_PRODUCTS },
    { what: "step / autocast", found: ratio(MIXED_STEP, AUTOCAST_BEST), most: GOAL_AUTOCAST },
  ];
}
