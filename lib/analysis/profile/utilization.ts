import { aboveZero, aList, checkFields, notNegative, withFields, type Rules } from "../../checks.js";
import { unionLength } from "./breakdown.js";
import type { StepProfile } from "./step-profile.js";

/** How much of a step the machine was at work. */
export interface Utilization {
  /** Of each of TensorFlow's devices the share of the step in which it ran an op, one or more at once, 0 to 1. */
  readonly devices: Readonly<Record<string, number>>;
  /** Processor time of this process over the time of all cores: 1 where each core computed all the time. */
  readonly processor: number;
}

const RULES: Rules = {
  ops: aList,
  stepUs: aboveZero,
  mean: withFields("{ stepUs, cpuUs, cores }", { stepUs: aboveZero, cpuUs: notNegative, cores: aboveZero }, "cpuUs"),
};

/** How busy devices were in a profiled step, and the processor on average in the measured steps. */
export function utilization(profile: Pick<StepProfile, "ops" | "stepUs" | "mean">): Utilization {
  checkFields("utilization", "profile", profile, RULES);
  const { ops, stepUs, mean } = profile;
  const devices = [...new Set(ops.map(({ device }) => device))].map((device) => {
    const own = ops.filter((op) => op.device === device);
    const busy = unionLength(own.map((op) => [op.startUs, op.startUs + op.durationUs]));
    return [device.replace(/^.*device:/, ""), Math.min(1, busy / stepUs)] as const;
  });
  return {
    devices: Object.fromEntries(devices),
    processor: Math.min(1, mean.cpuUs / (mean.stepUs * mean.cores)),
  };
}
