import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
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

/** What is recorded at a trial's begin. */
export interface TrialHead {
  readonly id: string;
  readonly name: string;
  readonly sweep: string;
  readonly trial: number;
  readonly config: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, unknown>>;
  readonly command: string;
}

/** What is recorded at its end. */
export interface TrialEnd {
  readonly status: "finished" | "stopped" | "failed" | "diverged";
  /** Why it was stopped: a rule's name, or "interrupt". */
  readonly by?: string;
  readonly seconds: number;
  readonly result: Readonly<Record<string, unknown>>;
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

/** A trial's record as it lies on the disk: JSON lines, whole after a kill at any moment but for the last line. */
export class TrialRecord {
  readonly #file: number;

  /** Goes on in a record that is there. */
  constructor(path: string, head: TrialHead) {
    this.#file = openSync(path, "a+");
    const torn = endsWithinLine(this.#file); // an earlier process was killed meanwhile
    this.#write({ type: "run", ...head, time: now(), step: 0 }, torn ? "\n" : "");
  }

  report(step: number, values: Readonly<Record<string, number>>): void {
    this.#write({ type: "scalars", step, time: now(), values });
  }

  end(end: TrialEnd): void {
    this.#write({ type: "end", time: now(), ...end });
    closeSync(this.#file);
  }

  #write(line: object, before = ""): void {
    writeSync(this.#file, `${before}${JSON.stringify(line, written)}\n`);
  }
}

function endsWithinLine(file: number): boolean {
  const { size } = fstatSync(file);
  const last = new Uint8Array(1);
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 10;
}

const now = (): string => new Date().toISOString();

/** JSON has no NaN. */
function written(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : undefined;
}

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

/** A record, as far as it came: of several runs of the trial the last one. A line that is torn is passed over. */
export async function readTrial(path: string): Promise<{ state: TrialState; reports: RecordedReport[]; by?: string }> {
  let state = waiting();
  let reports: RecordedReport[] = [];
  let by: string | undefined;
  for (const line of (await textOf(path)).split("\n")) {
    const entry = parsed(line);
    if (entry?.["type"] === "run") {
      state = { ...waiting(), status: "interrupted" };
      reports = [];
      by = undefined;
    } else if (entry?.["type"] === "scalars") {
      const values = numbersAmong(entry["values"] as Record<string, unknown>);
      reports.push({ timeMs: Date.parse(String(entry["time"])), step: Number(entry["step"]), values });
      state.step = Number(entry["step"]);
      Object.assign(state.metrics, values);
    } else if (entry?.["type"] === "end") {
      const end = entry as unknown as TrialEnd;
      by = end.by;
      state.status = end.status === "stopped" && by === "interrupt" ? "interrupted" : end.status;
      state.seconds = end.seconds;
      state.result = revived(end.result) as TrialEnd["result"];
      Object.assign(state.metrics, numbersAmong(end.result));
      state.error = end.error ?? null;
      state.notes = end.notes ?? [];
    }
  }
  return { state, reports, ...(by !== undefined && { by }) };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What {@link written} wrote, with its numbers. */
function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, revived(one)]));
  return numberOf(value) ?? value;
}
