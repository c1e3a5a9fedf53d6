import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readClaims } from "../../lib/notebook/index.js";
import { storedResults } from "../../lib/notebook/stored.js";

interface Cell {
  readonly id?: string;
  readonly cell_type: string;
  readonly metadata: { readonly tags?: readonly string[] };
  readonly source: readonly string[];
  readonly outputs?: readonly unknown[];
}

const FOLDER = new URL("../../notebooks/", import.meta.url);
const notebooks = readdirSync(FOLDER).filter((name) => name.endsWith(".ipynb"));

describe.each(notebooks)("%s", (name) => {
  const notebook = JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as { nbformat: number; nbformat_minor: number; metadata: { kernelspec: { name: string } }; cells: readonly Cell[] };
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

  test("is stored without outputs", () => {
    expect(code.flatMap((cell) => cell.outputs)).toEqual([]);
  });

  test("names our kernel", () => {
    expect(notebook.metadata.kernelspec.name).toBe("saccade");
  });

  test("holds no function of more than 15 lines", () => {
    const functions = code.flatMap((cell) => [...cell.source.join("").matchAll(/^(?:async )?function (\w+).*?^}$/gms)]);
    expect(functions.filter(([text]) => text.split("\n").length > 15).map(([, name]) => name)).toEqual([]);
  });

  test("claims exact figures at smoke, and learned ones at quick that three stored seeds or more support", () => {
    const folder = new URL(`results/${name.replace(/\.ipynb$/, "")}/`, FOLDER).pathname;
    const claims = readClaims(`${folder}claims.json`);
    expect(claims.some(({ kind, sizes }) => kind === "exact" && sizes.includes("smoke"))).toBe(true);
    expect(claims.some(({ kind, sizes }) => kind === "learned" && sizes.includes("quick"))).toBe(true);
    expect(claims.filter(({ kind, sizes }) => kind === "learned" && sizes.includes("smoke"))).toEqual([]);
    const seeds = new Set(storedResults(folder, "quick").map(({ config }) => config["seed"]));
    expect(seeds.size).toBeGreaterThanOrEqual(3);
  });

  test("uses no global that only one kernel has", () => {
    expect(code.map((cell) => cell.source.join("")).join("\n")).not.toMatch(/\b(tslab|Deno|__tslab__|require|globalThis|Jupyter)\b/);
  });
});
