/** Set-up's table of steps, and the one call that every command makes. */
import type { Project } from "../project.js";
import { tslabKernelStep } from "./kernelspec.js";
import { pythonStep } from "./python.js";
import { runSteps, type Step } from "./step.js";
import { tensorflowStep } from "./tensorflow.js";

/** In the order in which they run; a new kernel's spec is one more line. */
export function setupSteps(project: Project): readonly Step[] {
  return [pythonStep(project), tensorflowStep(project), tslabKernelStep(project)];
}

/** Steps without which no notebook runs. */
export const NOTEBOOK_STEPS: readonly string[] = ["Python packages", "tslab's kernel"];

/**
 * Brings this machine to where everything works, as far as it can.
 * @param needed names of the steps without which the caller cannot go on
 * @returns whether all needed steps are done
 */
export async function ensureSetup(project: Project, needed: readonly string[]): Promise<boolean> {
  const failed = await runSteps(project, setupSteps(project));
  return !needed.some((name) => failed.includes(name));
}
