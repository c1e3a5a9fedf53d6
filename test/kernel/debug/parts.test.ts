/** The debugger's parts that need no kernel. */
import { describe, expect, it } from "vitest";
import { isCaught } from "../../../kernel/debug/caught.js";
import { HASH_SEED, murmur2 } from "../../../kernel/debug/cell-path.js";
import { isHit, logParts, toEvaluate } from "../../../kernel/debug/expressions.js";
import { codePlaces, placeFrom } from "../../../kernel/source/lines-with-code.js";

describe("murmur2()", () => {
  // ipykernel 7.4.0: ipykernel.compiler.murmur2_x86(text, 0xC70F6907)
  it.each([
    ["", 3990065800],
    ["a", 2167009006],
    ["ab", 2805137849],
    ["abc", 3350977461],
    ["abcd", 804720481],
    ["const x = 1;\nx", 552911769],
    ["größe = '👁'", 1473955231],
  ])("has ipykernel's hash of %j", (text, hash) => {
    expect(murmur2(text, HASH_SEED)).toBe(hash);
  });
});

describe("codePlaces()", () => {
  const lineOf = (text: string, line: number): number | undefined => placeFrom(codePlaces(text), line)?.line;

  it("finds no code in types, comments, empty lines and declarations without a value", () => {
    const text =
      "type A = {\n  a: number;\n};\n// a comment\n\nlet later: A;\ninterface B {\n  b: A;\n}\nlater = { a: 1 };\n";
    for (let line = 1; line <= 10; line++) expect(lineOf(text, line), `line ${line}`).toBe(10);
    expect(lineOf(text, 11)).toBeUndefined();
  });

  it("counts what a declaration's value, a branch, a loop and an arrow's body do", () => {
    const text = "const a =\n  1;\nif (a) {\n  a;\n} else\n  throw a;\ndo {\n} while (a);\nconst f = () =>\n  a;";
    expect(codePlaces(text).map(({ line }) => line)).toEqual([2, 3, 4, 6, 8, 9, 10]);
  });

  it("reads JSX, and nothing of what does not parse", () => {
    expect(lineOf("\n<b>{1}</b>;", 1)).toBe(2);
    expect(codePlaces("const = ;")).toEqual([]);
  });
});

describe("toEvaluate()", () => {
  const evaluate = (text: string, known: string[], names: string[]): string =>
    toEvaluate(
      text,
      (name) => known.includes(name),
      (name) => names.includes(name),
    ).trim();
  const NAMES = 'globalThis[Symbol.for("Jupyter.looks")].names()';

  it("erases types, and reads what the frame does not know where cells keep it", () => {
    expect(evaluate("x as number + y", ["x"], ["x", "y"])).toBe(`x + ${NAMES}["y"];`);
    expect(evaluate("f(1)", [], ["f"])).toBe(`(0, ${NAMES}["f"])(1);`);
    expect(evaluate("{ y }", [], ["y"])).toBe(`({ y: ${NAMES}["y"] });`);
    expect(evaluate("console.log(z)", [], [])).toBe("console.log(z);");
  });

  it("refuses what is neither an expression nor statements", () => {
    expect(() => evaluate("let = ;", [], [])).toThrow(SyntaxError);
  });
});

describe("isCaught()", () => {
  const text = "try {\n  f(() => {\n    throw 1;\n  });\n  g();\n} catch {\n  h();\n} finally {\n  i();\n}\n";
  it.each([
    [3, false, "within a function of its own"],
    [5, true, "in the block"],
    [7, false, "in the catch"],
    [9, false, "in the finally"],
  ])("line %i: %s, %s", (line, caught) => {
    expect(isCaught(text, { line, column: 4 })).toBe(caught);
  });

  it("a finally alone catches nothing", () => {
    expect(isCaught("try {\n  f();\n} finally {\n}", { line: 2, column: 2 })).toBe(false);
  });
});

describe("isHit() and logParts()", () => {
  it.each([
    ["3", [3]],
    ["== 3", [3]],
    [">= 4", [4, 5]],
    ["> 4", [5]],
    ["<2", [1]],
    ["<= 2", [1, 2]],
    ["% 2", [2, 4]],
  ])("%s holds at %j of five", (condition, times) => {
    expect([1, 2, 3, 4, 5].filter((count) => isHit(condition, count))).toEqual(times);
  });

  it("a condition that is no number is refused", () => {
    expect(() => isHit("often", 1)).toThrow(/hitCondition must be a number/);
  });

  it("a message's braces hold code", () => {
    expect(logParts("x is {x + 1}!")).toEqual([
      { text: "x is ", isCode: false },
      { text: "x + 1", isCode: true },
      { text: "!", isCode: false },
    ]);
  });
});
