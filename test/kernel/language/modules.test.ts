import { SourceMap, type SourceMapPayload } from "node:module";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { Notebook } from "./notebook.js";

const notebook = new Notebook();
afterAll(() => notebook.close());
beforeEach(() => notebook.language.reset());

const write = notebook.write.bind(notebook);
const installPackage = notebook.install.bind(notebook);

describe("local modules", () => {
  it("are found with and without extension, typed and erased", async () => {
    write(
      "tools/add.ts",
      "export enum Mode { Plus = 1 }\nexport function add(a: number, b: number): number { return a + b * " +
        "Mode.Plus; }\nexport default class Adder { constructor(readonly n: number) {} }\n",
    );
    expect(await notebook.all('import { add } from "./tools/add.ts";', "add(1, 2)")).toBe(3);
    expect(
      await notebook.all('import Adder, { add as plus, Mode } from "./tools/add";', "plus(new Adder(3).n, Mode.Plus)"),
    ).toBe(4);
    expect(await notebook.all('import { add as js } from "./tools/add.js";', "js(2, 2)")).toBe(4);
    expect((await notebook.run("add('x', 1)")).messages).toEqual([
      "TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
    ]);
  });

  it("are run again when they changed, with the state of others kept", async () => {
    write("state.ts", "export const seen: string[] = [];\n");
    write("worker.ts", 'import { seen } from "./state";\nexport const version = 1; seen.push("one");\n');
    expect(
      await notebook.all(
        'import { version } from "./worker.ts"; import { seen } from "./state.ts";',
        "version + seen.length",
      ),
    ).toBe(2);
    write("worker.ts", 'import { seen } from "./state";\nexport const version = "two"; seen.push("two");\n');
    expect(
      await notebook.all(
        'import { version } from "./worker.ts"; import { seen } from "./state.ts";',
        "[version.toUpperCase(), seen.join()]",
      ),
    ).toEqual(["TWO", "one,two"]);
    expect(
      await notebook.all('import { version } from "./worker.ts"; import { seen } from "./state.ts";', "seen.length"),
    ).toBe(2);
  });

  it("run again when something that they import changed", async () => {
    write("deep/leaf.ts", "export const leaf = 1;");
    write("deep/top.ts", 'export { leaf } from "./leaf";\nexport * as all from "./leaf.js";');
    expect(await notebook.all('import { leaf, all } from "./deep/top"; leaf + all.leaf')).toBe(2);
    write("deep/leaf.ts", "export const leaf = 20;");
    expect(await notebook.all('import { leaf, all } from "./deep/top"; leaf + all.leaf')).toBe(40);
  });

  it("may import each other in a circle, and keep live bindings", async () => {
    write(
      "even.ts",
      'import { odd } from "./odd";\nexport let calls = 0;\nexport function even(n: number): boolean { ' +
        "calls++; return n === 0 || odd(n - 1); }",
    );
    write(
      "odd.ts",
      'import { even } from "./even";\nexport const odd = (n: number): boolean => n !== 0 && even(n - 1);',
    );
    expect(await notebook.all('import { even, calls } from "./even.ts"; const is = even(4); [is, calls]')).toEqual([
      true,
      3,
    ]);
  });

  it("are tried again after they failed", async () => {
    write("broken.ts", "export const x: number = 1; throw new RangeError('not yet');");
    expect((await notebook.run('import { x } from "./broken.ts"; x')).error).toBeInstanceOf(RangeError);
    write("broken.ts", "export const x: number = 2;");
    expect(await notebook.all('import { x } from "./broken.ts"; x')).toBe(2);
  });

  it("are made later than first asked for", async () => {
    expect((await notebook.run('import { n } from "./later.ts"; n')).messages[0]).toBe(
      "TS2307: Cannot find module './later.ts' or its corresponding type declarations.",
    );
    write("later.ts", "export const n: number = 3;");
    expect(await notebook.all('import { n } from "./later.ts"; n')).toBe(3);
  });

  it("are JSON too, typed, with and without attributes, and by require", async () => {
    write("data.json", '{ "size": 4, "names": ["a"] }');
    expect(await notebook.all('import data from "./data.json"; data.size.toFixed() + data.names[0]!.length')).toBe(
      "41",
    );
    expect(await notebook.all('import data from "./data.json" with { type: "json" }; data.size')).toBe(4);
    expect((await notebook.run("data.length")).messages[0]).toMatch(/^TS2339: Property 'length' does not exist/);
    expect(await notebook.all('require("./data.json").size')).toBe(4);
  });

  it("are JavaScript and CommonJS as well, and come by dynamic import", async () => {
    write("plain.mjs", "export const p = await Promise.resolve(5);");
    write("old.cjs", "module.exports = { q: 6 };");
    expect(
      await notebook.all('const { p } = await import("./plain.mjs"); const old = await import("./old.cjs"); p + old.q'),
    ).toBe(11);
  });

  it("that end in .js are modules or CommonJS by their syntax, not by their words", async () => {
    write("words.js", "// export\n/*\nimport x from 'y'\n*/\nexports.text = `\nexport const a = 1`;\n");
    write("waits.js", "const { sep } = await Promise.resolve({ sep: 1 }); globalThis.waited = sep;");
    expect(
      await notebook.all(
        'import words from "./words.js"; import "./waits.js"; [words.text.trim(), (globalThis as any).waited]',
      ),
    ).toEqual(["export const a = 1", 1]);
  });

  it("of TypeScript are loaded by import only, and require says so", async () => {
    write("typed.ts", "export const t: number = 1;");
    const { error } = await notebook.run('require("./typed.ts")', "off");
    expect(String(error)).toBe(
      "TypeError: require: TypeScript is loaded by import only, got ./typed.ts; write import … from " +
        '"./typed.ts" or await import("./typed.ts")',
    );
  });

  it("give a source map whose lines are theirs, below types that were erased", async () => {
    write(
      "fails.ts",
      "interface A {\n  a: number;\n}\ntype B = A;\n\nexport function fail(b: B): never {\n  throw new " +
        "Error(String(b.a));\n}\n",
    );
    const { error } = await notebook.run('import { fail } from "./fails.ts"; fail({ a: 4 });');
    const [, line, column] = /fails\.ts:(\d+):(\d+)/.exec((error as Error).stack ?? "") ?? [];
    const { sourceMap, title } = notebook.sourceOf(join(notebook.folder, "fails.ts"))!;
    const found = new SourceMap(JSON.parse(sourceMap) as SourceMapPayload).findEntry(
      Number(line) - 1,
      Number(column) - 1,
    ) as { originalLine: number; originalColumn: number };
    expect([title, found.originalLine + 1, found.originalColumn + 1]).toEqual(["fails.ts", 7, 9]);
  });

  it("tell %who the types of what is imported from them", async () => {
    write(
      "named.ts",
      "export const size = 3;\nexport function area(w: number, h: number): number { return w * h; " +
        "}\nexport interface Box { w: number }\nexport default { depth: 1 };\n",
    );
    await notebook.all('import whole, { size as s, area, Box } from "./named.ts";');
    const types = Object.fromEntries(
      (await notebook.language.names()).map(({ name, type }) => [name, type.replaceAll(/\s+/g, " ")]),
    );
    expect(types).toEqual({
      whole: "{ depth: number; }",
      s: "3",
      area: "function area(w: number, h: number): number",
      Box: "type",
    });
  });

  it("may use decorators, JSX and import.meta", async () => {
    write(
      "rich.tsx",
      "const React = { createElement: (t: string) => t };\nfunction d(c: unknown, _: " +
        "ClassDecoratorContext) { done.push(1); }\nconst done: number[] = [];\n@d class A {}\nexport const " +
        "view = <b/>;\nexport const all = [done.length, import.meta.filename.endsWith('rich.tsx')];",
    );
    expect(await notebook.all('import { all, view } from "./rich"; [all, view]')).toEqual([[1, true], "b"]);
  });
});

describe("packages", () => {
  it("with only `import` conditions, sub-paths, types under exports, and top-level await", async () => {
    installPackage(
      "modern",
      {
        type: "module",
        exports: {
          ".": { types: "./types/main.d.ts", import: "./main.js" },
          "./sub/*": { types: "./types/*.d.ts", import: "./*.js" },
        },
      },
      {
        "main.js": "export const answer = await Promise.resolve(42);",
        "types/main.d.ts": "export declare const answer: number;",
        "part.js": "export default 'part';",
        "types/part.d.ts": "declare const part: string; export default part;",
      },
    );
    expect(
      await notebook.all(
        'import { answer } from "modern"; import part from "modern/sub/part"; answer.toFixed() + part.toUpperCase()',
      ),
    ).toBe("42PART");
    expect(await notebook.all('(await import("modern")).answer')).toBe(42);
    expect((await notebook.run('import { nothing } from "modern";')).messages).toEqual([
      "TS2305: Module '\"modern\"' has no exported member 'nothing'.",
    ]);
  });

  it("installed while running are found, and a failed import harms nothing", async () => {
    expect((await notebook.run('import late from "late"; late')).messages[0]).toMatch(
      /^TS2307: Cannot find module 'late'/,
    );
    expect((await notebook.run('import late from "late"; late', "off")).error).toMatchObject({
      code: "ERR_MODULE_NOT_FOUND",
    });
    expect(await notebook.all("1 + 1")).toBe(2);
    installPackage(
      "late",
      { main: "index.js", types: "index.d.ts" },
      {
        "index.js": "module.exports = { v: 7 };",
        "index.d.ts": "declare const late: { v: number }; export default late;",
      },
    );
    expect(await notebook.all('import late from "late"; late.v')).toBe(7);
  });

  it("without types only warn", async () => {
    installPackage("untyped", { main: "index.js" }, { "index.js": "exports.u = 1;" });
    const ran = await notebook.run('import { u } from "untyped"; u');
    expect([ran.value, ran.warnings[0]?.slice(0, 6)]).toEqual([1, "TS7016"]);
  });

  it("whose names are only types may be imported without `type`", async () => {
    expect(
      await notebook.all(
        'import { Stats, statSync } from "node:fs"; import { Json } from "./types.ts";'.replace(
          ' import { Json } from "./types.ts";',
          "",
        ),
        "const s: Stats = statSync('.'); s.isDirectory()",
      ),
    ).toBe(true);
    write("types.ts", "export interface Json { a: number }");
    expect(await notebook.all('import { Json } from "./types.ts";', "const j: Json = { a: 1 }; j.a")).toBe(1);
  });

  it("tslab and saccade are the kernel's own where the folder has none", async () => {
    expect(await notebook.all('import * as tslab from "tslab";', "typeof tslab.display.html")).toBe("function");
    expect(
      await notebook.all(
        'import { tf, show } from "saccade";',
        "const x: number = tf.util.sizeFromShape([2, 3]); [x, typeof show]",
      ),
    ).toEqual([6, "function"]);
    expect((await notebook.run("const s: string = tf.ones([2]).add(1);")).messages).toEqual([
      "TS2322: Type 'Tensor<Rank>' is not assignable to type 'string'.",
    ]);
  });
});

describe("the notebook's folder", () => {
  it("gives import.meta and require their place", async () => {
    expect(await notebook.all("[import.meta.dirname, __dirname, import.meta.url.startsWith('file:')]")).toEqual([
      notebook.folder,
      notebook.folder,
      true,
    ]);
  });

  it("needs no packages for node's types", async () => {
    expect(await notebook.all("console.log.name + setTimeout.name + typeof new URL('a:b') + typeof fetch")).toMatch(
      /objectfunction$/,
    );
  });
});
