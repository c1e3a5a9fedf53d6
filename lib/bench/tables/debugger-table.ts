/** The bench page's table of what cells cost with the debugger on. */
import { DEBUGGER_SIDES, costOf } from "../kernel/debugger-cost.js";
import type { StoredBench } from "../stored-bench.js";
import { markdownTable, medianAndMinimum } from "./cells.js";

const CONTENDERS = [...DEBUGGER_SIDES.ours, ...DEBUGGER_SIDES.peers];

/** Medians and minima; how much longer a cell takes and may take, bold where that is too long. */
export function debuggerTable({ metrics }: StoredBench): string {
  return markdownTable([
    ["", ...CONTENDERS, "on − off, median of pairs", "at most", "n"],
    ...metrics.map((metric) => {
      const { moreMs, boundMs } = costOf(metric);
      const more = moreMs.toFixed(2);
      return [
        `${metric.metric}, ms`,
        ...CONTENDERS.map((name) => medianAndMinimum(metric.samples[name])),
        moreMs > boundMs ? `**${more}**` : more,
        boundMs.toFixed(2),
        `${metric.samples[DEBUGGER_SIDES.ours[0]]?.length ?? 0}`,
      ];
    }),
  ]);
}
