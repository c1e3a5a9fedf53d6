/** What `bench training` and `bench inference` print and keep. */
import { toJsonRows, toRows, toTable, type CaseMetric } from "../report.js";
import type { BenchOutcome } from "../stored.js";
import { AT_BEST, OURS, PEERS } from "./contenders.js";
import { MEMORY_METRIC, STEP_METRIC } from "./goals.js";
import type { CaseResult } from "./rounds.js";
import { describeShares } from "./where-time-goes.js";

/** Prints each case as it comes, and keeps it. */
export class Report {
  readonly #json: boolean;
  readonly #metrics: CaseMetric[] = [];
  readonly #cases: Record<string, Record<string, unknown>> = {};
  #versions: Record<string, string> = { Node: process.versions.node };

  constructor(json: boolean) {
    this.#json = json;
  }

  get outcome(): BenchOutcome {
    return { metrics: this.#metrics, versions: this.#versions, cases: this.#cases, ours: OURS, peers: PEERS };
  }

  addCase(name: string, batch: number, { metrics, versions, peakFlops, parameters, best, leftOut, short, profile }: CaseResult): void {
    const peakGflops = Math.round(peakFlops / 1e9);
    const own = metrics.map((metric) => ({ case: name, ...metric }));
    this.#metrics.push(...own);
    this.#cases[name] = { batch, parameters, peakGflops, best, leftOut, short, ...(profile && { profile }) };
    for (const title of Object.values(versions)) {
      const [library = "", version = ""] = title.split(" ");
      this.#versions[library] = version;
    }
    if (this.#json) return this.#printRows(own.map((metric, at) => (at === 0 ? { ...metric, metric: `${metric.metric}, batch ${batch}` } : metric)));
    const contenders = [...OURS, ...PEERS].filter((contender) => contender !== AT_BEST && contender in own[0]!.samples);
    const lines = [
      `\n${name}, batch ${batch}, ${parameters.toLocaleString("en")} parameters (${[...new Set(Object.values(versions))].join("; ")}; matrix product ${peakGflops} GFLOP/s)`,
      toTable(own, contenders),
      ...ratios(own, best),
      ...Object.entries(leftOut).map(([contender, why]) => `  left out: ${contender}: ${why}`),
      ...short.map(({ metric, peer, ratio, goal }) => `  falls short: ${metric}: ${ratio.toFixed(2)} of ${peer}, the goal is ${goal}`),
      ...(profile ? describeShares(profile, { time: short.some(({ metric }) => metric === STEP_METRIC), memory: short.some(({ metric }) => metric === MEMORY_METRIC) }) : []),
    ];
    console.log(lines.join("\n"));
  }

  addSeries(name: string, metrics: readonly CaseMetric[]): void {
    this.#metrics.push(...metrics);
    if (this.#json) this.#printRows(metrics);
    else console.log(`\n${name}\n${toTable(metrics, Object.keys(metrics[0]!.samples))}`);
  }

  #printRows(metrics: readonly CaseMetric[]): void {
    for (const row of toJsonRows(metrics, { ours: OURS, peers: PEERS })) console.log(JSON.stringify(row));
  }
}

/** "  ours / PyTorch as written: 0.61 (half of the pairs between 0.58 and 0.66)" */
function ratios(metrics: readonly CaseMetric[], best: string | undefined): string[] {
  return toRows(metrics.slice(0, 1), { ours: [OURS[0]], peers: PEERS })
    .filter(({ ratio }) => ratio !== null)
    .map(({ peerName, ratio, ratioSpread }) => `  ours / ${peerName}${peerName === AT_BEST ? ` (${best})` : ""}: ${ratio!.toFixed(2)}${ratioSpread ? ` (half of the pairs between ${ratioSpread[0].toFixed(2)} and ${ratioSpread[1].toFixed(2)})` : ""}`);
}
