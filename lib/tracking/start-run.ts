import { ready } from "../backend/index.js";
import { isChief } from "../backend/cluster/tf-config.js";
import { environment } from "../backend/environment.js";
import { aNatural, aText, aTitle, checkOptions, listOf, optional, orNull, type Rule } from "../checks.js";
import type { ActiveRun } from "./active-run.js";
import { jsonLines } from "./json-lines.js";
import { RunChannel } from "./run-channel.js";
import { aRunLog, plainData } from "./run-checks.js";
import type { PlainRecord, RunLog, RunStart } from "./run-log.js";
import { commandLine, commitHere, newRunId, userName } from "./run-origin.js";
import { RunUnderWay } from "./run-under-way.js";

/** What `startRun` takes. */
export interface StartRunOptions {
  /** What the run is called. Default "run". */
  readonly name?: string;
  /** All that was set, as JSON holds it. Default {}. */
  readonly config?: PlainRecord;
  /** Which images, as JSON holds it. Default {}. */
  readonly data?: PlainRecord;
  /** Which network, as JSON holds it. Default {}. */
  readonly model?: PlainRecord;
  /** Where it is recorded. JSON lines are always written: to `runs/` where no `jsonLines` is among them. Default []. */
  readonly log?: readonly RunLog[] | null;
  /** Of a run that goes on: its id. Default null: a new run. */
  readonly id?: string | null;
  /** Of a run that goes on: the step of its checkpoint; what was logged of later ones no longer counts. Default 0. */
  readonly step?: number;
}

const anId: Rule = {
  what: "a run's id: letters, digits, dots, - and _",
  kindFits: aText.holds,
  holds: (value) => typeof value === "string" && /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(value),
};

/**
 * Begins the record of a run, for a training loop of one's own; `train.fit` does it itself where it is given `log`. The
 * machine, versions, command, git commit and time are noted without being asked for. No log that fails stops the run.
 * Of the processes of `TF_CONFIG` only the first one records; to the others it is a run that is recorded nowhere.
 *
 * @returns what takes numbers, images and files, and ends the run
 * @throws RangeError for an option that is unknown or out of range, TypeError for one of another kind
 * @example const run = await startRun({ name: "cct", config: { learningRate: 0.001 } });
 * run.log({ "train/loss": 0.5 }, { step: 1 });
 * await run.end();
 */
export async function startRun(options: StartRunOptions = {}): Promise<ActiveRun> {
  checkOptions("startRun", options, {
    name: optional(aTitle),
    config: optional(plainData),
    data: optional(plainData),
    model: optional(plainData),
    log: optional(orNull(listOf(aRunLog))),
    id: optional(orNull(anId)),
    step: optional(aNatural),
  });
  await ready();
  const start = describe(options);
  if (!isChief()) return new RunUnderWay(start, [], false);
  const logs = options.log ?? [];
  const recording = logs.filter(({ name }) => name === "jsonLines");
  const others = logs.filter((log) => !recording.includes(log));
  const addresses = others.flatMap(({ name, address }) => (address === undefined ? [] : [{ name, ...address }]));
  const records = (recording.length > 0 ? recording : [jsonLines()]).map(
    (log) => new RunChannel(log, { ...start, ...(addresses.length > 0 && { logs: addresses }) }),
  );
  const paths = await Promise.all(records.map((channel) => channel.begun()));
  const whole = { ...start, record: paths.find((path) => path !== undefined) ?? null };
  const channels = [...records, ...others.map((log) => new RunChannel(log, whole))];
  return new RunUnderWay(
    whole,
    channels,
    logs.some(({ takesModels }) => takesModels),
  );
}

function describe({ name = "run", config = {}, data = {}, model = {}, id, step = 0 }: StartRunOptions): RunStart {
  const now = new Date();
  const { versions, machine, backend } = environment();
  return {
    id: id ?? newRunId(name, now),
    name,
    time: now.toISOString(),
    step,
    config,
    data,
    model,
    machine: { ...machine, backend },
    versions,
    command: commandLine(),
    commit: commitHere(),
    user: userName(),
    record: null,
  };
}
