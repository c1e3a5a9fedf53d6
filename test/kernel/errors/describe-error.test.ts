import { transformSync } from "oxc-transform";
import vm from "node:vm";
import { describe, expect, test } from "vitest";
import type { PreparedCell } from "../../../kernel/contract.js";
import { CellSources } from "../../../kernel/runtime/errors/cell-sources.js";
import type { ErrorDescription } from "../../../kernel/both/error-description.js";
import { describeError } from "../../../kernel/runtime/errors/describe-error.js";
import { plain } from "../../../kernel/both/paint.js";

const sources = new CellSources();
let lastId = 0;

/** Runs a cell as the kernel does, its types erased and something put before it, and returns what it throws. */
function thrownBy(source: string): unknown {
  const id = ++lastId;
  const { code, map } = transformSync(`cell-${id}.ts`, source, { sourcemap: true });
  const cell: PreparedCell = {
    id,
    fileName: `cell-${id}.ts`,
    source,
    code,
    sourceMap: JSON.stringify(map),
    declares: [],
    warnings: [],
  };
  sources.add(cell, `Cell [${id}]`, 2);
  try {
    vm.runInThisContext(`{ ${code} }`, { filename: cell.fileName });
  } catch (error) {
    return error;
  }
  throw new Error("the cell threw nothing");
}

/** Lines without colours, with the cell's number as N. */
function lines({ traceback }: ErrorDescription): string[] {
  return traceback.map((line) => plain(line).replaceAll(`Cell [${lastId}]`, "Cell [N]"));
}

describe("positions", () => {
  test("are the cell's own, below erased types, with a code frame under the innermost", () => {
    const error = thrownBy(`interface P {
  a: number;
}
type Q = P;

function f(p: Q | any): void {
  p.b.c;
}
const go = (): void => f({ a: 1 });
go();`);
    const described = describeError(error, sources);
    expect([described.ename, described.evalue]).toEqual([
      "TypeError",
      "Cannot read properties of undefined (reading 'c')",
    ]);
    const text = lines(described);
    expect(text.slice(0, 10)).toEqual(
      [
        "TypeError: Cannot read properties of undefined (reading 'c')",
        "  at f, Cell [N]:7:7",
        "      5 | ",
        "      6 | function f(p: Q | any): void {",
        "    > 7 |   p.b.c;",
        "        |       ^",
        "      8 | }",
        "      9 | const go = (): void => f({ a: 1 });",
        "  at go, Cell [N]:9:24",
        "  at Cell [N]:10:1",
      ].map((line) => line.replace(/ \| $/, " |")),
    );
  });

  test("an earlier cell's function is shown in that cell", () => {
    const first = thrownBy("globalThis.early = (): never => {\n  throw new RangeError('early');\n};\nearly();");
    const id = lastId;
    const { traceback } = describeError(first, sources);
    const later = describeError(thrownBy("\nearly();"), sources).traceback.map(plain);
    expect(plain(traceback[1] as string)).toBe(`  at early, Cell [${id}]:2:9`);
    expect(later).toContain(`  at early, Cell [${id}]:2:9`);
    expect(later).toContain(`  at Cell [${lastId}]:2:1`);
    delete (globalThis as Record<string, unknown>).early;
  });

  test("text that does not parse at run time is shown at its place", () => {
    const source = "let a = 1;\nlet b = ;";
    sources.add(
      { id: 0, fileName: "cell-x.ts", source, code: source, sourceMap: "", declares: [], warnings: [] },
      "Cell [x]",
      0,
    );
    let error: unknown;
    try {
      new vm.Script(source, { filename: "cell-x.ts" });
    } catch (thrown) {
      error = thrown;
    }
    // V8 keeps the place in the stack only where it decorates it; the message is there in any case.
    expect(describeError(error, sources)).toMatchObject({ ename: "SyntaxError", evalue: "Unexpected token ';'" });
    const decorated = Object.assign(new SyntaxError("Unexpected token ';'"), {
      stack: "cell-x.ts:2\nlet b = ;\n        ^\n\nSyntaxError: Unexpected token ';'\n    at new Script (node:vm:99:7)",
    });
    expect(describeError(decorated, sources).traceback.map(plain)).toEqual([
      "SyntaxError: Unexpected token ';'",
      "  at Cell [x]:2:9",
      "      1 | let a = 1;",
      "    > 2 | let b = ;",
      "        |         ^",
    ]);
  });
});

describe("names in V8's messages", () => {
  for (const [said, told] of [
    ["$at_net.value.fit is not a function", "net.fit is not a function"],
    ["(0 , $at_net.value) is not a function", "net is not a function"],
    ["(0 , $at_fit.module.fit) is not a function", "fit is not a function"],
    ["$at_net.module.default.fit is not a function", "net.fit is not a function"],
    ["$import0.module.Net is not a constructor", "Net is not a constructor"],
    ["costs $5.module.x", "costs $5.module.x"],
  ] as const)
    test(`are the author's: ${said}`, () => {
      expect(describeError(new TypeError(said)).evalue).toBe(told);
    });
});

describe("frames", () => {
  const stack = (...frames: string[]): Error =>
    Object.assign(new Error("m"), { stack: `Error: m\n${frames.map((frame) => `    at ${frame}`).join("\n")}` });
  const text = (error: unknown): string[] => describeError(error, sources).traceback.map(plain);

  test("of libraries are folded, one line for each run of them", () => {
    const error = stack(
      "inner (/p/node_modules/lodash/a.js:1:1)",
      "node:internal/x:1:1",
      "map (/p/node_modules/lodash/b.js:1:1)",
      "mine (/p/mine.ts:3:4)",
      "async run (/p/node_modules/@scope/pkg/c.js:9:9)",
    );
    expect(text(error)).toEqual([
      "Error: m",
      "  … 2 frames in lodash (map)",
      "  at mine, /p/mine.ts:3:4",
      "  … 1 frame in @scope/pkg (run)",
    ]);
  });

  test("of Node and of the kernel are left out", () => {
    const kernel = new URL("../../../kernel/runtime/runner.ts", import.meta.url);
    expect(
      text(
        stack(
          "node:fs:1:1",
          `work (${kernel.href}:1:1)`,
          `work (${kernel.pathname}:1:1)`,
          "Array.map (<anonymous>)",
          "file:///p/a.ts?v=2:5:6",
        ),
      ),
    ).toEqual(["Error: m", "  at /p/a.ts:5:6"]);
  });

  test("that repeat are counted: a stack overflow reads in a few lines", () => {
    const described = describeError(
      thrownBy("function down(n: number): number {\n  return down(n + 1) + 1;\n}\ndown(0);"),
      sources,
    );
    expect(described).toMatchObject({ ename: "RangeError", evalue: "Maximum call stack size exceeded" });
    expect(lines(described)).toContainEqual(expect.stringMatching(/… the same frame \d+ more times$/));
    expect(described.traceback.length).toBeLessThan(12);
  });

  test("a message that looks like frames is no frame", () => {
    const error = new Error("one\n    at two (/three.ts:1:1)");
    error.stack = `Error: ${error.message}\n    at four (/p/five.ts:6:7)`;
    expect(text(error)).toEqual(["Error: one", "    at two (/three.ts:1:1)", "  at four, /p/five.ts:6:7"]);
  });
});

describe("what is thrown", () => {
  const named = (error: unknown): [string, string] => {
    const { ename, evalue } = describeError(error);
    return [ename, evalue];
  };

  test.each([
    [5, "Thrown", "5"],
    ["boom", "Thrown", "boom"],
    [undefined, "Thrown", "undefined"],
    [null, "Thrown", "null"],
    [Symbol("s"), "Thrown", "Symbol(s)"],
    [{ a: 1 }, "Thrown", "{ a: 1 }"],
    [[1], "Thrown", "[ 1 ]"],
    [() => 1, "Thrown", "[Function (anonymous)]"],
    [{ name: "Odd", message: "like an error" }, "Odd", "like an error"],
    [new DOMException("gone", "AbortError"), "AbortError", "gone"],
    [new (class MyError extends Error {})("mine"), "MyError", "mine"],
    [Object.assign(new Error("x"), { name: "Custom" }), "Custom", "x"],
    [new Error(), "Error", ""],
    [vm.runInNewContext("new TypeError('elsewhere')"), "TypeError", "elsewhere"],
  ])("%# has a name and a message", (error, ename, evalue) => {
    expect(named(error)).toEqual([ename, evalue]);
    expect(plain(describeError(error).traceback[0] as string)).toBe(evalue === "" ? ename : `${ename}: ${evalue}`);
  });

  test("fields that say what went wrong are shown", () => {
    const error = Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT", path: "/x" });
    error.stack = "Error: ENOENT: no such file";
    expect(describeError(error).traceback.map(plain)).toEqual([
      "Error: ENOENT: no such file",
      "  code: 'ENOENT'",
      "  path: '/x'",
    ]);
  });

  const boom = (): never => {
    throw new Error("boom");
  };
  test.each([
    [
      "getters for everything",
      () =>
        Object.defineProperties(new Error("x"), {
          stack: { get: boom },
          message: { get: boom },
          name: { get: boom },
          cause: { get: boom },
        }),
    ],
    ["a proxy before it", () => new Proxy(new Error("x"), new Proxy({}, { get: () => boom }))],
    ["a stack that is no text", () => Object.assign(new Error("x"), { stack: { toString: boom } })],
    ["a message that is no text", () => Object.assign(new Error("x"), { message: { toString: boom } })],
    [
      "a stack of ten million characters",
      () => Object.assign(new Error("x"), { stack: "Error: x\n" + "    at f (/p/a.ts:1:1)\n".repeat(500_000) }),
    ],
    ["a message of ten million characters", () => new Error("m".repeat(1e7))],
  ])("an error with %s is still described", (_what, make) => {
    const { ename, evalue, traceback } = describeError(make());
    expect([typeof ename, typeof evalue]).toEqual(["string", "string"]);
    expect(traceback.join("\n").length).toBeLessThan(25_000);
  });

  test("a cell that broke the built-ins still hears the message", () => {
    const { map, join, includes } = Array.prototype;
    let described: ErrorDescription;
    try {
      Object.assign(Array.prototype, { map: null, join: null, includes: null });
      described = describeError(new RangeError("still here"));
    } finally {
      Object.assign(Array.prototype, { map, join, includes });
    }
    expect(described).toMatchObject({ ename: "RangeError", evalue: "still here" });
  });
});

describe("causes and members", () => {
  const bare = <E extends Error>(error: E): E => Object.assign(error, { stack: "" });
  const text = (error: unknown): string => describeError(error).traceback.map(plain).join("\n");

  test("a chain of causes is told to its end, whatever its end is", () => {
    expect(text(bare(new Error("a", { cause: bare(new TypeError("b", { cause: "c" })) })))).toBe(
      "Error: a\n\nCaused by:\nTypeError: b\n\nCaused by:\nThrown: c",
    );
  });

  test("a cause that comes round again ends", () => {
    const a = bare(new Error("a"));
    const b = bare(new Error("b", { cause: a }));
    a.cause = b;
    expect(text(a)).toBe("Error: a\n\nCaused by:\nError: b\n\nCaused by:\n[the same error again]");
  });

  test("an endless chain of causes ends", () => {
    let error: Error = bare(new Error("0"));
    for (let i = 1; i < 50; i++) error = bare(new Error(`${i}`, { cause: error }));
    expect(text(error)).toMatch(/Caused by:\nError: 42\n\nCaused by:\n\[further causes left out\]$/);
  });

  test("members of an AggregateError are told one below the other, at most five", () => {
    const errors = [
      bare(new Error("one", { cause: bare(new Error("why")) })),
      2,
      ...Array.from({ length: 5 }, (_, i) => bare(new Error(`${i}`))),
    ];
    const described = text(bare(new AggregateError(errors, "all failed")));
    const first = "[1 of 7] Error: one\n    \n    Caused by:\n    Error: why";
    const start = `AggregateError: all failed\n\n  ${first}\n\n  [2 of 7] Thrown: 2\n`;
    expect(described.slice(0, start.length)).toBe(start);
    expect(described).toMatch(/\n\n {2}… 2 more$/);
  });

  test("an AggregateError that is a member of itself ends", () => {
    const error = bare(new AggregateError([], "me"));
    error.errors.push(error);
    expect(text(error)).toBe("AggregateError: me\n\n  [1 of 1] [the same error again]");
  });
});
