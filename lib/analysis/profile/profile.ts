import { ProfiledStep, type CompiledFunction, type ProfiledRun } from "../../backend/index.js";
import { aCount, aFunction, checkArguments, checkOptions, optional } from "../../checks.js";
import { breakDown, type Breakdown, type MainSpan } from "./breakdown.js";
import { readStepStats, type ProfiledOp } from "./step-stats.js";

/** What a step cost, op by op. Times in microseconds. */
export interface StepProfile {
  /** When the step began: milliseconds since 1970. */
  readonly startedAtMs: number;
  /** From asking for the batch to the results' values in JavaScript. */
  readonly stepUs: number;
  /** Where the time went; the sum is `stepUs`. */
  readonly breakdown: Breakdown;
  /** What TensorFlow ran, by start. */
  readonly ops: readonly ProfiledOp[];
  /** What the main thread did, in order. */
  readonly spans: readonly MainSpan[];
  /** The shortest of the warm-up steps, which TensorFlow did not trace, batch included: for what tracing costs. */
  readonly untracedUs: number;
}

/** How {@link profile} measures. */
export interface ProfileOptions {
  /** Runs before the measured one: TensorFlow optimizes the graph in the first. 1 or more, default 3. */
  readonly warmupSteps?: number;
  /** What the training loop does with the values of the step's results, in order; counted as CPU Exec. */
  readonly after?: (...results: readonly ProfiledRun["results"][number][]) => void;
}

/**
 * The timeline of one compiled step, from TensorFlow itself: the step's graph runs in a session that traces every op
 * and rewrites no more of it than a call of the step does. It runs on copies of the variables, so that a profile
 * changes nothing.
 *
 * @param step made by `compile`, without xla
 * @param nextArguments gives the step's arguments, once for each run, as a data loader would; tensors in them are
 *   disposed of by their owner
 * @throws TypeError where step is no compiled function, is compiled with XLA, or TensorFlow's library is not here;
 *   RangeError for warmupSteps
 */
export async function profile<Arguments extends unknown[]>(
  step: CompiledFunction<Arguments, unknown>,
  nextArguments: () => Readonly<Arguments> | Promise<Readonly<Arguments>>,
  options: ProfileOptions = {},
): Promise<StepProfile> {
  checkArguments("profile", { step, nextArguments }, { step: aFunction, nextArguments: aFunction });
  checkOptions("profile", options, { warmupSteps: optional(aCount), after: optional(aFunction) });
  const { warmupSteps = 3, after } = options;
  const profiled = new ProfiledStep(step, await nextArguments());
  try {
    let untracedUs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < warmupSteps; i++) {
      const start = performance.now();
      await profiled.run(await nextArguments(), false);
      untracedUs = Math.min(untracedUs, (performance.now() - start) * 1000);
    }
    const offsetMs = await clockOffset();
    const startMs = performance.now();
    const args = await nextArguments();
    const gotMs = performance.now();
    const run = await profiled.run(args, true);
    const beforeMs = performance.now();
    after?.(...run.results);
    const endMs = performance.now();
    const us = (ms: number) => (ms - startMs) * 1000;
    const spans: MainSpan[] = [
      { kind: "batch", startUs: us(startMs), endUs: us(gotMs) },
      ...run.spans.map(({ kind, startMs: start, endMs: end }) => ({ kind, startUs: us(start), endUs: us(end) })),
      { kind: "javascript", startUs: us(beforeMs), endUs: us(endMs) },
    ];
    const startedAtMs = startMs + offsetMs;
    const ops = readStepStats(run.metadata, BigInt(Math.round(startedAtMs * 1000)) * 1000n);
    return { startedAtMs, stepUs: us(endMs), breakdown: breakDown(spans, ops), ops, spans, untracedUs };
  } finally {
    profiled.dispose();
  }
}

/**
 * The time since 1970 less `performance.now()`, in ms: the clock of TensorFlow's timeline against ours. `Date.now()`
 * counts whole milliseconds, so it is read as it turns; of eight times the one that was seen soonest.
 */
async function clockOffset(): Promise<number> {
  let offset = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < 8; i++) {
    const before = Date.now();
    let now = before;
    while (now === before) now = Date.now();
    offset = Math.max(offset, now - performance.now());
  }
  return offset;
}
