import { DISPLAY, grouped, percentText, shownAs } from "../../shown.js";
import { table } from "../../table.js";
import { CATEGORIES } from "./breakdown.js";
import type { StepProfile } from "./step-profile.js";
import { utilization } from "./utilization.js";

/** The same profile; a notebook shows where its steps' time went on average, as PyTorch's profiler sums it up. */
export function asProfile(profile: StepProfile): StepProfile {
  return shownAs(profile, (shown) => {
    const { stepUs, breakdown } = shown.mean;
    const row = (what: string, us: number) => [what, grouped(Math.round(us)), percentText(us / stepUs)];
    const rows = [row("average step", stepUs), ...CATEGORIES.map((name) => row(name, breakdown[name]))];
    return table(["category", "time (µs)", "share"], rows, titleOf(shown))[DISPLAY]();
  });
}

/** "10 steps of 97.1 ms, standard deviation 1.2; share of the step with an op at work: CPU:0 81.0 %; …" */
function titleOf(profile: StepProfile): string {
  const { steps, stepUs, stdUs, cores } = profile.mean;
  const { devices, processor } = utilization(profile);
  const busy = Object.entries(devices).map(([device, share]) => `${device} ${percentText(share)}`);
  const ms = (us: number): string => String(Number((us / 1000).toPrecision(3)));
  return [
    steps === 1 ? `a step of ${ms(stepUs)} ms` : `${steps} steps of ${ms(stepUs)} ms, standard deviation ${ms(stdUs)}`,
    ...(busy.length > 0 ? [`share of the step with an op at work: ${busy.join(", ")}`] : []),
    `processor time ${percentText(processor)} of ${cores} ${cores === 1 ? "core" : "cores"}`,
  ].join("; ");
}
