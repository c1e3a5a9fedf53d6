/** The contenders of the bench of workers: each some processes that do the same at once. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { localWorkers } from "../../client/local-workers.js";
import { freePorts } from "../../client/process.js";
import { configOf, networkCase } from "../training/training-cases.js";
import { WorkerProcess } from "../training/worker-process.js";
import type { Timed, WorkerRequest } from "./worker-program.js";
import { ALONE, APART, DDP, DDP_AT_BEST, OURS, WORKERS } from "./workers-cases.js";

/** Longest that a request may take. */
const LIMIT_MS = 180_000;

/** Where the peers' programs and Python are. */
export interface TeamPlaces {
  readonly root: string;
  readonly python: string;
}

interface TeamOptions {
  /** Of ours, what of the global batch each process takes. */
  readonly share?: number;
  /** A peer's, which is told so; and its choices. */
  readonly threads?: number;
  readonly sdpa?: boolean;
  readonly fused?: boolean;
}

/** Processes that are asked the same at once. */
export class Team {
  readonly #workers: readonly WorkerProcess[];
  readonly #options: TeamOptions;

  constructor(workers: readonly WorkerProcess[], options: TeamOptions = {}) {
    this.#workers = workers;
    this.#options = options;
  }

  /** @returns what each process answers, by rank */
  ask<Answer>(request: (rank: number) => object): Promise<Answer[]> {
    return Promise.all(this.#workers.map((worker, rank) => worker.ask<Answer>(request(rank), LIMIT_MS)));
  }

  /** Opens a network's step of this global batch. @returns the version of what computes */
  async openStep(name: string): Promise<string> {
    const network = networkCase(name);
    const { share = 1, ...peer } = this.#options;
    const { batch } = network;
    return await this.#open(
      peer.threads === undefined
        ? { network: name, images: Math.round(batch * share), batch }
        : { network: network.network, config: configOf(network), batch, ...peer },
    );
  }

  /** Opens tensors of these shapes. @param together whether they are averaged, or only flattened and split */
  async openShapes(shapes: readonly (readonly number[])[], together = true): Promise<string> {
    const { threads } = this.#options;
    return await this.#open(threads === undefined ? { shapes, together } : { shapes, threads });
  }

  async #open(open: object): Promise<string> {
    const [first] = await this.ask<{ readonly version: string }>(() => ({ open }));
    return first!.version;
  }

  /** Runs what was opened last. @returns the slowest process' time of each, and all of what they timed */
  async run(count: number): Promise<{ readonly ms: number[]; readonly all: readonly Timed[] }> {
    const all = await this.ask<Timed>(() => ({ run: count }) satisfies WorkerRequest);
    return { ms: all[0]!.ms.map((_, i) => Math.max(...all.map(({ ms }) => ms[i]!))), all };
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}

/** Starts a contender. */
export async function startTeam(name: string, places: TeamPlaces): Promise<Team> {
  switch (name) {
    case OURS:
      return await ours();
    case ALONE:
      return new Team([ourProcess(WORKERS)]);
    case APART:
      return new Team(
        Array.from({ length: WORKERS }, () => ourProcess(1)),
        { share: 1 / WORKERS },
      );
    case DDP:
      return await peers(places, { threads: 1 });
    case DDP_AT_BEST:
      return await peers(places, { threads: 1, sdpa: true, fused: true });
    default:
      throw new RangeError(`startTeam: name must be a contender's, got ${name}`);
  }
}

async function ours(): Promise<Team> {
  const workers = (await localWorkers(WORKERS)).map(({ config }) => ourProcess(1, { TF_CONFIG: config }));
  return new Team(workers, { share: 1 / WORKERS });
}

function ourProcess(threads: number, more: Readonly<Record<string, string>> = {}): WorkerProcess {
  const own = { TF_NUM_INTRAOP_THREADS: `${threads}`, TF_NUM_INTEROP_THREADS: `${threads}` };
  const program = fileURLToPath(new URL("worker-program.js", import.meta.url));
  return new WorkerProcess(process.execPath, [program], { ...process.env, TF_CONFIG: "", ...own, ...more });
}

async function peers({ root, python }: TeamPlaces, options: TeamOptions): Promise<Team> {
  const [port] = await freePorts(1);
  const program = join(root, "lib/bench/workers/ddp_peer.py");
  const workers = Array.from({ length: WORKERS }, (_, rank) => {
    const env = {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: "1", // its program lies among the sources
      GLOO_SOCKET_IFNAME: process.platform === "darwin" ? "lo0" : "lo",
      MASTER_ADDR: "127.0.0.1",
      MASTER_PORT: `${port}`,
      RANK: `${rank}`,
      WORLD_SIZE: `${WORKERS}`,
    };
    return new WorkerProcess(python, [program], env);
  });
  return new Team(workers, options);
}
