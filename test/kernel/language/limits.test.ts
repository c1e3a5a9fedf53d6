/** Texts that are too large or too deep: refused before anything parses them, by what is just above each bound. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { LIMITS, overLimit } from "../../../kernel/source/limits.js";
import { fails, runs, useKernel } from "../client.js";

const folder = mkdtempSync(join(tmpdir(), "saccade-limits-"));
const kernel = useKernel({ cwd: folder });
afterAll(() => rmSync(folder, { recursive: true }));

const nested = (depth: number): string => `const a = ${"[".repeat(depth)}1${"]".repeat(depth)};`;
const data = (characters: number): string => `const data = [${"10,".repeat(characters / 3)}];`;
const chain = (parts: number): string => `const sum = 1${"\n  + 1".repeat(parts / 2)};`;
const MINIFIED = "@tensorflow/tfjs-core/dist/tf-core.min.js";
const FILE = 'read it: JSON.parse(readFileSync("data.json", "utf8"))';

describe("overLimit()", () => {
  it.each([
    ["characters", `"${"x".repeat(LIMITS.characters)}"`, /^The text has 2,000,002 characters, of 2,000,000 at most: /],
    ["characters of code", data(LIMITS.code), /^The text has 500,0\d\d characters of code, of 500,000 at most: /],
    ["levels", nested(LIMITS.depth + 1), /^Brackets stand more than 100 deep in one another: /],
    ["levels of templates", "`${".repeat(101) + "}`".repeat(101), /^Brackets stand more than 100 deep/],
    ["parts in a row", chain(LIMITS.parts), /^An expression has more than 4,000 parts: split it, or /],
    ["operators in a row", `const not = ${"!".repeat(LIMITS.parts)}1;`, /^An expression has more than 4,000 parts/],
    ["words in a row", `const kind = ${"typeof ".repeat(LIMITS.parts)}1;`, /^An expression has more than 4,000 parts/],
  ])("refuses too many %s in one sentence that says what to do", (_, text, message) => {
    expect(overLimit(text)!.message).toMatch(message);
    expect(overLimit(text)!.message).toContain(FILE);
  });

  it.each([
    ["a long text in quotes", `const text = "${"lorem ".repeat(200_000)}";`],
    ["data just below the bound", data(LIMITS.code - 100)],
    ["levels up to the bound", nested(LIMITS.depth)],
    ["thousands of statements without semicolons", "const x = f(1)\nx.y\n".repeat(5_000).replaceAll("const", "let")],
    ["thousands of lines of elements", `<ul>\n${"<li>it isn't much</li>\n".repeat(3_000)}</ul>`],
    [
      "brackets in quotes, comments, templates and patterns",
      [
        `"${"[".repeat(200)}" + `,
        `\`${"{".repeat(200)}\`; // ${"(".repeat(200)}\n`,
        `/[${"[".repeat(200)}]/.test("/");`,
      ].join(""),
    ],
    ["a slash that divides", `const q = a / 2 + "${"[".repeat(200)}" / 3;`],
    ["a package of 290 kB on a few lines", readFileSync(createRequire(import.meta.url).resolve(MINIFIED), "utf8")],
  ])("takes %s", (_, text) => {
    expect(overLimit(text)).toBeUndefined();
  });

  it("says where the first bracket stands that is too deep", () => {
    const text = `const fine = [[1]];\n${nested(LIMITS.depth + 1)}`;
    expect(text.slice(0, overLimit(text)!.start)).toBe(`const fine = [[1]];\nconst a = ${"[".repeat(LIMITS.depth)}`);
  });
});

describe("a cell that is too large or too deep", () => {
  it.each([
    ["literal data", data(LIMITS.code)],
    ["levels", nested(LIMITS.depth + 1)],
    ["levels by the ten thousand", nested(10_000)],
    ["parts in a row", chain(LIMITS.parts)],
    ["parts by the hundred thousand", `const not = ${"!".repeat(100_000)}1;`],
  ])("is refused for its %s, and the kernel goes on", async (_, code) => {
    const error = await fails(kernel(), code);
    expect([error["ename"], error["evalue"]]).toEqual(["SyntaxError", expect.stringContaining(FILE)]);
    const { matches } = (await kernel().request("complete_request", { code, cursor_pos: code.length }).replied())
      .content;
    expect(matches).toEqual([]);
    const inspected = await kernel().request("inspect_request", { code, cursor_pos: 7, detail_level: 0 }).replied();
    expect(inspected.content["found"]).toBe(false);
    expect((await runs(kernel(), "6 * 7")).result).toBe("42");
  });

  it("is read and runs at the bound of levels, and with a long text", async () => {
    expect((await runs(kernel(), `${nested(LIMITS.depth)}\na.length`)).result).toBe("1");
    expect((await runs(kernel(), `"${"lorem ".repeat(100_000)}".length`)).result).toBe("600000");
  });

  it.each([
    ["by its text", 'import { a } from "./deep.js";', /^deep\.js: Brackets stand more than 100 deep/],
    ["by what it imports", 'import { a } from "./above.js";', /^deep\.js: Brackets stand more than 100 deep/],
    ["where nothing is checked", '// @ts-nocheck\nimport { a } from "./deep.js";', /deep\.js:1: Brackets stand/],
  ])("is refused as an imported local module too, %s", async (_, code, message) => {
    writeFileSync(join(folder, "deep.js"), `export ${nested(10_000)}`);
    writeFileSync(join(folder, "above.js"), 'export { a } from "./deep.js";');
    const error = await fails(kernel(), code);
    expect([error["ename"], error["evalue"]]).toEqual(["SyntaxError", expect.stringMatching(message)]);
  });
});
