/** A run's config and numbers as MLflow's server takes them: what it does not take it may drop without a word. */
import { fieldsOf } from "../flattened.js";
import type { RunStart, ScalarsEntry } from "../run-log.js";

/** A parameter or a tag. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** One number of a metric. */
export interface MlflowMetric {
  readonly key: string;
  /** A number that is not finite as its text: a bare one is no JSON, and loses the batch. */
  readonly value: number | "NaN" | "Infinity" | "-Infinity";
  /** Milliseconds since 1970, whole: a part of one loses the batch. */
  readonly timestamp: number;
  readonly step: number;
}

/** What the server takes in one call. */
export const MOST = { metrics: 1000, params: 100, tags: 100, bytes: 900_000 };
/** Characters of a name, a parameter's value and a tag's value. */
const [NAME, PARAM, TAG] = [250, 6000, 5000];

/** A name of letters, digits and `_ - . space : /`, which does not change where it is read as a path. */
export function mlflowName(name: string): string {
  const parts = name
    .replace(/[^\p{L}\p{N}_\-. :/]/gu, "_")
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .map((part) => (part === ".." ? "__" : part));
  return parts.join("/").slice(0, NAME).replace(/\/$/, "") || "_";
}

/** A path of an artifact: the server refuses a "#", and a "\" is a folder to it. */
export function artifactName(name: string): string {
  return name.replace(/[#\\]/g, "_");
}

export function metricsOf({ step, time, values }: ScalarsEntry): MlflowMetric[] {
  const timestamp = Date.parse(time);
  return Object.entries(values).map(([name, value]) => ({
    key: mlflowName(name),
    value: Number.isFinite(value) ? value : (String(value) as MlflowMetric["value"]),
    timestamp,
    step,
  }));
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

/** The parameters of a run: its config by its own names, its data and model by "data." and "model.". */
export function paramsOf({ config, data, model }: Pick<RunStart, "config" | "data" | "model">): {
  readonly params: readonly KeyValue[];
  /** Whether some value is longer than the server keeps. */
  readonly isCut: boolean;
} {
  const all = [...fieldsOf(config), ...fieldsOf(data, "data."), ...fieldsOf(model, "model.")];
  const texts = all.map(([name, value]) => [mlflowName(name), textOf(value)] as const);
  const params = [...new Map(texts)].map(([key, text]) => ({ key, value: cut(text, PARAM) }));
  return { params, isCut: texts.some(([, text]) => text.length > PARAM) };
}

export function tagOf(name: string, value: string): KeyValue {
  return { key: mlflowName(name), value: cut(value, TAG) };
}

/** What MLflow's page shows of a run's origin. */
export function tagsOf(run: RunStart, own: Readonly<Record<string, string>>): KeyValue[] {
  const isNotebook = run.command.endsWith(".ipynb");
  const tags: Record<string, string | null> = {
    "mlflow.source.name": run.command,
    "mlflow.source.type": isNotebook ? "NOTEBOOK" : "LOCAL",
    "mlflow.source.git.commit": run.commit,
    "mlflow.user": run.user,
    "mlflow.runName": run.name,
    ...Object.fromEntries(fieldsOf(run.versions).map(([name, value]) => [`version.${name}`, textOf(value)])),
    ...Object.fromEntries(fieldsOf(run.machine).map(([name, value]) => [`machine.${name}`, textOf(value)])),
    ...own,
    [ID_TAG]: run.id,
  };
  return Object.entries(tags).flatMap(([key, value]) => (value === null ? [] : [tagOf(key, value)]));
}

/** By which a run is found again. */
export const ID_TAG = "saccade.run";

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Items in lists of at most so many, each of at most so many bytes of JSON. */
export function inBatches<Item>(items: readonly Item[], most: number): Item[][] {
  const batches: Item[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes + size > MOST.bytes || batches.at(-1)!.length >= most) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)!.push(item);
    bytes += size;
  }
  return batches;
}
