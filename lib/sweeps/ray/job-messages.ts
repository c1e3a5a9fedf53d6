/** What a trial's job and the sweep tell each other: by the job's environment, and by marked lines of its output. */
import type { TrialOrder } from "../process/trial-messages.js";
import type { TrialOutcome } from "../process/trial-process.js";
import type { PlaceStart } from "../place.js";

/** The variable of the environment that holds a {@link JobStart}, as JSON. */
export const JOB_VARIABLE = "SACCADE_RAY_TRIAL";

/** What a job runs. */
export interface JobStart {
  readonly start: PlaceStart;
  readonly order: TrialOrder;
  readonly threads: number;
}

/** What a job says. */
export type FromJob =
  | { readonly type: "report"; readonly step: number; readonly metrics: Readonly<Record<string, number>> }
  | { readonly type: "outcome"; readonly outcome: TrialOutcome };

const MARK = "@saccade ";

/** A line of the job's output. */
export function jobLine(message: FromJob): string {
  return `${MARK}${JSON.stringify(message, (_, value: unknown) => written(value))}\n`;
}

/** What the whole lines of an output say, other programs' passed over. */
export function messagesIn(output: string): FromJob[] {
  const lines = output.split("\n").slice(0, -1);
  return lines.filter((line) => line.startsWith(MARK)).map((line) => parsed(line.slice(MARK.length)));
}

/** JSON has no NaN: a number that is not finite is written as an object that nothing else is. */
function written(value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { "@number": String(value) } : value;
}

function parsed(text: string): FromJob {
  return JSON.parse(text, (_, value: { "@number"?: string } | null) =>
    typeof value?.["@number"] === "string" ? Number(value["@number"]) : value,
  ) as FromJob;
}
