/** What `bench training` and `bench inference` print and keep. */
import { toJsonRows, toRows, toTable, type CaseMetric } from "../bench-case.js";
import type { BenchOutcome } from "../stored-bench.js";
import { AT_BEST, OURS, PEERS } from "./contenders.js";
import { MEMORY_METRIC, STEP_METRIC } from "./goals.js";
import type { CaseResult } from "./rounds.js";
import { describeShares } from "./where-time-goes.js";

export const PEAK_METRIC = "share of the matrix product's peak";

/** Prints each case as it comes, and keeps it. */
export class Report {
  readonly #json: boolean;
  readonly #metrics: CaseMetric[] = [];
  readonly #cases: Record<string, Record<string, unknown>> = {};
  readonly #steps: { readonly metric: CaseMetric; readonly flops: number }[] = [];
  /** FLOP/s of the fastest matrix product so far: the machine's peak, as far as it was seen. */
  #peakFlops = 0;
  #versions: Record<string, string> = { Node: process.versions.node };

  constructor(json: boolean) {
    this.#json = json;
  }

  get outcome(): BenchOutcome {
    const shares = this.#steps.map(({ metric, flops }) => this.#shareOfPeak(metric, flops));
    return {
      metrics: [...this.#metrics, ...shares],
      versions: this.#versions,
      cases: this.#cases,
      ours: OURS,
      peers: PEERS,
    };
  }

  addCase(
    name: string,
    batch: number,
    { metrics, versions, peakFlops, stepFlops, parameters, best, leftOut, short, profile }: CaseResult,
  ): void {
    this.#peakFlops = Math.max(this.#peakFlops, peakFlops);
    const peakGflops = Math.round(this.#peakFlops / 1e9);
    const measured = metrics.map((metric) => ({ case: name, ...metric }));
    this.#metrics.push(...measured);
    this.#steps.push({ metric: measured[0]!, flops: stepFlops });
    const own = [...measured, this.#shareOfPeak(measured[0]!, stepFlops)];
    this.#cases[name] = {
      batch,
      parameters,
      stepGflop: stepFlops / 1e9,
      peakGflops: Math.round(peakFlops / 1e9),
      best,
      leftOut,
      short,
      ...(profile && { profile }),
    };
    for (const title of Object.values(versions)) {
      const [library = "", version = ""] = title.split(" ");
      this.#versions[library] = version;
    }
    if (this.#json)
      return this.#printRows(
        own.map((metric, at) => (at === 0 ? { ...metric, metric: `${metric.metric}, batch ${batch}` } : metric)),
      );
    const contenders = [...OURS, ...PEERS].filter((contender) => contender !== AT_BEST && contender in own[0]!.samples);
    const lines = [
      `\n${name}, batch ${batch}, ${parameters.toLocaleString("en")} parameters ` +
        `(${[...new Set(Object.values(versions))].join("; ")}; matrix product ${peakGflops} GFLOP/s)`,
      toTable(own, contenders),
      ...ratios(own, best),
      ...Object.entries(leftOut).map(([contender, why]) => `  left out: ${contender}: ${why}`),
      ...short.map(
        ({ metric, peer, ratio, goal }) =>
          `  falls short: ${metric}: ${ratio.toFixed(3)} of ${peer}, the goal is ${goal}`,
      ),
      ...(profile
        ? describeShares(profile, {
            time: short.some(({ metric }) => metric === STEP_METRIC),
            memory: short.some(({ metric }) => metric === MEMORY_METRIC),
          })
        : []),
    ];
    console.log(lines.join("\n"));
  }

  addSeries(name: string, metrics: readonly CaseMetric[]): void {
    this.#metrics.push(...metrics);
    if (this.#json) this.#printRows(metrics);
    else console.log(`\n${name}\n${toTable(metrics, Object.keys(metrics[0]!.samples))}`);
  }

  /** What of the fastest matrix product's FLOP/s the steps reach. */
  #shareOfPeak({ case: name, samples }: CaseMetric, flops: number): CaseMetric {
    const share = (ms: number): number => (100 * flops) / (ms / 1e3) / this.#peakFlops;
    return {
      case: name,
      metric: PEAK_METRIC,
      unit: "%",
      samples: Object.fromEntries(Object.entries(samples).map(([contender, all]) => [contender, all.map(share)])),
    };
  }

  #printRows(metrics: readonly CaseMetric[]): void {
    for (const row of toJsonRows(metrics, { ours: OURS, peers: PEERS })) console.log(JSON.stringify(row));
  }
}

/** "  ours / PyTorch as written: 0.61 (half of the pairs between 0.58 and 0.66)" */
function ratios(metrics: readonly CaseMetric[], best: string | undefined): string[] {
  return toRows(metrics.slice(0, 1), { ours: [OURS[0]], peers: PEERS })
    .filter(({ ratio }) => ratio !== null)
    .map(({ peerName, ratio, ratioSpread }) => {
      const peer = `${peerName}${peerName === AT_BEST ? ` (${best})` : ""}`;
      const [low, high] = ratioSpread?.map((one) => one.toFixed(2)) ?? [];
      const spread = ratioSpread ? ` (half of the pairs between ${low} and ${high})` : "";
      return `  ours / ${peer}: ${ratio!.toFixed(2)}${spread}`;
    });
}
