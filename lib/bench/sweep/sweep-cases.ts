/** What the bench of sweeps runs, and what it shall not exceed. */
import { grid } from "../../sweeps/space/space.js"; // the table of what is stored needs no more

/** Study 6's 48 settings: initializer, images a step, learning rate, momentum. */
export const SWEEP_SPACE = grid({
  initializer: ["xavier_uniform", "kaiming_uniform", "orthogonal"],
  batchSize: [1028, 512, 256, 64],
  learningRate: [0.01, 0.005],
  momentum: [0.9, 0.5],
});

/** How much each run trains. */
export interface SweepSize {
  readonly runs: number;
  /** Drawn images, 28 × 28 × 1. */
  readonly images: number;
  readonly epochs: number;
  /** Whole sweeps that each contender makes, in turns. */
  readonly rounds: number;
}

export const SWEEP_SIZE: SweepSize = { runs: 48, images: 12_288, epochs: 4, rounds: 3 };
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
