/**
 * TypeScript in cells: what later cells may do with what earlier ones declared. One case a row: its cells, and what the
 * last one shows.
 */
import { describe, expect, it } from "vitest";
import { fails, runs, useKernel } from "../client.js";

const kernel = useKernel();

/** [what holds, cells, the last cell's result (a string: exactly; a pattern: matches)] */
const CASES: readonly (readonly [string, readonly string[], string | RegExp])[] = [
  [
    "a constant, a function and a class of one cell in the next",
    [
      "const a = 2; function twice(x: number) { return x * 2; } class P { constructor(readonly v: number) {} }",
      "twice(new P(a).v)",
    ],
    "4",
  ],
  [
    "let stays assignable from later cells, and old closures see it",
    ["let n = 1; const read = () => n;", "n = 5;", "read() + n"],
    "10",
  ],
  [
    "let without a type is known by its later assignment",
    ["let later: number | undefined;", "later = 3;", "later!"],
    "3",
  ],
  ["const may be declared again with another type", ["const v = 1;", `const v: string = "one";`, "v.length"], "3"],
  ["let may be declared again", ["let v2 = 1;", `let v2 = "two";`, "v2.length"], "3"],
  [
    "a class may be declared again, old instances keep theirs",
    [
      "class C { m() { return 1; } } const old = new C();",
      "class C { m() { return 2; } }",
      "[old.m(), new C().m()].join()",
    ],
    /1,2/,
  ],
  [
    "a function may be declared again",
    ["function f() { return 1; }", "function f(x: string) { return x; }", `f("new")`],
    /new/,
  ],
  ["an enum may be declared again", ["enum E { A, B }", "enum E { X = 7 }", "E.X"], "7"],
  ["a const enum is carried", ["const enum CE { A = 3 }", "CE.A + 1"], "4"],
  [
    "an interface may be declared again",
    ["interface I { a: number }", "interface I { b: string }", `const i: I = { b: "x" }; i.b`],
    /x/,
  ],
  ["a type may be declared again", ["type T = number;", "type T = string;", `const t: T = "t"; t`], /t/],
  [
    "an import may be declared again",
    [`import { join } from "node:path";`, `import { join } from "node:path";`, `join("a", "b")`],
    /a\/b/,
  ],
  [
    "a new constant made from the one of the same name",
    ["const x = 1;", "const x1 = x + 1; const y = x;", "const x = y + 10;", "x"],
    "11",
  ],
  ["const x = x + 1 uses the earlier x", ["const again = 1;", "const again = again + 1;", "again"], "2"],
  [
    "class A extends A uses the earlier A",
    ["class A { a() { return 1; } }", "class A extends A { b() { return this.a() + 1; } }", "new A().b()"],
    "2",
  ],
  [
    "interface and value of one name from two cells",
    ["interface Box<T> { value: T }", "const Box = <T>(value: T): Box<T> => ({ value });", "Box(3).value"],
    "3",
  ],
  [
    "a namespace used two cells later",
    ["namespace N { export const a = 4; export type T = number; }", "0", "const q: N.T = N.a; q"],
    "4",
  ],
  [
    "destructuring, with defaults and rest",
    [
      "const { p, ...others } = { p: 1, q: 2, r: 3 }; const [h = 9, ...tail] = [undefined, 2, 3];",
      "p + others.q + h + tail.length",
    ],
    "14",
  ],
  [
    "a function is hoisted within its cell",
    ["const early = hoisted(); function hoisted() { return 8; }", "early"],
    "8",
  ],
  [
    "overloads",
    [
      "function over(x: number): number; function over(x: string): string; function over(x: any) { return x; }",
      `over("a").length + over(2)`,
    ],
    "3",
  ],
  [
    "an assertion function",
    [
      'function assertString(x: unknown): asserts x is string { if (typeof x !== "string") throw new Error(); }',
      `const un: unknown = "abc"; assertString(un); un.length`,
    ],
    "3",
  ],
  [
    "a unique symbol",
    [
      'const key: unique symbol = Symbol("k"); interface Keyed { [key]: number }',
      "const keyed: Keyed = { [key]: 6 }; keyed[key]",
    ],
    "6",
  ],
  [
    "a generic class",
    [
      "class Stack<T> { items: T[] = []; push(x: T) { this.items.push(x); return this; } }",
      "new Stack<number>().push(1).push(2).items.length",
    ],
    "2",
  ],
  [
    "a class expression with a private member",
    ["const PrivateA = class { private x = 1; get() { return this.x; } };", "new PrivateA().get()"],
    "1",
  ],
  ["a class with #private fields", ["class Hash { #x = 5; get() { return this.#x; } }", "new Hash().get()"], "5"],
  [
    "an abstract class and its subclass in another cell",
    [
      "abstract class Shape { abstract area(): number; }",
      "class Square extends Shape { constructor(readonly s: number) { super(); } area() { return this.s ** 2; } }",
      "new Square(3).area()",
    ],
    "9",
  ],
  [
    "constructor parameter properties",
    [
      "class Point { constructor(public x: number, private y = 2) {} sum() { return this.x + this.y; } }",
      "new Point(1).sum()",
    ],
    "3",
  ],
  ["var", ["var vv = 1; var vv = 2;", "vv += 1; vv"], "3"],
  ["names within a block stay within it", ["const outer = 1; { const outer = 2; }", "outer"], "1"],
  [
    "a label, a switch and a regular expression",
    [
      'let hits = 0; outer2: for (const c of "aXbX") { switch (true) { case /X/.test(c): hits++; continue outer2; } }',
      "hits",
    ],
    "2",
  ],
  ["await at the top", ["const waited = await Promise.resolve(5);", "waited + (await Promise.resolve(1))"], "6"],
  [
    "for await at the top",
    [
      "const got: number[] = []; async function* three() { yield 1; yield 2; yield 3; } for await (const " +
        "each of three()) got.push(each);",
      "got.join()",
    ],
    /1,2,3/,
  ],
  [
    "using disposes at the cell's end or its block's",
    [
      'const log: string[] = []; { using r = { [Symbol.dispose]() { log.push("disposed"); } }; log.push("used"); }',
      "log.join()",
    ],
    /used,disposed/,
  ],
  [
    "await using",
    [
      'const log2: string[] = []; { await using r = { async [Symbol.asyncDispose]() { log2.push("gone"); } }; }',
      "log2.join()",
    ],
    /gone/,
  ],
  [
    "standard decorators",
    [
      "function double(method: (x: number) => number, _: ClassMethodDecoratorContext) { return function " +
        "(this: unknown, x: number) { return method.call(this, x) * 2; }; } class Deco { @double m(x: " +
        "number) { return x + 1; } }",
      "new Deco().m(1)",
    ],
    "4",
  ],
  [
    "NoInfer",
    [
      "function pick<T extends string>(all: T[], one: NoInfer<T>) { return all.indexOf(one); }",
      `pick(["a", "b"], "b")`,
    ],
    "1",
  ],
  [
    "satisfies and as const",
    ["const palette = { red: [1, 2] } as const satisfies Record<string, readonly number[]>;", "palette.red[1]"],
    "2",
  ],
  [
    "ES2023 to ESNext library types",
    [
      "const sorted = [3, 1, 2].toSorted(); type Grouped = ReturnType<typeof Object.groupBy<string, " +
        "number>>; const changed = sorted.with(0, 9);",
      "sorted.at(-1)! + changed[0]! + [1, 2].findLast((x) => x < 2)!",
    ],
    "13",
  ],
  [
    "Promise.withResolvers",
    ["const { promise: pr, resolve: rs } = Promise.withResolvers<number>(); rs(4);", "await pr"],
    process.versions.node.startsWith("20.") ? /never/ : "4",
  ],
  ["export and export default in a cell", ["export const ex = 3; export default ex;", "ex"], "3"],
  [
    "export function, class and type",
    ["export function ef() { return 2; } export class EC {} export type ET = number;", "const et: ET = ef(); et"],
    "2",
  ],
  ["declare global", ["declare global { var shared: number; } globalThis.shared = 11;", "shared"], "11"],
  ["import.meta.url", ["const url = import.meta.url;", 'url.startsWith("file:")'], "true"],
  ["import.meta.dirname", ['import.meta.dirname.startsWith("/")'], "true"],
  ["an object literal as the last expression", ["({ a: 1 })", '{ a: 1, b: "x" }'], /a: 1, b: ['"]x['"]/],
  ["a variable called require", ["const require = 5;", "require + 1"], "6"],
  ["a variable called exports", ["const exports = { a: 1 };", "exports.a"], "1"],
  ["a variable called module", ["const module = 3;", "module"], "3"],
  [
    "variables called like a wrapper's own names",
    [
      "const cell = 1, scope = 2, names = 3, result = 4, declare = 5, __cell = 6, input_ = 7;",
      "cell + scope + names + result + declare",
    ],
    "15",
  ],
  ["a name with letters outside ASCII", ["const größe = 2; const 変数 = 3;", "größe * 変数"], "6"],
  ["a comment as the last line", ["1 + 1 // two"], "2"],
  [
    "a cell that ends with a semicolon shows its value as TypeScript kernels do, or nothing",
    ["const z = 1;", "z"],
    "1",
  ],
  ["nullish and optional syntax", ["const maybe: { a?: { b: number } } = {};", "maybe.a?.b ?? 7"], "7"],
  [
    "a getter of an earlier constant is live in a closure",
    ["let counter = 0; const bump = () => ++counter;", "bump(); bump();", "counter"],
    "2",
  ],
  ["a template literal over lines", ["const text = `a\n${1 + 1}\nb`;", 'text.split("\\n").length'], "3"],
  ["a bigint, hexadecimal and separators", ["const big = 1_000n ** 2n;", "Number(big) + 0xff"], "1000255"],
  ["a hashbang-like first line does no harm", ["// #!/usr/bin/env node\n5"], "5"],
  ["generators", ["function* gen() { yield* [1, 2]; }", "[...gen()].length"], "2"],
  ["this at the top of a cell is not a module of ours", ["typeof this"], /undefined|object/],
  ["strict mode", ["(function (this: unknown) { return this === undefined; })()"], /true/],
  [
    "an empty type-only cell",
    ["interface OnlyTypes { a: 1 }\ntype Also = OnlyTypes;", "const ot: Also = { a: 1 }; ot.a"],
    "1",
  ],
  ["type-only import", [`import type { Stats } from "node:fs";`, "const st = {} as Stats; typeof st"], /object/],
  [
    "import of a type without saying type",
    [
      `import { Stats, type Dirent, existsSync } from "node:fs";`,
      `const s2: Stats | undefined = undefined; existsSync("/") && s2 === undefined`,
    ],
    "true",
  ],
  [
    "import * as, default and named together",
    [
      `import fs, { readFileSync } from "node:fs"; import * as os from "node:os";`,
      "fs.readFileSync === readFileSync && os.cpus().length > 0",
    ],
    "true",
  ],
];

describe("a later cell", () => {
  for (const [what, cells, shown] of CASES) {
    if (shown instanceof RegExp && shown.source === "never") continue; // this Node lacks it
    it(what, async () => {
      for (const cell of cells.slice(0, -1)) await runs(kernel(), cell);
      const { result } = await runs(kernel(), cells.at(-1)!);
      if (typeof shown === "string") expect(result).toBe(shown);
      else expect(result).toMatch(shown);
    });
  }
});

describe("what a cell leaves", () => {
  it("constants made before a throw are kept, later ones are undeclared", async () => {
    await fails(kernel(), `const before = 1; let alsoBefore = "x"; throw new Error("here"); const after = 2;`);
    expect((await runs(kernel(), "before + alsoBefore")).result).toMatch(/1x/);
    expect((await fails(kernel(), "after"))["evalue"]).toMatch(/after/);
  });

  it("a cell with a type error leaves nothing and does not run", async () => {
    const { stdout } = await kernel().execute(`console.log("ran"); const wrongType: number = "text";`);
    expect(stdout).toBe("");
    expect((await fails(kernel(), "wrongType"))["evalue"]).toMatch(/wrongType/);
  });

  it("a failed import does not poison later cells", async () => {
    await fails(kernel(), `import nothing from "no-such-package";`);
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
    await fails(kernel(), `import { nope } from "./no-such-file";`);
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
  });

  it("types of earlier cells are checked in later ones", async () => {
    await runs(kernel(), "const typed: number[] = [1]; function need(x: string) { return x; }");
    expect((await fails(kernel(), "need(typed[0])"))["evalue"]).toMatch(/string|undefined/);
  });

  it("null is checked strictly", async () => {
    expect(
      (await fails(kernel(), 'const nullable: string | undefined = ["a"].find((x) => x === "b"); nullable.length'))[
        "evalue"
      ],
    ).toMatch(/undefined/);
  });

  it("a promise as the last value is shown as what it is, not silently swallowed", async () => {
    expect((await runs(kernel(), "Promise.resolve(1)")).result).toMatch(/Promise/);
  });

  it("undefined shows nothing, null shows null", async () => {
    expect((await runs(kernel(), "undefined")).result).toBeUndefined();
    expect((await runs(kernel(), "null")).result).toBe("null");
  });
});

describe("builtins broken by a cell", () => {
  for (const code of [
    "JSON.stringify = null as any",
    "Array.prototype.map = null as any",
    "console.log = null as any",
    "Object.keys = null as any",
    "process.stdout.write = null as any",
    "globalThis.Buffer = null as any",
    "Symbol.for = null as any",
  ]) {
    it(`${code} does not kill or mute the kernel`, async () => {
      await kernel().execute(`${code}; 0`);
      expect((await kernel().execute("1 + 1")).result).toBe("2");
      await kernel().kill(); // the next test gets a fresh one
    });
  }
});
