import { availableParallelism } from "node:os";
import type { ProfiledRun, ProfiledStep } from "../../backend/index.js";
import { breakDown, CATEGORIES, type Breakdown, type MainSpan } from "./breakdown.js";
import type { GraphNode } from "./graph-nodes.js";
import { readStepStats, type ProfiledOp } from "./step-stats.js";

/** What the measured steps cost on average. Times in microseconds. */
export interface StepMean {
  /** How many were measured. */
  readonly steps: number;
  /** A step's time. */
  readonly stepUs: number;
  /** Its sample standard deviation over the steps; 0 for one step. */
  readonly stdUs: number;
  /** Where the time went; the sum is `stepUs`. */
  readonly breakdown: Breakdown;
  /** Processor time that this process took, all its threads together. */
  readonly cpuUs: number;
  /** Processor cores that it may use. */
  readonly cores: number;
}

/** One step that was measured; times in microseconds. */
export interface MeasuredStep {
  readonly startedAtMs: number;
  readonly stepUs: number;
  readonly breakdown: Breakdown;
  readonly ops: readonly ProfiledOp[];
  readonly spans: readonly MainSpan[];
  readonly cpuUs: number;
}

/** What a step is measured with. */
interface Measuring {
  readonly after: ((...results: readonly ProfiledRun["results"][number][]) => void) | undefined;
  /** Of {@link clockOffset}. */
  readonly offsetMs: number;
  readonly nodes: ReadonlyMap<string, GraphNode>;
}

/** Runs a step with TensorFlow's trace. */
export async function measureStep(
  profiled: ProfiledStep,
  nextArguments: () => readonly unknown[] | Promise<readonly unknown[]>,
  { after, offsetMs, nodes }: Measuring,
): Promise<MeasuredStep> {
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  const args = await nextArguments();
  const gotMs = performance.now();
  const run = await profiled.run(args, "trace");
  const beforeMs = performance.now();
  after?.(...run.results);
  const endMs = performance.now();
  const { user, system } = process.cpuUsage(cpuBefore);
  const us = (ms: number) => (ms - startMs) * 1000;
  const spans: MainSpan[] = [
    { kind: "batch", startUs: us(startMs), endUs: us(gotMs) },
    ...run.spans.map(({ kind, startMs: start, endMs: end }) => ({ kind, startUs: us(start), endUs: us(end) })),
    { kind: "javascript", startUs: us(beforeMs), endUs: us(endMs) },
  ];
  const startedAtMs = startMs + offsetMs;
  const ops = readStepStats(run.metadata, BigInt(Math.round(startedAtMs * 1000)) * 1000n, nodes);
  return { startedAtMs, stepUs: us(endMs), breakdown: breakDown(spans, ops), ops, spans, cpuUs: user + system };
}

/** The step whose time is the median, of an even number the shorter of the two in the middle. */
export function medianOf(steps: readonly MeasuredStep[]): Omit<MeasuredStep, "cpuUs"> {
  const byTime = [...steps].sort((a, b) => a.stepUs - b.stepUs);
  const { cpuUs: _, ...step } = byTime[Math.floor((steps.length - 1) / 2)]!;
  return step;
}

/** What steps cost on average. */
export function meanOf(steps: readonly MeasuredStep[]): StepMean {
  const mean = (value: (step: MeasuredStep) => number): number =>
    steps.reduce((sum, step) => sum + value(step), 0) / steps.length;
  const stepUs = mean((step) => step.stepUs);
  const squares = steps.reduce((sum, step) => sum + (step.stepUs - stepUs) ** 2, 0);
  const parts = CATEGORIES.map((category) => [category, mean((step) => step.breakdown[category])] as const);
  return {
    steps: steps.length,
    stepUs,
    stdUs: steps.length === 1 ? 0 : Math.sqrt(squares / (steps.length - 1)),
    breakdown: Object.fromEntries(parts) as Breakdown,
    cpuUs: mean((step) => step.cpuUs),
    cores: availableParallelism(),
  };
}

/**
 * The time since 1970 less `performance.now()`, in ms: the clock of TensorFlow's timeline against ours. `Date.now()`
 * counts whole milliseconds, so it is read as it turns; of eight times the one that was seen soonest.
 */
export async function clockOffset(): Promise<number> {
  let offset = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < 8; i++) {
    const before = Date.now();
    let now = before;
    while (now === before) now = Date.now();
    offset = Math.max(offset, now - performance.now());
  }
  return offset;
}
