import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { kernels, kernelStep } from "../../lib/setup/kernelspec.js";
import { findPython, pythonStep, REQUIREMENTS } from "../../lib/setup/python.js";
import { makeWheel, projectAt, ROOT, temporaryFolder, whyNoPython, write } from "./project.js";

const why = whyNoPython();
if (why !== undefined) console.log(`test/cli/python: the virtual environment is not tried, ${why}`);

afterEach(() => void vi.unstubAllEnvs());

describe.skipIf(why !== undefined)("pythonStep() with a small wheel in a local folder", () => {
  it("makes .venv with what the requirements list, once, and anew where it was cut short or they changed", async () => {
    const root = temporaryFolder();
    const index = temporaryFolder();
    makeWheel(index, "tiny", "1.0", "py3-none-any", ["tiny_one.py"]);
    makeWheel(index, "tiny", "2.0", "py3-none-any", ["tiny_two.py"]);
    write(root, { [REQUIREMENTS]: "tiny==1.0\n" });
    vi.stubEnv("PIP_NO_INDEX", "1");
    vi.stubEnv("PIP_FIND_LINKS", index);
    const step = pythonStep(projectAt(root));
    const installed = (): string[] =>
      readdirSync(join(root, ".venv/lib"), { recursive: true, encoding: "utf8" })
        .filter((name) => /tiny_\w+\.py$/.test(name))
        .map((name) => name.split("/").at(-1) ?? "");

    expect(step.done()).toBe(false);
    expect(await step.run(() => undefined)).toMatch(/^Python 3\.\d+, 1 packages, \d+ MB$/);
    expect(installed()).toEqual(["tiny_one.py"]);
    expect(step.done()).toBe(true);

    rmSync(join(root, ".venv/.saccade-stamp")); // as a kill -9 leaves it
    writeFileSync(join(root, ".venv/half-written"), "");
    expect(step.done()).toBe(false);
    await step.run(() => undefined);
    expect(existsSync(join(root, ".venv/half-written"))).toBe(false);

    write(root, { [REQUIREMENTS]: "tiny==2.0\n" });
    expect(step.done()).toBe(false);
    await step.run(() => undefined);
    expect(installed()).toEqual(["tiny_two.py"]);
  });

  it("says what pip said where it fails, and does not pass for done", async () => {
    const root = temporaryFolder();
    write(root, { [REQUIREMENTS]: "tiny==3.0\n" });
    vi.stubEnv("PIP_NO_INDEX", "1");
    const step = pythonStep(projectAt(root));
    await expect(step.run(() => undefined)).rejects.toThrow(/pip install ended with 1: .*tiny==3\.0/s);
    expect(step.done()).toBe(false);
  });
});

describe("findPython()", () => {
  const { jobs } = projectAt(ROOT);
  const program = (prints: string): string => {
    const file = join(temporaryFolder(), "python3");
    writeFileSync(file, `#!/bin/sh\necho "${prints}"\n`);
    chmodSync(file, 0o755);
    return file;
  };

  it("takes the Python that SACCADE_PYTHON names", async () => {
    const file = program("3.12 True");
    expect(await findPython(jobs, { SACCADE_PYTHON: file })).toEqual({ program: file, version: "3.12" });
  });
  it("names those that are too old or lack venv, and how to get one", async () => {
    const old = program("3.9 True");
    await expect(findPython(jobs, { SACCADE_PYTHON: old })).rejects.toMatchObject({
      message: `Python 3.10 or later with venv was not found (${old} is 3.9).`,
      mend: expect.stringContaining("apt install python3 python3-venv"),
    });
    const bare = program("3.11 False");
    await expect(findPython(jobs, { SACCADE_PYTHON: bare })).rejects.toThrow("is 3.11 without venv and pip");
  });
  it("says what it tried where there is none", async () => {
    await expect(findPython(jobs, { PATH: "/nowhere" })).rejects.toThrow("tried python3, python3.13");
  });
});

describe("the pinned requirements", () => {
  it("pin every package, with markers where a Python version needs another one", () => {
    const lines = readFileSync(join(ROOT, REQUIREMENTS), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines.filter((line) => !/^[a-z0-9-]+==[\w.]+( ; .+)?$/.test(line))).toEqual([]);
    for (const name of ["jupyterlab", "nbclient", "nbconvert", "plotly", "jupyter-kernel-test"])
      expect(lines.some((line) => line.startsWith(`${name}==`))).toBe(true);
  });
});

describe("kernelStep()", () => {
  it("writes tslab's kernelspec of absolute paths, once, and anew where the project or Node moved", async () => {
    const root = temporaryFolder();
    write(root, { "node_modules/tslab/package.json": "{}" });
    const step = kernelStep(
      projectAt(root),
      kernels(projectAt(root)).find(({ name }) => name === "tslab")!,
    );
    expect(step.done()).toBe(false);
    await step.run(() => undefined);
    const file = join(root, ".venv/share/jupyter/kernels/tslab/kernel.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      argv: [process.execPath, join(root, "node_modules/tslab/bin/tslab"), "kernel", "--config-path={connection_file}"],
      display_name: "TypeScript (tslab)",
      language: "typescript",
    });
    expect(step.done()).toBe(true);
    writeFileSync(file, readFileSync(file, "utf8").replace(root, "/elsewhere"));
    expect(step.done()).toBe(false);
  });
});
