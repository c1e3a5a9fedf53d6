import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KERNEL_INFO } from "../../kernel/protocol/kernel-info.js";
import { newStudy, run } from "../../lib/cli/new.js";
import { runStudies } from "../../lib/cli/studies.js";
import { readClaims } from "../../lib/study/claims.js";
import { makeCifar10Mirror } from "../fixtures/cifar10-archive.js";
import { notebooksRun, projectAt, ROOT, temporaryFolder, write } from "./project.js";

const FILES = ["notebooks/my-study.ipynb", "notebooks/results/my-study/claims.json", ".github/workflows/saccade.yml"];

/** A project that Saccade is installed in, as far as `new` looks at it. */
function emptyProject(): { root: string; packageFolder: string } {
  const root = temporaryFolder();
  return { root, packageFolder: join(root, "node_modules/saccade") };
}

const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  const keep = (line: string): void => void said.push(line);
  vi.spyOn(console, "log").mockImplementation(keep);
  vi.spyOn(console, "error").mockImplementation(keep);
});
afterEach(() => void vi.restoreAllMocks());

describe("new", () => {
  it("writes a notebook with parameters, its claims, and a workflow that runs it, and names them", () => {
    const places = emptyProject();
    expect(newStudy("my-study", places)).toBe(0);
    for (const path of FILES)
      expect([existsSync(join(places.root, path)), said.join("\n")]).toEqual([true, expect.stringContaining(path)]);
    const notebook = readFileSync(join(places.root, FILES[0]!), "utf8");
    const { cells, metadata } = JSON.parse(notebook) as {
      cells: { id: string; metadata: { tags?: string[] } }[];
      metadata: { language_info: unknown };
    };
    expect(metadata.language_info).toEqual(KERNEL_INFO["language_info"]);
    expect(cells.filter(({ metadata }) => metadata.tags?.includes("parameters"))).toHaveLength(1);
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
    expect(readClaims(join(places.root, FILES[1]!)).map(({ kind }) => kind)).toEqual(["exact", "mechanics", "learned"]);
    expect(readFileSync(join(places.root, FILES[2]!), "utf8")).toContain("run: npx saccade studies --size smoke");
  });

  it("overwrites nothing, and writes nothing where one of its files is there", () => {
    const places = emptyProject();
    write(places.root, { [FILES[1]!]: "mine" });
    expect(newStudy("my-study", places)).toBe(1);
    expect(said.join("\n")).toContain(`${FILES[1]} is there already`);
    expect(existsSync(join(places.root, FILES[0]!))).toBe(false);
    expect(readFileSync(join(places.root, FILES[1]!), "utf8")).toBe("mine");
  });

  it("has git pass over packages and what a run leaves, where the project has no .gitignore", () => {
    const places = emptyProject();
    newStudy("my-study", places);
    const file = join(places.root, ".gitignore");
    expect(readFileSync(file, "utf8")).toBe("node_modules/\n.saccade/\nnotebooks/.output/\n");
    write(places.root, { ".gitignore": "mine" });
    newStudy("another", places);
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  it("keeps the workflow for a second study, as it runs them all", () => {
    const places = emptyProject();
    write(places.root, { [FILES[2]!]: "mine" });
    expect(newStudy("my-study", places)).toBe(0);
    expect(readFileSync(join(places.root, FILES[2]!), "utf8")).toBe("mine");
  });

  it("says so where CI could not install Saccade, as its tarball lies outside of the project", () => {
    const places = emptyProject();
    write(places.root, { "package.json": '{ "dependencies": { "saccade": "file:../saccade-0.1.0.tgz" } }' });
    newStudy("my-study", places);
    expect(said.join("\n")).toContain("../saccade-0.1.0.tgz is outside of this folder");
  });

  it("writes no workflow into a checkout, whose CI runs every notebook", () => {
    const root = temporaryFolder();
    newStudy("my-study", { root, packageFolder: root });
    expect(existsSync(join(root, ".github"))).toBe(false);
  });

  it.each([
    [["My Study.ipynb"], "got My Study.ipynb; did you mean my-study?"],
    [["../up"], "got ../up; did you mean up?"],
    [["2nd"], "got 2nd; did you mean nd?"],
    [["!"], "got !"],
    [[], "takes one name, got none"],
    [["a", "b"], "takes one name, got a, b"],
  ])("answers %j", async (args, answer) => {
    expect(await run(args, projectAt(emptyProject().root))).toBe(2);
    expect(said.join("\n")).toMatch(/^new: /);
    expect(said.join("\n").endsWith(answer)).toBe(true);
  });
});

const project = projectAt(ROOT);
const ready = notebooksRun("test/cli/new");

describe.skipIf(!ready)("the new notebook (needs .venv and its kernels)", () => {
  it("passes at the size smoke, with all its claims", async () => {
    const places = emptyProject();
    newStudy("my-study", places);
    const mirror = process.env["SACCADE_MIRROR"] || makeCifar10Mirror();
    vi.stubEnv("SACCADE_MIRROR", mirror);
    const lines: string[] = [];
    const folder = join(places.root, "notebooks");
    const code = await runStudies(
      ["my-study", "--size", "smoke"],
      project,
      folder,
      join(folder, ".output"),
      (line) => void lines.push(line),
    );
    vi.unstubAllEnvs();
    expect(lines.join("\n")).toMatch(/^my-study {2}smoke {2}saccade {2}[\d.]+ s {2}passed: 2 of 2 claims hold/);
    expect(code).toBe(0);
    // what a run leaves is no file for git
    execFileSync("git", ["init", "--quiet"], { cwd: places.root });
    const { stdout } = spawnSync("git", ["status", "--porcelain", "--untracked-files=all"], {
      cwd: places.root,
      encoding: "utf8",
    });
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.slice(3))
        .sort(),
    ).toEqual([...FILES, ".gitignore"].sort());
  });
});
