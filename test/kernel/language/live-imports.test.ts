/** Names of local files that earlier cells imported: what they are checked as is what they are, also after an edit. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { Notebook } from "./notebook.js";

const notebook = new Notebook();
afterAll(() => notebook.close());
beforeEach(() => notebook.language.reset());

const TEXT_RATE = "export function rate(): string { return '0.1'; }";
const NUMBER_RATE = "export function rate(): number { return 0.1; }";

/** How many times a file ran. */
const counts = (name: string): string => `(globalThis as any).${name} = ((globalThis as any).${name} ?? 0) + 1;`;
const ran = (name: string): unknown => (globalThis as unknown as Record<string, unknown>)[name];

describe("after an edit, a later cell has the new", () => {
  it("function", async () => {
    notebook.write("hmod.ts", TEXT_RATE);
    expect(await notebook.all('import { rate } from "./hmod"; rate()')).toBe("0.1");
    notebook.write("hmod.ts", NUMBER_RATE);
    expect(await notebook.all("const lr: number = rate(); lr * 2 + lr")).toBe(0.1 * 2 + 0.1);
  });

  it("function, and not the old one's type", async () => {
    notebook.write("hmod.ts", TEXT_RATE);
    await notebook.all('import { rate } from "./hmod";', "rate().toUpperCase()");
    notebook.write("hmod.ts", NUMBER_RATE);
    expect((await notebook.run("rate().toUpperCase()")).messages[0]).toMatch(/^TS2339/);
  });

  it("method of a class", async () => {
    notebook.write("kmod.ts", "export class K { m(): number { return 1; } }");
    expect(await notebook.all('import { K } from "./kmod"; new K().m()')).toBe(1);
    notebook.write("kmod.ts", "export class K { m(): number { return 1; }\n n(): number { return 2; } }");
    expect(await notebook.all("const kk = new K(); kk.n()")).toBe(2);
    expect(await notebook.all("kk instanceof K")).toBe(true);
  });

  for (const [what, clause, use] of [
    ["namespace", "* as ns", "ns.value"],
    ["default export", "whole", "whole"],
    ["renamed name", "{ value as renamed }", "renamed"],
    ["shorthand", "{ value }", "({ value }).value"],
    ["name used in its own redeclaration", "{ value }", "const value = value; value"],
  ] as const) {
    it(what, async () => {
      const file = (value: number): string => `export const value: number = ${value}; export default value;`;
      notebook.write("forms.ts", file(1));
      expect(await notebook.all(`import ${clause} from "./forms";\n1`, use)).toBe(1);
      notebook.language.reset();
      await notebook.all(`import ${clause} from "./forms";`);
      notebook.write("forms.ts", file(2));
      expect(await notebook.all(use)).toBe(2);
    });
  }

  for (const [what, name, file] of [
    ["CommonJS", "live.cjs", (value: number) => `exports.value = ${value};`],
    ["CommonJS in a .js file", "live-old.js", (value: number) => `exports.value = ${value};`],
    ["JSON", "live.json", (value: number) => `{ "value": ${value} }`],
    ["a JavaScript module", "live.mjs", (value: number) => `export default { value: ${value} };`],
  ] as const) {
    it(`value of ${what}`, async () => {
      notebook.write(name, file(1));
      expect(await notebook.all(`import live from "./${name}"; live.value`)).toBe(1);
      notebook.write(name, file(22));
      expect(await notebook.all("live.value")).toBe(22);
    });
  }

  it("value of a module behind the module", async () => {
    notebook.write("behind/leaf.ts", "export const leaf: number = 1;");
    notebook.write("behind/mid.ts", 'export * from "./leaf";');
    notebook.write("behind/top.ts", 'export { leaf } from "./mid"; export const run = () => 1;');
    await notebook.all('import { leaf } from "./behind/top"; leaf');
    notebook.write("behind/leaf.ts", "export const leaf: number = 2;");
    expect(await notebook.all("leaf")).toBe(2);
  });

  it("value of CommonJS behind CommonJS", async () => {
    notebook.write("low.cjs", "exports.low = 1;");
    notebook.write("high.cjs", 'exports.high = require("./low.cjs").low * 10;');
    await notebook.all('import { high } from "./high.cjs";', "high");
    notebook.write("low.cjs", "exports.low = 22;");
    expect(await notebook.all("high")).toBe(220);
  });
});

describe("functions of earlier cells", () => {
  it("have the new value too: of the cell that imported, and of others", async () => {
    notebook.write("hmod.ts", TEXT_RATE);
    await notebook.all(
      'import { rate } from "./hmod"; function first() { return rate(); }',
      "const second = () => rate(); class Third { get() { return second(); } }",
      "function fourth() { return new Third().get(); }",
    );
    notebook.write("hmod.ts", NUMBER_RATE);
    expect(await notebook.all("const all: number[] = [first(), second(), new Third().get(), fourth()]; all")).toEqual([
      0.1, 0.1, 0.1, 0.1,
    ]);
  });

  it("have it after another cell imported another name: there is one module", async () => {
    const file = (version: number): string =>
      `export class A { readonly version: number = ${version}; }\nexport const is = (a: unknown) => a instanceof A;`;
    notebook.write("one.ts", file(1));
    await notebook.all('import { A } from "./one"; const make = () => new A();');
    notebook.write("one.ts", file(2));
    expect(await notebook.all('import { is } from "./one";', "[is(make()), is(new A()), make().version]")).toEqual([
      true,
      true,
      2,
    ]);
  });

  it("have that of a file that two cells imported in different ways", async () => {
    notebook.write("two-ways.ts", "export let n: number = 1;");
    await notebook.all('import { n } from "./two-ways"; const a = () => n;', 'import * as all from "./two-ways.ts";');
    notebook.write("two-ways.ts", "export let n: number = 2;");
    expect(await notebook.all("all.n", "[a(), n, all.n]")).toEqual([2, 2, 2]);
  });
});

describe("a file is not run again", () => {
  it("that did not change: its state is kept", async () => {
    notebook.write("counter.ts", "let n = 0; export const next = (): number => ++n;");
    expect(await notebook.all('import { next } from "./counter"; next()', "next()", "next()")).toBe(3);
  });

  it("that no name comes from: of an unused import, of a type, of a value beside it", async () => {
    notebook.write("unused.ts", `${counts("unusedRuns")} export const unused = 1; export interface T { a: number }`);
    await notebook.all(
      'import { unused, type T } from "./unused"; import type { T as U } from "./unused"; const beside = 1; unused',
    );
    notebook.write("unused.ts", `${counts("unusedRuns")} export const unused = 22; export interface T { a: string }`);
    expect(await notebook.all("beside", "const t: T = { a: 'x' }; const u: U = t; u.a")).toBe("x");
    expect(ran("unusedRuns")).toBe(1);
    expect(await notebook.all("unused")).toBe(22);
    expect(ran("unusedRuns")).toBe(2);
  });

  it("twice for one edit, nor what it imports", async () => {
    notebook.write("kept.ts", `${counts("keptRuns")} export const kept = 1;`);
    notebook.write("edited.ts", `${counts("editedRuns")} export { kept } from "./kept"; export const e: number = 1;`);
    await notebook.all('import { kept, e } from "./edited"; kept + e');
    notebook.write("edited.ts", `${counts("editedRuns")} export { kept } from "./kept"; export const e: number = 22;`);
    expect(await notebook.all("e", "kept", "e + kept")).toBe(23);
    expect([ran("keptRuns"), ran("editedRuns")]).toEqual([1, 2]);
  });
});

describe("a cell fails as an import would", () => {
  const first = async (): Promise<void> => {
    notebook.write("fragile.ts", "export const f = (): number => 1;");
    await notebook.all('import { f } from "./fragile"; const g = () => f();', "g()");
  };

  it("where the file throws, until it is mended", async () => {
    await first();
    notebook.write("fragile.ts", "export const f = (): number => 2; throw new RangeError('not yet');");
    for (const cell of ["f()", "g()", "f()"]) expect((await notebook.run(cell)).error).toBeInstanceOf(RangeError);
    notebook.write("fragile.ts", "export const f = (): number => 3;");
    expect(await notebook.all("g()")).toBe(3);
  });

  it("where the file does not parse", async () => {
    await first();
    notebook.write("fragile.ts", "export const f = (: number => 2;");
    const { diagnostics } = await notebook.run("f()");
    expect(diagnostics[0]?.file?.title).toBe("fragile.ts");
    expect(String((await notebook.run("f()", "off")).error)).toMatch(/SyntaxError: .*fragile\.ts:1: /);
  });

  it("where the file's types are wrong, once it changed", async () => {
    await first();
    notebook.write("fragile.ts", "export const f = (): number => 'x';");
    for (const cell of ["f()", "g()", "f()"]) {
      const { diagnostics } = await notebook.run(cell);
      expect(diagnostics.map(({ code, file }) => [code, file?.title])).toEqual([["TS2322", "fragile.ts"]]);
    }
    notebook.write("fragile.ts", "export const f = (): number => 4;");
    expect(await notebook.all("g()")).toBe(4);
  });

  it("but not for types that were wrong before, in a cell that is not checked", async () => {
    notebook.write("lax.ts", "export const lax = (): number => 'x' as never as number; const wrong: number = 'x';");
    await notebook.all('// @ts-nocheck\nimport { lax } from "./lax";');
    notebook.write("unrelated.ts", "export const unrelated: number = 1;");
    await notebook.all('import { unrelated } from "./unrelated";', "lax()");
    notebook.write("unrelated.ts", "export const unrelated: number = 22;");
    const { warnings, value } = await notebook.run("lax() + unrelated");
    expect([warnings, value]).toEqual([[], "x22"]);
    notebook.write("lax.ts", "export const lax = (): number => 1; const wrong: number = 'xyz';");
    expect((await notebook.run("lax()")).messages[0]).toMatch(/^TS2322/);
  });

  it("where the name is gone", async () => {
    await first();
    notebook.write("fragile.ts", "export const other = 1;");
    expect(String((await notebook.run("f()")).error)).toBe(
      "SyntaxError: The requested module 'fragile.ts' does not provide an export named 'f'",
    );
  });

  it("where the file is gone, and goes on when it is back", async () => {
    await first();
    rmSync(join(notebook.folder, "fragile.ts"));
    expect(String((await notebook.run("f()")).error)).toMatch(/Cannot find module 'fragile\.ts'/);
    notebook.write("fragile.ts", "export const f = (): number => 5;");
    expect(await notebook.all("f()")).toBe(5);
  });

  it("and declares nothing", async () => {
    await first();
    notebook.write("fragile.ts", "throw new Error('no');\nexport const f = (): number => 2;");
    await notebook.run("function late() { return f(); }");
    notebook.write("fragile.ts", "export const f = (): number => 2;");
    expect((await notebook.run("late()")).messages[0]).toMatch(/^TS2304: Cannot find name 'late'/);
  });
});
