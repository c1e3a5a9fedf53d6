/** Other versions of Node, for the integration tests that run under each: npm's packages of the programs themselves. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "./project.js";
import { failureOf, StepFailure, type Step } from "./setup-step.js";

/** The newest of each line that is supported beside Node 20. */
const VERSIONS: readonly string[] = ["22.23.3", "24.21.0", "26.12.1"];
/** Where npm has a package of the program. */
const PLATFORMS: readonly string[] = ["linux-x64", "linux-arm64"];
const FOLDER = ".saccade/nodes";

/** The programs' paths, of those that are there. */
export function otherNodes(root: string): { readonly version: string; readonly program: string }[] {
  return VERSIONS.map((version) => ({
    version,
    program: join(root, FOLDER, "node_modules", alias(version), "bin/node"),
  })).filter(({ program }) => existsSync(program));
}

/** The step that fetches other versions of Node, for tests. */
export function nodesStep({ root, jobs }: Project): Step {
  const platform = `${process.platform}-${process.arch}`;
  return {
    name: `Node ${VERSIONS.join(" and ")}`,
    needs: [],
    cost: { downloadBytes: 50e6 * VERSIONS.length, diskBytes: 125e6 * VERSIONS.length, seconds: 15 },
    folder: root,
    withoutIt: "the tests under other versions of Node do not run",
    done: () => otherNodes(root).length === VERSIONS.length,
    run: async () => {
      if (!PLATFORMS.includes(platform))
        throw new StepFailure(
          `npm has no package of Node for ${platform}.`,
          "Run the tests with another Node first on the PATH instead.",
        );
      const prefix = join(root, FOLDER);
      rmSync(prefix, { recursive: true, force: true }); // one that was cut short cannot be trusted
      mkdirSync(prefix, { recursive: true });
      const packages = VERSIONS.map((version) => `${alias(version)}@npm:node-${platform}@${version}`);
      const args = [
        "install",
        "--prefix",
        prefix,
        "--ignore-scripts",
        "--no-save",
        "--no-package-lock",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        ...packages,
      ];
      const ended = await jobs.run("npm", args, { cwd: prefix });
      if (ended.code !== 0) throw failureOf("npm install", ended);
      return "installed in .saccade";
    },
  };
}

function alias(version: string): string {
  return `node${version.split(".")[0]}`;
}
