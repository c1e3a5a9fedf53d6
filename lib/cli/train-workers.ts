/** `npm run train-workers -- --workers 2 SCRIPT`: a script in several processes that train together. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { aCount } from "../checks.js";
import { commandOf, readCommandLine } from "./command-line.js";
import { listenForEnd } from "./long/interruptible.js";
import { type Asked, runWorkers } from "./train-workers/run-workers.js";

const USAGE = {
  command: "train-workers",
  does: "Runs a script in several processes of this machine that train together: TF_CONFIG names them to each.",
  words: "SCRIPT [ITS ARGUMENTS]",
  options: { workers: { value: "N", does: "how many processes, which share the machine's cores (default 2)" } },
  more: `Its own options come before SCRIPT. In the script, train.fit takes each worker's share of every batch, and
train.cluster() says which worker it is. What the first worker prints is shown as it is, what others do with their
names. All end when one fails; Ctrl-C ends them after their step.`,
} as const;

export const run = commandOf(USAGE, read, async (asked, project) => {
  const script = resolve(project.root, asked.script);
  if (!existsSync(script)) {
    console.error(`train-workers: SCRIPT must be a file, got ${asked.script}`);
    return 2;
  }
  const ending = listenForEnd(undefined, (line) => console.error(line));
  try {
    return await runWorkers({ ...asked, script }, project, ending.signal, {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
    });
  } finally {
    ending.close();
  }
});

function read(args: readonly string[]): Asked {
  const at = args.findIndex((arg, i) => !arg.startsWith("-") && args[i - 1] !== "--workers");
  const { values } = readCommandLine(USAGE, at < 0 ? args : args.slice(0, at));
  const script = args[at];
  if (script === undefined) throw new RangeError("train-workers: SCRIPT must be a file, got none");
  const { workers = "2" } = values;
  const count = workers.trim() === "" ? NaN : Number(workers);
  if (!aCount.holds(count)) throw new RangeError(`train-workers: --workers must be ${aCount.what}, got ${workers}`);
  return { workers: count, script, args: args.slice(at + 1) };
}
