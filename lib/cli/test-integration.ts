/** `npm run test:integration`: the kernel under papermill, nbmake, nbconvert, Notebook 7, jupyter console and ipywidgets; the backend's tests under other versions of Node; weights of networks of the published sizes. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run as runKernel } from "./kernel.js";
import type { Command } from "./project.js";
import { torchStep } from "./setup/bench.js";
import { INTEGRATION_VENV, integrationStep } from "./setup/integration.js";
import { ensureSetup } from "./setup/index.js";
import { nodesStep } from "./setup/nodes.js";
import { referenceStep } from "./setup/reference.js";
import { runSteps } from "./setup/step.js";
import { countTests } from "./test.js";

export const run: Command = async (args, project) => {
  await ensureSetup(project, []);
  const tools = integrationStep(project);
  const failed = await runSteps(project, [tools, nodesStep(project), torchStep(project), referenceStep(project)]);
  const prefix = join(project.root, INTEGRATION_VENV);
  if (failed.includes(tools.name) || (await runKernel(["install", "--prefix", prefix, "--replace"], project)) !== 0) return end(project.root, 0, 1);
  const file = join(project.root, ".saccade/integration-report.json");
  mkdirSync(join(project.root, ".saccade"), { recursive: true });
  rmSync(file, { force: true });
  const vitest = join(project.root, "node_modules/vitest/vitest.mjs");
  const code = await new Promise<number>((resolve) => {
    const child = spawn(process.execPath, [vitest, "run", "--config", "test/vitest.integration.config.ts", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...args], { cwd: project.root, stdio: "inherit" });
    child.on("error", () => resolve(1)).on("close", (status) => resolve(status ?? 1));
  });
  const { passed, failed: broken, skipped } = countTests(existsSync(file) ? readFileSync(file, "utf8") : undefined, code);
  if (skipped > 0) console.log(`${skipped} skipped`);
  return end(project.root, passed, broken);
};

/** The last line, also kept for .ci/run, which adds it to npm test's. */
function end(root: string, passed: number, failed: number): number {
  const line = `${passed} passed, ${failed} failed`;
  mkdirSync(join(root, ".saccade"), { recursive: true });
  writeFileSync(join(root, ".saccade/integration-report.line"), `${line}\n`);
  console.log(line);
  return failed > 0 || passed === 0 ? 1 : 0;
}
