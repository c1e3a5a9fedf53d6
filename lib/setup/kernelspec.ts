/** Kernelspecs inside the virtual environment, with absolute paths: they work whatever is on the PATH. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { replaceFolder } from "../files/replace-folder.js";
import { hasTranslator, installTranslator } from "./kernel/papermill.js";
import { prefixPlace } from "./kernel/places.js";
import { DEFAULT_NAME, isInstalled, writeKernel } from "./kernel/spec.js";
import { folderOfPackage } from "./package-folder.js";
import { venvFolder, type Places, type Project } from "./project.js";
import { PYTHON_STEP } from "./python.js";
import type { Step } from "./setup-step.js";

/** A kernel to install: its folder's name, what set-up calls it, and its kernel.json. */
export interface Kernel {
  readonly name: string;
  readonly title: string;
  readonly spec: {
    readonly argv: readonly string[];
    readonly display_name: string;
    readonly language: string;
    readonly [field: string]: unknown;
  };
}

/**
 * The kernels that set-up installs beside our own; another one is another entry. tslab's where its package is: a
 * project of one's own has it only by `npm install tslab`, whose own TypeScript then is what `npx tsc` runs.
 */
export function kernels({ packageFolder }: Places): readonly Kernel[] {
  const tslab = folderOfPackage("tslab", packageFolder);
  if (tslab === undefined) return [];
  return [
    {
      name: "tslab",
      title: "tslab's kernel",
      spec: {
        argv: [process.execPath, join(tslab, "bin/tslab"), "kernel", "--config-path={connection_file}"],
        display_name: "TypeScript (tslab)",
        language: "typescript",
      },
    },
  ];
}

/** Where its Jupyter looks for kernels; one folder per kernel name. */
export function kernelsFolder(places: Places): string {
  return join(venvFolder(places), "share/jupyter/kernels");
}

export const SACCADE_STEP = "Saccade's kernel";

/** Saccade's own kernel with its logos, and papermill's translator for it. */
export function saccadeKernelStep(project: Project): Step {
  const { root, packageFolder } = project;
  const venv = venvFolder(project);
  const folder = join(kernelsFolder(project), DEFAULT_NAME);
  const sitePackages = (): string | undefined => prefixPlace(venv).sitePackages;
  return {
    name: SACCADE_STEP,
    needs: [PYTHON_STEP],
    cost: { downloadBytes: 0, diskBytes: 40_000, seconds: 1 },
    folder: root,
    withoutIt: `notebooks do not run under the kernel ${DEFAULT_NAME}`,
    done: () => isInstalled(folder, packageFolder) && hasTranslator(sitePackages() ?? folder, packageFolder),
    run: async () => {
      writeKernel(folder, packageFolder);
      installTranslator(sitePackages() ?? folder, packageFolder);
      return `installed in ${relative(root, venv)}`;
    },
  };
}

/** The step that installs one of {@link kernels}. */
export function kernelStep(project: Project, { name, title, spec }: Kernel): Step {
  const { root } = project;
  const folder = join(kernelsFolder(project), name);
  const text = JSON.stringify(spec, null, 2);
  return {
    name: title,
    needs: [PYTHON_STEP],
    cost: { downloadBytes: 0, diskBytes: 4096, seconds: 1 },
    folder: root,
    withoutIt: `notebooks do not run under the kernel ${name}`,
    done: () => existsSync(join(folder, "kernel.json")) && readFileSync(join(folder, "kernel.json"), "utf8") === text,
    run: async () => {
      replaceFolder(folder, (partial) => writeFileSync(join(partial, "kernel.json"), text));
      return `installed in ${relative(root, venvFolder(project))}`;
    },
  };
}
