/** The guide's notebooks run from top to bottom under our kernel, and can be read. */
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KERNEL_INFO } from "../../kernel/protocol/kernel-info.js";
import { runStudies } from "../../lib/cli/studies.js";
import { useAnyMirror } from "../cli/cifar-mirror.js";
import { notebooksRun, projectAt, ROOT, temporaryFolder } from "../cli/project.js";
import { functionsOf } from "./functions-of.js";
import { NOTEBOOKS, START } from "./studies.js";

const guide = readdirSync(join(NOTEBOOKS, "guide")).filter((file) => file.endsWith(".ipynb"));
const names = [START, ...guide.map((file) => `guide/${file.slice(0, -".ipynb".length)}`)];

interface Cell {
  readonly id: string;
  readonly cell_type: string;
  readonly metadata: { readonly tags?: readonly string[] };
  readonly source: readonly string[];
  readonly outputs?: readonly unknown[];
}

describe.each(names)("%s", (name) => {
  const { cells, metadata, nbformat } = JSON.parse(readFileSync(join(NOTEBOOKS, `${name}.ipynb`), "utf8")) as {
    readonly cells: readonly Cell[];
    readonly metadata: { readonly kernelspec: { readonly name: string }; readonly language_info: unknown };
    readonly nbformat: number;
  };
  const code = cells.filter(({ cell_type }) => cell_type === "code");

  it("is stored for our kernel, with one cell of parameters, without outputs but where a reader starts", () => {
    expect(code.some(({ outputs }) => outputs!.length > 0)).toBe(name === START); // verify-results holds them to it
    expect([nbformat, metadata.kernelspec.name]).toEqual([4, "saccade"]);
    expect(metadata.language_info).toEqual(KERNEL_INFO["language_info"]); // JupyterLab changes nothing by opening it
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
    expect(code.filter((cell) => cell.metadata.tags?.includes("parameters"))).toHaveLength(1);
  });

  it("has cells of at most 25 lines of 120 columns, and no function of more than 15", () => {
    const lines = code.map(({ source }) => source.join("").split("\n"));
    expect(lines.filter(({ length }) => length > 25).map(([first]) => first)).toEqual([]);
    expect(lines.flat().filter((line) => line.length > 120)).toEqual([]);
    const long = code.flatMap(({ source }) => functionsOf(source.join(""))).filter((f) => f.split("\n").length > 15);
    expect(long.map((text) => text.split("\n")[0])).toEqual([]);
  });
});

/** What makes those short that train for minutes. */
const SMALL: Readonly<Record<string, readonly string[]>> = {
  [START]: ["--size", "smoke"],
  "guide/first-notebook": ["--set", "count=200", "--set", "epochs=1"],
  "guide/look-inside": ["--size", "smoke"],
  "guide/record-and-sweep": ["--size", "smoke"],
};
const project = projectAt(ROOT);
const ready = notebooksRun("test/notebooks/guide");

describe.skipIf(!ready)("runs", () => {
  useAnyMirror();
  const folder = temporaryFolder(); // the notebooks write files beside themselves
  beforeAll(() => {
    mkdirSync(join(folder, "guide"));
    for (const name of names) cpSync(join(NOTEBOOKS, `${name}.ipynb`), join(folder, `${name}.ipynb`));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(names)("%s under our kernel, in seconds", async (name) => {
    const lines: string[] = [];
    const args = [name, "--kernel", "saccade", ...(SMALL[name] ?? [])];
    const code = await runStudies(args, project, folder, temporaryFolder(), (line) => void lines.push(line));
    expect(lines.join("\n")).toMatch(new RegExp(`^${name} .* passed`));
    expect(code).toBe(0);
  });
});
