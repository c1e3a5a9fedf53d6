/** Where Jupyter looks for kernels, and Python for packages. */
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";

/** A place that kernels can be installed in. */
export interface Place {
  /** "user", or the prefix's path. */
  readonly title: string;
  /** One folder per kernel. */
  readonly kernels: string;
  /** Where papermill would find the translator; undefined where no Python is known. */
  readonly sitePackages: string | undefined;
}

/** Jupyter's data folder of this user: JUPYTER_DATA_DIR, or the platform's. */
export function userDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["JUPYTER_DATA_DIR"]) return resolve(env["JUPYTER_DATA_DIR"]);
  const home = env["HOME"] ?? homedir();
  return process.platform === "darwin"
    ? join(home, "Library/Jupyter")
    : join(env["XDG_DATA_HOME"] || join(home, ".local/share"), "jupyter");
}

/** @param sitePackages the user's folder of Python packages, where there is one */
export function userPlace(sitePackages: string | undefined): Place {
  return { title: "user", kernels: join(userDataFolder(), "kernels"), sitePackages };
}

/** A virtual or conda environment, or /usr/local. */
export function prefixPlace(prefix: string): Place {
  const folder = resolve(prefix);
  return { title: folder, kernels: join(folder, "share/jupyter/kernels"), sitePackages: sitePackagesOf(folder) };
}

function sitePackagesOf(prefix: string): string | undefined {
  const lib = join(prefix, "lib");
  const python = existsSync(lib)
    ? readdirSync(lib).find((name) => /^python3\.\d+$/.test(name) && existsSync(join(lib, name, "site-packages")))
    : undefined;
  return python === undefined ? undefined : join(lib, python, "site-packages");
}

/**
 * All folders of kernels that a Jupyter of this user, of the project's virtual environment or of the active one sees.
 * @param venv the project's
 */
export function kernelFolders(venv: string, env: NodeJS.ProcessEnv = process.env): string[] {
  const named = (env["JUPYTER_PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const data = [
    ...named,
    userDataFolder(env),
    ...[env["VIRTUAL_ENV"], env["CONDA_PREFIX"], venv, "/usr/local", "/usr"].flatMap((prefix) =>
      prefix ? [join(prefix, "share/jupyter")] : [],
    ),
  ];
  return [...new Set(data.map((folder) => join(folder, "kernels")))];
}
