import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { aCount, aboveZero, aTitle, checkOptions, notNegative, optional, type Rule } from "../../checks.js";
import type { OpenablePlace, Place, PlaceStart, Seat } from "../place.js";
import type { TrialOrder } from "../process/trial-messages.js";
import type { TrialListener, TrialOutcome } from "../process/trial-process.js";
import { JOB_VARIABLE, messagesIn, type JobStart } from "./job-messages.js";
import { isOver, RayJobs } from "./ray-jobs.js";

/** What {@link ray} takes. */
export interface RayOptions {
  /** Of the cluster's dashboard. Default "http://127.0.0.1:8265", that of `ray start --head` here. */
  readonly address?: string;
  /** CPUs that each trial asks for and computes with, above 0. Default 1. */
  readonly cpus?: number;
  /** GPUs that each trial asks for, parts of one too. Default 0. */
  readonly gpus?: number;
  /** Jobs at a time, 1 or more, where the sweep's `processes` does not say. Default 4. */
  readonly trials?: number;
  /** Path of Node's program on the cluster's machines. Default this one's. */
  readonly node?: string;
  /** Milliseconds between two looks at a job, above 0. Default 1,000. */
  readonly pollMs?: number;
}

const anAddress: Rule = {
  what: "an address that begins with http:// or https://",
  kindFits: (value) => typeof value === "string",
  holds: (value) => typeof value === "string" && /^https?:\/\/[^/]/.test(value) && URL.canParse(value),
};

/**
 * A Ray cluster as the place where a sweep's trials run: each is a job of Ray's, in a process of its own, and Ray
 * chooses the machine. A job that has ended is not run again; one that is stopped ends with what it has started.
 *
 * The machines must see this project and the sweep's folder under the same paths, as on a shared disk. Trials of a
 * sweep whose own process was killed go on until the sweep does, which stops them and runs them again.
 *
 * @throws RangeError for an unknown option or one out of range, TypeError for another kind
 * Source: Ray's Jobs REST API.
 * @example await sweeps.run({ name, trial, space, on: sweeps.ray({ address: "http://head:8265", gpus: 1 }) })
 */
export function ray(options: RayOptions = {}): Place {
  checkOptions("ray", options, {
    address: optional(anAddress),
    cpus: optional(aboveZero),
    gpus: optional(notNegative),
    trials: optional(aCount),
    node: optional(aTitle),
    pollMs: optional(aboveZero),
  });
  const { address = "http://127.0.0.1:8265", cpus = 1, gpus = 0, trials = 4 } = options;
  const { node = process.execPath, pollMs = 1_000 } = options;
  const jobs = new RayJobs(address);
  const open = (start: PlaceStart): Seat => new RaySeat(jobs, start, { cpus, gpus, node, pollMs });
  const place: OpenablePlace = { kind: "ray", seats: trials, open };
  return place;
}

const PROGRAM = fileURLToPath(new URL("ray-trial.js", import.meta.url));

/** Runs a trial after the other, each as a job. */
class RaySeat implements Seat {
  readonly isAlive = true;
  #job: string | undefined;
  #stopping: Promise<void> | undefined;

  constructor(
    readonly jobs: RayJobs,
    readonly start: PlaceStart,
    readonly options: Required<Pick<RayOptions, "cpus" | "gpus" | "node" | "pollMs">>,
  ) {}

  async ready(): Promise<boolean> {
    await this.jobs.running({}); // whether there is a cluster
    return false;
  }

  async run(order: TrialOrder, listener: TrialListener): Promise<TrialOutcome> {
    const beganMs = performance.now();
    try {
      await this.#submit(order);
      return await this.#follow(listener, beganMs);
    } catch (error) {
      return { kind: "lost", why: (error as Error).message, seconds: (performance.now() - beganMs) / 1000 };
    } finally {
      this.#job = this.#stopping = undefined;
    }
  }

  stop(): void {
    const job = this.#job;
    if (job !== undefined) this.#stopping ??= this.jobs.stop(job, this.options.pollMs).catch(() => undefined);
  }

  async end(): Promise<void> {
    this.stop();
    await this.#stopping;
  }

  async #submit(order: TrialOrder): Promise<void> {
    const { cpus, gpus, node, pollMs } = this.options;
    const metadata = { sweep: dirname(order.folder), trial: String(order.trial) };
    // of a sweep that was killed
    for (const earlier of await this.jobs.running(metadata)) await this.jobs.stop(earlier, pollMs);
    const job: JobStart = { start: this.start, order, threads: Math.max(1, Math.floor(cpus)) };
    const id = `${this.start.name}-${order.trial}-${randomUUID().slice(0, 8)}`;
    await this.jobs.submit({
      entrypoint: `exec ${quoted(node)} ${quoted(PROGRAM)}`,
      submission_id: id,
      metadata,
      runtime_env: { env_vars: { [JOB_VARIABLE]: JSON.stringify(job) } },
      entrypoint_num_cpus: cpus,
      entrypoint_num_gpus: gpus,
    });
    this.#job = id;
  }

  /** Hands on what the job says until it has ended. */
  async #follow(listener: TrialListener, beganMs: number): Promise<TrialOutcome> {
    const id = this.#job!;
    let [seen, outcome] = [0, undefined as TrialOutcome | undefined];
    for (;;) {
      const job = await this.jobs.job(id); // before its output: what it said last is then there
      for (const message of messagesIn(await this.jobs.output(id)).slice(seen)) {
        seen++;
        if (message.type === "outcome") outcome = message.outcome;
        else if (listener.report(message.step, message.metrics) !== undefined) this.stop();
      }
      if (isOver(job)) {
        const seconds = (performance.now() - beganMs) / 1000;
        const why = `the job ended as ${job.status}: ${job.message ?? "without a word"}`;
        return outcome ?? { kind: "lost", why, seconds };
      }
      await sleep(this.options.pollMs);
    }
  }
}

/** As a shell takes it. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
