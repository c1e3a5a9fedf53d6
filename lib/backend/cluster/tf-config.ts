/** `TF_CONFIG`, by which TensorFlow's users, Kubeflow and others say which processes train together. */
import { inRange } from "../../checks.js";
import { shown } from "../../value-text.js";

/** One process of a cluster. */
export interface Task {
  /** "chief" or "worker". */
  readonly job: "chief" | "worker";
  /** Its place among those of its job, from 0. */
  readonly index: number;
  /** Host and port, "127.0.0.1:23400". */
  readonly address: string;
}

/** The processes that train together, and which of them this one is. */
export interface ClusterConfig {
  /** By rank: the chief, where there is one, then the workers. The first one leads. */
  readonly tasks: readonly Task[];
  /** This process' place among them, from 0. */
  readonly rank: number;
}

/** How long one process waits for another, in seconds, where {@link TIMEOUT_VARIABLE} does not say. */
const TIMEOUT_SECONDS = 600;
const TIMEOUT_VARIABLE = "SACCADE_CLUSTER_TIMEOUT";

/**
 * After how many seconds a process that does not come, does not answer or does not go on is given up.
 *
 * @param text of the variable SACCADE_CLUSTER_TIMEOUT
 * @throws RangeError for what is no number of seconds
 */
export function parseTimeout(text: string | undefined): number {
  if (text === undefined || text.trim() === "") return TIMEOUT_SECONDS;
  const rule = inRange({ from: 1, to: 86_400 });
  if (rule.holds(Number(text))) return Number(text);
  throw new RangeError(`${TIMEOUT_VARIABLE}: it must be ${rule.what}, in seconds, got ${shown(text)}`);
}

const JOBS = ["chief", "worker"] as const;
/** What else TensorFlow's own jobs write there. */
const KNOWN = ["cluster", "task", "environment", "rpc_layer"];

/**
 * What `TF_CONFIG` says: `{ "cluster": { "worker": ["10.0.0.1:2222", "10.0.0.2:2222"] }, "task": { "type": "worker",
 * "index": 0 } }`, with or without a "chief" of one address beside the workers.
 *
 * @param text of the variable
 * @returns undefined where it is not set, empty or `{}`
 * @throws SyntaxError for what is no JSON; TypeError for parts that are missing or of another kind, RangeError for
 *   what is out of range
 */
export function parseTfConfig(text: string | undefined): ClusterConfig | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const config = record("it", parsed(text));
  if (Object.keys(config).length === 0) return undefined;
  onlyKeys("its keys", config, KNOWN);
  if (config.rpc_layer !== undefined && config.rpc_layer !== "grpc")
    throw fault(RangeError, "rpc_layer must be grpc", config.rpc_layer);
  const cluster = record("cluster", config.cluster);
  onlyKeys("cluster's jobs", cluster, JOBS);
  const tasks = JOBS.flatMap((job) =>
    job in cluster ? addresses(job, cluster[job]).map((address, index): Task => ({ job, index, address })) : [],
  );
  if (tasks.length === 0) throw fault(RangeError, "cluster must have a chief or a worker", cluster);
  const twice = tasks.find(({ address }, at) => tasks.findIndex((task) => task.address === address) < at);
  if (twice) throw fault(RangeError, "each address must be named once", twice.address);
  return { tasks, rank: rankOf(tasks, record("task", config.task)) };
}

/** Whether this process writes what is written once: the first that TF_CONFIG names, or one alone. */
export function isChief(): boolean {
  return (parseTfConfig(process.env.TF_CONFIG)?.rank ?? 0) === 0;
}

/** A task as messages name it: "worker 1 (10.0.0.2:2222)". */
export function nameOf({ job, index, address }: Task): string {
  return `${job === "chief" ? job : `${job} ${index}`} (${address})`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fault(SyntaxError, `it must be JSON (${(error as Error).message.replace(/\s+/g, " ")})`, text);
  }
}

function record(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw fault(TypeError, `${name} must be an object`, value);
}

function onlyKeys(what: string, value: object, known: readonly string[]): void {
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) throw fault(RangeError, `${what} must be among ${known.join(", ")}`, stranger);
}

function addresses(job: Task["job"], value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw fault(TypeError, `cluster.${job} must be an array of addresses`, value);
  if (job === "chief" && value.length !== 1) throw fault(RangeError, "cluster.chief must be one address", value);
  value.forEach((address, at) => checkAddress(`cluster.${job}[${at}]`, address));
  return value as string[];
}

/** Host names, IPv4 and bracketed IPv6 addresses, each with its port. */
const ADDRESS = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*)|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/;

function checkAddress(name: string, value: unknown): void {
  if (typeof value !== "string") throw fault(TypeError, `${name} must be a text, host:port`, value);
  const port = Number(ADDRESS.exec(value)?.[1]);
  if (!(port >= 1 && port <= 65_535))
    throw fault(RangeError, `${name} must be host:port, a port from 1 to 65535`, value);
}

function rankOf(tasks: readonly Task[], task: Readonly<Record<string, unknown>>): number {
  onlyKeys("task's keys", task, ["type", "index"]);
  const { type, index } = task;
  const own = tasks.filter(({ job }) => job === type);
  const jobs = [...new Set(tasks.map(({ job }) => job))];
  if (own.length === 0)
    throw fault(typeof type === "string" ? RangeError : TypeError, `task.type must be ${jobs.join(" or ")}`, type);
  const place = inRange({ from: 0, to: own.length - 1, whole: true });
  if (!place.holds(index)) {
    const kind = place.kindFits?.(index) ? RangeError : TypeError;
    throw fault(kind, `task.index must be ${place.what}, a ${own[0]!.job}'s place`, index);
  }
  return tasks.indexOf(own[index as number]!);
}

function fault(kind: ErrorConstructor, rule: string, value: unknown): Error {
  return new kind(`TF_CONFIG: ${rule}, got ${shown(value)}`);
}
