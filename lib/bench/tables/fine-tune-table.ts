/** The bench page's table of what pretraining is worth. */
import type { StoredBench } from "../stored-bench.js";
import { markdownTable } from "./cells.js";

/** Test accuracies in percent: one column for each seed, and their mean. */
export function fineTuneTable({ metrics }: StoredBench): string {
  const { samples } = metrics[0]!;
  const seeds = Object.values(samples)[0]!.map((_, i) => `seed ${i + 1}`);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return markdownTable([
    ["start", ...seeds, "mean"],
    ...Object.entries(samples).map(([start, values]) => [
      start,
      ...[...values, mean(values)].map((value) => `${value.toFixed(1)} %`),
    ]),
  ]);
}
