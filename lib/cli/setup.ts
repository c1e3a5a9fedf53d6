/** `npm run setup`: everything that the other commands would set up by themselves. */
import { typed } from "../files/own-folder.js";
import { setupSteps } from "../setup/index.js";
import { runSteps } from "../setup/setup-step.js";
import { commandOf, readCommandLine } from "./command-line.js";

const USAGE = { command: "setup", does: "Installs and builds everything that the other commands need.", options: {} };

export const run = commandOf(
  USAGE,
  (args) => readCommandLine(USAGE, args),
  async (_line, project) => {
    const failed = await runSteps(project, setupSteps(project));
    if (failed.length > 0) {
      console.error(`Set-up is incomplete: ${failed.join(", ")}.`);
      return 1;
    }
    console.log(
      `Saccade is set up: ${typed("start")} opens JupyterLab, ${typed("studies")} runs the studies, ` +
        `${typed("new")} begins one, ${typed("doctor")} says what is here.`,
    );
    return 0;
  },
);
