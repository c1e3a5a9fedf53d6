import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Notebook } from "./notebook.js";

/** The files of this process's checked cells. */
function cellFiles(): string[] {
  const folders = readdirSync(tmpdir())
    .filter((name) => name.startsWith(`saccade-cells-${process.pid}-`))
    .map((name) => join(tmpdir(), name, "folder"));
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /^cell-\d+\.ts$/.test(name))
      .map((name) => readFileSync(join(folder, name), "utf8")),
  );
}

const notebook = new Notebook();
afterAll(() => notebook.close());
beforeEach(() => notebook.language.reset());

/** Cells, and what the last one's value is. */
const VALUES: readonly (readonly [title: string, cells: readonly string[], value: unknown])[] = [
  ["a let stays assignable from a later cell", ["let a = 1;", "a = 5;", "a"], 5],
  ["an old closure sees a let changed later", ["let a = 1; function get() { return a; }", "a = 7; a++;", "get()"], 8],
  [
    "a later cell's closure writes to the same let",
    ["let n = 0;", "const add = () => { n += 2; };", "add(); add(); n"],
    4,
  ],
  [
    "destructuring assignment to earlier lets",
    ["let a = 1; let b = 2;", "[a, b] = [b, a]; ({ a } = { a: 9 });", "[a, b]"],
    [9, 1],
  ],
  ["a let is redeclared with another type", ["let a = 1;", "let a = 'x';", "a.toUpperCase()"], "X"],
  ["a const is redeclared", ["const c = 1;", "const c = [c];", "c"], [1]],
  [
    "names of leading underscores",
    [
      "const { a: _, b: __, ...rest } = { a: 1, b: 2, c: 3 }; class __C { x = 1 } type ___T = number;",
      "const t: ___T = new __C().x; [_, __, rest, t]",
    ],
    [1, 2, { c: 3 }, 1],
  ],
  [
    "a function is redeclared with another signature",
    ["function f(x: number) { return x; }", "function f(x: string) { return x + '!'; }", "f('a')"],
    "a!",
  ],
  [
    "a class is redeclared, old instances keep theirs",
    ["class A { v = 1 }; const old = new A();", "class A { w = 2 }", "[old.v, new A().w, old instanceof A]"],
    [1, 2, false],
  ],
  ["an enum is redeclared", ["enum E { A }", "enum E { B = 5, C }", "[E.B, E[6]]"], [5, "C"]],
  ["a const enum", ["const enum E { A = 3 }", "E.A + 1"], 4],
  [
    "an interface is redeclared",
    ["interface P { a: number }", "interface P { b: string }", "const p: P = { b: 'x' }; p.b"],
    "x",
  ],
  ["a type is redeclared", ["type T = number;", "type T = string;", "const t: T = 'x'; t"], "x"],
  [
    "an import is redeclared",
    ["import { join as j } from 'node:path';", "import { basename as j } from 'node:path';", "j('a/b')"],
    "b",
  ],
  ["an import is carried on", ["import * as path from 'node:path';", "path.posix.join('a', 'b')"], "a/b"],
  [
    "a namespace used two cells later",
    ["namespace N { export const x = 4; export interface I { y: number } }", "1", "const i: N.I = { y: N.x }; i.y"],
    4,
  ],
  [
    "a namespace that exports a variable",
    ["namespace N { export let x = 4; export function up() { x++; } }", "N.up(); N.x"],
    5,
  ],
  ["const x = x + 1", ["const x = 1;", "const x = x + 1;", "const x = x + 1;", "x"], 3],
  ["a shorthand of the earlier name in its own declaration", ["const x = 1;", "const x = { x };", "x.x"], 1],
  [
    "class A extends A",
    ["class A { a() { return 1; } }", "class A extends A { b() { return this.a() + 1; } }", "new A().b()"],
    2,
  ],
  [
    "a recursive arrow is its own",
    ["const f = (n: number): number => 0;", "const f = (n: number): number => n < 1 ? 1 : n * f(n - 1);", "f(4)"],
    24,
  ],
  [
    "an anonymous class with a private member",
    ["const A = class { private x = 3; get() { return this.x; } }", "new A().get()"],
    3,
  ],
  [
    "generics",
    [
      "function id<T>(x: T): T { return x; } class Box<T> { constructor(readonly v: T) {} }",
      "const b: Box<number> = new Box(id(2)); b.v.toFixed(1)",
    ],
    "2.0",
  ],
  [
    "destructuring with defaults and rest",
    [
      "const { a = 1, ...rest } = { b: 2, c: 3 } as { a?: number; b: number; c: number }; const [p, , q] = [1, 2, 3];",
      "[a, rest, p, q]",
    ],
    [1, { b: 2, c: 3 }, 1, 3],
  ],
  ["hoisting", ["const v = later(); function later() { return 4; }", "v + later()"], 8],
  [
    "overloads",
    [
      "function f(x: number): number; function f(x: string): string; function f(x: any): any { return x; }",
      "f(2).toFixed(0) + f('a').length",
    ],
    "21",
  ],
  [
    "assertion functions",
    [
      "function assertString(x: unknown): asserts x is string { if (typeof x !== 'string') throw new TypeError(); }",
      "const u: unknown = 'abc'; assertString(u); u.length",
    ],
    3,
  ],
  [
    "unique symbols",
    ["const key: unique symbol = Symbol('k'); interface K { [key]: number }", "const k: K = { [key]: 1 }; k[key]"],
    1,
  ],
  [
    "interface and value of one name from two cells",
    ["interface Box<T> { v: T }", "const Box = <T>(v: T): Box<T> => ({ v });", "const b: Box<number> = Box(3); b.v"],
    3,
  ],
  [
    "a value then a type of one name",
    ["const Size = 4;", "type Size = 'big' | 'small';", "const s: Size = 'big'; `${s}${Size}`"],
    "big4",
  ],
  [
    "export and export default in a cell",
    [
      "export const e = 1; export default 5; export function g() { return e; } const h2 = 3; export { h2 as other };",
      "e + g() + h2",
    ],
    5,
  ],
  ["export default function", ["export default function named() { return 2; }", "named()"], 2],
  [
    "declare global",
    [
      "declare global { interface Array<T> { second(): T } var shared: number; } Array.prototype.second = " +
        "function () { return this[1]; }; globalThis.shared = 6;",
      "1",
      "[1, 2].second() + shared",
    ],
    8,
  ],
  ["let later; without a type", ["let later;", "later = 5;", "later + 1"], 6],
  [
    "let later; used by a function of its own cell and by later ones",
    [
      "let later; function read(): any { return later; }",
      "later = [1]; later = 'abc';",
      "const n = later.length; n + read().length",
    ],
    6,
  ],
  ["const losses = []", ["const losses = [];", "losses.push(1.5);", "losses[0].toFixed(1)"], "1.5"],
  [
    "let best = null, and undefined",
    [
      "let best = null; let last = (undefined); let all = [];",
      "best = { at: 1 }; last = 2; all = [3];",
      "best.at + last + all[0]",
    ],
    6,
  ],
  [
    "an empty array and null as the name's earlier one",
    ["const seen = []; let one = null;", "const seen = seen.concat([1, 2]); let one = one ?? 3;", "seen.length + one"],
    5,
  ],
  [
    "var without a type, in a block too",
    [
      "var outer = []; if (true) { var inner = []; var none = null; var later; } for (var n of [1]) {}",
      "outer.push(n); inner.push(n); none = 2; later = 3;",
      "outer[0] + inner[0] + none + later",
    ],
    7,
  ],
  [
    "a function keeps the constant that its cell saw",
    ["const c = 1;", "const get = () => c;", "const c = 'two';", "[get().toFixed(0), c]"],
    ["1", "two"],
  ],
  [
    "variables named require and exports",
    ["const require = 1; const exports = 2; const module = 3;", "require + exports + module"],
    6,
  ],
  ["var in a block is the cell's", ["for (var i = 0; i < 3; i++) {}", "i"], 3],
  ["a function in a block is not", ["{ function inner() {} }", "typeof (globalThis as any).inner"], "undefined"],
  [
    "shadowed names are left alone",
    ["let a = 1;", "const f = (a: number) => { const g = ({ a }: { a: number }) => a; return g({ a }) + a; }; f(5)"],
    10,
  ],
  ["calls keep no receiver", ["let f = function (this: unknown) { return this; };", "f() === undefined"], true],
  [
    "catch, labels, switch and loops",
    [
      "let a = 1; let x = 10;",
      "const seen: number[] = []; out: for (const x of [1, 2]) { switch (x) { case 1: { let a = 3; " +
        "seen.push(a); break; } default: seen.push(a); break out; } } try { throw 4; } catch (x) { " +
        "seen.push(x as number); } seen.push(x); seen",
    ],
    [3, 1, 4, 10],
  ],
];

/** Cells, and what the last one's value is: syntax newer than old compilers. */
const SYNTAX: typeof VALUES = [
  ["top-level await", ["const v = await Promise.resolve(3);", "v"], 3],
  [
    "top-level for await",
    [
      "const all: number[] = []; async function* g() { yield 1; yield 2; } for await (const x of g()) " +
        "all.push(x); for await (const y of [Promise.resolve(3)]) all.push(y);",
      "all",
    ],
    [1, 2, 3],
  ],
  [
    "using and await using",
    [
      "const log: string[] = [];",
      "{ using a = { [Symbol.dispose]() { log.push('a'); } }; await using b = { async " +
        "[Symbol.asyncDispose]() { log.push('b'); } }; log.push('in'); }",
      "log",
    ],
    ["in", "b", "a"],
  ],
  [
    "using at the top level ends with its cell",
    [
      "const log: string[] = [];",
      "using a = { v: 2, [Symbol.dispose]() { log.push('gone'); } }; log.push('in'); a.v",
      "log",
    ],
    ["in", "gone"],
  ],
  [
    "standard decorators",
    [
      "function twice(f: () => number, context: ClassMethodDecoratorContext) { return function (this: " +
        "unknown) { return 2 * f.call(this); }; } class A { @twice m() { return 4; } }",
      "new A().m()",
    ],
    8,
  ],
  [
    "decorators of an earlier cell",
    [
      "let count = 0; function mark<T extends abstract new (...a: any[]) => object>(c: T, _: " +
        "ClassDecoratorContext) { count++; }",
      "@mark class B {}",
      "count",
    ],
    1,
  ],
  [
    "NoInfer",
    ["function pick<T extends string>(all: T[], one: NoInfer<T>) { return one; }", "pick(['a', 'b'], 'b')"],
    "b",
  ],
  ["ES2023 and later library types", ["[3, 1, 2].toSorted().findLast((x) => x < 3)"], 2],
  [
    "ESNext library types",
    [
      "const sizes = (a: Set<number>) => a.union(new Set([3])).size + Object.groupBy([1, 2], (x) => x % 2 " +
        "? 'odd' : 'even').odd!.length + Iterator.from([1]).map((x) => x).toArray().length; typeof sizes",
    ],
    "function",
  ],
  ["an object literal as the last expression", ["{ a: 1 }"], { a: 1 }],
  ["an object literal with two entries", ["{ a: 1, b: { c: 2 } }"], { a: 1, b: { c: 2 } }],
  ["an object literal after statements", ["const a = 1;\n{ a, b: 2 }"], { a: 1, b: 2 }],
  ["a string as the only statement", ["'use me'"], "use me"],
  ["satisfies and as const", ["const c = { a: 1 } as const satisfies Record<string, number>;", "c.a"], 1],
  [
    "parameter properties and accessors",
    [
      "class P { constructor(private readonly x: number) {} get y() { return this.x; } static z: number; " +
        "static { P.z = 4; } accessor w = 5; }",
      "const p = new P(2); [p.y, P.z, p.w]",
    ],
    [2, 4, 5],
  ],
  ["import.meta", ["typeof import.meta.url + ' ' + import.meta.dirname.length"], `string ${notebook.folder.length}`],
  [
    "node's globals",
    ["typeof require('node:fs').readFileSync + typeof __dirname + Buffer.from('a').length"],
    "functionstring1",
  ],
  [
    "JSX",
    [
      "const name = 'x'; const view = <p className=\"a\">hi <b>{name}</b></p>;",
      "view.type + (view.props as any).className",
    ],
    "pa",
  ],
  [
    "a generic arrow in a cell without JSX",
    ["const f = <T,>(x: T) => x; const g = <T>(x: T) => x; <number>g(f(2))"],
    2,
  ],
];

describe("what cells declare", () => {
  for (const [title, cells, value] of VALUES)
    it(title, async () => expect(await notebook.all(...cells)).toEqual(value));
});

describe("syntax", () => {
  for (const [title, cells, value] of SYNTAX)
    it(title, async () => expect(await notebook.all(...cells)).toEqual(value));
});

describe("a long chain of cells", () => {
  it("keeps the types of its constants, and what may be assigned to them", async () => {
    await notebook.all(
      "interface Point { x: number; label?: string } class Tag { constructor(readonly n: number) {} }",
      "const p0: Point = { x: 0 }; const n0 = 0; const k0 = 'kept' as const; let l0 = 'a'; const f0 = " +
        "<T,>(v: T): T[] => [v]; const c0 = new Tag(0);",
    );
    for (let i = 1; i <= 40; i++)
      await notebook.all(
        `const p${i} = { ...p${i - 1}, x: p${i - 1}.x + 1 };`,
        `const n${i} = n${i - 1} + 1;`,
        `const k${i} = k${i - 1};`,
        `let l${i} = l${i - 1} + 'b';`,
        `const f${i} = f${i - 1};`,
        `const c${i} = new Tag(c${i - 1}.n + 1);`,
      );
    expect(
      await notebook.all(
        "const later: Point = p40; let free = n40; free = 5; l40 = 'z'; let kept: 'kept' = k40; const tag: Tag = c40;",
        "[p40.x, n40, k40, l40, f40(1)[0]!.toFixed(), c40.n]",
      ),
    ).toEqual([40, 40, "kept", "z", "1", 40]);
    expect(cellFiles().filter((text) => /^export declare (const|let) [pnlfc]\d+:/m.test(text)).length).toBeGreaterThan(
      5,
    ); // spelled out, some of each 16
    const wrong = async (cell: string): Promise<string | undefined> => (await notebook.run(cell)).messages[0];
    expect(await wrong("p40.y")).toMatch(/^TS2339: Property 'y' does not exist on type '{ .*x: number.* }'\.$/);
    expect(await wrong("n40 = 3")).toBe("TS2632: Cannot assign to 'n40' because it is a constant.");
    expect(await wrong("l40 = 3")).toBe("TS2322: Type 'number' is not assignable to type 'string'.");
    expect(await wrong("const s: string = f40(1);")).toBe(
      "TS2322: Type 'number[]' is not assignable to type 'string'.",
    );
  });
});

describe("cells that throw", () => {
  it("keep the constants made before, and not those after", async () => {
    const ran = await notebook.run("const before = 1; let also = 2; throw new Error('x'); const after = 3;", "warn");
    expect((ran.error as Error).message).toBe("x");
    expect(await notebook.all("before + also")).toBe(3);
    expect((await notebook.run("after")).messages).toEqual(["TS2304: Cannot find name 'after'."]);
  });

  it("keep an earlier declaration that they meant to replace", async () => {
    await notebook.all("const v = 1;");
    await notebook.run("JSON.parse('{'); const v = 'x';");
    expect(await notebook.all("v.toFixed()")).toBe("1");
  });
});

describe("values", () => {
  it("a promise as the last value is not awaited", async () => {
    const { value } = await notebook.run("Promise.resolve(1)");
    expect(value).toBeInstanceOf(Promise);
  });

  it("only an expression statement at the end has one", async () => {
    expect((await notebook.run("const a = 1;")).hasValue).toBe(false);
    expect((await notebook.run("")).hasValue).toBe(false);
    expect((await notebook.run("undefined")).hasValue).toBe(true);
  });
});
