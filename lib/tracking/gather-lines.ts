import type { RecordLine, StoredHistograms } from "./record-line.js";
import type { ArtifactEntry, EndEntry, RunStart, ScalarsEntry } from "./run-log.js";
import type { RunRecord } from "./run-record.js";
import { withSettings } from "./with-settings.js";

/** What the lines of one run come to. */
export interface Gathered {
  /** Takes a line after the run's first. */
  add(line: RecordLine): void;
  /** @param isWritten whether a process writes it now */
  record(path: string, isWritten: boolean, tornLines: number): RunRecord;
}

type FirstLine = Extract<RecordLine, { type: "run" }>;

/** @param before the same run, where the line says that it goes on */
export function gather(first: FirstLine, before: Gathered | undefined): Gathered {
  if (!(before instanceof Lines)) return new Lines(first);
  before.goOn(first);
  return before;
}

/** What a record need not say: a sweep's trials name no model, and another program's may say less. */
const UNSAID = {
  step: 0,
  config: {},
  data: {},
  model: {},
  machine: {},
  versions: {},
  command: "",
  commit: null,
  user: "",
};

class Lines implements Gathered {
  #run: Omit<RunStart, "record">;
  #starts: number[];
  #scalars = new Map<number, ScalarsEntry>();
  #histograms: StoredHistograms[] = [];
  readonly #artifacts = new Map<string, ArtifactEntry>();
  #end: EndEntry | undefined;
  /** Wall time of the parts before the last, and when that began and was last heard of. */
  #secondsBefore = 0;
  #began: string;
  #latest: string;

  constructor({ type: _, ...run }: FirstLine) {
    this.#run = { ...UNSAID, ...run };
    this.#starts = [run.step];
    this.#began = this.#latest = run.time;
  }

  /** The run goes on from a step: what it did after that is done again. */
  goOn({ type: _, ...run }: FirstLine): void {
    this.#secondsBefore += secondsBetween(this.#began, this.#latest);
    this.#run = { ...UNSAID, ...run, time: this.#run.time };
    this.#starts.push(run.step);
    for (const step of this.#scalars.keys()) if (step > run.step) this.#scalars.delete(step);
    this.#histograms = this.#histograms.filter(({ step }) => step <= run.step);
    this.#end = undefined;
    this.#began = this.#latest = run.time;
  }

  add(line: RecordLine): void {
    if ("time" in line) this.#latest = line.time;
    if (line.type === "scalars") this.#addScalars(line);
    else if (line.type === "histograms") this.#histograms.push(withoutType(line));
    else if (line.type === "artifact") this.#artifacts.set(line.name, withoutType(line));
    else if (line.type === "config") this.#run = withSettings(this.#run, line);
    else if (line.type === "end") this.#end = withoutType(line);
  }

  #addScalars({ type: _, ...entry }: Extract<RecordLine, { type: "scalars" }>): void {
    const there = this.#scalars.get(entry.step);
    this.#scalars.set(entry.step, { ...there, ...entry, values: { ...there?.values, ...entry.values } });
  }

  record(path: string, isWritten: boolean, tornLines: number): RunRecord {
    const scalars = [...this.#scalars.values()].sort((a, b) => a.step - b.step);
    return {
      ...this.#run,
      record: path,
      status: this.#end?.status ?? (isWritten ? "running" : "killed"),
      seconds: this.#end?.seconds ?? this.#secondsBefore + secondsBetween(this.#began, this.#latest),
      result: { ...(this.#end?.error && { error: this.#end.error.message }), ...this.#end?.result },
      starts: this.#starts,
      scalars,
      histograms: this.#histograms,
      artifacts: [...this.#artifacts.values()],
      tornLines,
    };
  }
}

function withoutType<Line extends { readonly type: string }>({ type: _, ...entry }: Line): Omit<Line, "type"> {
  return entry;
}

function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}
