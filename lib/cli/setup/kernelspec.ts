/** tslab's kernelspec inside .venv, with absolute paths: it works whatever is on the PATH. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../project.js";
import type { Step } from "./step.js";

/** Where .venv's Jupyter looks for kernels; one folder per kernel name. */
export function kernelsFolder(root: string): string {
  return join(root, ".venv/share/jupyter/kernels");
}

export function tslabKernelStep({ root }: Project): Step {
  const folder = join(kernelsFolder(root), "tslab");
  const spec = JSON.stringify(
    {
      argv: [process.execPath, join(root, "node_modules/tslab/bin/tslab"), "kernel", "--config-path={connection_file}"],
      display_name: "TypeScript (tslab)",
      language: "typescript",
    },
    null,
    2,
  );
  return {
    name: "tslab's kernel",
    needs: ["Python packages"],
    cost: { downloadBytes: 0, diskBytes: 4096, seconds: 1 },
    folder: root,
    withoutIt: "notebooks have no TypeScript kernel",
    done: () => existsSync(join(folder, "kernel.json")) && readFileSync(join(folder, "kernel.json"), "utf8") === spec,
    run: async () => {
      const partial = `${folder}.partial`;
      rmSync(partial, { recursive: true, force: true });
      mkdirSync(partial, { recursive: true });
      writeFileSync(join(partial, "kernel.json"), spec);
      rmSync(folder, { recursive: true, force: true });
      renameSync(partial, folder);
      return "installed in .venv";
    },
  };
}
