import type { RunStart } from "../run-log.js";
import { RefusedError, type MlflowApi } from "./mlflow-api.js";
import { ID_TAG, inBatches, MOST, paramsOf, tagOf, tagsOf, type KeyValue } from "./mlflow-names.js";

/** A run as the server has it. */
export interface MlflowRun {
  readonly id: string;
  /** Where its files go through the server's proxy; undefined where the server has none. */
  readonly artifacts: string | undefined;
  /** The parameters that it has: they cannot be changed. */
  readonly params: Map<string, string>;
}

interface RunAnswer {
  readonly info: { readonly run_id: string; readonly artifact_uri: string };
  readonly data?: { readonly params?: readonly KeyValue[] };
}

/**
 * Finds the run on the server by its id, or makes it: an answer that was lost makes no second one.
 *
 * @throws RefusedError where the experiment is deleted, or the server does not take it
 */
export async function openMlflowRun(
  api: MlflowApi,
  experiment: string,
  run: RunStart,
  tags: Readonly<Record<string, string>>,
): Promise<MlflowRun> {
  const experimentId = await experimentOf(api, experiment);
  const filter = `tags.\`${ID_TAG}\` = '${run.id}'`;
  const { runs = [] } = await api.call<{ runs?: RunAnswer[] }>("runs/search", {
    experiment_ids: [experimentId],
    filter,
    max_results: 1,
  });
  const all = tagsOf(run, tags);
  const [found] = runs;
  if (found) {
    await api.call("runs/update", { run_id: found.info.run_id, status: "RUNNING" });
    await sendTags(api, found.info.run_id, all);
    return asRun(found);
  }
  const first = all.slice(0, MOST.tags);
  const made = await api.call<{ run: RunAnswer }>("runs/create", {
    experiment_id: experimentId,
    start_time: Date.parse(run.time),
    run_name: run.name,
    // the last is the one by which it is found
    tags: [...first.filter(({ key }) => key !== ID_TAG), { key: ID_TAG, value: run.id }],
  });
  await sendTags(api, made.run.info.run_id, all.slice(MOST.tags));
  return asRun(made.run);
}

function asRun({ info, data }: RunAnswer): MlflowRun {
  const [, path] = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(.*)$/.exec(info.artifact_uri) ?? [];
  const params = new Map((data?.params ?? []).map(({ key, value }) => [key, value]));
  return { id: info.run_id, artifacts: path, params };
}

async function experimentOf(api: MlflowApi, name: string): Promise<string> {
  const found = await experimentNamed(api, name);
  if (found !== undefined) return found;
  try {
    return (await api.call<{ experiment_id: string }>("experiments/create", { name })).experiment_id;
  } catch (error) {
    if (!(error instanceof RefusedError && error.message.includes("RESOURCE_ALREADY_EXISTS"))) throw error;
    return (await experimentNamed(api, name))!; // another process was first
  }
}

async function experimentNamed(api: MlflowApi, name: string): Promise<string | undefined> {
  try {
    const path = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
    const { experiment } = await api.call<{ experiment: { experiment_id: string; lifecycle_stage: string } }>(path);
    if (experiment.lifecycle_stage === "deleted")
      throw new RefusedError(
        `the experiment ${JSON.stringify(name)} is deleted on ${api.uri}: ` +
          `\`mlflow experiments restore -x ${experiment.experiment_id}\` brings it back`,
      );
    return experiment.experiment_id;
  } catch (error) {
    if (error instanceof RefusedError && error.message.includes("RESOURCE_DOES_NOT_EXIST")) return undefined;
    throw error;
  }
}

async function sendTags(api: MlflowApi, id: string, tags: readonly KeyValue[]): Promise<void> {
  for (const batch of inBatches(tags, MOST.tags)) await api.call("runs/log-batch", { run_id: id, tags: batch });
}

/**
 * Sends what the server does not have; a parameter that has another value there stays, as the server wants it, and
 * the new value becomes a tag: "resumed.epochs".
 *
 * @returns the whole settings as JSON where some value is longer than the server keeps
 */
export async function sendParams(
  api: MlflowApi,
  run: MlflowRun,
  settings: Pick<RunStart, "config" | "data" | "model">,
): Promise<string | undefined> {
  const { params, isCut } = paramsOf(settings);
  const fresh = params.filter(({ key }) => !run.params.has(key));
  for (const batch of inBatches(fresh, MOST.params)) {
    await api.call("runs/log-batch", { run_id: run.id, params: batch });
    for (const { key, value } of batch) run.params.set(key, value);
  }
  const changed = params.filter(({ key, value }) => run.params.get(key) !== value);
  const tags = changed.map(({ key, value }) => tagOf(`resumed.${key}`, value));
  await sendTags(api, run.id, tags);
  return isCut ? JSON.stringify(settings, null, 2) : undefined;
}

/** The end of a run as the server calls it; how it ended exactly is a tag. */
export async function sendEnd(
  api: MlflowApi,
  { id }: MlflowRun,
  { status, time, result }: { readonly status: string; readonly time: string; readonly result: object },
): Promise<void> {
  const texts = Object.entries(result).filter(([, value]) => typeof value === "string");
  await sendTags(api, id, [
    tagOf("saccade.status", status),
    ...texts.map(([name, value]) => tagOf(`result.${name}`, String(value))),
  ]);
  const theirs = { finished: "FINISHED", stopped: "KILLED", failed: "FAILED", diverged: "FAILED" }[status];
  await api.call("runs/update", { run_id: id, status: theirs, end_time: Date.parse(time) });
}
