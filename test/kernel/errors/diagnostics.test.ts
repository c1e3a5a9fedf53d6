import { expect, test } from "vitest";
import type { Diagnostic } from "../../../kernel/contract.js";
import { codeFrame } from "../../../kernel/both/code-frame.js";
import { describeDiagnostics, positionOf, warningText } from "../../../kernel/both/describe-diagnostics.js";
import { plain } from "../../../kernel/both/paint.js";

const source = "const x: number = 1;\nconst y: string = x;\nconosle.log(y);\n";
const find = (text: string, code: string, message: string, severity: Diagnostic["severity"] = "error"): Diagnostic => ({
  severity,
  code,
  message,
  start: source.indexOf(text),
  end: source.indexOf(text) + text.length,
});
const type = find("y", "TS2322", "Type 'number' is not assignable to type 'string'.");
const name = find("conosle", "TS2552", "Cannot find name 'conosle'. Did you mean 'console'?");

test("type errors name the first, and show each at its place", () => {
  const { ename, evalue, traceback } = describeDiagnostics(source, [type, name], "Cell [3]");
  expect([ename, evalue]).toEqual(["TypeCheckError", "Type 'number' is not assignable to type 'string'."]);
  expect(traceback.map(plain)).toEqual([
    "TypeCheckError: Type 'number' is not assignable to type 'string'.",
    "  at Cell [3]:2:7 error TS2322",
    "      1 | const x: number = 1;",
    "    > 2 | const y: string = x;",
    "        |       ^",
    "      3 | conosle.log(y);",
    "      4 |",
    "  at Cell [3]:3:1 error TS2552: Cannot find name 'conosle'. Did you mean 'console'?",
    "      1 | const x: number = 1;",
    "      2 | const y: string = x;",
    "    > 3 | conosle.log(y);",
    "        | ^^^^^^^",
    "      4 |",
  ]);
});

test("text that does not parse is a SyntaxError", () => {
  const { ename, traceback } = describeDiagnostics(
    "f(",
    [{ severity: "error", code: "SyntaxError", message: "')' expected.", start: 2, end: 2 }],
    "Cell [1]",
  );
  expect(ename).toBe("SyntaxError");
  expect(traceback.map(plain)).toEqual([
    "SyntaxError: ')' expected.",
    "  at Cell [1]:1:3",
    "    > 1 | f(",
    "        |   ^",
  ]);
});

test("of a hundred findings ten are shown, and errors alone where there are any", () => {
  const { traceback, evalue } = describeDiagnostics(
    source,
    [{ ...name, severity: "warning" }, ...Array.from({ length: 100 }, () => type)],
    "c",
  );
  expect(evalue).toBe(type.message);
  expect(traceback.filter((line) => plain(line).startsWith("  at "))).toHaveLength(10);
  expect(plain(traceback.at(-1) as string)).toBe("… 90 more");
});

test("warnings are one text with the same frames", () => {
  expect(plain(warningText(source, [find("conosle", "TS2552", "Cannot find name.", "warning")], "Cell [2]"))).toMatch(
    /^ {2}at Cell \[2\]:3:1 warning TS2552: Cannot find name\.\n[\s\S]*\^{7}\n/,
  );
});

test("positions outside the text, and spans over lines, are kept within it", () => {
  const wide = describeDiagnostics(
    "ab\ncd",
    [{ severity: "error", code: "TS1", message: "m", start: 1, end: 99 }],
    "c",
  ).traceback.map(plain);
  expect(wide).toContain("        |  ^");
  expect(
    describeDiagnostics(
      "ab",
      [{ severity: "error", code: "TS1", message: "m", start: 99, end: 100 }],
      "c",
    ).traceback.map(plain),
  ).toContain("  at c:1:3 error TS1");
});

test("positionOf() counts every kind of line end", () => {
  expect(positionOf("a\r\nb\rc\u2028d", 7)).toEqual({ line: 4, column: 1 });
});

test("codeFrame() keeps the caret under emoji, wide characters and tabs", () => {
  expect(plain(codeFrame("\t'😀日' + x", { line: 1, column: 10 })).split("\n")).toEqual([
    "> 1 | \t'😀日' + x",
    `    | \t${" ".repeat(9)}^`,
  ]);
});

test("codeFrame() shows the part of a long line that matters", () => {
  const frame = plain(codeFrame(`${"a".repeat(5000)}BAD${"c".repeat(5000)}`, { line: 1, column: 5001, length: 3 }));
  expect(frame).toContain("BAD");
  expect(frame.split("\n").every((line) => line.length < 200)).toBe(true);
  const [text = "", caret = ""] = frame.split("\n");
  expect(text.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("BAD");
});

test("codeFrame() of a line that is not there is empty", () => {
  expect([codeFrame("a", { line: 0, column: 1 }), codeFrame("a", { line: 2, column: 1 })]).toEqual(["", ""]);
});
