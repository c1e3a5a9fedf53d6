/** `bench kernel`: every timed or sized figure of the kernel, ours and its peers' in one interleaved run. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { pythonPath } from "../client/kernel-specs.js";
import { contenders, OURS, PEERS } from "./kernel/contender.js";
import { debuggerCost, DEBUGGER_SIDES } from "./kernel/debugger-cost.js";
import type { Field } from "./kernel/field.js";
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
  type Sides,
} from "./bench-case.js";
import { checkStore, storeBench } from "./stored-bench.js";

const DEBUGGER = "debugger";

/**
 * Arguments: --long (cells to 1,000), --quick (a tenth of the sizes: a look, not a measurement), --only ROW, --store,
 * --json. What the debugger costs has no peer, and is stored by itself.
 * @throws BenchFailure where an argument is unknown (2) or a peer cannot run (1).
 */
export const kernelCase: BenchCase = async (args, project) => {
  checkOptionsOf("kernel", args, ["long", "quick", "store", "json"], ["only"]);
  const only = option(args, "only");
  const names = [...Object.keys(ROWS), DEBUGGER];
  if (only !== undefined && !names.includes(only))
    throw new BenchFailure(`bench kernel: unknown row "${only}". The known ones: ${names.join(", ")}`, 2);
  const store = checkStore("kernel", args, only === DEBUGGER ? ["only"] : []);
  const quick = args.includes("--quick");
  const say = (text: string): void => console.error(text); // stdout is the report's
  const versions = peerVersions();
  const title = `${machine()}; ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ")}`;
  say(title);
  const field = { contenders: contenders(), say, scale: quick ? 10 : 1, long: args.includes("--long") };
  const parts: Part[] = [];
  if (only !== DEBUGGER)
    parts.push({ name: "kernel", sides: { ours: OURS, peers: PEERS }, measure: (look) => peerRows(field, only, look) });
  if (only === undefined || only === DEBUGGER)
    parts.push({ name: "kernel-debugger", sides: DEBUGGER_SIDES, measure: () => debuggerCost(field.scale, say) });
  for (const { name, sides, measure } of parts) {
    const [beganMs, watch] = [performance.now(), new MachineWatch()];
    await watch.look();
    const metrics = await measure(() => watch.look());
    await watch.look();
    const outcome = { metrics, versions, ...sides };
    if (args.includes("--json")) for (const row of toJsonRows(metrics, outcome)) console.log(JSON.stringify(row));
    else {
      console.log(`${title}; ${watch.use().state}${quick ? "; --quick sizes" : ""}`);
      console.log(`A cell's time is from sending it to the later of reply and idle. "–": it cannot.\n`);
      console.log(toTable(metrics, [...sides.ours, ...sides.peers]));
    }
    const command = `kernel ${args.join(" ")}`;
    if (store) say(`stored in ${storeBench(project.root, name, beganMs, watch, outcome, command)}`);
  }
  return 0;
};

/** What is stored by itself. */
interface Part {
  readonly name: "kernel" | "kernel-debugger";
  readonly sides: Sides;
  /** @param look looks at what else the machine does */
  readonly measure: (look: () => Promise<unknown>) => Promise<CaseMetric[]>;
}

async function peerRows(field: Field, only: string | undefined, look: () => Promise<unknown>): Promise<CaseMetric[]> {
  const metrics: CaseMetric[] = [];
  for (const [name, measure] of Object.entries(ROWS)) {
    if (only !== undefined && only !== name) continue;
    field.say(`${name} …`);
    metrics.push(...(await measure(field)).map((metric) => ({ case: "kernel", ...metric })));
    await look();
  }
  return metrics;
}

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
