import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

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
  const notebook = JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as { nbformat: number; nbformat_minor: number; cells: readonly Cell[] };
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

  test("uses no global that only one kernel has", () => {
    expect(code.map((cell) => cell.source.join("")).join("\n")).not.toMatch(/\b(tslab|Deno|__tslab__|require|globalThis|Jupyter)\b/);
  });
});
