import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KERNEL_INFO } from "../../kernel/protocol/kernel-info.js";
import { readClaims, type Condition } from "../../lib/study/index.js";
import { storedResults } from "../../lib/study/stored-result.js";
import { functionsOf } from "./functions-of.js";
import { NOTEBOOKS, studies } from "./studies.js";

interface Cell {
  readonly id?: string;
  readonly cell_type: string;
  readonly metadata: { readonly tags?: readonly string[] };
  readonly source: readonly string[];
}

describe.each(studies)("%s", (name) => {
  const folder = join(NOTEBOOKS, "results", name);
  const notebook = JSON.parse(readFileSync(join(NOTEBOOKS, `${name}.ipynb`), "utf8")) as {
    nbformat: number;
    nbformat_minor: number;
    metadata: { kernelspec: { name: string }; language_info: unknown };
    cells: readonly Cell[];
  };
  const code = notebook.cells.filter((cell) => cell.cell_type === "code");

  test("is nbformat 4.5, every cell with an id of its own", () => {
    expect([notebook.nbformat, notebook.nbformat_minor]).toEqual([4, 5]);
    const ids = notebook.cells.map((cell) => cell.id);
    expect(ids.every((id) => /^[a-zA-Z0-9_-]{1,64}$/.test(id ?? ""))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("has one parameters cell, whose size is quick unless it is set", () => {
    const parameters = code.filter((cell) => cell.metadata.tags?.includes("parameters"));
    expect(parameters).toHaveLength(1);
    expect(parameters[0]!.source.join("")).toContain('let size: Size = "quick" as Size;');
  });

  test("checks the size as soon as it is set", () => {
    const at = code.findIndex((cell) => cell.metadata.tags?.includes("parameters"));
    expect(code[at + 1]!.metadata.tags).toEqual(["check"]); // which is no part of what it measures by
    expect(code[at + 1]!.source.join("")).toContain("study.checkSize(size);");
  });

  test("runs without a network: what it loads has drawn images to fall back on", () => {
    const loads = code.flatMap((cell) => cell.source.join("").match(/datasets\.\w+\(/g) ?? []);
    const archives = loads.filter((call) => /\.(cifar\d+|mnist|fashionMnist|imagenette)\(/.test(call));
    const fallbacks = code.flatMap((cell) => cell.source.join("").match(/fallback: "generated"/g) ?? []);
    expect(loads).not.toEqual([]);
    expect(fallbacks).toHaveLength(archives.length);
  });

  test("names our kernel and its language as the kernel does: JupyterLab changes nothing by opening it", () => {
    expect(notebook.metadata.kernelspec.name).toBe("saccade");
    expect(notebook.metadata.language_info).toEqual(KERNEL_INFO["language_info"]);
  });

  test("holds no function of more than 15 lines, of any kind", () => {
    const long = code
      .flatMap((cell) => functionsOf(cell.source.join("")))
      .filter((text) => text.split("\n").length > 15);
    expect(long.map((text) => text.split("\n")[0])).toEqual([]);
  });

  test("has no line of code that a page of 1280 pixels cuts off", () => {
    const lines = code.flatMap((cell) => cell.source.join("").split("\n"));
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });

  test("claims exact figures at smoke, and learned ones at quick where runs are stored that they rest on", () => {
    const claims = readClaims(join(folder, "claims.json"));
    expect(claims.some(({ kind, sizes }) => kind === "exact" && sizes.includes("smoke"))).toBe(true);
    expect(claims.filter(({ kind, sizes }) => kind === "learned" && sizes.includes("smoke"))).toEqual([]);
    const isStored = storedResults(folder, "quick").length > 0;
    expect(claims.some(({ kind, sizes }) => kind === "learned" && sizes.includes("quick"))).toBe(isStored);
  });

  test("claims that a run is ahead of another, at quick, by three stored seeds or by a test on the same images", () => {
    const conditions = readClaims(join(folder, "claims.json"))
      .filter(({ kind, sizes }) => kind === "learned" && sizes.includes("quick"))
      .map((claim) => claim.conditions);
    const isOrder = ({ measure, than }: Condition): boolean =>
      than !== undefined || /\.over\..*\.points$/.test(measure);
    const ordered = conditions.filter((each) => each.some(isOrder));
    const untested = ordered.filter(
      (each) => !each.some(({ measure, is }) => /\.pValue$/.test(measure) && is === "<="),
    );
    const seeds = new Set(storedResults(folder, "quick").map(({ config }) => config["seed"]));
    if (untested.length > 0) expect(seeds.size).toBeGreaterThanOrEqual(3);
  });

  test("claims orders at quick by margins of at most half of the least difference that a stored seed has", () => {
    const runs = storedResults(folder, "quick");
    const orders = readClaims(join(folder, "claims.json"))
      .filter(({ kind, sizes }) => kind === "learned" && sizes.includes("quick"))
      .flatMap(({ conditions }) => conditions.filter(({ than }) => than !== undefined));
    for (const { measure, is, than, margin = 0 } of orders) {
      const leads = runs.map(({ measures }) => (is === "<=" ? -1 : 1) * (measures[measure]! - measures[than!]!));
      expect(Math.min(...leads) / 2, `${measure} ${is} ${than}, a margin of ${margin}`).toBeGreaterThanOrEqual(margin);
    }
  });

  test("says in each claim by how much, as its margins are", () => {
    const claims = readClaims(join(folder, "claims.json"));
    for (const { statement, conditions } of claims) {
      for (const { measure, margin = 0 } of conditions) {
        const said = measure.endsWith(".accuracy") ? `${Number((100 * margin).toPrecision(3))} points` : String(margin);
        if (margin > 0) expect(statement).toContain(said);
      }
    }
  });

  test("uses no global that only one kernel has", () => {
    expect(code.map((cell) => cell.source.join("")).join("\n")).not.toMatch(
      /\b(tslab|Deno|__tslab__|require|globalThis|Jupyter)\b/,
    );
  });
});

test("functionsOf() finds functions of every kind", () => {
  const source =
    "function a() { return 1; }\nconst b = () => {\n  return [1].map((x) => x);\n};\nclass C {\n  d() " +
    "{}\n}\nconst e = await (async function () {})();";
  expect(functionsOf(source).map((text) => text.split("\n").length)).toEqual([1, 3, 1, 1, 1]);
});
