/** What the bench of sweeps runs, and what it shall not exceed. */
import { grid } from "../../sweeps/space/space.js"; // the table of what is stored needs no more

/** One run: its network of two convolutions and a dense layer, and how it trains. */
export interface SweepConfig {
  /** Of each convolution: height and width in pixels. */
  readonly kernelSize: readonly number[];
  /** Channels of each convolution. */
  readonly filters: readonly number[];
  /** Units of the dense layer. */
  readonly hidden: readonly number[];
  readonly initializer: "xavier_uniform" | "kaiming_uniform" | "orthogonal";
  readonly batchSize: number;
  readonly learningRate: number;
  readonly momentum: number;
}

/** Study 6's 48 settings: initializer, images a step, learning rate, momentum. */
export const SETTINGS: readonly SweepConfig[] = grid({
  initializer: ["xavier_uniform", "kaiming_uniform", "orthogonal"],
  batchSize: [1028, 512, 256, 64],
  learningRate: [0.01, 0.005],
  momentum: [0.9, 0.5],
}).configs.map((settings) => ({ kernelSize: [3, 3], filters: [16, 16], hidden: [100], ...settings }));

/** Study 6's 72 networks: sizes and channels of both kernels, units of the dense layer. */
export const NETWORKS: readonly SweepConfig[] = grid({
  kernel1: [3, 5],
  kernel2: [3, 5],
  channels1: [8, 16, 32],
  channels2: [8, 16, 32],
  units: [100, 50],
}).configs.map(({ kernel1, kernel2, channels1, channels2, units }) => ({
  kernelSize: [kernel1, kernel2],
  filters: [channels1, channels2],
  hidden: [units],
  initializer: "xavier_uniform",
  batchSize: 256,
  learningRate: 0.01,
  momentum: 0.9,
}));

/** How much each run trains. */
export interface SweepSize {
  readonly runs: number;
  /** Drawn images, 28 × 28 × 1. */
  readonly images: number;
  readonly epochs: number;
  /** Whole sweeps that each contender makes, in turns. */
  readonly rounds: number;
}

/** What is searched: which runs, how much each trains, and where the result is kept. */
export interface Search {
  /** The stored result's name. */
  readonly bench: "sweep" | "sweep-networks";
  readonly case: string;
  readonly configs: readonly SweepConfig[];
  readonly size: SweepSize;
}

/** By the word of `--space`. */
export const SEARCHES: Readonly<Record<"settings" | "networks", Search>> = {
  settings: {
    bench: "sweep",
    case: "study 6, 48 settings",
    configs: SETTINGS,
    size: { runs: 48, images: 12_288, epochs: 4, rounds: 3 },
  },
  networks: {
    bench: "sweep-networks",
    case: "study 6, 12 of its 72 networks",
    configs: NETWORKS,
    size: { runs: 12, images: 12_288, epochs: 4, rounds: 3 },
  },
};

/** The runs of a bench: all of a search, or fewer from all over it: each next block of it gives its next but one. */
export function configsOf(all: readonly SweepConfig[], runs: number): SweepConfig[] {
  const block = Math.floor(all.length / runs);
  return Array.from({ length: runs }, (_, i) => all[i * block + (((block - 1) * i) % block)]!);
}

/** A look, not a measurement. */
export const QUICK_SIZE: SweepSize = { runs: 4, images: 512, epochs: 1, rounds: 1 };
/** Processes, each with one thread on a core of its own. */
export const SWEEP_PROCESSES = 2;

export const SWEEP_WRITTEN = "PyTorch, DataLoader";
export const SWEEP_TENSORS = "PyTorch, tensors";
/** Ours over PyTorch's own loop, by medians of the wall time, at most. */
export const SWEEP_GOAL = 0.67;
/** What a sweep takes beside its runs, but for the idle end, over its runs' time, at most. */
export const OVERHEAD_GOAL = 0.02;

/** The variable of the environment that names the file of the images. */
export const SWEEP_DATA = "SACCADE_BENCH_SWEEP_DATA";

/** Where a contender's sweep's time went, in seconds. */
export interface SweepTimes {
  /** From the start of the sweep's program to its end. */
  readonly wall: number;
  /** All runs together. */
  readonly runs: number;
  /** Over all processes: until the first run begins, between runs, and after the sweep's last run. */
  readonly start: number;
  readonly between: number;
  readonly end: number;
  /** Over all processes: after their last run, while another still ran; it comes of the runs' lengths and order. */
  readonly tail: number;
}

/** What a sweep takes beside its runs, the idle end apart, over its runs' time, in percent. */
export function overheadPercent({ start, between, end, runs }: SweepTimes): number {
  return (100 * (start + between + end)) / runs;
}

/** One run, by the clock of all processes. */
export interface SweepRun {
  readonly process: number;
  readonly beganMs: number;
  readonly endedMs: number;
  /** Of the last epoch, on the training images. */
  readonly loss: number;
}

/** @param span the sweep's program's start and end, by the clock of the runs */
export function sweepTimes(
  runs: readonly SweepRun[],
  { beganMs, endedMs }: Pick<SweepRun, "beganMs" | "endedMs">,
): SweepTimes {
  const seconds = ({ beganMs: from, endedMs: to }: SweepRun): number => (to - from) / 1000;
  const lastMs = Math.max(...runs.map((one) => one.endedMs));
  const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
  const processes = [...new Set(runs.map((one) => one.process))].map((id) => {
    const own = runs.filter((one) => one.process === id);
    const [first, last] = [Math.min(...own.map((one) => one.beganMs)), Math.max(...own.map((one) => one.endedMs))];
    const between = (last - first) / 1000 - sum(own.map(seconds));
    return { start: (first - beganMs) / 1000, between, tail: (lastMs - last) / 1000 };
  });
  return {
    wall: (endedMs - beganMs) / 1000,
    runs: sum(runs.map(seconds)),
    start: sum(processes.map(({ start }) => start)),
    between: sum(processes.map(({ between }) => between)),
    end: (processes.length * (endedMs - lastMs)) / 1000,
    tail: sum(processes.map(({ tail }) => tail)),
  };
}
