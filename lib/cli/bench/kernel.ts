/** `bench kernel`: every timed or sized figure of the kernel, ours and its peers' in one interleaved run. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { pythonPath } from "./client/kernels.js";
import { contenders, OURS, PEERS } from "./kernel/contender.js";
import { ROWS } from "./kernel/rows.js";
import { BenchFailure, checkArguments, machine, option, toRows, toTable, type BenchCase, type Metric } from "./report.js";

/**
 * Arguments: --long (cells to 1,000), --quick (a tenth of the sizes: a look, not a measurement), --only ROW, --json.
 * @throws BenchFailure where an argument is unknown (2) or a peer cannot run (1).
 */
export const kernelCase: BenchCase = async (args) => {
  checkArguments("kernel", args, ["long", "quick", "json"], ["only"]);
  const only = option(args, "only");
  if (only !== undefined && !Object.hasOwn(ROWS, only)) throw new BenchFailure(`bench kernel: unknown row "${only}". The known ones: ${Object.keys(ROWS).join(", ")}`, 2);
  const json = args.includes("--json");
  const say = (text: string): void => console.error(text); // stdout is the report's
  const versions = peerVersions();
  say(`${machine()}; ${versions}`);
  const field = { contenders: contenders(), say, scale: args.includes("--quick") ? 10 : 1, long: args.includes("--long") };
  const metrics: Metric[] = [];
  for (const [name, measure] of Object.entries(ROWS)) {
    if (only !== undefined && only !== name) continue;
    say(`${name} …`);
    metrics.push(...await measure(field));
  }
  if (json) for (const row of toRows("kernel", metrics, OURS, PEERS)) console.log(JSON.stringify(row));
  else console.log(`${machine()}; ${versions}${field.scale > 1 ? "; --quick sizes" : ""}\nA cell's time is from sending it to the later of reply and idle. "–": it cannot.\n\n${toTable(metrics, field.contenders.map(({ name }) => name))}`);
  return 0;
};

/** @throws BenchFailure where ipykernel or tslab is not there. */
function peerVersions(): string {
  try {
    const python = execFileSync(pythonPath(), ["-c", "import sys, ipykernel, nbclient; print(f'ipykernel {ipykernel.__version__} on Python {sys.version.split()[0]}, nbclient {nbclient.__version__}')"], { encoding: "utf8" }).trim();
    const require = createRequire(import.meta.url);
    const version = (name: string): string => (require(`${name}/package.json`) as { version: string }).version;
    return `${python}; tslab ${version("tslab")}; zeromq ${version("zeromq")}; TypeScript ${version("typescript")}`;
  } catch (error) {
    throw new BenchFailure(`bench kernel: a peer cannot run: ${(error as Error).message.split("\n")[0]}. npm run setup makes them.`, 1);
  }
}
