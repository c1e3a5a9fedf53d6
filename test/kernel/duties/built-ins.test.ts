/** A cell that takes JavaScript's own methods away does not take the kernel with it. */
import { describe, expect, it } from "vitest";
import { runs, useKernel } from "../client.js";

const kernel = useKernel();

const TAKEN = [
  "Promise.prototype.then",
  "Promise.prototype.finally",
  "Promise.all",
  "Promise.resolve",
  "Array.prototype[Symbol.iterator]",
  "Array.prototype.map",
  "Array.prototype.push",
  "Map.prototype.get",
  "Set.prototype.has",
  "WeakMap.prototype.get",
  "Object.keys",
  "Object.defineProperty",
  "Reflect.apply",
  "Function.prototype.call",
  "String.prototype.split",
  "RegExp.prototype.exec",
  "JSON.stringify",
  "Math.max",
  "Symbol.for",
  "Error.captureStackTrace",
];

describe("a method that a cell replaced by null", () => {
  for (const name of TAKEN) {
    it(`is put back and told: ${name}`, async () => {
      const cell = await kernel().execute(`(${name} as any) = null; await 0; "run"`);
      expect(cell.stderr).toContain(`${name} was put back`);
      expect(
        (await runs(kernel(), "await new Promise((resolve) => setTimeout(resolve, 1)); [1, 2].map((x) => x + 1)"))
          .result,
      ).toMatch(/2, 3/);
    });
  }
  it("is put back too where the cell threw, and where its cell printed and showed in between", async () => {
    const thrown = await kernel().execute(`(Array.prototype as any)[Symbol.iterator] = null; throw new Error("after")`);
    expect(thrown.error?.["evalue"]).toBe("after");
    const shown = await runs(kernel(), `(Promise.prototype as any).then = null; console.log("printed"); ({ a: 1 })`);
    expect(shown.stdout).toBe("printed\n");
    expect(shown.result).toMatch(/a: 1/);
  });
});

it("a method that a cell replaced by a function stays replaced", async () => {
  await runs(kernel(), `const before = Array.prototype.at; Array.prototype.at = function () { return "mine"; }; 0`);
  expect((await runs(kernel(), "[1].at(0)")).result).toMatch(/mine/);
  await runs(kernel(), "Array.prototype.at = before; 0");
});
