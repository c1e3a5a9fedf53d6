/** `npm run train-workers -- --workers 2 SCRIPT`: a script in several processes that train together. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { aCount, aNatural, type Rule } from "../checks.js";
import { commandOf, readCommandLine } from "./command-line.js";
import { listenForEnd } from "./long/interruptible.js";
import { type Asked, runWorkers } from "./train-workers/run-workers.js";

const USAGE = {
  command: "train-workers",
  does: "Runs a script in several processes of this machine that train together: TF_CONFIG names them to each.",
  words: "SCRIPT [ITS ARGUMENTS]",
  options: {
    workers: { value: "N", does: "how many processes, which share the machine's cores (default 2)" },
    restarts: { value: "N", does: "how often all are started anew when one has failed (default 0)" },
    "workers-after": { value: "N", does: "how many processes are started then (default: as many as before)" },
    timeout: { value: "S", does: "seconds after which a process that hangs is given up (default 600)" },
  },
  more: `Its own options come before SCRIPT. In the script, train.fit takes each worker's share of every batch, and
train.cluster() says which worker it is. What the first worker prints is shown as it is, what others do with their
names. All end when one fails; Ctrl-C ends them after their step. Where they are started anew, a fit with
checkpoint: { folder } and resume: true goes on from its last checkpoint.`,
} as const;

export const run = commandOf(USAGE, read, async (asked, project) => {
  const script = resolve(project.root, asked.script);
  if (!existsSync(script)) {
    console.error(`train-workers: SCRIPT must be a file, got ${asked.script}`);
    return 2;
  }
  const ending = listenForEnd(undefined, (line) => console.error(line));
  const terminal = process.stdout.isTTY && process.stderr.isTTY;
  const clear = terminal ? "\r\x1b[K" : ""; // the first worker's line of progress
  try {
    return await runWorkers({ ...asked, script }, project, ending.signal, {
      out: (text) => process.stdout.write(clear + text),
      err: (text) => process.stderr.write(clear + text),
      terminal,
    });
  } finally {
    ending.close();
  }
});

const NUMBERS = { workers: aCount, restarts: aNatural, "workers-after": aCount, timeout: aCount } as const;

function read(args: readonly string[]): Asked {
  const isValue = (at: number): boolean => /^--[a-z-]+$/.test(args[at - 1] ?? "");
  const at = args.findIndex((arg, i) => !arg.startsWith("-") && !isValue(i));
  const { values } = readCommandLine(USAGE, at < 0 ? args : args.slice(0, at));
  const script = args[at];
  if (script === undefined) throw new RangeError("train-workers: SCRIPT must be a file, got none");
  const numbers = Object.fromEntries(
    Object.entries(NUMBERS).map(([name, rule]) => [name, numberOf(name, values[name as keyof typeof values], rule)]),
  ) as Record<keyof typeof NUMBERS, number | undefined>;
  const { workers = 2, restarts = 0, timeout } = numbers;
  const workersAfter = numbers["workers-after"] ?? workers;
  if (numbers["workers-after"] !== undefined && restarts === 0)
    throw new RangeError("train-workers: --workers-after must come with --restarts, got none");
  return { workers, restarts, workersAfter, timeout, script, args: args.slice(at + 1) };
}

function numberOf(name: string, text: string | undefined, rule: Rule): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? NaN : Number(text);
  if (!rule.holds(value)) throw new RangeError(`train-workers: --${name} must be ${rule.what}, got ${text}`);
  return value;
}
