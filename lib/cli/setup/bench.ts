/** The virtual environment .venv-bench: PyTorch for the CPU, the peer of `npm run bench -- training` and `inference`. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../project.js";
import { freshVenv, pythonEnv } from "./python.js";
import { failureOf, type Step } from "./step.js";

/** What PyTorch imports; resolved for Python 3.10 to 3.13. */
const REQUIREMENTS = "lib/cli/setup/bench-requirements.txt";
/** PyPI's own wheel for Linux brings CUDA; this one does not. */
const TORCH = "torch==2.13.0+cpu";
const TORCH_INDEX = "https://download.pytorch.org/whl/cpu";
export const BENCH_VENV = ".venv-bench";

export function benchStep({ root, jobs }: Project): Step {
  const folder = join(root, BENCH_VENV);
  const stampFile = join(folder, ".saccade-stamp");
  const stamp = (): string => createHash("sha256").update(readFileSync(join(root, REQUIREMENTS))).update(TORCH).digest("hex");
  return {
    name: "PyTorch for the bench",
    needs: [],
    cost: { downloadBytes: 205e6, diskBytes: 800e6, seconds: 60 },
    folder: root,
    withoutIt: "npm run bench -- training and inference print our own figures alone",
    done: () => existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp(),
    run: async (say) => {
      const python = await freshVenv(jobs, folder, say);
      const install = (...args: string[]) =>
        jobs.run(join(folder, "bin/python"), ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", ...args], { env: pythonEnv() });
      say("packages");
      const others = await install("-r", join(root, REQUIREMENTS));
      if (others.code !== 0) throw failureOf("pip install", others);
      say(TORCH);
      let torch = await install(TORCH); // where pip's own settings have it
      if (torch.code !== 0) torch = await install("--index-url", TORCH_INDEX, TORCH);
      if (torch.code !== 0) throw failureOf(`pip install ${TORCH}`, torch);
      writeFileSync(stampFile, stamp());
      return `${TORCH}, Python ${python.version}`;
    },
  };
}
