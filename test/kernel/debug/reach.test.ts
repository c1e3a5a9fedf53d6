/** V8's debugger is on only while something can be stopped at; what can be, stops whatever ran before. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Breakpoints } from "../../../kernel/debug/breakpoints.js";
import { Reach } from "../../../kernel/debug/reach.js";
import { Scripts } from "../../../kernel/debug/scripts.js";
import type { PreparedCell } from "../../../kernel/contract.js";
import { Inspector } from "../../../kernel/debug/inspector.js";
import { Libraries } from "../../../kernel/debug/libraries.js";
import { FrontEnd, runs, useKernel } from "../client.js";

describe("Reach", () => {
  const open = async (cells: readonly string[], breakpoints: readonly [text: string, line: number][] = []) => {
    const inspector = new Inspector({ parsed: () => {}, paused: () => {}, resumed: () => {} }); // never on
    const codeOf = (text: string): string => text;
    const scripts = new Scripts(() => inspector, codeOf);
    const libraries = new Libraries(() => inspector);
    const all = new Breakpoints({ inspector: () => inspector, scripts, libraries, codeOf, changed: async () => {} });
    const reach = new Reach({ scripts, breakpoints: all, codeOf });
    for (const [text, line] of breakpoints) {
      const path = text.startsWith("/") ? text : scripts.addText(text);
      await all.replace(path, [{ line }]);
    }
    return cells.map((source, id) => {
      scripts.addCell({ source, fileName: `cell-${id}.ts` } as PreparedCell, "");
      reach.begins(source);
      return reach.isOpen;
    });
  };
  const CALLED = "function called() {\n  return 1;\n}\nconst once = 2;";

  it.each([
    ["nothing to stop at", ["1", "const debuggers = 1;"], [], [false, false]],
    ["a `debugger;`, which runs once", ["debugger;", "1"], [], [true, false]],
    ["one in a function", ["const f = () => {\n  debugger;\n};", "1", "2"], [], [true, true, true]],
    ["a local file", ['import { a } from "./a.ts";', "1"], [], [true, true]],
    ["a package", ['import { a } from "a";\nrequire("b");', "1"], [], [false, false]],
    ["what a text does not say", ["const m = await import(name);", "1"], [], [true, true]],
    ["a breakpoint in a later cell", ["1", CALLED], [[CALLED, 4]], [false, true]],
    ["a breakpoint that runs once", [CALLED, "called()"], [[CALLED, 4]], [true, false]],
    ["a breakpoint in a function", [CALLED, "called()"], [[CALLED, 2]], [true, true]],
    ["a breakpoint in a file", ["1"], [["/a.ts", 2]], [true]],
  ] as const)("%s", async (_, cells, breakpoints, expected) => {
    expect(await open(cells, breakpoints as readonly [string, number][])).toEqual(expected);
  });
});

describe("a debugger that had nothing to stop at", () => {
  const kernel = useKernel();
  let front: FrontEnd;
  beforeEach(async () => {
    front = new FrontEnd(kernel());
    await front.attach();
  });
  afterEach(() => front.get("disconnect"));

  it("stops in a function that was declared meanwhile, at a line below, and at errors", async () => {
    const declaring = "function late(n: number) {\n  return 2 * n;\n}";
    await runs(kernel(), declaring);
    await runs(kernel(), "late(1)");
    await front.breakAt(declaring, [2]);
    let { cell } = await front.runToStop("late(2)");
    expect((await front.lines())[0]).toBe("late:2");
    await front.breakAt(declaring, []);
    await front.get("continue", { threadId: 1 });
    expect((await cell.done()).result).toBe("4");
    expect((await runs(kernel(), "late(3)")).result).toBe("6");
    await front.get("setExceptionBreakpoints", { filters: ["uncaught"] });
    ({ cell } = await front.runToStop("throw new Error('stopped at');"));
    await front.get("setExceptionBreakpoints", { filters: [] });
    await front.get("continue", { threadId: 1 });
    expect((await cell.done()).status).toBe("error");
    expect((await runs(kernel(), "late(4)")).result).toBe("8");
  });

  it("stops a cell that runs: by a pause, and by a breakpoint that is set in it", async () => {
    const code = "let turns = 0;\nconsole.log('begun');\nwhile (turns >= 0) {\n  await null;\n  turns++;\n}";
    const cell = kernel().start(code);
    await cell.printed("begun");
    let stopped = front.event("stopped");
    await front.get("pause", { threadId: 1 });
    expect(await stopped).toMatchObject({ reason: "pause" });
    await front.get("continue", { threadId: 1 });
    stopped = front.event("stopped");
    await front.breakAt(code, [5]);
    expect(await stopped).toMatchObject({ reason: "breakpoint" });
    await front.get("evaluate", { expression: "turns = -2", frameId: await topFrame() });
    await front.breakAt(code, []);
    await front.get("continue", { threadId: 1 });
    expect((await cell.done()).status).toBe("ok");
  });

  it("meets each pause of a loop of awaits, also one that comes between two jobs", async () => {
    const cell = kernel().start("let going = true;\nconsole.log('begun');\nwhile (going) await null;");
    await cell.printed("begun");
    for (let pause = 1; pause <= 20; pause++) {
      const stopped = front.event("stopped");
      await front.get("pause", { threadId: 1 });
      expect(await stopped).toMatchObject({ reason: "pause" });
      if (pause === 20) await front.get("evaluate", { expression: "going = false", frameId: await topFrame() });
      await front.get("continue", { threadId: 1 });
    }
    expect((await cell.done()).status).toBe("ok");
  });

  const topFrame = async (): Promise<number> => (await front.get("stackTrace", { threadId: 1 })).stackFrames[0].id;
});
