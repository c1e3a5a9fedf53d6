import { existsSync } from "node:fs";
import { aTitle, checkArguments } from "../checks.js";
import { readRun } from "./read-run.js";
import { aRunLog } from "./run-checks.js";
import type { RunLog } from "./run-log.js";

/**
 * Sends the record of a run to a log: one that could not be reached while it ran, or that came later. To MLflow it may
 * be sent again: the run is found there by its id, and what it has is not doubled. Distributions are left out, of which
 * a record keeps bins alone.
 *
 * @param path of the record, "runs/cct-20260102-030405-k3x9.jsonl"
 * @throws SyntaxError for a file that holds no run, Error where not all could be sent
 * @example await sendRun("runs/cct-20260102-030405-k3x9.jsonl", mlflow({ uri: "http://127.0.0.1:5000" }))
 */
export async function sendRun(path: string, log: RunLog): Promise<void> {
  checkArguments("sendRun", { path, log }, { path: aTitle, log: aRunLog });
  const { status, seconds, result, scalars, artifacts, ...run } = await readRun(path);
  if (status === "running") throw new RangeError(`sendRun: path must be of a run that has ended, got ${path}`);
  const { id, name, time, config, data, model, machine, versions, command, commit, user } = run;
  const about = { id, name, time, config, data, model, machine, versions, command, commit, user };
  const writer = await log.start({ ...about, step: 0, record: null });
  for (const entry of scalars) await writer.scalars(entry);
  for (const file of artifacts) if (existsSync(file.path)) await writer.artifact?.(file);
  const last = scalars.at(-1)?.time ?? time;
  await writer.end({ time: last, status: status === "killed" ? "stopped" : status, seconds, result });
}
