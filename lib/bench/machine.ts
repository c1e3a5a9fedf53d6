/** The machine that a bench ran on, and how much of it others used meanwhile. */
import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** The machine, and how busy it was while a bench ran. */
export interface MachineUse {
  readonly cpu: string;
  readonly cores: number;
  /** Where TensorFlow computes on one: "NVIDIA H100 80GB HBM3, driver 580.159.04". */
  readonly gpu?: string;
  readonly platform: string;
  /** Load average of the last minute; a bench that ran before this one counts in it. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  /**
   * Cores that others kept busy while this bench waited: before it, and the most seen between its cases or after it.
   */
  readonly othersBefore: number;
  readonly othersMost: number;
  /** "otherwise idle", or how busy others kept it. */
  readonly state: string;
}

/** Cores that others may keep busy on a machine that is still called idle. */
const IDLE_CORES = 0.5;
/** How long a look at the others takes. */
const LOOK_MS = 1_000;

/** "4 cores, Intel …, Node 20.20.0, Linux 6.1" */
export function machine(): string {
  return `${cpus().length} cores (${cpuName()}), Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}

/** Cores that are busy now, while this process and its children wait: of the next `ms`. */
export async function busyCores(ms = LOOK_MS): Promise<number> {
  const before = cpuTimes();
  await sleep(ms);
  const after = cpuTimes();
  const all = after.all - before.all;
  return all > 0 ? (cpus().length * (after.busy - before.busy)) / all : 0;
}

/** Watches how much of the machine others use over a bench's time. */
export class MachineWatch {
  readonly #loadBefore = loadavg()[0]!;
  readonly #seen: number[] = [];
  readonly #gpu: string | undefined;

  /** @param gpu what {@link gpuName} gives, where the bench computes there */
  constructor(gpu?: string) {
    this.#gpu = gpu;
  }

  /** Looks now; nothing of ours may be computing. @returns cores that others keep busy */
  async look(): Promise<number> {
    this.#seen.push(await busyCores());
    return this.#seen.at(-1)!;
  }

  use(): MachineUse {
    const othersMost = Math.max(0, ...this.#seen);
    const rounded = (value: number): number => Number(value.toFixed(1));
    return {
      cpu: cpuName(),
      cores: cpus().length,
      ...(this.#gpu !== undefined && { gpu: this.#gpu }),
      platform: `${process.platform} ${process.arch}`,
      loadBefore: rounded(this.#loadBefore),
      loadAfter: rounded(loadavg()[0]!),
      othersBefore: rounded(this.#seen[0] ?? 0),
      othersMost: rounded(othersMost),
      state: stateOf(othersMost),
    };
  }
}

/** @param cores the most that others kept busy */
export function stateOf(cores: number): string {
  return cores <= IDLE_CORES ? "otherwise idle" : `busy with other work, which took up to ${cores.toFixed(1)} cores`;
}

/** Whether so much else runs here that threads which spin while they wait would starve each other. */
export function isBusy(cores: number): boolean {
  return cores > availableParallelism() / 4;
}

/** The first NVIDIA GPU and its driver, as the driver's own program names them. */
export function gpuName(): string {
  try {
    const [line = ""] = execFileSync("nvidia-smi", ["--query-gpu=name,driver_version", "--format=csv,noheader"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).split("\n");
    return line.trim().replace(/, (?=[\d.]+$)/, ", driver ");
  } catch {
    return "a GPU that no nvidia-smi names";
  }
}

function cpuName(): string {
  return cpus()[0]?.model.trim() ?? "unknown processor";
}

function cpuTimes(): { readonly busy: number; readonly all: number } {
  const sum = (...values: number[]): number => values.reduce((total, each) => total + each, 0);
  const times = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({ busy: sum(user, nice, sys, irq), idle }));
  const busy = sum(...times.map((each) => each.busy));
  return { busy, all: busy + sum(...times.map((each) => each.idle)) };
}
