/** Imports as seen from the notebook's folder: packages of every kind, local files, edits, installs while running. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fails, runs, useKernel } from "../client.js";

const folder = mkdtempSync(join(tmpdir(), "notebook-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const manifest = (fields: object): string => JSON.stringify({ version: "1.0.0", ...fields });
write({
  "node_modules/esm-only/package.json": manifest({
    name: "esm-only",
    type: "module",
    exports: {
      ".": { types: "./types/index.d.ts", import: "./index.js" },
      "./sub": { types: "./types/sub.d.ts", import: "./sub.js" },
    },
  }),
  "node_modules/esm-only/index.js":
    "export const esm = await Promise.resolve(1); export default function named() { return 'default'; }",
  "node_modules/esm-only/types/index.d.ts":
    "export declare const esm: number; export default function named(): string;",
  "node_modules/esm-only/sub.js": "export const sub = 'sub';",
  "node_modules/esm-only/types/sub.d.ts": "export declare const sub: 'sub';",
  "node_modules/cjs-typed/package.json": manifest({ name: "cjs-typed", main: "main.js", types: "main.d.ts" }),
  "node_modules/cjs-typed/main.js": "exports.cjs = 2; exports.Class = class { get() { return 3; } };",
  "node_modules/cjs-typed/main.d.ts": "export const cjs: number; export class Class { get(): number; }",
  "node_modules/untyped/package.json": manifest({ name: "untyped", main: "main.js" }),
  "node_modules/untyped/main.js": "module.exports = { any: 'thing' };",
  "data.json": `{ "rows": [1, 2, 3], "name": "json" }`,
  "helper.ts": "export const helper = (x: number): number => x + 1; export interface Helped { a: number }",
  "with-extension.ts": 'import { helper } from "./helper.ts"; export const two: number = helper(1);',
  "folder/index.ts": "export const fromIndex = 'index' as const;",
  "plain.mjs": "export const plain = 'mjs';",
  "old.cjs": "module.exports = { old: 'cjs' };",
  "stateful.ts": "export let calls = 0; export function call(): number { return ++calls; }",
  "edited.ts": 'export const version = 1; export function which(): string { return "first"; }',
  "outer.ts": 'export { version as inner } from "./edited.ts";',
});

const kernel = useKernel({ cwd: folder });

/** [what, cells, the last one's result] */
const CASES: readonly (readonly [string, readonly string[], string | RegExp])[] = [
  [
    "an ESM-only package with top-level await, typed by exports",
    [`import { esm } from "esm-only";`, "const n: number = esm; n"],
    "1",
  ],
  ["its default export", [`import named from "esm-only";`, "named()"], /default/],
  ["its sub-path", [`import { sub } from "esm-only/sub";`, `const s: "sub" = sub; s`], /sub/],
  ["it, dynamically", [`const dynamic = await import("esm-only");`, "dynamic.esm"], "1"],
  ["a CommonJS package, typed", [`import { cjs, Class } from "cjs-typed";`, "cjs + new Class().get()"], "5"],
  ["a local file without extension", [`import { helper } from "./helper";`, "helper(1)"], "2"],
  ["a local file with .ts", [`import { helper as h2 } from "./helper.ts";`, "h2(2)"], "3"],
  ["a local file that imports another", [`import { two } from "./with-extension.ts";`, "two"], "2"],
  [
    "a type of a local file",
    [`import type { Helped } from "./helper.ts";`, "const helped: Helped = { a: 4 }; helped.a"],
    "4",
  ],
  ["a local folder's index", [`import { fromIndex } from "./folder";`, "fromIndex"], /index/],
  [
    "JSON with an attribute, typed",
    [
      `import data from "./data.json" with { type: "json" };`,
      "const first: number = data.rows[0]!; first + data.name.length",
    ],
    "5",
  ],
  ["JSON without an attribute", [`import bare from "./data.json";`, "bare.rows.length"], "3"],
  ["a local .mjs", [`const { plain } = await import("./plain.mjs");`, "plain"], /mjs/],
  [
    "require of a package and of a local .cjs",
    [`const old = require("./old.cjs"); const req = require("cjs-typed");`, "old.old + req.cjs"],
    /cjs2/,
  ],
  [
    "a Node module with and without node:",
    [`import { basename } from "path"; import { cpus } from "node:os";`, `basename("/x/y") + typeof cpus`],
    /yfunction/,
  ],
  [
    "console and process, in a folder with its own node_modules",
    ["typeof console.log + typeof process.cwd()"],
    /functionstring/,
  ],
  ["the working directory is the notebook's", ["process.cwd()"], new RegExp(folder.split("/").at(-1)!)],
];

describe("a cell imports", () => {
  for (const [what, cells, shown] of CASES) {
    it(what, async () => {
      for (const cell of cells.slice(0, -1)) await runs(kernel(), cell);
      const { result } = await runs(kernel(), cells.at(-1)!);
      if (typeof shown === "string") expect(result).toBe(shown);
      else expect(result).toMatch(shown);
    });
  }

  it("a package's types are checked", async () => {
    expect(
      (await fails(kernel(), `import { esm as e3 } from "esm-only"; const wrong: string = e3;`))["evalue"],
    ).toMatch(/number.*string/s);
  });

  it("a JSON file's types are checked", async () => {
    const error = await fails(
      kernel(),
      `import d3 from "./data.json" with { type: "json" }; const wrong3: string = d3.rows;`,
    );
    expect(error["evalue"]).toContain("Type 'number[]' is not assignable to type 'string'.");
  });

  it("a package without types, as any", async () => {
    expect((await runs(kernel(), `import untyped from "untyped"; untyped.any`)).result).toBe("'thing'");
    await runs(kernel(), `const ofAnyType: string = untyped.missing; const andAnother: number = untyped.missing;`);
  });

  it("a local module with a runtime error names its file and line", async () => {
    write({ "broken.ts": 'export const fine = 1;\n\nthrow new RangeError("in broken");' });
    const error = await fails(kernel(), `import { fine } from "./broken.ts"; fine`);
    expect([error["ename"], error["evalue"]]).toEqual(["RangeError", "in broken"]);
    expect(error["traceback"].join("\n")).toMatch(/broken\.ts:3/);
  });

  it("a local module with a syntax error fails by itself, and works once mended", async () => {
    write({ "mended.ts": "export const = ;" });
    await fails(kernel(), `import { mended } from "./mended.ts"; mended`);
    write({ "mended.ts": "export const mended = 'well';" });
    expect((await runs(kernel(), `import { mended } from "./mended.ts"; mended`)).result).toMatch(/well/);
  });

  it("an edited local module, when its import is run again, with the others' state kept", async () => {
    await runs(kernel(), `import { call } from "./stateful.ts"; call(); call();`);
    const importing = `import { version, which } from "./edited.ts";`;
    await runs(kernel(), importing);
    expect((await runs(kernel(), "`${version} ${which()}`")).result).toMatch(/1 first/);
    write({
      "edited.ts": 'export const version = "two"; export function which(x = 1): string { return `second ${x}`; }',
    });
    await runs(kernel(), importing);
    expect((await runs(kernel(), "`${version} ${which(2)}`")).result).toMatch(/two second 2/);
    expect((await runs(kernel(), `import { call } from "./stateful.ts"; call()`)).result).toBe("3");
  });

  it("an edit of a module behind the imported one", async () => {
    await runs(kernel(), `import { inner } from "./outer.ts"; inner`);
    write({ "edited.ts": "export const version = 33; export const which = 0;" });
    expect((await runs(kernel(), `import { inner } from "./outer.ts"; inner`)).result).toBe("33");
  });

  it("an edit that a cell makes, in cells that use what was imported before", async () => {
    const write = (text: string): string => `fs.writeFileSync("hmod.ts", ${JSON.stringify(text)})`;
    await runs(kernel(), `import * as fs from "node:fs"; ${write("export function rate(): string { return '0.1'; }")}`);
    await runs(kernel(), `import { rate } from "./hmod"; const twice = () => rate() + rate(); rate()`);
    await runs(kernel(), write("export function rate(): number { return 0.25; }"));
    expect((await runs(kernel(), "const lr: number = rate(); lr * 2 + lr")).result).toBe("0.75");
    expect((await runs(kernel(), "const both: number = twice(); both")).result).toBe("0.5");
    await runs(kernel(), write("throw new RangeError('half written'); export function rate(): number { return 1; }"));
    const { ename, traceback } = await fails(kernel(), "rate()");
    expect([ename, (traceback as string[]).join("\n")]).toEqual(["RangeError", expect.stringContaining("hmod.ts")]);
  });

  it("a local module that is made after the first cell", async () => {
    await fails(kernel(), `import { late } from "./late";`);
    write({ "late.ts": "export const late = 'made late';" });
    expect((await runs(kernel(), `import { late } from "./late"; late`)).result).toMatch(/made late/);
  });

  it("a package that is installed after the first cell, typed", async () => {
    await fails(kernel(), `import { fresh } from "fresh-package";`);
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
    write({
      "node_modules/fresh-package/package.json": manifest({
        name: "fresh-package",
        type: "module",
        exports: { types: "./index.d.ts", default: "./index.js" },
      }),
      "node_modules/fresh-package/index.js": "export const fresh = 'installed';",
      "node_modules/fresh-package/index.d.ts": "export declare const fresh: string;",
    });
    expect((await runs(kernel(), `import { fresh } from "fresh-package"; fresh`)).result).toMatch(/installed/);
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
    await fails(kernel(), `import { fresh as f4 } from "fresh-package"; const no: number = f4;`);
  });
});

describe("a local module whose run was interrupted", () => {
  const slow = (value: number): string =>
    `console.log("running"); await new Promise((resolve) => setTimeout(resolve, ${value === 1 ? 600_000 : 0})); ` +
    `export const slow: number = ${value};`;

  for (const [what, cell] of [
    ["at an import", 'import { slow } from "./slow"; slow'],
    ["as a name of it was used", "slow"],
  ] as const)
    it(`${what} runs again`, async () => {
      write({ "slow.ts": slow(0) });
      await runs(kernel(), 'import { slow } from "./slow"; slow');
      write({ "slow.ts": slow(1) });
      const request = kernel().start(cell);
      await request.printed("running");
      await kernel().interrupt();
      expect((await request.done()).status).toBe("error");
      write({ "slow.ts": slow(22) });
      expect((await runs(kernel(), cell)).result).toBe("22");
    });

  it("also where it did not change since", async () => {
    const text =
      "export const first: number = 1; console.log('running'); const g = globalThis as any; " +
      "if (!g.cameBefore) { g.cameBefore = true; await new Promise(() => {}); }";
    write({ "waits-once.ts": text });
    const request = kernel().start('import { first } from "./waits-once"; first');
    await request.printed("running");
    await kernel().interrupt();
    expect((await request.done()).status).toBe("error");
    expect((await runs(kernel(), 'import { first } from "./waits-once"; first')).result).toBe("1");
  });
});

describe("a folder without node_modules", () => {
  const bare = mkdtempSync(join(tmpdir(), "bare-"));
  afterAll(() => rmSync(bare, { recursive: true, force: true }));
  const lonely = useKernel({ cwd: bare });

  it("has console, process and Node's modules", async () => {
    expect(
      (
        await runs(
          lonely(),
          `import { readFileSync } from "node:fs"; console.log(typeof readFileSync, process.platform.length > 0)`,
        )
      ).stdout,
    ).toBe("function true\n");
  });

  it("imports saccade, typed", async () => {
    expect(
      (await runs(lonely(), `import { tf } from "saccade"; const t2: number = tf.tensor1d([1, 2]).size; t2`)).result,
    ).toBe("2");
  });

  it("imports tslab", async () => {
    expect((await runs(lonely(), `import * as tslab from "tslab"; typeof tslab.display.html`)).result).toMatch(
      /function/,
    );
  });
});
