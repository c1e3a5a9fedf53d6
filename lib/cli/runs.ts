/** `npm run runs`: every recorded run as a table; one of them, two side by side, or one sent to MLflow. */
import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { didYouMean } from "../nearest.js";
import { typed } from "../files/own-folder.js";
import { mlflow, readRun, sendRun } from "../tracking/index.js";
import { asText } from "../tracking/record-line.js";
import { commandOf, readCommandLine } from "./command-line.js";
import { recordedRuns, type RunLine } from "./runs/recorded-runs.js";
import { runDifferences } from "./runs/run-differences.js";
import { diffText, listText, showText } from "./runs/run-tables.js";

const USAGE = {
  command: "runs",
  does: "Lists every recorded run with its config, data, machine, time and result; shows one, or what differs in two.",
  words: "[FOLDER… | show ID | diff A B | send FILE]",
  options: {
    in: { value: "FOLDER", multiple: true, does: "where the runs of show and diff are looked for" },
    uri: { value: "URI", does: "of send: the MLflow server. Default the one that the run was begun with" },
    experiment: { value: "NAME", does: "of send: the experiment. Default likewise" },
    json: { does: "prints JSON" },
  },
  more: `FOLDER  with records of runs, a sweep's too; default runs here, in the project, its notebooks and
        their guide, and the studies' stored results beside them; show and diff know the
        trials of the sweeps there as well
show    all that is known of one run
diff    two runs side by side: the settings that differ, what else differs, and their results
send    a run's record to MLflow, whose server was away
ID      a run's, or how it begins`,
} as const;

/** Where runs are recorded by default: the working directory of a notebook is its folder. */
const PLACES = ["", "notebooks", "notebooks/guide"];
/** What `train.fit` and `sweeps.run` call their folders there. */
const WHERE = ["runs", "sweeps"] as const;

interface Asked {
  readonly word: "list" | "show" | "diff" | "send";
  readonly words: readonly string[];
  readonly folders: readonly string[];
  readonly uri?: string | undefined;
  readonly experiment?: string | undefined;
  readonly json: boolean;
}

export const run = commandOf(USAGE, read, async (asked, { root }) => {
  try {
    if (asked.word === "send") return await send(asked);
    const isDefault = asked.folders.length === 0;
    const all = asked.word === "list" ? foldersOf(root, "runs") : WHERE.flatMap((name) => foldersOf(root, name));
    const folders = isDefault ? all : asked.folders.map(fromHere);
    const lines = await recordedRuns(root, folders, isDefault);
    if (asked.word === "list") return list(lines, asked.json, isDefault ? sweepsOf(root) : []);
    const found = asked.words.map((id) => runCalled(id, lines));
    if (asked.word === "show") return print(asked.json ? found[0] : showText(found[0]!));
    const [a, b] = found as [RunLine, RunLine];
    return print(asked.json ? { a, b, ...runDifferences(a, b) } : diffText(a, b));
  } catch (error) {
    const isSystem = (error as NodeJS.ErrnoException).syscall !== undefined;
    if (!(error instanceof RangeError || error instanceof SyntaxError || isSystem)) throw error;
    console.error((error as Error).message);
    return 1;
  }
});

const COUNTS = { show: 1, diff: 2, send: 1 } as const;

function read(args: readonly string[]): Asked {
  const { values, words } = readCommandLine(USAGE, args);
  const { json = false, uri, experiment } = values;
  const folders = values.in ?? [];
  const [word, ...rest] = words;
  if (word !== "show" && word !== "diff" && word !== "send")
    return { word: "list", words: [], folders: [...words, ...folders], json };
  if (rest.length !== COUNTS[word]) {
    const what = { show: "one run", diff: "two runs", send: "one file" }[word];
    throw new RangeError(`runs: ${word}: ${what} must follow, got ${rest.length === 0 ? "none" : rest.join(", ")}`);
  }
  return { word, words: rest, folders, uri, experiment, json };
}

/** Those of the project, and of its folder in which the command was typed. */
function foldersOf(root: string, name: (typeof WHERE)[number]): string[] {
  const here = fromHere(name);
  const isInside = !relative(root, here).startsWith("..");
  return [...new Set([...PLACES.map((place) => join(root, place, name)), ...(isInside ? [here] : [])])];
}

/** Sweeps, by their folders: each of their trials is a run, too many for one list of all. */
function sweepsOf(root: string): string[] {
  const folders = foldersOf(root, "sweeps").filter((folder) => existsSync(folder));
  const all = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return all.filter((path) => existsSync(join(path, "sweep.json"))).map((path) => relative(fromHere(""), path));
}

/** A path as seen from where the command was typed. */
function fromHere(path: string): string {
  return resolve(process.env["INIT_CWD"] ?? "", path);
}

/** @throws RangeError for a run that there is not, naming the nearest, or a beginning that several have */
function runCalled(asked: string, lines: readonly RunLine[]): RunLine {
  const exact = lines.findLast(({ id, file }) => id === asked || file === asked);
  if (exact) return exact;
  const begun = lines.filter(({ id }) => id.startsWith(asked));
  if (begun.length === 1) return begun[0]!;
  const ids = lines.map(({ id }) => id);
  const beginnings = Object.fromEntries(ids.map((id) => [id.slice(0, asked.length), id]));
  if (begun.length > 1)
    throw new RangeError(`runs: an id must be one run's, got ${asked} of ${begun.map(({ id }) => id).join(", ")}`);
  throw new RangeError(
    `runs: an id must be a recorded run's, got ${JSON.stringify(asked)}${didYouMean(asked, ids, beginnings)}`,
  );
}

function list(lines: readonly RunLine[], json: boolean, sweeps: readonly string[]): number {
  if (json) return print(lines);
  for (const folder of sweeps) console.log(`The trials of a sweep: ${typed(`runs ${folder}`)}`);
  if (lines.length === 0) {
    if (sweeps.length === 0)
      console.log("No run is recorded here. `train.fit(model, set, { log: [] })` records one in runs/.");
    return 0;
  }
  const last = lines.at(-1)!.id;
  return print(`${listText(lines)}\n\n${lines.length} runs. All of one: ${typed(`runs show ${last}`)}`);
}

function print(value: unknown): 0 {
  console.log(typeof value === "string" ? value : JSON.stringify(value, asText, 2));
  return 0;
}

async function send({ words, uri, experiment }: Asked): Promise<number> {
  const path = fromHere(words[0]!);
  const { id, logs = [] } = await readRun(path);
  const before = logs.find(({ name }) => name === "mlflow");
  const to = {
    uri: uri ?? process.env.MLFLOW_TRACKING_URI ?? (before?.["uri"] as string | undefined),
    experiment: experiment ?? (before?.["experiment"] as string | undefined),
  };
  const given = Object.fromEntries(Object.entries(to).filter(([, value]) => value !== undefined));
  try {
    await sendRun(path, mlflow(given));
  } catch (error) {
    console.error(`runs: ${(error as Error).message}`);
    return 1;
  }
  console.log(`The run ${id} has been sent${to.uri === undefined ? "" : ` to ${to.uri}`}.`);
  return 0;
}
