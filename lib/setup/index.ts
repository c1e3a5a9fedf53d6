/** Set-up's table of steps, and the one call that every command makes. */
import type { Project } from "./project.js";
import { kernels, kernelStep, SACCADE_STEP, saccadeKernelStep } from "./kernelspec.js";
import { PYTHON_STEP, pythonStep } from "./python.js";
import { runSteps, type Step } from "./setup-step.js";
import { tensorflowStep } from "./tensorflow.js";

/** In the order in which they run. */
export function setupSteps(project: Project): readonly Step[] {
  return [
    pythonStep(project),
    tensorflowStep(project),
    saccadeKernelStep(project),
    ...kernels(project).map((kernel) => kernelStep(project, kernel)),
  ];
}

/** Names of the steps without which no notebook runs. */
export function notebookSteps(project: Project): readonly string[] {
  return [PYTHON_STEP, SACCADE_STEP, ...kernels(project).map(({ title }) => title)];
}

/**
 * Brings this machine to where everything works, as far as it can.
 * @param needed names of the steps without which the caller cannot go on
 * @returns whether all needed steps are done
 */
export async function ensureSetup(project: Project, needed: readonly string[]): Promise<boolean> {
  const failed = await runSteps(project, setupSteps(project));
  return !needed.some((name) => failed.includes(name));
}
