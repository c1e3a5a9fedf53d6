/** Imports of packages: every name that the checker knows is there when the cell runs, and the other way round. */
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { toText } from "../../../kernel/runtime/values/text.js";
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

  it("and a local module are shown with their values, as Node shows a module", async () => {
    const whole = await notebook.all('import * as w from "whole"; w');
    expect(inspect(whole, { compact: 3, breakLength: 200 })).toBe(
      "[Module: null prototype] { default: { q: 7, nested: { r: 8 } }, q: 7, nested: { r: 8 } }",
    );
    notebook.write("wide.cjs", "for (let i = 0; i < 300; i++) exports[`n${i}`] = i;");
    const wide = toText((await notebook.run('import * as w from "./wide.cjs"; w', "off")).value);
    expect(wide).toMatch(/ n0: 0,[^]* n98: 98,\n {2}… 201 more properties\n\}$/);
    notebook.write("shown.ts", "export const a: number = 1;");
    expect(inspect([await notebook.all('import * as s from "./shown"; s')])).toBe(
      "[ [Module: null prototype] { a: 1 } ]",
    );
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

describe("TypeScript sources of a package", () => {
  const own = {
    name: "root-pkg",
    type: "module",
    exports: { ".": "./src/index.ts", "./lib/*": "./src/lib/*.ts" },
    imports: {
      "#int/*": "./src/int/*.ts",
      "#short": "./src/int/b.ts",
      "#other": { browser: "nothing", node: "space" },
    },
  };
  notebook.write("package.json", JSON.stringify(own));
  notebook.write("src/index.ts", 'enum E { A = 3 }\nexport const root: number = E.A;\nexport { a } from "#int/a";');
  notebook.write("src/lib/x.ts", "export const x: number = 10;");
  notebook.write(
    "src/int/a.ts",
    'import { b } from "#int/b";\nimport { x } from "root-pkg/lib/x";\nexport const a: number = b + x;',
  );
  notebook.write("src/int/b.ts", "export const b: number = 2;");
  const space = {
    name: "space",
    version: "1.0.0",
    type: "module",
    exports: { ".": "./src/index.ts", "./sub/*": "./src/sub/*.ts", "./built": "./src/sub/s.js" },
    imports: { "#p/*": "./src/p/*.ts" },
  };
  notebook.write("packages/space/package.json", JSON.stringify(space));
  notebook.write(
    "packages/space/src/index.ts",
    'import { p } from "#p/p";',
    'export { s } from "./sub/s.ts";',
    "export const space: number = p;",
    "export class K { v: number = 1; }",
  );
  notebook.write(
    "packages/space/src/sub/s.ts",
    'import { K } from "space";\nexport const s: string = "sub";\nexport const make = (): K => new K();',
  );
  notebook.write("packages/space/src/p/p.ts", "export const p: number = 77;");
  notebook.write(
    "packages/plain/package.json",
    JSON.stringify({ name: "plain", version: "1.0.0", main: "src/index.ts" }),
  );
  notebook.write("packages/plain/src/index.ts", "export const m: number = 5;");
  notebook.write("packages/plain/src/deep.ts", "export const deep: number = 6;");
  mkdirSync(join(notebook.folder, "node_modules"), { recursive: true });
  for (const name of ["space", "plain"])
    symlinkSync(join("../packages", name), join(notebook.folder, "node_modules", name));
  notebook.install("shipped", { exports: { ".": "./index.ts" } }, { "index.ts": "export const shipped: number = 8;" });

  /** [what, cell, its value] */
  const VALUES: readonly (readonly [what: string, cell: string, value: unknown])[] = [
    ["a workspace's `exports`", 'import { space, s } from "space"; [space.toFixed(), s]', ["77", "sub"]],
    [
      "its pattern with a star, its classes the same by either way",
      'import { make } from "space/sub/s"; import { K } from "space"; [make() instanceof K, make().v]',
      [true, 1],
    ],
    ["a target that names the JavaScript to be", 'import { s } from "space/built"; s', "sub"],
    [
      "`main`, and files beside it without `exports`",
      'import { m } from "plain"; import { deep } from "plain/src/deep"; import * as d from "plain/src/deep.ts"; ' +
        "[m, deep, d.deep]",
      [5, 6, 6],
    ],
    ["a package in node_modules", 'import { shipped } from "shipped"; shipped.toFixed()', "8"],
    [
      "`imports` of the notebook's own package",
      'import { a } from "#int/a"; import { b } from "#short"; [a.toFixed(), b]',
      ["12", 2],
    ],
    ["`imports` that name another package", 'import { space } from "#other"; space', 77],
    [
      "the notebook's own package by its name",
      'import { root } from "root-pkg"; import { x } from "root-pkg/lib/x"; [root, x.toFixed()]',
      [3, "10"],
    ],
    [
      "a dynamic import of each",
      '[(await import("#int/b")).b, (await import("root-pkg")).a, (await import("space/sub/s")).s]',
      [2, 12, "sub"],
    ],
  ];
  for (const [what, cell, value] of VALUES) {
    it(`is checked and runs: ${what}`, async () => {
      expect(await notebook.all(cell)).toEqual(value);
    });
  }

  it("keeps its types in later cells", async () => {
    await notebook.all('import { a } from "#int/a"; import { space } from "space";');
    expect((await notebook.run("const wrong: string = a + space;")).messages).toEqual([
      "TS2322: Type 'number' is not assignable to type 'string'.",
    ]);
  });

  it("with declarations elsewhere is checked by these", async () => {
    notebook.write(
      "declared/package.json",
      JSON.stringify({
        name: "declared",
        type: "module",
        exports: { ".": { types: "./types/main.d.ts", default: "./main.js" } },
      }),
    );
    notebook.write("declared/main.js", "export const d = 5;");
    notebook.write("declared/types/main.d.ts", "export declare const d: 5 | 6;");
    const nested = new Notebook(join(notebook.folder, "declared"));
    expect(await nested.all('import { d } from "declared"; const five: 5 | 6 = d; five')).toBe(5);
    expect((await nested.run("const text: string = d;")).messages[0]).toMatch(
      /^TS2322: Type 'number'|^TS2322: Type '5/,
    );
    await nested.close();
  });

  it("is refused by both where the manifest has no such entry", async () => {
    for (const specifier of ["#nothing", "root-pkg/src/int/b", "space/src/p/p"]) {
      expect((await notebook.run(`import * as x from "${specifier}";`)).messages[0]).toMatch(/^TS2307/);
      expect((await notebook.run(`import * as x from "${specifier}";`, "off")).error).toBeInstanceOf(Error);
    }
  });

  it("runs again, with its new types, when it was edited", async () => {
    expect(await notebook.all('import { s } from "space/sub/s"; s')).toBe("sub");
    notebook.write(
      "packages/space/src/sub/s.ts",
      'import { K } from "space";\nexport const s: number = 12;\nexport const make = (): K => new K();',
    );
    expect(await notebook.all('import { s } from "space/sub/s"; s.toFixed(1)')).toBe("12.0");
    notebook.write("src/int/b.ts", "export const b: number = 30;");
    expect(await notebook.all('import { a } from "#int/a"; a')).toBe(40);
  });
});
