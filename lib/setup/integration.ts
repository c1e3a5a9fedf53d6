/** The virtual environment .venv-integration: .venv's packages and the tools that only integration tests need. */
import { join } from "node:path";
import type { Project } from "./project.js";
import { freshVenv, pythonEnv, REQUIREMENTS } from "./python.js";
import { failureOf, type Step } from "./setup-step.js";
import { stampOf } from "./stamp.js";

/** Beside requirements.txt, whose pins hold here too; resolved for Python 3.10 to 3.13. */
const MORE = "lib/setup/integration-requirements.txt";
export const INTEGRATION_VENV = ".venv-integration";

/** The step that installs what the integration tests run beside us. */
export function integrationStep({ root, jobs }: Project): Step {
  const folder = join(root, INTEGRATION_VENV);
  const files = [REQUIREMENTS, MORE].map((name) => join(root, name));
  const stamp = stampOf(join(folder, ".saccade-stamp"), files);
  return {
    name: "Tools of the integration tests",
    needs: [],
    cost: { downloadBytes: 330e6, diskBytes: 1_310e6, seconds: 110 },
    folder: root,
    withoutIt: "npm run test:integration has nothing to test with",
    done: () => stamp.holds(),
    run: async (say) => {
      const python = await freshVenv(jobs, folder, say);
      say("packages");
      const installed = await jobs.run(
        join(folder, "bin/python"),
        [
          "-m",
          "pip",
          "install",
          "--quiet",
          "--no-deps",
          "--only-binary=:all:",
          ...files.flatMap((file) => ["-r", file]),
        ],
        { env: pythonEnv() },
      );
      if (installed.code !== 0) throw failureOf("pip install", installed);
      stamp.write();
      return `Python ${python.version}`;
    },
  };
}
