/** The bench page's table of each study's data beside its training step. */
import { median, type CaseMetric } from "../bench-case.js";
import type { StoredBench } from "../stored-bench.js";
import { figure, find, markdownTable, medianOf } from "./cells.js";

const CONTENDERS = ["step alone", "1 worker", "2 workers", "step fed by 2 workers"];

/**
 * Images a second, medians: what the step takes, what the workers give, and both together; bold where the step would
 * wait.
 */
export function dataTable({ metrics, cases }: StoredBench): string {
  return markdownTable([
    ["study", "network", "images", "augmentation", ...CONTENDERS, "2 workers / step", "n"],
    ...Object.entries(cases ?? {}).map(([study, { network, source, augment }]) => {
      const metric = find(metrics, study, "data");
      const ratio = ahead(metric);
      return [
        numberOf(study),
        String(network),
        source === "files" ? "JPEG files" : "in memory",
        Object.keys(augment ?? {})
          .map(inWords)
          .join(", ") || "none",
        ...CONTENDERS.map((name) => medianOf(metric.samples[name])),
        ratio < 1 ? `**${figure(ratio)}**` : figure(ratio),
        `${metric.samples["2 workers"]!.length}`,
      ];
    }),
  ]);
}

/** "2 workers keep ahead of the step in all 7 cases", or where they do not and by how much. */
export function aheadText({ metrics, cases }: StoredBench): string {
  const all = Object.keys(cases ?? {}).map((study) => ({ study, ratio: ahead(find(metrics, study, "data")) }));
  const short = all.filter(({ ratio }) => ratio < 1);
  if (short.length === 0) return `2 workers keep ahead of the step in all ${all.length} cases`;
  return (
    "2 workers fall short of the step in " +
    `${short.map(({ study, ratio }) => `study ${numberOf(study)} (${figure(ratio)} of what it takes)`).join(", ")}`
  );
}

function ahead({ samples }: CaseMetric): number {
  return median(samples["2 workers"]!)! / median(samples["step alone"]!)!;
}

/** "study-5-small" → "5, small" */
function numberOf(study: string): string {
  return study.replace("study-", "").replace("-", ", ");
}

/** "randomResizedCrop" → "random resized crop" */
function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
