/** Stopping at lines of cells and of local modules, and stepping. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fails, FrontEnd, runs, useKernel } from "../client.js";

const folder = mkdtempSync(join(tmpdir(), "debug-"));
const kernel = useKernel({ cwd: folder });
let front: FrontEnd;

beforeEach(async () => {
  front = new FrontEnd(kernel());
  await front.attach();
});

afterEach(() => front.get("disconnect"));

/** Goes on to the cell's end, stopping nowhere. */
async function finish(cell: ReturnType<ReturnType<typeof kernel>["start"]>, code = ""): Promise<string> {
  if (code !== "") await front.breakAt(code, []);
  await front.get("continue", { threadId: 1 });
  return (await cell.done()).status;
}

describe("breakpoints", () => {
  it("on a comment, a type or an empty line go down to the next line with code", async () => {
    const code = "// a comment\ninterface A {\n  a: number;\n}\n\nconst lower: A = { a: 1 };\nlower.a";
    const set = await front.breakAt(code, [1, 5]);
    expect(set.map(({ line, verified }) => [line, verified])).toEqual([
      [6, true],
      [6, true],
    ]);
    const { cell, stop } = await front.runToStop(code);
    expect(stop).toMatchObject({ reason: "breakpoint", threadId: 1, allThreadsStopped: true });
    expect(await front.lines()).toEqual([expect.stringMatching(/^Cell \[\d+\]:6$/)]);
    expect(await finish(cell)).toBe("ok");
  });

  it("with no code below are not verified, nor those of a text that is not known", async () => {
    expect((await front.breakAt("1\n// nothing", [2]))[0]).toMatchObject({ verified: false, line: 2 });
    const path = `${(await front.get("debugInfo")).tmpFilePrefix}1.ts`;
    const { breakpoints } = await front.get("setBreakpoints", { source: { path }, breakpoints: [{ line: 1 }] });
    expect(breakpoints[0]).toMatchObject({ verified: false, message: "this text is not known" });
  });

  it("stop in a cell's last expression, below its magics", async () => {
    const code = "%%time\nconst inLast = 20;\ninLast + 1";
    await front.breakAt(code, [3]);
    const { cell } = await front.runToStop(code);
    expect(await front.lines()).toEqual([expect.stringMatching(/:3$/)]);
    expect(await finish(cell)).toBe("ok");
  });

  it("stop in a function of a cell that ran before", async () => {
    const earlier = "function twice(n: number) {\n  return 2 * n;\n}";
    await runs(kernel(), earlier);
    await front.breakAt(earlier, [2]);
    const { cell } = await front.runToStop("twice(4)");
    expect(await front.lines()).toEqual(["twice:2", expect.stringMatching(/^Cell \[\d+\]:1$/)]);
    expect(await front.names("Locals")).toEqual({ n: "4" });
    expect(await finish(cell)).toBe("ok");
    expect((await cell.done()).result).toBe("8");
  });

  it("are decided on by conditions in TypeScript, which may name what earlier cells declared", async () => {
    await runs(kernel(), "const limit = 3;");
    const code = "let total = 0;\nfor (let i = 0; i < 6; i++) {\n  total += i;\n}\ntotal";
    await front.breakAt(code, [{ line: 3, condition: "(i as number) > limit" }]);
    const { cell } = await front.runToStop(code);
    expect(await front.names("Locals")).toMatchObject({ i: "4", total: "6" });
    expect(await finish(cell, code)).toBe("ok");
  });

  it("are decided on by counts of hits", async () => {
    const code = "let hits = 0;\nfor (let i = 1; i < 6; i++) {\n  hits += i;\n}";
    await front.breakAt(code, [{ line: 3, hitCondition: "% 2" }]);
    const { cell } = await front.runToStop(code);
    expect(await front.names("Locals")).toMatchObject({ i: "2" });
    await front.step("continue");
    expect(await front.names("Locals")).toMatchObject({ i: "4" });
    expect(await finish(cell)).toBe("ok");
  });

  it("write a log point's line and go on", async () => {
    const written = front.event("output");
    const code = "const logged = [1, 2];\nlogged.length";
    await front.breakAt(code, [{ line: 2, logMessage: "{logged} has {logged.length + 1 - 1}" }]);
    expect((await runs(kernel(), code)).result).toBe("2");
    expect(await written).toMatchObject({ category: "console", output: "[ 1, 2 ] has 2\n", line: 2 });
  });

  it("stop in a local module, at its first import and after it changed", async () => {
    const file = join(folder, "tools.ts");
    writeFileSync(
      file,
      "export interface A {\n  a: number;\n}\nexport const first: number = 1;\n" +
        "export const add = (a: A) => {\n  return a.a + first;\n};\n",
    );
    const set = await front.get("setBreakpoints", { source: { path: file }, breakpoints: [{ line: 3 }, { line: 6 }] });
    expect(set.breakpoints.map(({ line }: { line: number }) => line)).toEqual([4, 6]);
    const { cell } = await front.runToStop('import { add } from "./tools.ts";\nadd({ a: 2 })');
    expect((await front.lines())[0]).toBe("tools.ts:4");
    expect((await front.step("continue")).at).toEqual(["add:6", expect.stringMatching(/^Cell \[\d+\]:2$/)]);
    expect(await finish(cell)).toBe("ok");
    await front.get("setBreakpoints", { source: { path: file }, breakpoints: [] });
  });

  it("`debugger;` stops only while a front end listens", async () => {
    const { cell, stop } = await front.runToStop("debugger;\n1");
    expect(stop["reason"]).toBe("breakpoint");
    expect(await finish(cell)).toBe("ok");
    await front.get("disconnect");
    expect((await runs(kernel(), "debugger;\n2")).result).toBe("2");
  });
});

describe("errors", () => {
  const code =
    "function throwing(): never {\n  throw new RangeError('too big');\n}\n" +
    "try {\n  throwing();\n} catch {}\nthrowing();";

  it("uncaught ones stop, those that a cell catches do not", async () => {
    await front.get("setExceptionBreakpoints", { filters: ["uncaught"] });
    const { cell, stop } = await front.runToStop(code);
    expect(stop).toMatchObject({ reason: "exception", text: expect.stringMatching(/^RangeError: too big/) });
    expect(await front.lines()).toEqual(["throwing:2", expect.stringMatching(/:7$/)]);
    expect(await front.get("exceptionInfo", { threadId: 1 })).toMatchObject({
      exceptionId: "RangeError",
      breakMode: "unhandled",
    });
    expect(await finish(cell)).toBe("error");
  });

  it("all of them stop where that is asked for", async () => {
    await front.get("setExceptionBreakpoints", { filters: ["all"] });
    const { cell } = await front.runToStop(code);
    expect(await front.lines()).toEqual(["throwing:2", expect.stringMatching(/:5$/)]);
    expect((await front.step("continue")).at[1]).toMatch(/:7$/);
    expect(await finish(cell)).toBe("error");
  });

  it("one stops once, also where it comes through an await", async () => {
    await front.get("setExceptionBreakpoints", { filters: ["uncaught"] });
    const { cell } = await front.runToStop(
      "const later = async () => {\n  await null;\n  throw new Error('late');\n};\nawait later();",
    );
    expect(await front.lines()).toEqual(["later:3", "await:0", expect.stringMatching(/:5$/)]);
    expect(await finish(cell)).toBe("error");
  });

  it("one that a caller's `try` catches behind an await is none that nothing catches", async () => {
    const later = "const later = async () => {\n  await null;\n  throw new Error('late');\n};\n";
    const within = "const caught = async () => {\n  try {\n    await Promise.all([later()]);\n  } catch {}\n};\n";
    await front.get("setExceptionBreakpoints", { filters: ["uncaught"] });
    expect((await runs(kernel(), `${later}${within}await caught();\n'went on'`)).result).toBe("'went on'");
    const { cell } = await front.runToStop(`${later}try {} finally {\n  await later();\n}`);
    expect((await front.lines())[0]).toBe("later:3");
    expect(await finish(cell)).toBe("error");
  });

  it("none stops unless asked for", async () => {
    await front.get("setExceptionBreakpoints", { filters: [] });
    expect((await fails(kernel(), code))["ename"]).toBe("RangeError");
  });
});

describe("steps", () => {
  const code = [
    "const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));",
    "function outer(n: number) {",
    "  const doubled = [n].map((one) => 2 * one);",
    "  return doubled[0]!;",
    "}",
    "await wait(2);",
    "const stepped = outer(1);",
    "await wait(2); console.log(stepped);",
    "stepped",
  ].join("\n");

  it("`next` goes over calls and over `await` to the cell's next line", async () => {
    await front.breakAt(code, [6]);
    const { cell } = await front.runToStop(code);
    const at: string[] = [];
    for (let i = 0; i < 3; i++) at.push((await front.step("next")).at.join());
    expect(at.map((one) => one.replace(/.*:/, ""))).toEqual(["7", "8", "9"]);
    expect(await finish(cell)).toBe("ok");
  });

  it("`stepIn` enters own functions and skips libraries and Node's, `stepOut` leaves them", async () => {
    await front.breakAt(code, [7]);
    const { cell } = await front.runToStop(code);
    const { at, reason } = await front.step("stepIn");
    expect([reason, at[0]]).toEqual(["step", "outer:3"]);
    expect((await front.step("stepOut")).at[0]).toMatch(/^Cell \[\d+\]:[78]$/);
    expect(await finish(cell)).toBe("ok");
  });

  it("a step at a cell's end does not stop the next cell", async () => {
    const last = "const before = 1;\nbefore + 1";
    await front.breakAt(last, [2]);
    const { cell } = await front.runToStop(last);
    await front.get("next", { threadId: 1 });
    expect((await cell.done()).result).toBe("2");
    expect((await runs(kernel(), "const after = 2;\nafter")).result).toBe("2");
  });

  it.each([
    ["of a cell", "let goes = true;\nconsole.log('begun');\nwhile (goes) {\n  [0].at(0);\n}\n'over'"],
    [
      "of a function",
      "function turn() {\n  let goes = true;\n  console.log('begun');\n  while (goes) [0].at(0);\n" +
        "  return 'over';\n}\nturn()",
    ],
  ])("`pause` stops a loop, and a variable %s that is set ends it, though V8 has optimised it", async (_, code) => {
    const cell = kernel().start(code);
    await cell.until(({ published }) => published.some(({ type }) => type === "stream"));
    const stopped = front.event("stopped");
    await front.get("pause", { threadId: 1 });
    expect(await stopped).toMatchObject({ reason: "pause" });
    const [{ id }] = (await front.get("stackTrace", { threadId: 1 })).stackFrames;
    const [locals] = (await front.get("scopes", { frameId: id })).scopes;
    const variablesReference = locals.variablesReference;
    expect(await front.get("setVariable", { variablesReference, name: "goes", value: "false" })).toMatchObject({
      value: "false",
    });
    expect(await finish(cell)).toBe("ok");
    expect((await cell.done()).result).toBe("'over'");
  });

  it("of a call below that V8 has optimised a variable is set, or is said not to be", async () => {
    const code = [
      "function below(n: number) {",
      "  if (n === 300_000) debugger;",
      "  return n;",
      "}",
      "function hot() {",
      "  let last = 400_000;",
      "  for (let i = 0; i < last; i++) below(i);",
      "  return last;",
      "}",
      "hot()",
    ].join("\n");
    const { cell } = await front.runToStop(code);
    const { stackFrames } = await front.get("stackTrace", { threadId: 1 });
    expect(stackFrames[1]).toMatchObject({ name: "hot", line: 7 });
    const [{ variablesReference }] = (await front.get("scopes", { frameId: stackFrames[1].id })).scopes;
    const set = await front.ask("setVariable", { variablesReference, name: "last", value: "300_001" });
    expect(await finish(cell)).toBe("ok");
    expect((await cell.done()).result).toBe(set["success"] === true ? "300001" : "400000");
  });
});
