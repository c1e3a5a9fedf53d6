/**
 * `npm run test:integration`: the kernel under papermill, nbmake, nbconvert, Notebook 7, jupyter console and
 * ipywidgets; what is tried in a browser, studies in JupyterLab too; notebooks under tslab and without learning; the
 * backend's tests under other versions of Node and tfjs-core's with every kernel compiled; weights of networks of the
 * published sizes; records of runs on a real server of MLflow.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run as runKernel } from "./kernel.js";
import { commandOf } from "./command-line.js";
import { torchStep } from "../setup/bench-environment.js";
import { INTEGRATION_VENV, integrationStep } from "../setup/integration.js";
import { ensureSetup } from "../setup/index.js";
import { nodesStep } from "../setup/nodes.js";
import { referenceStep } from "../setup/reference.js";
import { runSteps } from "../setup/setup-step.js";
import { closingLines, countTests } from "./test.js";

const USAGE = {
  command: "test:integration",
  does: "Tries the kernel with other tools, browsers and versions of Node, weights and records with other programs.",
  words: "[FILE…] [VITEST'S OPTIONS]",
  options: {},
  more: "It makes .venv-integration and .venv-bench. Options pass on to vitest: -t NAME, --reporter NAME, …",
};

export const run = commandOf(
  USAGE,
  (args) => args,
  async (args, project) => {
    await ensureSetup(project, []);
    const line = join(project.root, ".saccade/integration-report.line");
    const tools = integrationStep(project);
    const failed = await runSteps(project, [tools, nodesStep(project), torchStep(project), referenceStep(project)]);
    const prefix = join(project.root, INTEGRATION_VENV);
    if (failed.includes(tools.name) || (await runKernel(["install", "--prefix", prefix, "--replace"], project)) !== 0)
      return closingLines(
        { passed: 0, failed: 1, skipped: 0, failures: ["failed: its tools could not be set up"] },
        line,
      );
    const file = join(project.root, ".saccade/integration-report.json");
    mkdirSync(join(project.root, ".saccade"), { recursive: true });
    rmSync(file, { force: true });
    const vitest = join(project.root, "node_modules/vitest/vitest.mjs");
    const code = await new Promise<number>((resolve) => {
      const child = spawn(
        process.execPath,
        [
          vitest,
          "run",
          "--config",
          "test/vitest.integration.config.ts",
          "--reporter=default",
          "--reporter=./test/skipped.ts",
          "--reporter=json",
          `--outputFile.json=${file}`,
          ...args,
        ],
        { cwd: project.root, stdio: "inherit" },
      );
      child.on("error", () => resolve(1)).on("close", (status) => resolve(status ?? 1));
    });
    return closingLines(countTests(existsSync(file) ? readFileSync(file, "utf8") : undefined, code), line);
  },
);
