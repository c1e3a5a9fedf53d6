/**
 * Errors: the cell's own lines, a code frame, causes; no frame of the kernel; nothing lost outside of a cell's main
 * path.
 */
import { describe, expect, it } from "vitest";
import { fails, runs, useKernel } from "../client.js";

const kernel = useKernel();
/* eslint-disable no-control-regex */
const plain = (error: { traceback?: readonly string[] }): string =>
  (error.traceback ?? []).join("\n").replace(/\x1b\[[0-9;]*m/g, "");

describe("a type error", () => {
  it("is an error message with code, position, code frame and did-you-mean", async () => {
    const error = await fails(kernel(), `const length = 3;\nconst other = 1;\nconsole.log(lenght);`);
    const text = plain(error);
    expect(error["ename"]).toMatch(/TypeScript|TypeError|TS|Check|Diagnostic/);
    expect(error["evalue"] + text).toMatch(/TS2552|2552/);
    expect(error["evalue"]).toMatch(/Did you mean 'length'/);
    expect(text).toMatch(/3/);
    expect(text).toMatch(/console\.log\(lenght\);/);
    expect(text).toMatch(/\^|~/);
  });

  it("names no file of the kernel", async () => {
    await runs(kernel(), "class Shape { constructor(readonly area: number) {} }");
    const error = await fails(kernel(), "const shape: Shape = { are: 1 };");
    expect(plain(error) + error["evalue"]).not.toMatch(/import\(|\/tmp\/|node_modules|dist\/kernel/);
  });

  it("each of several is told", async () => {
    const error = await fails(kernel(), 'const a1: number = "x";\nconst b1: string = 1;');
    expect(plain(error)).toMatch(/"x"/);
    expect(plain(error)).toMatch(/const b1/);
  });

  it("is a warning with // @ts-nocheck, and the cell runs", async () => {
    const outcome = await kernel().execute(`// @ts-nocheck\nconst loose: number = "text"; loose`);
    expect([outcome.status, outcome.result]).toEqual(["ok", expect.stringMatching(/text/)]);
  });

  it("is a warning with a cell's tag, and the cell runs", async () => {
    const outcome = await kernel().execute(`const loose2: number = "text"; loose2`, {
      metadata: { tags: ["nocheck"] },
    });
    expect(outcome.status).toBe("ok");
  });
});

describe("a syntax error", () => {
  it("is an error message with its line and a code frame", async () => {
    const error = await fails(kernel(), "const fine = 1;\nconst broken = (1 + ;\n");
    expect(error["ename"]).toBe("SyntaxError");
    expect(plain(error)).toMatch(/const broken = \(1 \+ ;/);
    expect(plain(error)).toMatch(/2/);
  });
});

describe("a thrown error", () => {
  it("has the cell's own line numbers below erased types, and no frame of the kernel", async () => {
    await runs(
      kernel(),
      "interface Erased {\n  a: number;\n  b: string;\n}\ntype Gone =\n  | 1\n  | 2;\nfunction thrower(x: " +
        "Gone): never {\n  throw new RangeError(`from ${x}`);\n}",
    );
    const error = await fails(kernel(), "interface Mine {\n  c: 1;\n}\n\nthrower(1);");
    const text = plain(error);
    expect([error["ename"], error["evalue"]]).toEqual(["RangeError", "from 1"]);
    expect(text).toMatch(/9/); // the throw
    expect(text).toMatch(/5/); // the call
    expect(text).toMatch(/throw new RangeError/);
    expect(text).not.toMatch(/dist\/kernel|node:internal|node:vm/);
  });

  it("shows its causes", async () => {
    const text = plain(
      await fails(
        kernel(),
        `try { throw new TypeError("the root"); } catch (cause) { throw new Error("the outcome", { cause }); }`,
      ),
    );
    expect(text).toMatch(/the outcome/);
    expect(text).toMatch(/the root/);
  });

  it("shows all errors of an AggregateError", async () => {
    const text = plain(
      await fails(
        kernel(),
        `await Promise.any([Promise.reject(new Error("first of them")), Promise.reject(new Error("second of them"))])`,
      ),
    );
    expect(text).toMatch(/first of them/);
    expect(text).toMatch(/second of them/);
  });

  for (const [what, code, evalue] of [
    ["a string", `throw "just text"`, /just text/],
    ["undefined", "throw undefined", /undefined/],
    ["an object", "throw { code: 7 }", /7/],
    ["null", "throw null", /null/],
  ] as const) {
    it(`may be ${what}`, async () => {
      const error = await fails(kernel(), code);
      expect(error["evalue"]).toMatch(evalue);
      expect(error["ename"]).toMatch(/\S/);
    });
  }

  it("of a subclass keeps its name", async () => {
    expect(
      (
        await fails(
          kernel(),
          `class OwnError extends Error { override name = "OwnError"; }\nthrow new OwnError("mine")`,
        )
      )["ename"],
    ).toBe("OwnError");
  });

  it("with a hostile message, name or stack does not kill the kernel", async () => {
    await kernel().execute(
      `const bad = new Error("x"); Object.defineProperty(bad, "stack", { get() { throw new Error("no ` +
        `stack"); } }); Object.defineProperty(bad, "message", { get() { throw new Error("no message"); } }); ` +
        "throw bad;",
    );
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
  });

  it("after an await has the cell's line too", async () => {
    expect(plain(await fails(kernel(), "const one = 1;\nawait null;\n\nnull!.toString();"))).toMatch(/4/);
  });

  it("by stack overflow is a RangeError", async () => {
    expect((await fails(kernel(), "function deep(): number { return deep() + 1; }\ndeep()"))["ename"]).toBe(
      "RangeError",
    );
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
  });

  it("by one huge allocation is an error", async () => {
    await fails(kernel(), "new Float64Array(2 ** 40)");
    await fails(kernel(), `"x".repeat(2 ** 30)`);
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
  });
});

describe("an error outside of a cell's main path", () => {
  for (const [what, code] of [
    ["a timer", `setTimeout(() => { throw new Error("late one"); }, 100); 0`],
    ["an unhandled rejection", `void Promise.reject(new Error("late one")); 0`],
    [
      "a rejection after the cell",
      "const wait = () => new Promise((resolve) => setTimeout(resolve, 100));\n" +
        `void (async () => { await wait(); throw new Error("late one"); })(); 0`,
    ],
    [
      "an emitter without a listener",
      `import { EventEmitter } from "node:events"; const late = new Error("late one");\n` +
        `setTimeout(() => new EventEmitter().emit("error", late), 100); 0`,
    ],
  ] as const) {
    it(`in ${what} is reported in the cell that started it, and the kernel lives`, async () => {
      const cell = kernel().start(code);
      await cell.done();
      await cell.until(({ published }) =>
        published.some(
          ({ type, content }) =>
            (type === "error" || type === "stream") && JSON.stringify(content).includes("late one"),
        ),
      );
      expect((await runs(kernel(), "1 + 1")).result).toBe("2");
    });
  }
});
