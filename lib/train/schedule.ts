import {
  aboveZero,
  aCount,
  aFlag,
  aNatural,
  aNumber,
  aRate,
  aShare,
  checkArguments,
  checkValue,
  either,
  fields,
  inRange,
  listOf,
  notNegative,
  oneOf,
  optional,
} from "../checks.js";
import { filled } from "../filled.js";
import { scheduleHint, withHint } from "./called-elsewhere.js";

/** A learning-rate schedule as plain data. Steps are the optimizer's, or epochs with `by: "epoch"`. */
export interface ScheduleOptions {
  /** Which curve. Default "constant". */
  readonly name?: ScheduleName;
  /** What is counted: steps of the optimizer or epochs. Default "step". */
  readonly by?: "step" | "epoch";
  /**
   * Warm-up: the share of the run that rises linearly to the learning rate, 0 to below 1; the curve has the rest. Not
   * for onecycle, which rises by itself. Default 0.
   */
  readonly warmupFraction?: number;
  /**
   * Where the rise begins, a share of the learning rate, 0 to 1: the first step or epoch has it. With 0 the first step
   * has the rate 0, but no epoch: n epochs of warm-up have 1 / (n + 1), 2 / (n + 1), … of it. Default 0.
   */
  readonly warmupStart?: number;
  /** step: after how many steps the rate is multiplied by gamma, again and again, 1 or more. Default 30. */
  readonly stepSize?: number;
  /** multistep: after which steps, rising whole numbers. Default []. */
  readonly milestones?: readonly number[];
  /** step, multistep: the factor, above 0. Default 0.1. */
  readonly gamma?: number;
  /** cosine, linear: where it ends, 0 or more. Default 0. */
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

/** A schedule's curve, by PyTorch's names. */
export type ScheduleName = "constant" | "step" | "multistep" | "cosine" | "linear" | "onecycle";

const NAMES: readonly ScheduleName[] = ["constant", "step", "multistep", "cosine", "linear", "onecycle"];

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
 * @param schedule "cosine", or options: what is left out has its default
 * @param learningRate the rate that factors apply to; onecycle's highest
 * @param step from 0; with `by: "epoch"` the epoch, from 0
 * @param total steps of the run, 1 or more; with `by: "epoch"` its epochs
 * @throws TypeError or RangeError for a schedule that `fit` refuses, or a step out of range
 * Source: PyTorch's `lr_scheduler` (StepLR, MultiStepLR, CosineAnnealingLR, OneCycleLR, LinearLR); Loshchilov & Hutter
 * 2017; Smith & Topin 2018.
 */
export function learningRateAt(
  schedule: ScheduleOptions | ScheduleName,
  learningRate: number,
  step: number,
  total: number,
): number {
  const whole = wholeSchedule("learningRateAt", schedule);
  checkArguments("learningRateAt", { learningRate, total }, { learningRate: aNumber, total: aCount });
  checkValue("learningRateAt", "step", step, inRange({ from: 0, to: total - 1, whole: true }));
  return rateAt(whole, learningRate, step, total);
}

/** {@link learningRateAt} by a schedule that has been checked. */
export function rateAt(schedule: ScheduleConfig, learningRate: number, step: number, total: number): number {
  const warmup = Math.round(schedule.warmupFraction * total);
  if (step >= warmup) return curve(schedule, learningRate, step - warmup, total - warmup);
  // a step at rate 0 is one of many, but an epoch would pass over the whole set and train nothing
  const start = schedule.by === "epoch" && schedule.warmupStart === 0 ? 1 / (warmup + 1) : schedule.warmupStart;
  return learningRate * (start + (1 - start) * (step / warmup));
}

/**
 * The momentum of one step, with onecycle and cycleMomentum; undefined otherwise: the optimizer's own.
 *
 * @param schedule "cosine", or options: what is left out has its default
 * @param step from 0
 * @param total steps of the run, 1 or more
 * @throws TypeError or RangeError for a schedule that `fit` refuses, or a step out of range
 * Source: PyTorch's `OneCycleLR`.
 */
export function momentumAt(schedule: ScheduleOptions | ScheduleName, step: number, total: number): number | undefined {
  const whole = wholeSchedule("momentumAt", schedule);
  checkValue("momentumAt", "total", total, aCount);
  checkValue("momentumAt", "step", step, inRange({ from: 0, to: total - 1, whole: true }));
  return cycledMomentum(whole, step, total);
}

/** {@link momentumAt} by a schedule that has been checked. */
export function cycledMomentum(schedule: ScheduleConfig, step: number, total: number): number | undefined {
  if (!cyclesMomentum(schedule)) return undefined;
  const { minMomentum, maxMomentum } = schedule;
  return riseAndFall(schedule, step, total, [maxMomentum, minMomentum, maxMomentum]);
}

/** Whether momentum changes from step to step. */
export function cyclesMomentum({ name, cycleMomentum }: Pick<ScheduleConfig, "name" | "cycleMomentum">): boolean {
  return name === "onecycle" && cycleMomentum;
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
    case "linear":
      return learningRate + (schedule.minLearningRate - learningRate) * (step / total);
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

/** What options are called in PyTorch and Keras. */
const ALIASES = {
  warmup: "warmupFraction",
  warmupSteps: "warmupFraction",
  warmupEpochs: "warmupFraction",
  etaMin: "minLearningRate",
  minLr: "minLearningRate",
  pctStart: "riseFraction",
  baseMomentum: "minMomentum",
  interval: "by",
};

const aName = withHint(oneOf(NAMES), scheduleHint);

/** A schedule's name, or its options. */
export const aSchedule = either(
  aName,
  fields(
    "its options",
    {
      name: optional(aName),
      by: optional(oneOf(["step", "epoch"])),
      warmupFraction: optional(aRate),
      warmupStart: optional(aShare),
      stepSize: optional(aCount),
      milestones: optional(listOf(aNatural)),
      gamma: optional(aboveZero),
      minLearningRate: optional(notNegative),
      riseFraction: optional(inRange({ above: 0, to: 1 })),
      divFactor: optional(aboveZero),
      finalDivFactor: optional(aboveZero),
      cycleMomentum: optional(aFlag),
      minMomentum: optional(aRate),
      maxMomentum: optional(aRate),
    },
    { aliases: ALIASES },
  ),
);

/**
 * Checks a schedule as `fit` does.
 *
 * @throws TypeError or RangeError for an unknown name or option, or a value out of range
 */
export function checkSchedule(schedule: ScheduleOptions | ScheduleName): void {
  wholeSchedule("checkSchedule", schedule);
}

/**
 * The schedule with all options, as a history records it.
 *
 * @throws TypeError or RangeError for an unknown name or option, a value out of range, or options that exclude each
 *   other
 */
function wholeSchedule(fn: string, given: ScheduleOptions | ScheduleName): ScheduleConfig {
  checkValue(fn, "schedule", given, aSchedule);
  return filledSchedule(fn, given);
}

/** {@link wholeSchedule} of options checked one by one. @throws RangeError for options that exclude each other */
export function filledSchedule(fn: string, given: ScheduleOptions | ScheduleName): ScheduleConfig {
  const schedule = filled(SCHEDULE_DEFAULTS, typeof given === "string" ? { name: given } : given);
  const { name, milestones, warmupFraction } = schedule;
  if (milestones.some((value, i) => value < (milestones[i - 1] ?? 0)))
    throw new RangeError(`${fn}: schedule.milestones must rise, got [${milestones.join(", ")}]`);
  if (name === "onecycle" && warmupFraction > 0) {
    throw new RangeError(
      `${fn}: schedule.warmupFraction must be 0 with onecycle, which rises by itself, got ` +
        `schedule.warmupFraction=${warmupFraction}`,
    );
  }
  return schedule;
}
