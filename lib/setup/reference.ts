/**
 * Into .venv-bench, beside PyTorch: the field's own programs of networks, which the integration tests of weights run.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "./project.js";
import { BENCH_VENV, TORCH_STEP } from "./bench-environment.js";
import { pythonEnv } from "./python.js";
import { failureOf, type Step } from "./setup-step.js";

/** What they need beside PyTorch pip finds out for the Python at hand. */
const PACKAGES = ["torchvision==0.28.0", "timm==1.0.31", "vit-pytorch==1.26.11", "safetensors==0.8.0"];
const STAMP = `${BENCH_VENV}/.saccade-reference-stamp`;

/** The step that installs the Python libraries whose models ours are compared with. */
export function referenceStep(project: Project): Step {
  const { root, jobs } = project;
  const stampFile = join(root, STAMP);
  return {
    name: "timm, torchvision and vit-pytorch",
    needs: [TORCH_STEP],
    cost: { downloadBytes: 45e6, diskBytes: 150e6, seconds: 30 },
    folder: root,
    withoutIt: "weights are not held to those of networks of the published sizes",
    done: () => hasReference(root) && readFileSync(stampFile, "utf8") === PACKAGES.join("\n"),
    run: async () => {
      const installed = await jobs.run(
        join(root, BENCH_VENV, "bin/python"),
        ["-m", "pip", "install", "--quiet", "--only-binary=:all:", ...PACKAGES],
        { env: pythonEnv() },
      );
      if (installed.code !== 0) throw failureOf("pip install", installed);
      writeFileSync(stampFile, PACKAGES.join("\n"));
      return PACKAGES.join(", ");
    },
  };
}

/** Whether they are installed. */
export function hasReference(root: string): boolean {
  return existsSync(join(root, STAMP));
}
