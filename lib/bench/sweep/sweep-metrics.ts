/** What the bench of sweeps reports of its contenders' sweeps, and whether its goals are met. */
import { median, type CaseMetric, type Sides } from "../bench-case.js";
import {
  OVERHEAD_GOAL,
  overheadPercent,
  SWEEP_GOAL,
  SWEEP_TENSORS,
  SWEEP_WRITTEN,
  sweepTimes,
  type SweepTimes,
} from "./sweep-cases.js";
import type { SweepRuns } from "./sweep-contenders.js";

export const OURS = "ours";
export const SIDES: Sides = { ours: [OURS], peers: [SWEEP_WRITTEN, SWEEP_TENSORS] };
/** The metrics that its goals are for. */
export const WALL = "whole sweep";
export const OVERHEAD = "overhead: start, between and end, of the runs";

/** Each contender's sweeps, one a round. */
export type Found = Readonly<Record<string, readonly SweepRuns[]>>;

const TIMES: readonly (readonly [name: string, unit: "s" | "%", of: (times: SweepTimes) => number])[] = [
  [WALL, "s", ({ wall }) => wall],
  ["its runs, added up", "s", ({ runs }) => runs],
  ["start of the processes, added up", "s", ({ start }) => start],
  ["between runs, added up", "s", ({ between }) => between],
  ["after the last run, added up", "s", ({ end }) => end],
  ["idle while the last run went on, added up", "s", ({ tail }) => tail],
  [OVERHEAD, "%", overheadPercent],
];

/** All that is measured, a sample for each round. @param of what was searched, as the case's name */
export function sweepMetrics(found: Found, of: string): CaseMetric[] {
  const metric = (name: string, unit: CaseMetric["unit"], value: (one: SweepRuns) => number): CaseMetric => ({
    case: of,
    metric: name,
    unit,
    samples: Object.fromEntries(Object.entries(found).map(([who, all]) => [who, all.map(value)])),
  });
  const loss = ({ runs }: SweepRuns): number => runs.reduce((sum, one) => sum + one.loss, 0) / runs.length;
  return [
    ...TIMES.map(([name, unit, time]) => metric(name, unit, (one) => time(sweepTimes(one.runs, one)))),
    metric("loss after the last epoch, mean", "", loss),
  ];
}

/** One goal and what was found, both as shares. */
export interface SweepGoal {
  readonly what: string;
  /** At most this. */
  readonly goal: number | null;
  readonly found: number;
}

/** By medians: ours over each peer's, and the overhead. */
export function sweepGoals(metrics: readonly CaseMetric[]): SweepGoal[] {
  const of = (name: string, who: string): number | null =>
    median(metrics.find(({ metric }) => metric === name)!.samples[who] ?? []);
  const ours = of(WALL, OURS)!;
  const ratios = SIDES.peers.flatMap((peer) => {
    const theirs = of(WALL, peer);
    const goal = peer === SWEEP_WRITTEN ? SWEEP_GOAL : null;
    return theirs === null ? [] : [{ what: `${OURS} / ${peer}`, goal, found: ours / theirs }];
  });
  return [...ratios, { what: "overhead", goal: OVERHEAD_GOAL, found: of(OVERHEAD, OURS)! / 100 }];
}
