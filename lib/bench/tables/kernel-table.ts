/** The bench page's table of the kernel beside its peers. */
import { median, type CaseMetric } from "../bench-case.js";
import type { StoredBench } from "../stored-bench.js";
import { find, markdownTable, medianAndMinimum, medianOf } from "./cells.js";

interface TableRow {
  readonly label: string;
  /** One metric gives median and minimum; several give their medians, one behind the other. */
  readonly metrics: readonly string[];
  /** What stands between the medians of several. */
  readonly between?: readonly string[];
}

const CONTENDERS: readonly (readonly [name: string, head: string])[] = [
  ["ours", "ours"],
  ["ipykernel", "ipykernel"],
  ["tslab", "tslab's own"],
];

const LINES = "5,000 lines printed in a loop";
const ROWS: readonly TableRow[] = [
  {
    label: "launch, connect, execute → first result, ms",
    metrics: ["launch, connect, execute at once → first result"],
  },
  { label: "trivial cell, fresh / after 200, ms", metrics: ["trivial cell, fresh", "trivial cell, after 200 cells"] },
  { label: "trivial cell, another text each time, ms", metrics: ["trivial cell, other text each time"] },
  {
    label: "cell declaring a constant, a function and a class, 1–100 / 501–600, ms",
    metrics: ["declaring cell, 1–100", "declaring cell, 501–600"],
  },
  { label: "one that uses four earlier cells, ms", metrics: ["declaring cell that uses four earlier ones"] },
  {
    label: "memory at rest / after 200 / 600 such cells, MB (processes' RSS)",
    metrics: [
      "memory at rest (RSS of the process tree)",
      "memory after 200 declaring cells",
      "memory after 600 declaring cells",
    ],
  },
  { label: `${LINES}, ms`, metrics: [LINES] },
  {
    label: "interrupt of a busy / an async loop → reply, ms",
    metrics: ["interrupt of a busy loop → reply", "interrupt of an async loop → reply"],
  },
  {
    label: "heartbeat / completion while a cell computes, ms",
    metrics: ["heartbeat while a cell computes", "completion while a cell computes"],
  },
  { label: "nbclient, six small cells, s", metrics: ["nbclient, six small cells"] },
  {
    label: "first cell that imports `saccade`; then a trivial / a declaring one, ms",
    metrics: [
      "first cell that imports saccade",
      "then: trivial cell that uses it",
      "then: declaring cell that uses it",
    ],
    between: ["; ", " / "],
  },
];

/** Medians and minima, one contender per column, and how many samples each of ours is of. */
export function kernelTable({ metrics }: StoredBench): string {
  return markdownTable([
    ["", ...CONTENDERS.map(([, head]) => head), "n"],
    ...ROWS.map(({ label, metrics: names, between }) => {
      const found = names.map((name) => find(metrics, "kernel", name));
      return [label, ...CONTENDERS.map(([name]) => cell(name, found, between, metrics)), samplesOf(found)];
    }),
  ]);
}

function cell(
  name: string,
  found: readonly CaseMetric[],
  between: readonly string[] | undefined,
  metrics: readonly CaseMetric[],
): string {
  const samples = found.map((metric) => metric.samples[name] ?? []);
  if (samples.every(({ length }) => length === 0)) {
    const arrived =
      found[0]!.metric === LINES
        ? median(find(metrics, "kernel", "of these, lines that arrived in order").samples[name] ?? [])
        : null;
    return arrived === null ? "–" : `${arrived} lines arrive, the cell never ends`;
  }
  if (samples.length === 1) return medianAndMinimum(samples[0]);
  return samples.map((each, index) => (index === 0 ? "" : (between?.[index - 1] ?? " / ")) + medianOf(each)).join("");
}

/** "60", or "3; 60" where they differ. */
function samplesOf(found: readonly CaseMetric[]): string {
  return [...new Set(found.map((metric) => metric.samples["ours"]?.length ?? 0))].join("; ");
}
