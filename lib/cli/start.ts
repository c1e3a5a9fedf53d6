/** `npm start`: the studies in JupyterLab. */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { venvEnv, venvProgram, type Command } from "../setup/project.js";
import { ensureSetup, notebookSteps } from "../setup/index.js";

export const run: Command = async (args, project) => {
  if (!(await ensureSetup(project, notebookSteps(project)))) return 1;
  const notebooks = join(project.root, "notebooks");
  mkdirSync(notebooks, { recursive: true });
  const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : [];
  const child = spawn(venvProgram(project.root, "jupyter-lab"), [...asRoot, ...args], {
    cwd: notebooks,
    env: venvEnv(project.root),
    stdio: "inherit",
  });
  // it ends its kernels, then we end
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  const parent = process.ppid;
  // npm was killed and told nobody
  const watch = setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 1000);
  watch.unref();
  return await new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 1)));
};
