import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { cleanedPaths, run as clean } from "../../lib/cli/clean.js";
import { describe as describeBackend } from "../../lib/cli/doctor/check-backend.js";
import { checkCache, checkData } from "../../lib/cli/doctor/check-folders.js";
import { checkKernels } from "../../lib/cli/doctor/check-python.js";
import { firstPage } from "../../lib/cli/start.js";
import { formatBytes } from "../../lib/setup/project.js";
import { copyOfCheckout, projectAt, ROOT, temporaryFolder, write } from "./project.js";

const bootstrap = join(ROOT, "lib/cli/bootstrap.mjs");
/** Commands build what is stale: in a copy, as other tests use this checkout's build meanwhile. */
const copy = copyOfCheckout();
const npm = (...args: string[]): { status: number | null; text: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(copy, "lib/cli/bootstrap.mjs"), ...args], {
    cwd: copy,
    encoding: "utf8",
  });
  return { status, text: `${stdout}${stderr}` };
};
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };

describe("bootstrap.mjs", () => {
  it("lists the known commands for an unknown one, and exits with 2", () => {
    const { status, text } = npm("frob");
    expect(status).toBe(2);
    expect(text).toContain('Unknown command "frob"');
    for (const name of Object.keys(scripts)) expect(text).toMatch(new RegExp(`^  ${name} `, "m"));
  });
  it("is behind every npm script, each with a source of its own", () => {
    for (const [name, script] of Object.entries(scripts)) {
      expect(script).toBe(`node lib/cli/bootstrap.mjs ${name}`);
      expect(existsSync(join(ROOT, "lib/cli", `${name.replaceAll(":", "-")}.ts`))).toBe(true);
    }
  });
  it("is plain JavaScript whose types hold", () => {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const options =
      "--ignoreConfig --noEmit --allowJs --checkJs --strict --module nodenext --target es2022 --types node " +
      "--skipLibCheck";
    expect(() =>
      execFileSync(process.execPath, [tsc, ...options.split(" "), bootstrap], { cwd: ROOT, stdio: "pipe" }),
    ).not.toThrow();
  });
});

describe("start", () => {
  it("opens the first page the first time, where there is one, unless another is asked for", () => {
    const root = temporaryFolder();
    expect(firstPage({ root, packageFolder: root }, [])).toEqual([]);
    write(root, { "notebooks/start-here.ipynb": "{}" });
    expect(firstPage({ root, packageFolder: root }, ["mine.ipynb"])).toEqual([]);
    expect(firstPage({ root, packageFolder: root }, ["--no-browser"])).toEqual([
      "--LabApp.default_url=/lab/tree/start-here.ipynb",
    ]);
    expect(firstPage({ root, packageFolder: root }, [])).toEqual([]);
  });
});

describe("doctor", () => {
  it("prints a line for each topic, and exits with 0 exactly where nothing is wrong", () => {
    const { status, text } = npm("doctor");
    for (const topic of ["Saccade", "Python", "kernels", "backend", "cache", "data"])
      expect(text).toMatch(new RegExp(`^${topic} `, "m"));
    expect(text).toContain(`Node ${process.version}`);
    expect(status).toBe(text.includes("Nothing is wrong.") ? 0 : 1);
  });
  it("says why a better backend does not run, and that a GPU is idle", () => {
    const info = { title: "WebAssembly", tfjs: "4.22.0", devices: [] };
    expect(describeBackend({ ...info, whyNotBetter: "No TensorFlow library" }, false).wrong).toEqual([
      "No TensorFlow library. `npm run setup` says what it could not do.",
    ]);
    expect(describeBackend(info, true).wrong).toEqual([
      expect.stringContaining("An NVIDIA driver is here, but no GPU is used"),
    ]);
    expect(describeBackend(info, false).wrong).toEqual([]);
  });
  it("names what lies in the cache, and what a set-up left unfinished", () => {
    const cache = temporaryFolder();
    write(cache, {
      "tensorflow/2.0-cpu-linux-x64/lib.so": "x".repeat(9000),
      "tensorflow/2.0-cpu-linux-x64.partial/lib.so": "x",
    });
    const { lines, wrong } = checkCache(cache);
    const { blocks } = statSync(join(cache, "tensorflow/2.0-cpu-linux-x64/lib.so")); // as many as the file system takes
    expect(lines).toContain(`tensorflow/2.0-cpu-linux-x64: ${formatBytes(blocks * 512)}`);
    expect(wrong).toEqual([expect.stringContaining("cut short: tensorflow/2.0-cpu-linux-x64.partial")]);
  });
  it("names the archives in the cache and in the mirror, and a mirror that is not there", () => {
    const cache = temporaryFolder();
    const mirror = temporaryFolder();
    write(cache, { "datasets/cifar-10/a.tar.gz": "x".repeat(2000) });
    write(mirror, { "fashion-mnist/b.gz": "x" });
    expect(checkData(cache, { SACCADE_MIRROR: mirror }).lines).toEqual([
      `mirror ${mirror}/fashion-mnist: b.gz (1 kB)`,
      `cache ${cache}/datasets/cifar-10: a.tar.gz (2 kB)`,
    ]);
    expect(checkData(cache, { SACCADE_MIRROR: "/nowhere" }).wrong).toEqual([
      expect.stringContaining("SACCADE_MIRROR names /nowhere"),
    ]);
    expect(checkData(temporaryFolder(), {}).lines).toEqual([expect.stringContaining("no archive yet")]);
  });
  it("finds a kernel whose program has gone", () => {
    const root = temporaryFolder();
    write(root, {
      ".venv/share/jupyter/kernels/tslab/kernel.json": JSON.stringify({
        display_name: "T",
        argv: [process.execPath, "/gone/tslab"],
      }),
    });
    expect(checkKernels(projectAt(root)).wrong).toEqual([
      expect.stringContaining("The kernel tslab starts /gone/tslab, which is not there"),
    ]);
  });
});

describe("clean", () => {
  it("names what it would free, and frees nothing in a dry run", () => {
    const { status, text } = npm("clean", "--dry-run");
    expect(status).toBe(0);
    expect(text).toMatch(/[kM]B {2}.*dist$/m);
    expect(existsSync(join(copy, "dist/lib/index.js"))).toBe(true);
  });
  it("says so where there is nothing to free", async () => {
    const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
    vi.stubEnv("SACCADE_CACHE", temporaryFolder());
    expect(await clean(["--dry-run"], projectAt(temporaryFolder()))).toBe(0);
    expect(said.mock.calls).toEqual([["There is nothing to free."]]);
    said.mockRestore();
    vi.unstubAllEnvs();
  });
  it("leaves the shared cache and node_modules unless asked, and never what cannot be fetched again", () => {
    const root = temporaryFolder();
    const cache = temporaryFolder();
    for (const folder of [".venv", "dist", "node_modules", "notebooks/.output", "notebooks/results", "lib"])
      mkdirSync(join(root, folder), { recursive: true });
    for (const folder of ["tensorflow/2.0", "tensorflow/download.partial", "datasets", "history"])
      mkdirSync(join(cache, folder), { recursive: true });
    mkdirSync(join(root, ".saccade"));
    writeFileSync(join(root, ".saccade/lock"), "");
    const cleaned = (options: { cache?: boolean; all?: boolean }): string[] =>
      cleanedPaths({ root, packageFolder: root }, cache, { cache: false, all: false, ...options }).map((path) =>
        path.replace(root, "R").replace(cache, "C"),
      );
    expect(cleaned({})).toEqual(["R/.venv", "R/notebooks/.output", "R/dist", "C/tensorflow/download.partial"]);
    expect(cleaned({ cache: true })).toEqual([
      "R/.venv",
      "R/notebooks/.output",
      "R/dist",
      "C/tensorflow",
      "C/datasets",
    ]);
    expect(cleaned({ all: true })).toEqual([
      "R/.venv",
      "R/notebooks/.output",
      "R/dist",
      "C/tensorflow",
      "C/datasets",
      "R/node_modules",
    ]);
  });
  it("leaves a project's own dist, node_modules and .venv", () => {
    const root = temporaryFolder();
    for (const folder of [".venv", "dist", "node_modules/saccade", ".saccade/venv", "notebooks/.output"])
      mkdirSync(join(root, folder), { recursive: true });
    const places = { root, packageFolder: join(root, "node_modules/saccade") };
    expect(cleanedPaths(places, temporaryFolder(), { cache: false, all: true })).toEqual([
      join(root, ".saccade/venv"),
      join(root, "notebooks/.output"),
    ]);
  });
  it("lists its options for an unknown one", () => {
    expect(npm("clean", "--frob")).toMatchObject({
      status: 2,
      text: expect.stringContaining("--cache, --all and --dry-run"),
    });
  });
});
