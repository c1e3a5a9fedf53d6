/** The virtual environment and the kernels installed in it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { typed } from "../../files/own-folder.js";
import { hasVenv, venvProgram, type Places, type Project } from "../../setup/project.js";
import { setupSteps } from "../../setup/index.js";
import { kernelsFolder } from "../../setup/kernelspec.js";
import type { Finding } from "./finding.js";

const VERSIONS = `import importlib.metadata as m, platform
names = ("jupyterlab", "nbclient", "nbconvert", "plotly")
print("Python " + platform.python_version(), *(name + " " + m.version(name) for name in names), sep=", ")`;

/** Whether everything is set up. */
export async function checkPython(project: Project): Promise<Finding> {
  const undone = setupSteps(project).filter((step) => !step.done());
  const wrong = undone.map(
    (step) => `Not set up: ${step.name}. Without it, ${step.withoutIt}. \`${typed("setup")}\` does it.`,
  );
  if (!hasVenv(project)) return { topic: "Python", lines: ["no virtual environment"], wrong };
  const { code, output } = await project.jobs.run(venvProgram(project, "python"), ["-c", VERSIONS]);
  if (code === 0) return { topic: "Python", lines: [output.trim()], wrong };
  const said = output.trim().split("\n").at(-1) ?? "";
  return {
    topic: "Python",
    lines: ["does not work"],
    wrong: [
      ...wrong,
      `The virtual environment's Python says: ${said}. \`${typed("clean")}\` and \`${typed("setup")}\` make it anew.`,
    ],
  };
}

/** The kernels installed in the virtual environment. */
export function checkKernels(places: Places): Finding {
  const folder = kernelsFolder(places);
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "kernel.json")))
    : [];
  const wrong: string[] = [];
  const lines = names.map((name) => {
    const { display_name: title, argv } = JSON.parse(readFileSync(join(folder, name, "kernel.json"), "utf8")) as {
      display_name: string;
      argv: string[];
    };
    const missing = argv.find((word) => word.startsWith("/") && !existsSync(word));
    if (missing !== undefined)
      wrong.push(
        `The kernel ${name} starts ${missing}, which is not there. \`${typed("setup")}\` writes it anew; if it ` +
          `stays, delete ${join(folder, name)} first.`,
      );
    return `${name}: ${title} (${argv.slice(0, 2).join(" ")})`;
  });
  return { topic: "kernels", lines: lines.length === 0 ? ["none installed"] : lines, wrong };
}
