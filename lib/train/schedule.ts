import { anObject, aNumber, checkArguments, checkValue } from "../checks.js";

/** How the learning rate goes over a run, as plain data. Steps are the optimizer's, or epochs with `by: "epoch"`. */
export interface ScheduleOptions {
  /** Which curve. Default "constant". */
  readonly name?: "constant" | "step" | "multistep" | "cosine" | "onecycle";
  /** What is counted: steps of the optimizer or epochs. Default "step". */
  readonly by?: "step" | "epoch";
  /**
   * Share of the run that rises linearly to the learning rate, 0 to below 1; the curve has the rest. Not for onecycle.
   * Default 0.
   */
  readonly warmupFraction?: number;
  /** Where the rise begins, a share of the learning rate, 0 to 1. Default 0. */
  readonly warmupStart?: number;
  /** step: after how many steps the rate is multiplied by gamma, again and again, 1 or more. Default 30. */
  readonly stepSize?: number;
  /** multistep: after which steps, rising whole numbers. Default []. */
  readonly milestones?: readonly number[];
  /** step, multistep: the factor, above 0. Default 0.1. */
  readonly gamma?: number;
  /** cosine: where it ends, 0 or more. Default 0. */
  readonly minLearningRate?: number;
  /** onecycle: share of the run that rises, above 0 to 1. Default 0.3. */
  readonly riseFraction?: number;
  /** onecycle: it begins at learningRate / divFactor, above 0. Default 25. */
  readonly divFactor?: number;
  /** onecycle: it ends at learningRate / divFactor / finalDivFactor, above 0. Default 10,000. */
  readonly finalDivFactor?: number;
  /** onecycle: whether momentum (Adam's beta1) falls while the rate rises, and rises while it falls. Default true. */
  readonly cycleMomentum?: boolean;
  /** onecycle: momentum at the highest rate, 0 to below 1. Default 0.85. */
  readonly minMomentum?: number;
  /** onecycle: momentum at both ends, 0 to below 1. Default 0.95. */
  readonly maxMomentum?: number;
}

/** All options, each set. */
export type ScheduleConfig = Required<ScheduleOptions>;

/** PyTorch's defaults, and no warm-up. */
export const SCHEDULE_DEFAULTS: ScheduleConfig = {
  name: "constant",
  by: "step",
  warmupFraction: 0,
  warmupStart: 0,
  stepSize: 30,
  milestones: [],
  gamma: 0.1,
  minLearningRate: 0,
  riseFraction: 0.3,
  divFactor: 25,
  finalDivFactor: 1e4,
  cycleMomentum: true,
  minMomentum: 0.85,
  maxMomentum: 0.95,
};

/**
 * The learning rate of one step. With warm-up, PyTorch's `SequentialLR` of a linear rise over
 * round(warmupFraction · total) steps and of the curve, which counts from the rise's end.
 *
 * @param config what is left out has its default
 * @param learningRate the rate that factors apply to; onecycle's highest
 * @param step from 0
 * @param total steps of the run, 1 or more
 * @throws RangeError for a value out of range
 * Source: PyTorch's `lr_scheduler` (StepLR, MultiStepLR, CosineAnnealingLR, OneCycleLR, LinearLR); Loshchilov & Hutter
 * 2017; Smith & Topin 2018.
 */
export function learningRateAt(config: ScheduleOptions, learningRate: number, step: number, total: number): number {
  checkArguments("learningRateAt", { config, learningRate }, { config: anObject, learningRate: aNumber });
  const schedule = { ...SCHEDULE_DEFAULTS, ...config };
  checkSchedule(schedule, "learningRateAt");
  checkStep("learningRateAt", step, total);
  const warmup = Math.round(schedule.warmupFraction * total);
  if (step < warmup) return learningRate * (schedule.warmupStart + (1 - schedule.warmupStart) * (step / warmup));
  return curve(schedule, learningRate, step - warmup, total - warmup);
}

/**
 * The momentum of one step, with onecycle and cycleMomentum; undefined otherwise: the optimizer's own.
 *
 * @param step from 0
 * @param total steps of the run, 1 or more
 * @throws RangeError for a value out of range
 * Source: PyTorch's `OneCycleLR`.
 */
export function momentumAt(config: ScheduleOptions, step: number, total: number): number | undefined {
  checkValue("momentumAt", "config", config, anObject);
  const schedule = { ...SCHEDULE_DEFAULTS, ...config };
  checkSchedule(schedule, "momentumAt");
  checkStep("momentumAt", step, total);
  if (!cyclesMomentum(schedule)) return undefined;
  const { minMomentum, maxMomentum } = schedule;
  return riseAndFall(schedule, step, total, [maxMomentum, minMomentum, maxMomentum]);
}

/** Whether momentum changes from step to step. */
export function cyclesMomentum({ name, cycleMomentum }: Pick<ScheduleConfig, "name" | "cycleMomentum">): boolean {
  return name === "onecycle" && cycleMomentum;
}

function checkStep(fn: string, step: number, total: number): void {
  if (!Number.isInteger(total) || total < 1)
    throw new RangeError(`${fn}: total must be a whole number above 0, got total=${total}`);
  if (!Number.isInteger(step) || step < 0 || step >= total) {
    throw new RangeError(`${fn}: step must be a whole number of 0 to ${total - 1}, got step=${step}`);
  }
}

function curve(schedule: ScheduleConfig, learningRate: number, step: number, total: number): number {
  switch (schedule.name) {
    case "constant":
      return learningRate;
    case "step":
      return learningRate * schedule.gamma ** Math.floor(step / schedule.stepSize);
    case "multistep":
      return learningRate * schedule.gamma ** schedule.milestones.filter((milestone) => milestone <= step).length;
    case "cosine":
      return between(learningRate, schedule.minLearningRate, step / total);
    case "onecycle":
      return oneCycle(schedule, learningRate, step, total);
  }
}

function oneCycle(schedule: ScheduleConfig, highest: number, step: number, total: number): number {
  const first = highest / schedule.divFactor;
  return riseAndFall(schedule, step, total, [first, highest, first / schedule.finalDivFactor]);
}

function riseAndFall(
  { riseFraction }: ScheduleConfig,
  step: number,
  total: number,
  [first, turn, last]: readonly [number, number, number],
): number {
  const riseEnds = riseFraction * total - 1;
  if (step <= riseEnds) return riseEnds === 0 ? turn : between(first, turn, step / riseEnds);
  return between(turn, last, (step - riseEnds) / (total - 1 - riseEnds));
}

/** Half a cosine from one value to another. */
function between(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}

const RULES: { readonly [Key in keyof ScheduleConfig]?: readonly [(value: number) => boolean, string] } = {
  warmupFraction: [(value) => value >= 0 && value < 1, "0 to below 1"],
  warmupStart: [(value) => value >= 0 && value <= 1, "0 to 1"],
  stepSize: [(value) => Number.isInteger(value) && value > 0, "a whole number above 0"],
  gamma: [(value) => value > 0 && Number.isFinite(value), "above 0"],
  minLearningRate: [(value) => value >= 0 && Number.isFinite(value), "0 or more"],
  riseFraction: [(value) => value > 0 && value <= 1, "above 0 to 1"],
  divFactor: [(value) => value > 0 && Number.isFinite(value), "above 0"],
  finalDivFactor: [(value) => value > 0 && Number.isFinite(value), "above 0"],
  minMomentum: [(value) => value >= 0 && value < 1, "0 to below 1"],
  maxMomentum: [(value) => value >= 0 && value < 1, "0 to below 1"],
};

/** @throws RangeError for a schedule with an unknown name or option, or a value out of range */
export function checkSchedule(config: ScheduleOptions, fn = "checkSchedule"): void {
  checkValue(fn, "schedule", config, anObject);
  const schedule = { ...SCHEDULE_DEFAULTS, ...config };
  const known = Object.keys(SCHEDULE_DEFAULTS);
  const unknown = Object.keys(config).find((option) => !known.includes(option));
  if (unknown !== undefined)
    throw new RangeError(`${fn}: schedule: an option must be one of ${known.join(", ")}, got ${unknown}`);
  const names = ["constant", "step", "multistep", "cosine", "onecycle"];
  if (!names.includes(schedule.name))
    throw new RangeError(`${fn}: schedule: name must be one of ${names.join(", ")}, got ${schedule.name}`);
  if (schedule.by !== "step" && schedule.by !== "epoch")
    throw new RangeError(`${fn}: schedule: by must be step or epoch, got ${schedule.by}`);
  for (const [option, [holds, rule]] of Object.entries(RULES)) {
    const value = schedule[option as keyof ScheduleConfig] as number;
    if (typeof value !== "number" || !holds(value))
      throw new RangeError(`${fn}: schedule: ${option} must be ${rule}, got ${option}=${value}`);
  }
  if (typeof schedule.cycleMomentum !== "boolean")
    throw new RangeError(
      `${fn}: schedule: cycleMomentum must be true or false, got cycleMomentum=${schedule.cycleMomentum}`,
    );
  const { milestones } = schedule;
  if (
    !Array.isArray(milestones) ||
    milestones.some((value, i) => !Number.isInteger(value) || value < (milestones[i - 1] ?? 0))
  ) {
    throw new RangeError(`${fn}: schedule: milestones must be rising whole numbers, got [${milestones}]`);
  }
  if (schedule.name === "onecycle" && schedule.warmupFraction > 0) {
    throw new RangeError(
      `${fn}: schedule: onecycle must have warmupFraction 0, it rises by itself, got ` +
        `warmupFraction=${schedule.warmupFraction}`,
    );
  }
}
