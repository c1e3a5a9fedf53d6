/**
 * Many runs of one training by their settings: grids, random samples and lists, in processes that go on after any
 * interrupt, with early stopping.
 * @module
 */
export { grid, type Config, type ConfigOfGrid, type Space } from "./space/space.js";
export {
  choice,
  integer,
  logUniform,
  sample,
  uniform,
  type Between,
  type Choice,
  type Distribution,
  type ConfigOfSample,
  type SampleOptions,
} from "./space/sample.js";
export { asha, type AshaOptions } from "./rules/asha.js";
export type { StopRule, StopRuleState } from "./rules/stop-rule.js";
export { read, type ReadSweepOptions } from "./read-sweep.js";
export { run } from "./run-sweep.js";
export type { SweepOptions } from "./sweep-options.js";
export type { SweepResult, TrialAxis, TrialGrid, TrialSeries } from "./result/sweep-result.js";
export type { TrialResult } from "./result/trial-result.js";
export type { Setup, Trial, TrialContext } from "./trial/trial-context.js";
export type { TrialLibrary } from "./trial/trial-library.js";
export { ray, type RayOptions } from "./ray/ray.js";
export type { Place } from "./place.js";
