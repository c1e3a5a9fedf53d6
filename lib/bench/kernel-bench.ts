/** `bench kernel`: every timed or sized figure of the kernel, ours and its peers' in one interleaved run. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { pythonPath } from "../client/kernel-specs.js";
import { contenders, OURS, PEERS } from "./kernel/contender.js";
import { ROWS } from "./kernel/rows.js";
import { machine, MachineWatch } from "./machine.js";
import {
  BenchFailure,
  checkOptionsOf,
  option,
  toJsonRows,
  toTable,
  type BenchCase,
  type CaseMetric,
} from "./bench-case.js";
import { checkStore, storeBench } from "./stored-bench.js";

/**
 * Arguments: --long (cells to 1,000), --quick (a tenth of the sizes: a look, not a measurement), --only ROW, --store,
 * --json.
 * @throws BenchFailure where an argument is unknown (2) or a peer cannot run (1).
 */
export const kernelCase: BenchCase = async (args, project) => {
  checkOptionsOf("kernel", args, ["long", "quick", "store", "json"], ["only"]);
  const only = option(args, "only");
  if (only !== undefined && !Object.hasOwn(ROWS, only))
    throw new BenchFailure(`bench kernel: unknown row "${only}". The known ones: ${Object.keys(ROWS).join(", ")}`, 2);
  const [store, json, quick] = [checkStore("kernel", args), args.includes("--json"), args.includes("--quick")];
  const say = (text: string): void => console.error(text); // stdout is the report's
  const versions = peerVersions();
  const title = `${machine()}; ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ")}`;
  say(title);
  const [beganMs, watch] = [performance.now(), new MachineWatch()];
  await watch.look();
  const field = { contenders: contenders(), say, scale: quick ? 10 : 1, long: args.includes("--long") };
  const metrics: CaseMetric[] = [];
  for (const [name, measure] of Object.entries(ROWS)) {
    if (only !== undefined && only !== name) continue;
    say(`${name} …`);
    metrics.push(...(await measure(field)).map((metric) => ({ case: "kernel", ...metric })));
    await watch.look();
  }
  const outcome = { metrics, versions, ours: OURS, peers: PEERS };
  if (json) for (const row of toJsonRows(metrics, outcome)) console.log(JSON.stringify(row));
  else {
    const names = field.contenders.map(({ name }) => name);
    console.log(`${title}; ${watch.use().state}${quick ? "; --quick sizes" : ""}`);
    console.log(`A cell's time is from sending it to the later of reply and idle. "–": it cannot.\n`);
    console.log(toTable(metrics, names));
  }
  if (store) say(`stored in ${storeBench(project.root, "kernel", beganMs, watch, outcome)}`);
  return 0;
};

/** @throws BenchFailure where ipykernel or tslab is not there. */
function peerVersions(): Record<string, string> {
  try {
    const python = execFileSync(
      pythonPath(),
      [
        "-c",
        "import sys, json, ipykernel, nbclient; print(json.dumps({'ipykernel': ipykernel.__version__, " +
          "'Python': sys.version.split()[0], 'nbclient': nbclient.__version__}))",
      ],
      { encoding: "utf8" },
    );
    const require = createRequire(import.meta.url);
    const version = (name: string): string => (require(`${name}/package.json`) as { version: string }).version;
    return {
      Node: process.versions.node,
      ...(JSON.parse(python) as Record<string, string>),
      tslab: version("tslab"),
      zeromq: version("zeromq"),
      TypeScript: version("typescript"),
    };
  } catch (error) {
    throw new BenchFailure(
      `bench kernel: a peer cannot run: ${(error as Error).message.split("\n")[0]}. npm run setup makes them.`,
      1,
    );
  }
}
