import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { circles, importGraph, ROOT, sources } from "./imports.js";

/** The two symbols by which a notebook's kernel is spoken to: any room may import them. */
const HOST = "lib/notebook/host.ts";

/** What each of lib's rooms may import of the others; cli, which is made of all, and index.ts may import any. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  safetensors: [],
  backend: [],
  layers: ["backend"],
  models: ["safetensors", "backend", "layers", "datasets"],
  datasets: ["backend"],
  train: ["safetensors", "backend", "layers", "models", "datasets"],
  analysis: ["backend", "layers", "models", "datasets", "train"],
  plots: [],
  notebook: ["backend", "datasets", "train", "analysis", "plots"],
  tracking: ["backend", "datasets", "train"],
};

const room = (file: string): string | undefined => /^lib\/([^/]+)\//.exec(file)?.[1];

describe("the house", () => {
  const graph = importGraph(["lib", "kernel"]);
  const edges = [...graph].flatMap(([from, imports]) => imports.map((to) => ({ from, to })));

  it("is read whole: each import names a file that is there", () => {
    expect(edges.length).toBeGreaterThan(500);
    expect(edges.filter(({ to }) => !existsSync(join(ROOT, to)))).toEqual([]);
  });

  it("keeps kernel/ and lib/ apart", () => {
    expect(edges.filter(({ from, to }) => from.split("/")[0] !== to.split("/")[0])).toEqual([]);
  });

  it("has imports in one direction between lib's rooms", () => {
    const wrong = edges.filter(({ from, to }) => {
      const [own, other] = [room(from), room(to)];
      if (to === HOST || own === undefined || own === "cli" || other === undefined || own === other) return false;
      return !MAY_IMPORT[own]?.includes(other);
    });
    expect(wrong).toEqual([]);
  });

  it("has no circle of imports, of types neither", () => {
    expect(circles(graph)).toEqual([]);
  });

  it("finds a circle where there is one", () => {
    expect(circles(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]]))).toEqual([["b", "c", "b"]]);
  });

  it("has no source of more than 260 lines", () => {
    const long = ["lib", "kernel"].flatMap(sources).map((file) => `${file}: ${readFileSync(join(ROOT, file), "utf8").split("\n").length - 1}`);
    expect(long.filter((line) => Number(line.split(": ")[1]) > 260)).toEqual([]);
  });

  it("has no test that passes where something is missing: it is skipped, with its reason", () => {
    const early = sources("test").filter((file) => /\breturn (void )?console\./.test(readFileSync(join(ROOT, file), "utf8")));
    expect(early).toEqual([]);
  });

  it("has no test with a time limit of its own: the configurations' are far from what a busy machine needs", () => {
    const limited = sources("test").filter((file) => !/^test\/vitest\./.test(file) && /\btimeout: ?\d|^\s*\}, \d[\d_]*\);$/m.test(readFileSync(join(ROOT, file), "utf8")));
    expect(limited).toEqual([]);
  });

  it("has the types right in every file: library, kernel and tests", () => {
    const { stdout, status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "."], { cwd: ROOT, encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
