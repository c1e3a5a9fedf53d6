import { grouped, shownAs, type ShowsItself } from "../shown.js";
import type { StoredHistograms } from "./record-line.js";
import type { ArtifactEntry, PlainRecord, RunStart, RunStatus, ScalarsEntry } from "./run-log.js";

/** A run as its record tells of it. */
export interface RunRecord extends RunStart {
  /** Path of the file that it was read from. */
  readonly record: string;
  /** As it ended; "running" while a process writes it, "killed" where one ended without a word. */
  readonly status: RunStatus | "running" | "killed";
  /** Wall time: as the run's end says, or until its last line. */
  readonly seconds: number;
  /** What came out; {} of a run that has not ended. */
  readonly result: PlainRecord;
  /** Steps at which it began and went on: [0, 500]. */
  readonly starts: readonly number[];
  /** One entry a step, rising. Of what was written twice of a step, after a run went on, the later counts. */
  readonly scalars: readonly ScalarsEntry[];
  /** Distributions, step by step. */
  readonly histograms: readonly StoredHistograms[];
  /** Its files. */
  readonly artifacts: readonly ArtifactEntry[];
  /** Lines that were not whole, as a killed process leaves one, and were passed over. */
  readonly tornLines: number;
}

/** The same record; a notebook shows a sentence of it, not its numbers. */
export function asRecord(record: RunRecord): RunRecord & ShowsItself {
  return shownAs(record, (run) => ({ "text/plain": sentence(run) }));
}

function sentence({ id, status, scalars, seconds, result }: RunRecord): string {
  const found = Object.entries(result).filter(([, value]) => typeof value === "number");
  const values = found.map(([name, value]) => `${name} ${Number((value as number).toPrecision(4))}`).join(", ");
  const steps = grouped(scalars.at(-1)?.step ?? 0);
  return `run ${id}: ${status} at step ${steps} after ${seconds.toFixed(1)} s${values === "" ? "" : ` · ${values}`}`;
}
