/** What a cell's error advises: one habit a row. */
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { describeDiagnostics } from "../../../kernel/both/describe-diagnostics.js";
import { plain } from "../../../kernel/both/paint.js";
import type { Diagnostic } from "../../../kernel/contract.js";
import { withMagics } from "../../../kernel/language/with-magics.js";
import { Notebook } from "./notebook.js";

const notebook = new Notebook(process.cwd());
const language = withMagics(notebook.language);
afterAll(() => notebook.close());
beforeEach(() => notebook.language.reset());

async function findings(cell: string): Promise<readonly Diagnostic[]> {
  const prepared = await language.prepare(cell, { checking: "error", id: 1 });
  return prepared.ok ? prepared.cell.warnings : prepared.diagnostics;
}

const hintsOf = async (cell: string): Promise<string> =>
  (await findings(cell)).flatMap(({ hints = [] }) => hints).join("\n");

const TENSOR = 'import { tf } from "saccade";\nconst t = tf.tensor1d([1]);\n';
const LATER = "async function later() { return { epochs: [3] }; }\n";
const AWAIT = "Did you forget to use 'await'?";

describe("an error's hint", () => {
  it.each([
    // a forgotten await
    [`${LATER}const h = later();\nh.epochs`, AWAIT],
    [`${LATER}for (const x of later()) {}`, AWAIT],
    [`${LATER}later() + 1`, AWAIT],
    [`${LATER}const epochs: { epochs: number[] } = later();`, AWAIT],
    ['import { train } from "saccade";\nconst h = train.fit({} as never, {} as never);\nh.epochs', AWAIT],
    // the checker's own
    ["function needs(first: number, second: number) {}\nneeds(1);", "An argument for 'second' was not provided."],
    // names
    ['print("hi")', "console.log(x)"],
    ["len([1])", "x.length"],
    ["for (const i of range(3)) {}", "for (let i = 0; i < n; i++)"],
    ["enumerate([1])", "xs.entries()"],
    ["const a = None;", "`null`"],
    ["const a = True;", "`true`"],
    ["const a = False;", "`false`"],
    ["class A { x = 1; f() { return self.x; } }", "`this`"],
    ["let n: int = 3;", "`number`"],
    ["x = 5", "`let x = 5`"],
    ["const f = (x: number) => x; f(x=3)", "f({ x: … })"],
    // imports
    ["import torch", 'from "saccade"'],
    ["import numpy as np\nconst x = 1;", 'from "saccade"'],
    ["from saccade import models, train", '`import { models, train } from "saccade"`'],
    ["import foo.bar as b", '`import * as b from "foo/bar"`'],
    ['import torch from "torch"', 'from "saccade"'],
    // statements
    ["# comment\n1", "a comment begins with `//`"],
    ["#comment\n1", "a comment begins with `//`"],
    ["1 # comment", "a comment begins with `//`"],
    ["def f(self, x, y=2):\n  return x", "`function f(x: number, y: number) { return …; }`"],
    ["for i in range(3):\n  i", "`for (let i = 0; i < 3; i++) { … }`"],
    ["for i in range(1, n):\n  i", "`for (let i = 1; i < n; i++) { … }`"],
    ["for i, x in enumerate(xs):\n  i", "`for (const [i, x] of xs.entries()) { … }`"],
    ["for x in xs:\n  x", "`for (const x of xs) { … }`"],
    ["if x > 3:\n  x", "`if (x > 3) { … }`"],
    ["class A(B):\n  pass", "`class A extends B { … }`"],
    ["[x * 2 for x in xs]", "xs.map"],
    ["const a = 1 and 2", "`&&`"],
    ["const a = not true", "`!`"],
    ["lambda x: x", "`(x) => …`"],
    ['raise ValueError("x")', "throw new Error"],
    // the notebook
    ["!ls", "%%bash"],
    ["!ls -la", "%%bash"],
    ["!pip install x", "npm install"],
    ["pip install x", "npm install"],
    ["train.fit?", "Shift+Tab"],
    ["?train.fit", "Shift+Tab"],
    ["%timeit", "%%time"],
    ["%matplotlib inline", "plots"],
    // types
    ["const f = (x) => x;", "give it a type: `(x: number) => …`; `// @ts-nocheck` on the cell's first line"],
    ['function t(o: { a: "x" | "y" }) {}\nconst o = { a: "x" };\nt(o)', "`as const` behind the literal"],
    ["const o = { d: 5 };\nconst p: { d: 5 } = o;", "`as const` behind the literal"],
    ["const s = [1, 2];\nconst p: readonly [number, number] = s;", "`as const` behind the array"],
    ["const s = [1, 2];\nconst p: [number, number] = s;", "`const pair: [number, number] = [1, 2]`"],
    ["const l$ = [];\nconst last = () => l$.at(-1);", "give it a type: `const l$: number[] = []`"],
    [
      "let best = null;\nconst keep = (x: number) => (best = best ?? x);",
      "give it a type: `let best: number | null = null`",
    ],
    ["var best = undefined;\nconst get = () => best;", "give it a type: `var best: number | undefined`"],
    ["export let later;", "give it a type: `let later: number | undefined`"],
    // tensors
    [`${TENSOR}t + 1`, "tf.add(a, b)"],
    [`${TENSOR}t + t`, "tf.add(a, b)"],
    [`${TENSOR}t * 2`, "of tensors `tf.mul(a, b)`"],
    [`${TENSOR}2 * t`, "of tensors `tf.mul(a, b)`"],
    [`${TENSOR}t < 2`, "tf.less(a, b)"],
    [`${TENSOR}t == 2`, "tf.equal(a, b)"],
    [`${TENSOR}t[0]`, "x.slice(begin, size)"],
    [`${TENSOR}t[0:1]`, "x.slice(begin, size)"],
    [`${TENSOR}t @ t`, "tf.matMul"],
    [`${TENSOR}t.item()`, "x.dataSync()[0]"],
    [`${TENSOR}t.numpy()`, "x.dataSync()"],
  ])("of %j", async (cell, hint) => {
    expect(await hintsOf(cell)).toContain(hint);
  });

  it.each([
    'const n: number = "x";',
    "const o = { a: 1 };\no.b",
    "missing + 1",
    "missing(1)",
    "const f = (x: number) => x;\nf(missing)",
    "if (a ? b : c) {\n  (\n}",
    "const o = { lambda: 1, else: 2, if: 3 };\n(",
    "class A {\n  #x = 1;\n  f( {\n}",
    "const d: Date = new Date();\nd * 2",
    "const later: Promise<number> = 3;",
    "switch (1) {\n  default:\n    (\n}",
    '{ const s = "a # b" + ;',
  ])("is none of %j", async (cell) => {
    const found = await findings(cell);
    expect(found.length).toBeGreaterThan(0);
    expect(found.flatMap(({ hints = [] }) => hints)).toEqual([]);
  });

  it("is said once a cell, below the code, and says nothing of @ts-nocheck where that is", async () => {
    const cell = "const f = (x) => x;\nconst g = (x) => x;";
    const lines = describeDiagnostics(cell, await findings(cell), "Cell [1]").traceback.map(plain);
    expect(lines.filter((line) => line.includes("hint:"))).toHaveLength(1);
    expect(lines.slice(0, 6)).toEqual([
      "TypeCheckError: Parameter 'x' implicitly has an 'any' type.",
      "  at Cell [1]:1:12 error TS7006",
      "    > 1 | const f = (x) => x;",
      "        |            ^",
      "      2 | const g = (x) => x;",
      expect.stringContaining("    hint: give it a type: `(x: number) => …`"),
    ]);
    expect(await hintsOf(`// @ts-nocheck\n${cell}`)).toBe("give it a type: `(x: number) => …`");
  });

  it("of a warning stands below it as well", async () => {
    expect(await hintsOf(`// @ts-nocheck\n${LATER}const h = later();\nh.epochs`)).toBe(AWAIT);
  });
});

it("fit's options are called so, without the names of metrics that there are none of", async () => {
  const fit = 'import { train } from "saccade";\nawait train.fit({} as never, {} as never, { optimiser: "adamw" });';
  const [error] = await findings(fit);
  expect(error?.message).toMatch(/does not exist in type 'FitOptions'\. Did you mean to write 'optimizer'\?/);
});

it("a tensor's type is named without its package's files", async () => {
  expect((await findings(`${TENSOR}t + t`))[0]?.message).toBe(
    "Operator '+' cannot be applied to types 'Tensor1D' and 'Tensor1D'.",
  );
});
