/**
 * Projects for set-up's tests: the functions that bootstrap.mjs hands over, on this checkout or on a temporary folder.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openJobs } from "../../lib/cli/bootstrap/jobs.mjs";
import { withLock } from "../../lib/cli/bootstrap/lock.mjs";
import { startProgress } from "../../lib/cli/bootstrap/progress.mjs";
import { notebookSteps, setupSteps } from "../../lib/setup/index.js";
import type { Project } from "../../lib/setup/project.js";

/** This checkout. */
export const ROOT = dirname(dirname(import.meta.dirname));

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "saccade-test-"));
}

/**
 * A copy of this checkout with sources and a build of its own, and this one's packages and Python. @returns its root
 */
export function copyOfCheckout(): string {
  const copy = temporaryFolder();
  for (const name of ["lib", "kernel", "dist", "package.json", "package-lock.json", "tsconfig.json", ".npmrc"]) {
    if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  for (const name of ["node_modules", ".venv", "notebooks", "README.md"]) {
    if (existsSync(join(ROOT, name))) symlinkSync(join(ROOT, name), join(copy, name));
  }
  return copy;
}

/** A project whose lock lies in a folder of its own. */
export function projectAt(root: string, lockFolder: string = temporaryFolder()): Project {
  const lockFile = join(lockFolder, "lock");
  return { root, packageFolder: root, lockFile, withLock, startProgress, jobs: openJobs(lockFile) };
}

/** Whether set-up could make .venv and the kernels; says so where the test file runs no notebook for want of them. */
export function notebooksRun(file: string): boolean {
  const project = projectAt(ROOT);
  const ready = setupSteps(project).every((step) => step.done() || !notebookSteps(project).includes(step.name));
  if (!ready) console.log(`${file}: notebooks are not run, set-up could not make .venv and its kernels`);
  return ready;
}

/** Writes files, given by their paths in the folder. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Why tests that need a Python with pip cannot run here; undefined where they can. */
export function whyNoPython(): string | undefined {
  try {
    execFileSync("python3", ["-c", "import venv, ensurepip, pip, sys; sys.exit(sys.version_info < (3, 10))"], {
      stdio: "ignore",
    });
    return undefined;
  } catch {
    return "no python3 of 3.10 or later with venv and pip";
  }
}

const WHEEL = `
import sys, zipfile
folder, name, version, tag, *members = sys.argv[1:]
info = f"{name}-{version}.dist-info"
with zipfile.ZipFile(f"{folder}/{name}-{version}-{tag}.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
    for member in members:
        wheel.writestr(member, member.encode() * 1000)
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: {tag}\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

/** Makes a wheel whose members each hold their own path 1,000 times. @returns its path */
export function makeWheel(
  folder: string,
  name: string,
  version: string,
  tag: string,
  members: readonly string[],
): string {
  execFileSync("python3", ["-c", WHEEL, folder, name, version, tag, ...members]);
  return join(folder, `${name}-${version}-${tag}.whl`);
}
