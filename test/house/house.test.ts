import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { circles, importGraph, ROOT, sources } from "./imports.js";
import { GROUND, KERNEL, LIB } from "./rooms.js";

/** The longest that a source may be, and the widest that a line of any program may be. */
const [LINES, COLUMNS] = [260, 120];

interface Edge {
  readonly from: string;
  readonly to: string;
}

/** The room of a file, "backend" of lib/backend/ops/op.ts; undefined for a file that lies in none. */
const room = (file: string): string | undefined => /^(?:lib|kernel)\/([^/]+)\//.exec(file)?.[1];

function testsWith(pattern: RegExp): string[] {
  return sources("test").filter((file) => pattern.test(readFileSync(join(ROOT, file), "utf8")));
}

describe("the house", () => {
  const graph = importGraph(["lib", "kernel"]);
  const edges: Edge[] = [...graph].flatMap(([from, imports]) => imports.map((to) => ({ from, to })));
  const between = edges.filter(({ from, to }) => room(from) !== undefined && room(from) !== room(to));

  it("is read whole: each import names a file that is there", () => {
    expect(edges.length).toBeGreaterThan(500);
    expect(edges.filter(({ to }) => !existsSync(join(ROOT, to)))).toEqual([]);
  });

  it("keeps kernel/ and lib/ apart", () => {
    expect(edges.filter(({ from, to }) => from.split("/")[0] !== to.split("/")[0])).toEqual([]);
  });

  describe.each([
    ["lib", LIB],
    ["kernel", KERNEL],
  ] as const)("%s's rooms", (house, table) => {
    const own = between.filter(({ from }) => from.startsWith(`${house}/`));

    it("import in one direction: each only what the table lets it, and the ground", () => {
      const wrong = own.filter(({ from, to }) => {
        const other = room(to);
        return other === undefined ? !GROUND.includes(to) : !table[room(from)!]?.includes(other);
      });
      expect(wrong).toEqual([]);
    });

    it("are those of the table, and each of its arrows is there", () => {
      const rooms = new Set([...graph.keys()].filter((file) => file.startsWith(`${house}/`)).map(room));
      expect(Object.keys(table).sort()).toEqual([...rooms].filter((name) => name !== undefined).sort());
      const arrows = Object.entries(table).flatMap(([from, names]) => names.map((to) => `${from} → ${to}`));
      const drawn = new Set(own.map(({ from, to }) => `${room(from)} → ${room(to)}`));
      expect(arrows.filter((arrow) => !drawn.has(arrow))).toEqual([]);
    });

    it("stand on each other: every room names only rooms above it in the table", () => {
      const names = Object.keys(table);
      const upwards = names.flatMap((from, i) => table[from]!.filter((to) => names.indexOf(to) >= i));
      expect(upwards).toEqual([]);
    });
  });

  it("has no circle of imports, of types neither", () => {
    expect(circles(graph)).toEqual([]);
  });

  it("finds a circle where there is one", () => {
    expect(
      circles(
        new Map([
          ["a", ["b"]],
          ["b", ["c"]],
          ["c", ["b"]],
        ]),
      ),
    ).toEqual([["b", "c", "b"]]);
  });

  it("has no two files of one name, index.ts apart: a name says which file is meant, wherever it stands", () => {
    const files = [...graph.keys()].filter((file) => basename(file) !== "index.ts");
    const names = files.map((file) => basename(file));
    expect(files.filter((_, i) => names.indexOf(names[i]!) !== names.lastIndexOf(names[i]!))).toEqual([]);
  });

  it(`has no source of more than ${LINES} lines`, () => {
    const lines = (file: string): number => readFileSync(join(ROOT, file), "utf8").split("\n").length - 1;
    const long = ["lib", "kernel"].flatMap(sources).map((file) => ({ file, lines: lines(file) }));
    expect(long.filter(({ lines }) => lines > LINES)).toEqual([]);
  });

  it(`has no line of more than ${COLUMNS} columns in any program, comments and strings too`, () => {
    const wide = ["lib", "kernel", "test"].flatMap(sources).flatMap((file) => {
      const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
      return lines.flatMap((line, i) => ([...line].length > COLUMNS ? [`${file}:${i + 1}`] : []));
    });
    expect(wide).toEqual([]);
  });

  it("has no test that passes where something is missing: it is skipped, with its reason", () => {
    expect(testsWith(/\breturn (void )?console\./)).toEqual([]);
  });

  it("has no test with a time limit of its own: the configurations' are far from what a busy machine needs", () => {
    const limits = testsWith(/\btimeout: ?\d[\d_]{3}|^\s*\},? \d[\d_]*\);$|^\s*\},\s+\d[\d_]{3,},?\s+\);$/m);
    expect(limits.filter((file) => !file.startsWith("test/vitest."))).toEqual([]);
  });

  it("is laid out by the formatter", () => {
    const { stdout, stderr, status } = spawnSync("node_modules/.bin/oxfmt", ["--check"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect({ status, said: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, said: "" });
  });

  it("has no file, export, type or dependency that nobody uses: knip.jsonc says what starts by itself", () => {
    const { stdout, stderr, status } = spawnSync("node_modules/.bin/knip", { cwd: ROOT, encoding: "utf8" });
    expect({ status, said: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, said: "" });
  });

  it("is approved by the linter", () => {
    const { stdout, stderr, status } = spawnSync("node_modules/.bin/oxlint", { cwd: ROOT, encoding: "utf8" });
    expect({ status, said: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, said: "" });
  });

  it("has the types right in every file: library, kernel and tests", () => {
    const tsc = "node_modules/typescript/bin/tsc";
    const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: ROOT, encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
