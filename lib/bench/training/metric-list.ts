/** What `bench training` and `bench inference` print and keep. */
import { toJsonRows, toRows, toTable, type CaseMetric } from "../bench-case.js";
import type { BenchOutcome } from "../stored-bench.js";
import { AT_BEST, BEST_PEER, OURS, reportedPeers } from "./contenders.js";
import { MEMORY_METRIC, ONE_METRIC } from "./goals.js";
import type { CaseResult } from "./rounds.js";
import { describeShares } from "./where-time-goes.js";

export const PEAK_METRIC = "share of the matrix product's peak";

/** Prints each case as it comes, and keeps it. */
export class Report {
  readonly #json: boolean;
  readonly #peers: readonly string[];
  readonly #metrics: CaseMetric[] = [];
  readonly #cases: Record<string, Record<string, unknown>> = {};
  readonly #steps: { readonly metric: CaseMetric; readonly flops: number }[] = [];
  /** FLOP/s of the fastest matrix product so far: the machine's peak, as far as it was seen. */
  #peakFlops = 0;
  #versions: Record<string, string> = { Node: process.versions.node };

  constructor(json: boolean, training: boolean) {
    this.#json = json;
    this.#peers = reportedPeers(training);
  }

  get outcome(): BenchOutcome {
    const shares = this.#steps.map(({ metric, flops }) => this.#shareOfPeak(metric, flops));
    return {
      metrics: [...this.#metrics, ...shares],
      versions: this.#versions,
      cases: this.#cases,
      ours: OURS,
      peers: this.#peers,
    };
  }

  addCase(name: string, batch: number, result: CaseResult): void {
    const { metrics, versions, peakFlops, stepFlops, parameters, best, bestPeers, leftOut, short } = result;
    const { profile, profileOfOne } = result;
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
      ...(Object.keys(bestPeers).length > 0 && { bestPeers }),
      leftOut,
      short,
      ...(profile && { profile }),
      ...(profileOfOne && { profileOfOne }),
    };
    for (const title of Object.values(versions)) {
      const [, library = title, version = ""] = /^(.*?) (\d\S*)/.exec(title) ?? [];
      this.#versions[library] = version;
    }
    if (this.#json)
      return this.#printRows(
        own.map((metric, at) => (at === 0 ? { ...metric, metric: `${metric.metric}, batch ${batch}` } : metric)),
      );
    const contenders = [...OURS, ...this.#peers].filter(
      (contender) => contender !== AT_BEST && contender !== BEST_PEER && contender in own[0]!.samples,
    );
    const lines = [
      `\n${name}, batch ${batch}, ${parameters.toLocaleString("en")} parameters ` +
        `(${[...new Set(Object.values(versions))].join("; ")}; matrix product ${peakGflops} GFLOP/s)`,
      toTable(own, contenders),
      ...this.#ratios(own.slice(0, 1), { [AT_BEST]: best, [BEST_PEER]: bestPeers[own[0]!.metric] }),
      ...this.#ratios(
        own.filter(({ metric }) => metric === ONE_METRIC),
        { [BEST_PEER]: bestPeers[ONE_METRIC] },
      ),
      ...Object.entries(leftOut).map(([contender, why]) => `  left out: ${contender}: ${why}`),
      ...short.map(
        ({ metric, peer, ratio, goal }) =>
          `  falls short: ${metric}: ${ratio.toFixed(3)} of ${peer}, the goal is ${goal}`,
      ),
      ...(profile
        ? describeShares(profile, {
            time: short.some(({ metric }) => metric === own[0]!.metric),
            memory: short.some(({ metric }) => metric === MEMORY_METRIC),
          })
        : []),
      ...(profileOfOne ? ["  at batch 1", ...describeShares(profileOfOne, { time: true, memory: false })] : []),
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
    for (const row of toJsonRows(metrics, { ours: OURS, peers: this.#peers })) console.log(JSON.stringify(row));
  }

  /**
   * "  ours / PyTorch as written: 0.61 (half of the pairs between 0.58 and 0.66)"
   * @param standFor the contenders that the best of several stand for
   */
  #ratios(metrics: readonly CaseMetric[], standFor: Readonly<Record<string, string | undefined>>): string[] {
    return toRows(metrics, { ours: [OURS[0]], peers: this.#peers })
      .filter(({ ratio }) => ratio !== null)
      .map(({ metric, peerName, ratio, ratioSpread }) => {
        const stands = standFor[peerName];
        const peer = `${peerName}${stands === undefined ? "" : ` (${stands})`}`;
        const [low, high] = ratioSpread?.map((one) => one.toFixed(2)) ?? [];
        const spread = ratioSpread ? ` (half of the pairs between ${low} and ${high})` : "";
        return `  ${metric === ONE_METRIC ? "at batch 1, " : ""}ours / ${peer}: ${ratio!.toFixed(2)}${spread}`;
      });
  }
}
