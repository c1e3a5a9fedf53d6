/** `npm start`: the studies in JupyterLab. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandOf } from "./command-line.js";
import { makeIgnored, venvEnv, venvProgram, type Places } from "../setup/project.js";
import { ensureSetup, notebookSteps } from "../setup/index.js";

const USAGE = {
  command: "start",
  does: "Opens the studies in JupyterLab.",
  words: "[JUPYTERLAB'S OPTIONS]",
  options: {},
  more: "Options pass on to JupyterLab: --no-browser, --port N, --ip ADDRESS, …",
};

export const run = commandOf(
  USAGE,
  (args) => args,
  async (args, project) => {
    if (!(await ensureSetup(project, notebookSteps(project)))) return 1;
    const notebooks = join(project.root, "notebooks");
    mkdirSync(notebooks, { recursive: true });
    const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : [];
    const child = spawn(venvProgram(project, "jupyter-lab"), [...asRoot, ...firstPage(project, args), ...args], {
      cwd: notebooks,
      env: venvEnv(project),
      stdio: "inherit",
    });
    // it ends its kernels, then we end
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
    const parent = process.ppid;
    // npm was killed and told nobody
    const watch = setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 1000);
    watch.unref();
    return await new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 1)));
  },
);

const FIRST = "start-here.ipynb";

/** JupyterLab's option to open the first page, where there is one: the first time, unless another is asked for. */
export function firstPage({ root }: Places, args: readonly string[]): string[] {
  const seen = join(root, ".saccade/started");
  const another = args.some((arg) => arg.includes("default_url") || arg.endsWith(".ipynb"));
  if (another || existsSync(seen) || !existsSync(join(root, "notebooks", FIRST))) return [];
  makeIgnored(join(root, ".saccade"));
  writeFileSync(seen, "");
  return [`--LabApp.default_url=/lab/tree/${FIRST}`];
}
