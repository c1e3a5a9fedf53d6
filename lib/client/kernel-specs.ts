/** The kernels that are compared: ours, ipykernel's and stock tslab's, each from its own files. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { KernelSpec } from "./process.js";

/** Their names. */
export const KERNELS = ["saccade", "ipykernel", "tslab"] as const;
/** One of {@link KERNELS}. */
export type KernelName = (typeof KERNELS)[number];

/** The project's root, from sources and from dist alike. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package-lock.json"))) folder = dirname(folder);
  return folder;
}

/** The virtual environment's Python: SACCADE_VENV names another environment than .venv. */
export function pythonPath(): string {
  return join(process.env["SACCADE_VENV"] ?? join(projectRoot(), ".venv"), "bin", "python");
}

/**
 * How to launch a kernel by name.
 * @throws Error where its files are not there, with the command that makes them.
 */
export function kernelSpec(name: KernelName): KernelSpec {
  const root = projectRoot();
  if (name === "ipykernel") {
    if (!existsSync(pythonPath()))
      throw new Error(`kernelSpec: ipykernel needs ${pythonPath()}, which is not there: npm run setup`);
    return { name, argv: [pythonPath(), "-m", "ipykernel_launcher", "-f", "{connection_file}"] };
  }
  if (name === "tslab")
    return {
      name,
      argv: [
        process.execPath,
        join(root, "node_modules/tslab/bin/tslab"),
        "kernel",
        "--config-path",
        "{connection_file}",
      ],
    };
  const main = join(root, "dist/kernel/main.js");
  if (!existsSync(main)) throw new Error(`kernelSpec: ${main} is not built: npm run build`);
  return {
    name,
    argv: [process.execPath, "--no-force-async-hooks-checks", "--expose-internals", main, "{connection_file}"],
  };
}
