/** Whether the bench of workers' goals are met. */
import { median, type CaseMetric } from "../bench-case.js";
import { ENDED, KILLS, MOST_ENDED_MS, OURS, samplesOf, STEP, WORKERS_CASES, WORKERS_GOALS } from "./workers-cases.js";

/** One goal of a network's global step, and what was found. */
export interface WorkersGoal {
  readonly name: string;
  readonly title: string;
  readonly peer: string;
  /** Ours over the peer's, at most. */
  readonly most: number;
  readonly found: number;
}

/** By medians; of peers that took part. */
export function workersGoals(metrics: readonly CaseMetric[]): WorkersGoal[] {
  return WORKERS_CASES.filter(({ step }) => step).flatMap(({ name, title }) => {
    const samples = samplesOf(metrics, name, STEP);
    return WORKERS_GOALS.flatMap(({ peer, most }) => {
      const [ours, theirs] = [median(samples[OURS] ?? []), median(samples[peer] ?? [])];
      return ours === null || theirs === null ? [] : [{ name, title, peer, most, found: ours / theirs }];
    });
  });
}

/** Whether it is not met. */
export function isMissed({ most, found }: WorkersGoal): boolean {
  return found > most;
}

/** The last end of a process after another one's kill, beside its goal; undefined where nothing was killed. */
export function lastEnded(metrics: readonly CaseMetric[]): string | undefined {
  const all = samplesOf(metrics, KILLS, ENDED)[OURS];
  if (!all || all.length === 0) return undefined;
  const ms = Math.max(...all);
  const goal = `goal: at most ${MOST_ENDED_MS} ms${ms > MOST_ENDED_MS ? ", missed" : ""}`;
  return `${Math.round(ms)} ms, the median ${Math.round(median(all)!)} ms, of ${all.length} ends (${goal})`;
}
