import { ProfiledStep, type CompiledFunction, type ProfiledRun } from "../../backend/index.js";
import { aCount, aFunction, checkArguments, checkOptions, optional } from "../../checks.js";
import { readGraphNodes, type GraphNode } from "./graph-nodes.js";
import { clockOffset, meanOf, measureStep, medianOf, type MeasuredStep } from "./measured-step.js";
import { asProfile } from "./show-profile.js";
import type { StepProfile } from "./step-profile.js";

/** How {@link profile} measures. */
export interface ProfileOptions {
  /** Runs before the measured one: TensorFlow optimizes the graph in the first. 1 or more, default 3. */
  readonly warmupSteps?: number;
  /** Steps that are measured, for `mean`. 1 or more, default 1. */
  readonly steps?: number;
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
 *   RangeError for warmupSteps or steps
 */
export async function profile<Arguments extends unknown[]>(
  step: CompiledFunction<Arguments, unknown>,
  nextArguments: () => Readonly<Arguments> | Promise<Readonly<Arguments>>,
  options: ProfileOptions = {},
): Promise<StepProfile> {
  checkArguments("profile", { step, nextArguments }, { step: aFunction, nextArguments: aFunction });
  const rules = { warmupSteps: optional(aCount), steps: optional(aCount), after: optional(aFunction) };
  checkOptions("profile", options, rules);
  const { warmupSteps = 3, steps = 1, after } = options;
  const profiled = new ProfiledStep(step, await nextArguments());
  try {
    let untracedUs = Number.POSITIVE_INFINITY;
    let nodes: ReadonlyMap<string, GraphNode> = new Map();
    for (let i = 0; i < warmupSteps; i++) {
      const start = performance.now();
      // the first one is slow anyway: TensorFlow rewrites the graph in it
      const { metadata } = await profiled.run(await nextArguments(), i === 0 ? "graphs" : "nothing");
      untracedUs = Math.min(untracedUs, (performance.now() - start) * 1000);
      if (i === 0) nodes = readGraphNodes(metadata);
    }
    const offsetMs = await clockOffset();
    const measured: MeasuredStep[] = [];
    for (let i = 0; i < steps; i++)
      measured.push(await measureStep(profiled, nextArguments, { after, offsetMs, nodes }));
    return asProfile({ ...medianOf(measured), untracedUs, mean: meanOf(measured) });
  } finally {
    profiled.dispose();
  }
}
