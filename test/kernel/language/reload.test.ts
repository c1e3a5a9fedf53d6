/** Local modules that were edited: whoever imports them has the new one, in any order, and there is one of each. */
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { Notebook } from "./notebook.js";

const notebook = new Notebook();
afterAll(() => notebook.close());
beforeEach(() => notebook.language.reset());

const dep = (value: number): string => `export const dep: number = ${value};\nexport class A {}`;

describe("an edited local module is new for all", () => {
  for (const order of [
    ["./dep", "./mid"],
    ["./mid", "./dep"],
  ]) {
    it(`imported as ${order.join(", then ")}`, async () => {
      const lines: Readonly<Record<string, string>> = {
        "./dep": 'import { dep, A } from "./dep";',
        "./mid": 'import { mid, make } from "./mid";',
      };
      const cell = `${order.map((one) => lines[one]).join("\n")}\n[dep, mid, make() instanceof A]`;
      notebook.write("dep.ts", dep(1));
      notebook.write(
        "mid.ts",
        'import { dep, A } from "./dep";\nexport const mid = dep * 10;\nexport const make = () => new A();',
      );
      expect(await notebook.all(cell)).toEqual([1, 10, true]);
      notebook.write("dep.ts", dep(2));
      expect(await notebook.all(cell)).toEqual([2, 20, true]);
    });
  }

  it("also two modules away, and imported by a cell of its own before", async () => {
    notebook.write("dep.ts", dep(1));
    notebook.write("mid.ts", 'export { dep, A } from "./dep";');
    notebook.write(
      "top.ts",
      'import { dep, A } from "./mid";\nexport const top = dep * 100;\nexport const make = () => new A();',
    );
    expect(await notebook.all('import { top } from "./top"; top')).toBe(100);
    notebook.write("dep.ts", dep(3));
    expect(
      await notebook.all(
        'import { dep, A } from "./dep"; dep',
        'import { top, make } from "./top"; [top, make() instanceof A]',
      ),
    ).toEqual([300, true]);
  });

  it("of two that import each other", async () => {
    const a = (value: number): readonly string[] => [
      'import { B } from "./circle-b";',
      `export const a: number = ${value};`,
      "export class A {}",
      "export const makeB = () => new B();",
    ];
    notebook.write("circle-a.ts", ...a(1));
    notebook.write(
      "circle-b.ts",
      'import { a, A } from "./circle-a";',
      "export class B {}",
      "export const see = () => a;",
      "export const makeA = () => new A();",
    );
    const cell = [
      'import { A, makeB } from "./circle-a";',
      'import { B, makeA, see } from "./circle-b";',
      "[see(), makeA() instanceof A, makeB() instanceof B]",
    ].join("\n");
    expect(await notebook.all(cell)).toEqual([1, true, true]);
    notebook.write("circle-a.ts", ...a(2));
    expect(await notebook.all(cell)).toEqual([2, true, true]);
  });

  it("of CommonJS, by import and by require", async () => {
    const leaf = (value: number): string => `exports.k = ${value}; exports.K = class {};`;
    notebook.write("leaf.cjs", leaf(1));
    notebook.write(
      "over.cjs",
      'const { k, K } = require("./leaf.cjs"); exports.o = k * 10; exports.make = () => new K();',
    );
    notebook.write("typed.ts", 'import { o } from "./over.cjs";\nexport const t = o;');
    const cell = [
      'import { o, make } from "./over.cjs";',
      'import { k, K } from "./leaf.cjs";',
      'import { t } from "./typed";',
      "[k, o, t, make() instanceof K]",
    ].join("\n");
    const required = '[require("./over.cjs").o, require("./leaf.cjs").k]';
    expect((await notebook.run(cell, "off")).value).toEqual([1, 10, 10, true]);
    notebook.write("leaf.cjs", leaf(2));
    expect((await notebook.run(cell, "off")).value).toEqual([2, 20, 20, true]);
    expect(await notebook.all(required)).toEqual([20, 2]);
    notebook.write("leaf.cjs", leaf(3));
    expect(await notebook.all(required)).toEqual([30, 3]);
  });

  it("of JSON by require", async () => {
    notebook.write("numbers.json", '{ "n": 1 }');
    expect(await notebook.all('require("./numbers.json").n')).toBe(1);
    notebook.write("numbers.json", '{ "n": 22 }');
    expect(await notebook.all('require("./numbers.json").n')).toBe(22);
  });

  it("and what did not change keeps its state", async () => {
    notebook.write("state.cjs", "exports.seen = [];");
    notebook.write("adds.cjs", 'require("./state.cjs").seen.push(1);');
    await notebook.all('require("./adds.cjs");');
    notebook.write("adds.cjs", 'require("./state.cjs").seen.push(22);');
    expect(await notebook.all('require("./adds.cjs"); require("./state.cjs").seen')).toEqual([1, 22]);
  });
});
