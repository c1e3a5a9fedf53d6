/** The bench page's tables of a training step beside the peers. */
import { median, type CaseMetric, type Samples } from "../bench-case.js";
import type { StoredBench } from "../stored-bench.js";
import { GOAL_AT_BEST, GOAL_MEMORY, GOALS, NETWORK_CASES, type NetworkCase } from "../training/training-cases.js";
import { AT_BEST, TF_FUNCTION, TORCH_COMPILE, WRITTEN } from "../training/contenders.js";
import { MEMORY_METRIC, STEP_METRIC } from "../training/goals.js";
import { PEAK_METRIC } from "../training/metric-list.js";
import { figure, find, markdownTable, medianAndMinimum, medianOf } from "./cells.js";

/** Step times: medians and minima of every column, and what ours take of PyTorch's. */
export function stepTable(result: StoredBench): string {
  const head = [
    "network",
    "batch",
    "compiled",
    "eager",
    "tf.function",
    "PyTorch as written",
    "PyTorch at its best",
    "compiled / as written",
    "/ at its best",
    "n",
  ];
  return markdownTable([
    head,
    ...casesOf(result).map((network) => {
      const { samples } = find(result.metrics, network.name, STEP_METRIC);
      return [
        network.title,
        `${result.cases![network.name]!["batch"]}`,
        ...["ours", "ours, eager", TF_FUNCTION, WRITTEN].map((name) => medianAndMinimum(samples[name])),
        `${medianAndMinimum(samples[AT_BEST])}, ${bestOf(result, network)}`,
        ratio(samples, WRITTEN, GOALS[network.family]),
        ratio(samples, AT_BEST, GOAL_AT_BEST),
        `${samples["ours"]!.length}`,
      ];
    }),
  ]);
}

/** README's few rows of it: a training step beside PyTorch's, a network a column, by medians. */
export function briefTable(result: StoredBench): string {
  const steps = casesOf(result).map((network) => ({ network, ...find(result.metrics, network.name, STEP_METRIC) }));
  const row = (head: string, contender: string): string[] => [
    head,
    ...steps.map(({ samples }) => medianOf(samples[contender])),
  ];
  return markdownTable([
    ["ms", ...steps.map(({ network: { name, title } }) => `${title}, batch ${result.cases![name]!["batch"]}`)],
    row("Saccade", "ours"),
    row(WRITTEN, WRITTEN),
    row(AT_BEST, AT_BEST),
  ]);
}

/** On a GPU: the networks that were measured there, by medians. */
export function gpuTable({ metrics, cases }: StoredBench): string {
  const contenders = ["ours", "ours, eager", WRITTEN, AT_BEST].filter((name) =>
    metrics.some(({ samples }) => (samples[name]?.length ?? 0) > 0),
  );
  const titles: Readonly<Record<string, string>> = { ours: "compiled", "ours, eager": "eager" };
  const head = ["network", "batch", ...contenders.map((name) => titles[name] ?? name), "compiled / as written", "n"];
  return markdownTable([
    head,
    ...NETWORK_CASES.filter(({ name }) => cases?.[name] !== undefined).map(({ name, title }) => {
      const { samples } = find(metrics, name, STEP_METRIC);
      return [
        title,
        `${cases![name]!["batch"]}`,
        ...contenders.map((contender) => medianAndMinimum(samples[contender])),
        ratio(samples, WRITTEN),
        `${samples["ours"]!.length}`,
      ];
    }),
  ]);
}

/** What else a training step costs: the share of the peak, the first step, and memory. */
export function costTable({ metrics, cases }: StoredBench): string {
  const head = [
    "network",
    "share of the matrix product's peak, ours / PyTorch at its best",
    "first step, s: compiled / eager / tf.function / torch.compile",
    "steps that repay tracing / torch.compile",
    "peak memory, MB: ours / PyTorch as written",
    "of it added by the network",
  ];
  return markdownTable([
    head,
    ...casesOf({ cases }).map(({ name, title }) => {
      const of = (metric: string): CaseMetric["samples"] => find(metrics, name, metric).samples;
      const [share, first, repaid, memory, added] = [
        of(PEAK_METRIC),
        of("first step, tracing included"),
        of("steps that repay tracing"),
        of(MEMORY_METRIC),
        of("what the network adds to it"),
      ];
      const seconds = (contender: string): string => medianOf(first[contender]?.map((ms) => ms / 1000));
      const pair = (samples: CaseMetric["samples"], most?: number): string =>
        `${whole(samples["ours"])} / ${whole(samples[WRITTEN])} = ${ratio(samples, WRITTEN, most)}`;
      return [
        title,
        `${whole(share["ours"])} % / ${whole(share[AT_BEST])} %`,
        ["ours", "ours, eager", TF_FUNCTION, TORCH_COMPILE].map(seconds).join(" / "),
        `${whole(repaid["ours"])} / ${whole(repaid[TORCH_COMPILE])}`,
        pair(memory, GOAL_MEMORY),
        pair(added),
      ];
    }),
  ]);
}

/** What a step costs against batch and size: the straight line through the medians. */
export function scalingTable({ metrics }: StoredBench): string {
  const slopes = metrics.filter(({ metric }) => metric.endsWith(": slope"));
  return markdownTable([
    ["", "ours: slope, fixed part, R²", "PyTorch as written: slope, fixed part, R²"],
    ...slopes.map(({ case: name, metric, unit, samples: slope }) => {
      const series = metric.slice(0, -": slope".length);
      const [fixed, r2] = [
        find(metrics, name, `${series}: fixed`).samples,
        find(metrics, name, `${series}: R²`).samples,
      ];
      const line = (contender: string): string =>
        slope[contender]?.length
          ? `${slope[contender][0]!.toPrecision(3)} ${unit}, ${Math.round(fixed[contender]![0]!)} ms, ` +
            `${r2[contender]![0]!.toFixed(3)}`
          : "–";
      return [
        `${NETWORK_CASES.find((each) => each.name === name)?.title ?? name}, ${series.replace("step against ", "")}`,
        line("ours"),
        line(WRITTEN),
      ];
    }),
  ]);
}

/** Which networks miss each goal, for that page's prose. */
export function goalsText(result: StoredBench): string {
  return `step time ${missedBy(result, STEP_METRIC)}; peak memory ${missedBy(result, MEMORY_METRIC)}`;
}

/** "met by all 7", or by which networks a metric's goal is missed. */
export function missedBy(result: StoredBench, metric: string): string {
  const all = casesOf(result);
  const short = all.filter(({ name }) =>
    (result.cases![name]!["short"] as { metric: string }[]).some((each) => each.metric === metric),
  );
  if (short.length === all.length) return `missed by all ${all.length}`;
  return short.length === 0 ? `met by all ${all.length}` : `missed by ${short.map(({ title }) => title).join(", ")}`;
}

/** The networks that were measured. */
export function casesOf({ cases }: Pick<StoredBench, "cases">): NetworkCase[] {
  return NETWORK_CASES.filter(({ name }) => cases?.[name] !== undefined);
}

/** "channels_last too": which of PyTorch's was fastest. */
function bestOf({ cases }: StoredBench, { name }: NetworkCase): string {
  return String(cases![name]!["best"]).replace(/^PyTorch,? /, "");
}

/** Ours over a peer's, by medians; bold where it is above what it may be. */
export function ratio(samples: Readonly<Record<string, Samples>>, peer: string, most = Infinity): string {
  const [ours, theirs] = [median(samples["ours"] ?? []), median(samples[peer] ?? [])];
  if (ours === null || theirs === null) return "–";
  const value = (ours / theirs).toFixed(2);
  return ours / theirs > most ? `**${value}**` : value;
}

function whole(samples: Samples | undefined): string {
  const value = median(samples ?? []);
  return value === null ? "–" : value >= 10 || Number.isInteger(value) ? value.toFixed(0) : figure(value);
}
