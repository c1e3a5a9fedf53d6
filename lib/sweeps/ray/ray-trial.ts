/** A trial's job on one of a cluster's machines: its process runs below this program, whose output is the job's. */
import { writeSync } from "node:fs";
import { localPlace } from "../process/local-place.js";
import { TrialOutput } from "../process/trial-output.js";
import { UnreadyError, type TrialOutcome } from "../process/trial-process.js";
import { JOB_VARIABLE, jobLine, type FromJob, type JobStart } from "./job-messages.js";

const { start, order, threads } = JSON.parse(process.env[JOB_VARIABLE]!) as JobStart;
const seat = localPlace({ processes: 1, threads, pin: false }).open(start, 0);
process.on("SIGTERM", () => seat.stop("the trial's job is stopped")); // Ray kills what does not end within seconds

const tell = (message: FromJob): void => void writeSync(1, jobLine(message));

async function outcomeOf(): Promise<TrialOutcome> {
  try {
    await seat.ready();
  } catch (error) {
    if (!(error instanceof UnreadyError)) throw error;
    return { kind: "lost", why: error.message, seconds: 0 };
  }
  const report = (step: number, metrics: Readonly<Record<string, number>>): undefined => {
    tell({ type: "report", step, metrics });
  };
  const output = new TrialOutput(order.output);
  return seat.run(order, { report, output }).finally(() => output.close());
}

const outcome = await outcomeOf();
tell({ type: "outcome", outcome });
await seat.end();
