/** Who awaits the function that is stopped in: below its calls, behind a label. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { FrontEnd, useKernel } from "../client.js";

const kernel = useKernel();
let front: FrontEnd;
beforeAll(async () => {
  front = new FrontEnd(kernel());
  await front.attach();
});
afterAll(() => front.get("disconnect"));

const finish = async (cell: { done(): Promise<{ result: string | undefined }> }): Promise<string | undefined> => {
  await front.get("continue", { threadId: 1 });
  return (await cell.done()).result;
};

it("a function called after an `await` has its awaiting callers below a label, in the cell's own lines", async () => {
  const code = [
    "%%time",
    "const sum = (a: number, b: number) => {",
    "  return a + b;",
    "};",
    "async function inner(n: number) {",
    "  await null;",
    "  return sum(n, 1);",
    "}",
    "const outer = async () => {",
    "  const list = await Promise.all([1].map(async (n) => await inner(n)));",
    "  return list[0];",
    "};",
    "await outer()",
  ].join("\n");
  await front.breakAt(code, [3]);
  const { cell } = await front.runToStop(code);
  expect(await front.lines()).toEqual([
    "sum:3",
    "inner:7",
    "await:0",
    "(anonymous):10",
    "outer:10",
    expect.stringMatching(/^Cell \[\d+\]:13$/),
  ]);
  const { stackFrames, totalFrames } = await front.get("stackTrace", { threadId: 1, startFrame: 2, levels: 2 });
  expect(totalFrames).toBe(6);
  expect(stackFrames.map(({ presentationHint }: { presentationHint?: string }) => presentationHint)).toEqual([
    "label",
    undefined,
  ]);
  expect(await front.get("scopes", { frameId: stackFrames[1].id })).toEqual({ scopes: [] });
  expect(await finish(cell)).toBe("2");
});

it("they are there behind each of several awaits, and none is where nobody awaits", async () => {
  const code = [
    "const turn = async () => {",
    "  for (let i = 0; i < 3; i++) await null;",
    "  debugger;",
    "};",
    "await turn();",
    "setTimeout(() => {",
    "  debugger;",
    "});",
    "await new Promise((resolve) => setTimeout(resolve, 5));",
  ].join("\n");
  const { cell } = await front.runToStop(code);
  expect(await front.lines()).toEqual(["turn:3", "await:0", expect.stringMatching(/^Cell \[\d+\]:5$/)]);
  expect((await front.step("continue")).at).toEqual(["(anonymous):7"]);
  expect(await finish(cell)).toBeUndefined();
});
