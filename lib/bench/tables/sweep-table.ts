/** The bench page's table of a sweep beside PyTorch's own loop. */
import { median, type CaseMetric, type Samples } from "../bench-case.js";
import type { StoredBench } from "../stored-bench.js";
import { SWEEP_GOAL } from "../sweep/sweep-cases.js";
import { OURS, OVERHEAD, SIDES, sweepGoals, WALL, type SweepGoal } from "../sweep/sweep-metrics.js";
import { figure, find, markdownTable } from "./cells.js";

/** Medians with the least and the most, a contender a column; ours over each peer's; bold where it misses its goal. */
export function sweepTable({ metrics }: StoredBench): string {
  const contenders = [OURS, ...SIDES.peers];
  const goals = sweepGoals(metrics);
  const missed = ({ metric }: CaseMetric, name: string): boolean =>
    metric === OVERHEAD && name === OURS && goals.some((one) => one.what === "overhead" && isMissed(one));
  const rows = metrics.map((metric) => [
    `${metric.metric}${metric.unit === "" ? "" : `, ${metric.unit}`}`,
    ...contenders.map((name) => bold(spread(metric.samples[name]), missed(metric, name))),
  ]);
  const ratios = SIDES.peers.map((peer) => {
    const one = goals.find(({ what }) => what.endsWith(peer));
    return one ? bold(one.found.toFixed(2), isMissed(one)) : "–";
  });
  const { samples } = find(metrics, metrics[0]!.case, WALL);
  return markdownTable([
    ["", ...contenders],
    ...rows,
    [`ours / it (goal: at most ${SWEEP_GOAL} of the first)`, "", ...ratios],
    ["n", ...contenders.map((name) => `${samples[name]?.length ?? 0}`)],
  ]);
}

/** "in 48 runs of 2 epochs of 6,144 drawn images, on 2026-01-02, …": how it was measured. */
export function sweepText({ cases, date, machine, versions }: StoredBench): string {
  const { runs, epochs, images } = Object.values(cases ?? {})[0] as Record<string, number>;
  const tools = [...new Set(Object.values(versions))].join(", ");
  return (
    `${runs} runs of ${epochs} epochs of ${images!.toLocaleString("en")} drawn images, on ${date.slice(0, 10)}, on ` +
    `${machine.cores} cores of an ${machine.cpu}, ${machine.state} (${tools})`
  );
}

/** "time 0.61 (goal: at most 0.67), met; overhead …": which goals are met. */
export function sweepGoalsText({ metrics }: StoredBench): string {
  return sweepGoals(metrics)
    .filter(({ goal }) => goal !== null)
    .map((one) => `${one.what} at most ${asText(one.what, one.goal!)}: ${isMissed(one) ? "missed" : "met"}`)
    .join("; ");
}

const asText = (what: string, share: number): string => (what === "overhead" ? `${100 * share} %` : share.toFixed(2));

const isMissed = ({ goal, found }: SweepGoal): boolean => goal !== null && found > goal;

const bold = (text: string, isBold: boolean): string => (isBold ? `**${text}**` : text);

/** "61 (60–63)": median, least and most. */
function spread(samples: Samples | undefined): string {
  if (samples === undefined || samples.length === 0) return "–";
  const ends = [Math.min(...samples), Math.max(...samples)].map(figure).join("–");
  return `${figure(median(samples)!)} (${ends})`;
}
