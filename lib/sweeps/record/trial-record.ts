import { readFile } from "node:fs/promises";
import { lineOf, numberOf, parseLine } from "../../tracking/record-line.js";
import { openRunFile, type RunFile } from "../../tracking/run-file.js";
import type { EndEntry, RunStart } from "../../tracking/run-log.js";
import type { TrialError } from "../process/trial-messages.js";

/** How a trial stands. */
export type TrialStatus = "waiting" | "running" | "interrupted" | "finished" | "stopped" | "diverged" | "failed";

/** What is known of a trial. */
export interface TrialState {
  status: TrialStatus;
  /** The last step that it reported; null before the first report. */
  step: number | null;
  /** Each metric as it was reported last, and each number of its result. */
  metrics: Record<string, number>;
  /** What it returned, beside numbers too. */
  result: Readonly<Record<string, unknown>>;
  /** How long it ran; null where it has not. */
  seconds: number | null;
  error: TrialError | null;
  notes: readonly string[];
}

/** What is recorded at a trial's begin: a run, and whose trial it is. */
export interface TrialHead extends Omit<RunStart, "record" | "time" | "step"> {
  readonly sweep: string;
  readonly trial: number;
}

/** What is recorded at its end. */
export interface TrialEnd extends Omit<EndEntry, "time"> {
  /** Why it was stopped: "rule" or "interrupt". */
  readonly by?: string;
  readonly error?: TrialError;
  readonly notes?: readonly string[];
}

/** A report as it was recorded. */
export interface RecordedReport {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** A trial's record as it lies on the disk: the JSON lines of any run, whole after a kill but for the last line. */
export class TrialRecord {
  readonly #file: RunFile;

  private constructor(file: RunFile) {
    this.#file = file;
  }

  /** Begins one, or goes on in one that is there. @throws the system's error, with the file's name */
  static async open(path: string, head: TrialHead): Promise<TrialRecord> {
    const file = await openRunFile(path, head.id);
    const record = new TrialRecord(file);
    file.append(lineOf({ type: "run", ...head, time: now(), step: 0 }));
    return record;
  }

  report(step: number, values: Readonly<Record<string, number>>): void {
    this.#file.append(lineOf({ type: "scalars", step, time: now(), values }));
  }

  async end(end: TrialEnd): Promise<void> {
    this.#file.append(lineOf({ type: "end", time: now(), ...end }));
    await this.#file.close();
  }
}

const now = (): string => new Date().toISOString();

/** The numbers among a record's values. */
export function numbersAmong(values: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const number = numberOf(value);
      return number === undefined ? [] : [[name, number] as const];
    }),
  );
}

/** How a trial stands that has not begun. */
export function waiting(): TrialState {
  return { status: "waiting", step: null, metrics: {}, result: {}, seconds: null, error: null, notes: [] };
}

/** How a trial stands after its end. */
export function stateAfter(end: TrialEnd, { step, metrics }: TrialState): TrialState {
  const { seconds, result, error = null, notes = [] } = end;
  const status = end.by === "interrupt" ? "interrupted" : end.status;
  return { status, step, seconds, result, error, notes, metrics: { ...metrics, ...numbersAmong(result) } };
}

/** A record, as far as it came: of several runs of the trial the last one. A line that is torn is passed over. */
export async function readTrial(path: string): Promise<{ state: TrialState; reports: RecordedReport[] }> {
  let state = waiting();
  let reports: RecordedReport[] = [];
  for (const line of (await textOf(path)).split("\n")) {
    const entry = parseLine(line);
    if (entry?.type === "run") {
      state = { ...waiting(), status: "interrupted" };
      reports = [];
    } else if (entry?.type === "scalars") {
      const { step, time, values } = entry;
      reports.push({ timeMs: Date.parse(time), step, values });
      state.step = step;
      Object.assign(state.metrics, values);
    } else if (entry?.type === "end") state = stateAfter(entry, state);
  }
  return { state, reports };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
