/** The virtual environment: JupyterLab, nbclient and the rest of lib/setup/requirements.txt. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../files/cache-folder.js";
import { diskBytes } from "../files/disk-bytes.js";
import { formatBytes, hasVenv, makeIgnored, venvFolder, venvProgram, type Project } from "./project.js";
import { failureOf, StepFailure, type Step } from "./setup-step.js";
import { stampOf } from "./stamp.js";

/** Lists a universal resolution: markers choose per Python version and platform (3.10 to 3.13). */
export const REQUIREMENTS = "lib/setup/requirements.txt";
export const PYTHON_STEP = "Python packages";
const STAMP = ".saccade-stamp";
/** Without it, Node would take JupyterLab's scripts for modules, as this project's package.json says. */
const SCRIPTS_ARE_COMMONJS = '{ "type": "commonjs" }\n';
const CANDIDATES = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
/** Prints "3.11 True" where a virtual environment with pip can be made. */
const PROBE =
  "import sys, importlib.util as u; print('%d.%d' % sys.version_info[:2], u.find_spec('venv') is not " +
  "None and u.find_spec('ensurepip') is not None)";

/** The step that makes the virtual environment with JupyterLab and what the studies run with. */
export function pythonStep(project: Project): Step {
  const { root, packageFolder, jobs } = project;
  const venv = venvFolder(project);
  const stamp = stampOf(join(venv, STAMP), [join(packageFolder, REQUIREMENTS)], SCRIPTS_ARE_COMMONJS);
  return {
    name: PYTHON_STEP,
    needs: [],
    cost: { downloadBytes: 58e6, diskBytes: 330e6, seconds: 45 },
    folder: root,
    withoutIt: "there are no notebooks (start, studies); scripts, and tests that need no notebook, still work",
    done: () => hasVenv(project) && stamp.holds(),
    run: async (say) => {
      makeIgnored(join(root, ".saccade"));
      const python = await freshVenv(jobs, venv, say);
      const requirements = readFileSync(join(packageFolder, REQUIREMENTS), "utf8");
      const total = requirements.split("\n").filter((line) => /^[a-z]/i.test(line)).length;
      let collected = 0;
      const installed = await jobs.run(
        venvProgram(project, "python"),
        ["-m", "pip", "install", "--no-deps", "--only-binary=:all:", "-r", join(packageFolder, REQUIREMENTS)],
        {
          env: pythonEnv(),
          onOutput: (text) => {
            collected += text.match(/^(Collecting|Processing) /gm)?.length ?? 0;
            say(/Installing collected/.test(text) ? "unpacking" : `${collected} of about ${total} packages`);
          },
        },
      );
      if (installed.code !== 0) throw failureOf("pip install", installed);
      writeFileSync(join(venv, "package.json"), SCRIPTS_ARE_COMMONJS);
      stamp.write();
      return `Python ${python.version}, ${collected} packages, ${formatBytes(diskBytes(venv))}`;
    },
  };
}

/**
 * An empty virtual environment in place of whatever lies there: one that was cut short cannot be trusted.
 * @param say told which Python it is of
 * @returns the Python that made it
 * @throws StepFailure where there is no Python, or it cannot make one
 */
export async function freshVenv(
  jobs: Project["jobs"],
  folder: string,
  say: (state: string) => void,
): Promise<{ program: string; version: string }> {
  const python = await findPython(jobs);
  say(`a virtual environment of ${python.version}`);
  rmSync(folder, { recursive: true, force: true });
  const made = await jobs.run(python.program, ["-m", "venv", folder], { env: pythonEnv() });
  if (made.code !== 0) throw failureOf(`${python.program} -m venv`, made);
  return python;
}

/**
 * The first Python of 3.10 or later; `SACCADE_PYTHON` names one.
 * @throws StepFailure where there is none
 */
export async function findPython(
  jobs: Project["jobs"],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ program: string; version: string }> {
  const named = env["SACCADE_PYTHON"];
  const seen: string[] = [];
  for (const program of named === undefined ? CANDIDATES : [named]) {
    const { code, output } = await jobs.run(program, ["-c", PROBE], { env });
    const [, version, canMake] = /^(\d+\.\d+) (True|False)/.exec(output) ?? [];
    if (code !== 0 || version === undefined) continue;
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major === 3 && minor >= 10 && canMake === "True") return { program, version };
    seen.push(`${program} is ${version}${canMake === "True" ? "" : " without venv and pip"}`);
  }
  throw new StepFailure(
    "Python 3.10 or later with venv was not " +
      `found${seen.length > 0 ? ` (${seen.join(", ")})` : ` (tried ${named ?? CANDIDATES.join(", ")})`}.`,
    "Install it (Debian and Ubuntu: `sudo apt install python3 python3-venv`), or name one with " +
      "SACCADE_PYTHON, and run the same command again.",
  );
}

/** pip's own settings stay the user's; only what would write outside the project or the cache folder is turned. */
export function pythonEnv(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...env,
    PIP_CACHE_DIR: env["PIP_CACHE_DIR"] ?? join(cacheFolder(env), "pip"),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_REQUIRE_VIRTUALENV: "0",
    PIP_USER: "0",
    PYTHONNOUSERSITE: "1",
    PYTHONUNBUFFERED: "1",
  };
}
