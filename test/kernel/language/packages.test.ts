/** Imports of packages: every name that the checker knows is there when the cell runs, and the other way round. */
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { Notebook } from "./notebook.js";

const notebook = new Notebook();
afterAll(() => notebook.close());
beforeEach(() => notebook.language.reset());

notebook.install(
  "whole",
  { main: "main.js", types: "main.d.ts" },
  {
    "main.js": "module.exports = { q: 7, nested: { r: 8 } };",
    "main.d.ts": "export const q: number; export const nested: { r: number };",
  },
);
notebook.install(
  "callable",
  { main: "main.js", types: "main.d.ts" },
  {
    "main.js": "module.exports = (function () { const f = (n) => n + 1; f.chunk = () => 'chunked'; return f; })();",
    "main.d.ts": "declare function f(n: number): number; declare namespace f { function chunk(): string } export = f;",
    "get.js": "module.exports = (from, key) => from[key];",
    "get.d.ts": "declare function get(from: object, key: string): unknown; export = get;",
    "folder/index.js": "exports.inFolder = 'folder';",
    "folder/index.d.ts": "export const inFolder: string;",
    "sizes.json": '{ "small": 1 }',
  },
);
notebook.install(
  "instance",
  { main: "main.js", types: "main.d.ts" },
  {
    "main.js": "class Counter { count = 2; double() { return this.count * 2; } } module.exports = new Counter();",
    "main.d.ts":
      "declare class Counter { count: number; double(): number } declare const counter: Counter; export = counter;",
  },
);
notebook.install(
  "compiled",
  { main: "main.js", types: "main.d.ts" },
  {
    "main.js":
      "Object.defineProperty(exports, '__esModule', { value: true }); " +
      "exports.default = 4; Object.assign(exports, { z: 5 });",
    "main.d.ts": "declare const four: number; export default four; export const z: number;",
  },
);

describe("a CommonJS package", () => {
  it("gives names that only running it shows: import { q }", async () => {
    expect(await notebook.all('import { q, nested as n } from "whole";', "q + n.r")).toBe(15);
    expect(await notebook.all('import { chunk } from "callable"; chunk()')).toBe("chunked");
    expect(await notebook.all('const { q } = await import("whole"); q')).toBe(7);
    expect(await notebook.all('import { count, double } from "instance"; [count, typeof double]')).toEqual([
      2,
      "function",
    ]);
  });

  it("is its own default, and has its names in a namespace", async () => {
    expect(
      await notebook.all('import f, * as all from "callable"; [f(1), f.chunk(), all.chunk(), all.default(2)]'),
    ).toEqual([2, "chunked", "chunked", 3]);
    expect(await notebook.all('import * as w from "whole"; Object.keys(w).sort()')).toEqual(["default", "nested", "q"]);
  });

  it("compiled from a module has that module's default", async () => {
    expect(await notebook.all('import four, { z } from "compiled"; [four.toFixed(1), z]')).toEqual(["4.0", 5]);
    expect(await notebook.all('import * as c from "compiled"; c.default + c.z')).toBe(9);
  });

  it("is one: its objects are those that require gives", async () => {
    expect(await notebook.all('import { nested } from "whole"; nested === require("whole").nested')).toBe(true);
  });

  it("without `exports` has its files without their extension, folders and JSON too", async () => {
    expect(await notebook.all('import get from "callable/get"; get({ a: 9 }, "a")')).toBe(9);
    expect(await notebook.all('import { inFolder } from "callable/folder"; inFolder')).toBe("folder");
    expect(await notebook.all('import sizes, { small } from "callable/sizes.json"; [sizes.small, small]')).toEqual([
      1, 1,
    ]);
  });

  it("gives the same to a local module, also by re-export", async () => {
    notebook.write(
      "uses.ts",
      'import { chunk } from "callable";',
      'import get from "callable/get";',
      'export { q as seven } from "whole";',
      'export * from "whole";',
      'export const both = [chunk(), get({ k: 1 }, "k")];',
    );
    expect(await notebook.all('import { seven, both, nested } from "./uses.ts"; [seven, both, nested]')).toEqual([
      7,
      ["chunked", 1],
      { r: 8 },
    ]);
  });

  it("of the user's own gives every name as well", async () => {
    notebook.write("own.cjs", "const made = { q: 7 }; module.exports = made;");
    expect((await notebook.run('import own, { q } from "./own.cjs"; [own.q, q]', "off")).value).toEqual([7, 7]);
  });

  it("whose name is not there is refused by that name, as Node does", async () => {
    notebook.install("bare", { main: "main.js" }, { "main.js": "exports.there = 1;" });
    const { error } = await notebook.run('import { there, missing } from "bare"; [there, missing]');
    expect(String(error)).toBe("SyntaxError: The requested module 'bare' does not provide an export named 'missing'");
  });
});
