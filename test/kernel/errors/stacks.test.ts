/** Stacks that a cell shows itself: the author's lines, as an error that ends the cell has them, and no kernel's. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fails, runs, useKernel } from "../client.js";

const folder = mkdtempSync(join(tmpdir(), "saccade-stacks-"));
const kernel = useKernel({ cwd: folder });
afterAll(() => rmSync(folder, { recursive: true }));

/** Types above and within the line, so that lines and columns of the running code are others. */
const LOCAL = `interface Size {
  x: number;
}
export function boom(size: Size): string {
  if ((size as Size).x > 1) throw new RangeError("too big");
  return "b";
}
`;

beforeAll(async () => {
  writeFileSync(join(folder, "local.ts"), LOCAL);
  await runs(kernel(), `import { boom } from "./local";\n${LOCAL.replace("export", "").replace("boom", "here")}`);
});

/** What a cell's error says of places, without titles of cells that ran meanwhile. */
const places = (text: string): string[] =>
  [...text.matchAll(/(Cell \[\d+\]|local\.ts):\d+:\d+/g)].map(([place]) => place);

describe.each([
  ["of a cell", "here", "Cell [1]:6:35"],
  ["of an imported local module", "boom", "local.ts:5:35"],
])("an error %s", (_, name, place) => {
  const failing = `type T = number;\nconst size = { x: 2 as T };\n${name}(size);`;

  it.each([
    ["that ends the cell", failing],
    ["in console.error", `try {\n${failing}\n} catch (e) { console.error(e); }`],
    ["in its stack", `try {\n${failing}\n} catch (e) { console.error((e as Error).stack); }`],
    ["inside a shown value", `let found: unknown;\ntry {\n${failing}\n} catch (e) { found = e; }\n({ found })`],
    ["of a promise that was settled", `await Promise.allSettled([(async () => {\n${failing}\n})()])`],
    ["in a timer", `await new Promise<void>((go) => setTimeout(() => { go();\n${failing}\n}, 1));`],
  ])("%s has the author's lines, and no frame of the kernel", async (how, code) => {
    const outcome = await kernel().execute(code);
    const { stderr, result, error, outputs } = outcome;
    const told = [...outputs.filter(({ type }) => type === "error").map(({ content }) => content), error].at(0);
    const text = [stderr, result, (told as { traceback?: string[] })?.traceback?.join("\n")].join("\n");
    const plain = text.replace(/\u001b\[[0-9;]*m/g, "");
    const line = code.split("\n").indexOf(`${name}(size);`) + 1;
    const cell = `Cell [${outcome.reply.content["execution_count"]}]`;
    expect(places(plain).slice(0, 2), `${how}: ${plain}`).toEqual([place, `${cell}:${line}:1`]);
    expect(plain).not.toMatch(/kernel[\\/]|node:async_hooks|node:internal|cell-\d+\.ts|resumeWithin/);
  });
});

it("console.trace says the cell's lines", async () => {
  const { stderr } = await runs(kernel(), `type T = 1;\nconst trace = (t: T) => console.trace("here", t);\ntrace(1);`);
  expect(stderr.split("\n").slice(0, 3)).toEqual([
    "Trace: here 1",
    expect.stringMatching(/^ {4}at trace \(Cell \[\d+\]:2:33\)$/),
    expect.stringMatching(/^ {4}at Cell \[\d+\]:3:1$/),
  ]);
});

it("the code of a place is shown once for an error and its causes", async () => {
  const code = `const failed = (cause?: unknown) => new Error("no photo", { cause });\nthrow failed(failed(failed()));`;
  const text = (await fails(kernel(), code))["traceback"]!.join("\n").replace(/\u001b\[[0-9;]*m/g, "");
  expect(text.match(/Error: no photo/g)).toHaveLength(3);
  expect(text.match(/at failed, Cell \[\d+\]:1:37/g)).toHaveLength(3);
  expect(text.match(/> 1 \|/g)).toHaveLength(1);
});
