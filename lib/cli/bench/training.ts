/** `bench training` and `bench inference`: a step of each network, ours and PyTorch's in one interleaved run. */
import { availableParallelism, loadavg } from "node:os";
import type { Project } from "../project.js";
import { benchStep } from "../setup/bench.js";
import { runSteps } from "../setup/step.js";
import { NETWORK_CASES } from "./training/cases.js";
import { isBusy, OURS, PEERS, type ContenderName } from "./training/contenders.js";
import { measureCase } from "./training/rounds.js";
import { BenchFailure, checkArguments, machine, option, toRows, toTable, type BenchCase } from "./report.js";

export const trainingCase: BenchCase = (args, project) => bench("training", args, project);
export const inferenceCase: BenchCase = (args, project) => bench("inference", args, project);

/**
 * Arguments: --only NETWORK, --full (the sources' batch sizes), --batch N (this one for all), --quick (3 rounds: a look, not a measurement), --json.
 * @returns 1 where PyTorch cannot be had: ours alone is printed then
 * @throws BenchFailure where an argument is unknown (2)
 */
async function bench(name: "training" | "inference", args: readonly string[], project: Project): Promise<number> {
  checkArguments(name, args, ["full", "quick", "json"], ["only", "batch"]);
  const only = option(args, "only");
  const batch = option(args, "batch") === undefined ? undefined : Number(option(args, "batch"));
  if (batch !== undefined && !(Number.isInteger(batch) && batch > 0)) {
    throw new BenchFailure(`bench ${name}: --batch must be a whole number above 0, got ${option(args, "batch")}`, 2);
  }
  if (only !== undefined && !NETWORK_CASES.some((network) => network.name === only)) {
    throw new BenchFailure(`bench ${name}: unknown network "${only}". The known ones: ${NETWORK_CASES.map((network) => network.name).join(", ")}`, 2);
  }
  const [full, quick, json] = ["--full", "--quick", "--json"].map((flag) => args.includes(flag));
  const say = (text: string): void => console.error(text); // stdout is the report's
  const hasPeer = (await runSteps(project, [benchStep(project)])).length === 0;
  const names: readonly ContenderName[] = hasPeer ? [...OURS, ...PEERS] : OURS;
  const threads = availableParallelism();
  const training = name === "training";
  say(`${machine()}; ${threads} threads each`);
  if (isBusy()) say(`bench ${name}: the machine is busy (load ${loadavg()[0]!.toFixed(1)} on ${threads} cores): the ratios hold better than the times, and PyTorch's threads wait passively`);
  if (!json) console.log(`${machine()}; ${threads} threads each; float32${quick ? "; --quick" : ""}`);
  let code = hasPeer ? 0 : 1;
  for (const network of NETWORK_CASES) {
    if (only !== undefined && only !== network.name) continue;
    say(`${network.name} … (load ${loadavg()[0]!.toFixed(1)})`);
    const field = { root: project.root, training, threads, batch: batch ?? (full ? network.fullBatch : network.batch) };
    const limits = quick ? { rounds: 3, seconds: 0 } : { rounds: 15, seconds: training ? 60 : 30 };
    try {
      const { metrics, versions, peakFlops } = await measureCase(network, names, field, limits);
      if (json) for (const row of toRows(network.name, metrics, OURS, PEERS)) console.log(JSON.stringify(row));
      else console.log(`\n${network.name} (${[...new Set(Object.values(versions))].join("; ")}; load ${loadavg()[0]!.toFixed(1)}; matrix product ${Math.round(peakFlops / 1e9)} GFLOP/s)\n${toTable(metrics, names)}\n${ratios(network.name, metrics.slice(0, 1))}`);
    } catch (error) {
      say(`bench ${name}: ${network.name}: ${(error as Error).message}`);
      code = 1;
    }
  }
  return code;
}

/** "ours / PyTorch as written 0.61 (quarter to three quarters of the pairs: 0.58 to 0.66)" */
function ratios(name: string, metrics: Parameters<typeof toRows>[1]): string {
  return toRows(name, metrics, [OURS[0]], PEERS)
    .filter(({ ratio }) => ratio !== null)
    .map(({ peerName, ratio, ratioSpread }) => `  ours / ${peerName}: ${ratio!.toFixed(2)}${ratioSpread ? ` (half of the pairs between ${ratioSpread[0].toFixed(2)} and ${ratioSpread[1].toFixed(2)})` : ""}`)
    .join("\n");
}
