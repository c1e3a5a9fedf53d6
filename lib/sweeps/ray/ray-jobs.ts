/** Ray's Jobs REST API, as far as a sweep needs it. */
import { once } from "node:events";
import { request as http, type IncomingMessage } from "node:http";
import { request as https } from "node:https";
import { text as readText } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** A job as Ray tells of it. */
interface JobDetails {
  readonly submission_id: string | null;
  readonly status: "PENDING" | "RUNNING" | "STOPPED" | "SUCCEEDED" | "FAILED";
  readonly message: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** What a job is submitted with. */
export interface JobRequest {
  readonly entrypoint: string;
  readonly submission_id: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly runtime_env: { readonly env_vars: Readonly<Record<string, string>> };
  readonly entrypoint_num_cpus: number;
  readonly entrypoint_num_gpus: number;
}

/** How often a request is made before its failure is one. */
const TRIES = 5;

/** The jobs of a cluster. */
export class RayJobs {
  readonly #address: string;

  /** @param address of its dashboard: "http://127.0.0.1:8265" */
  constructor(address: string) {
    this.#address = address.replace(/\/+$/, "");
  }

  async submit(request: JobRequest): Promise<void> {
    await this.#ask("POST", "", request);
  }

  async job(id: string): Promise<JobDetails> {
    return (await this.#ask("GET", id)) as JobDetails;
  }

  /** All that it has printed. */
  async output(id: string): Promise<string> {
    return ((await this.#ask("GET", `${id}/logs`)) as { readonly logs: string }).logs;
  }

  /** Tells a job to stop, and waits until it has. */
  async stop(id: string, pollMs: number): Promise<void> {
    await this.#ask("POST", `${id}/stop`);
    while (!isOver(await this.job(id))) await sleep(pollMs);
  }

  /** Ids of the jobs with this metadata that have not ended. */
  async running(metadata: Readonly<Record<string, string>>): Promise<string[]> {
    const jobs = (await this.#ask("GET", "")) as JobDetails[];
    const isMeant = (job: JobDetails): boolean =>
      Object.entries(metadata).every(([name, value]) => job.metadata?.[name] === value);
    return jobs.filter((job) => !isOver(job) && isMeant(job)).flatMap(({ submission_id: id }) => id ?? []);
  }

  async #ask(method: "GET" | "POST", path: string, body?: object): Promise<unknown> {
    const url = `${this.#address}/api/jobs/${path}`;
    for (let tries = 1; ; tries++) {
      try {
        const { status, text } = await request(method, url, body && JSON.stringify(body));
        if (status === 200) return JSON.parse(text) as unknown;
        throw new RangeError(`ray: ${method} ${url} must succeed, got ${status}: ${text.trim().split("\n").at(-1)}`);
      } catch (error) {
        if (error instanceof RangeError) throw error;
        if (tries < TRIES) await sleep(200 * 2 ** tries);
        else
          throw new Error(`ray: ${this.#address} must be a Ray cluster's dashboard, got no answer`, { cause: error });
      }
    }
  }
}

/** By node:http: Ray answers fetch's headers with 405, as a browser's. */
async function request(method: string, url: string, body = ""): Promise<{ status: number; text: string }> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const asked = (url.startsWith("https:") ? https : http)(url, { method, headers });
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return { status: answer.statusCode!, text: await readText(answer) };
}

/** Whether a job has ended. */
export function isOver({ status }: Pick<JobDetails, "status">): boolean {
  return status === "STOPPED" || status === "SUCCEEDED" || status === "FAILED";
}
