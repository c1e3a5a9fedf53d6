/** README's table of each study's data beside its training step. */
import type { StoredBench } from "../stored.js";
import { find, markdownTable, medianOf } from "./cells.js";

const CONTENDERS = ["step alone", "1 worker", "2 workers", "step fed by 2 workers"];

/** Images a second, medians: what the step takes, what the workers give, and both together. */
export function dataTable({ metrics, cases }: StoredBench): string {
  return markdownTable([
    ["study", "network", "images", ...CONTENDERS, "n"],
    ...Object.entries(cases ?? {}).map(([study, { network, source }]) => {
      const { samples } = find(metrics, study, "data");
      return [study.replace("study-", ""), String(network), source === "files" ? "JPEG files" : "in memory", ...CONTENDERS.map((name) => medianOf(samples[name])), `${samples["2 workers"]!.length}`];
    }),
  ]);
}
