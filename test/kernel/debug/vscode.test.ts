/**
 * What VS Code's Jupyter extension sends for "Debug Cell" and "Run by Line", in its order, with the Python that it runs
 * around them. Source: microsoft/vscode-jupyter, src/notebooks/debugger, and microsoft/vscode's debugSession.ts. (The
 * extension offers both in Python notebooks only, and decides that before any of this.)
 */
import { beforeAll, expect, it } from "vitest";
import { FrontEnd, runs, useKernel, type Request } from "../client.js";

const kernel = useKernel();
const EARLIER = "const rate: number = 2;\nfunction rated(n: number) {\n  return rate * n;\n}";
const DEBUGGED =
  "const two = 2;\n\nfunction twice(n: number) {\n  return rated(n);\n}\nconst four = twice(two);\nawait null;\nfour";
let front: FrontEnd;
beforeAll(async () => {
  front = new FrontEnd(kernel());
  await runs(kernel(), EARLIER);
});

/** Python that the extension runs unseen: no cell of the reader's may notice. */
async function runHidden(code: string): Promise<void> {
  const hidden = await kernel().execute(code, { storeHistory: false, stopOnError: false, allowStdin: true });
  expect(hidden.status).toBe("error");
}

/** The extension writes a cell's text anew before it sets its breakpoints. */
async function setBreakpoints(code: string, lines: readonly number[]): Promise<string> {
  const { sourcePath: path } = await front.get("dumpCell", { code });
  const breakpoints = lines.map((line) => ({ line }));
  const { breakpoints: set } = await front.get("setBreakpoints", {
    source: { name: "study.ipynb", path },
    lines,
    breakpoints,
    sourceModified: false,
  });
  expect(set.map(({ verified }: { verified: boolean }) => verified)).toEqual(lines.map(() => true));
  return path;
}

/** From the button to the cell's run; @returns the cell and its path. */
async function begin(mode: "Cell" | "RunByLine", lines: readonly number[]): Promise<{ cell: Request; path: string }> {
  const capabilities = await front.get("initialize", {
    clientID: "vscode",
    clientName: "Visual Studio Code",
    adapterID: "Python Kernel Debug Adapter",
    pathFormat: "path",
    linesStartAt1: true,
    columnsStartAt1: true,
    supportsVariableType: true,
    supportsVariablePaging: true,
    supportsRunInTerminalRequest: true,
    locale: "en",
    supportsInvalidatedEvent: true,
    supportsMemoryReferences: true,
    supportsStartDebuggingRequest: true,
  });
  for (const threadId of (await front.get("debugInfo")).stoppedThreads)
    await kernel().ask("debug_request", { seq: 0, type: "request", command: "continue", arguments: { threadId } });
  const initialized = front.event("initialized");
  await front.get("attach", {
    type: "Python Kernel Debug Adapter",
    name: "study.ipynb",
    request: "attach",
    justMyCode: true,
    __mode: mode,
    __cellIndex: 1,
    __notebookUri: "file:///study.ipynb",
    __sessionId: "1",
  });
  await initialized;
  await setBreakpoints(DEBUGGED, lines);
  const filters = (capabilities.exceptionBreakpointFilters as { filter: string; default: boolean }[])
    .filter(({ default: isOn }) => isOn)
    .map(({ filter }) => filter);
  await front.get("setExceptionBreakpoints", { filters });
  await runHidden("import debugpy\ndebugpy.debug_this_thread()");
  await Promise.all([EARLIER, DEBUGGED].map((code) => front.get("dumpCell", { code })));
  const path = await setBreakpoints(DEBUGGED, mode === "RunByLine" ? [1] : lines);
  const cell = kernel().start(DEBUGGED, { stopOnError: false, allowStdin: true });
  await front.get("configurationDone");
  await front.get("threads");
  return { cell, path };
}

/** What the extension does when the cell has ended, or is to be left. */
async function end(): Promise<void> {
  const terminated = front.event("terminated");
  await Promise.all([
    runHidden("import os as _VSCODE_os\nfor file in _VSCODE_fileList:\n    _VSCODE_os.remove(file)"),
    front.get("disconnect", { restart: false }),
  ]);
  await terminated;
}

it("Debug Cell stops, shows variables, evaluates, steps, and ends with the cell", async () => {
  const stopped = front.event("stopped");
  const { cell, path } = await begin("Cell", [4]);
  expect(await stopped).toMatchObject({ reason: "breakpoint", threadId: 1, allThreadsStopped: true });
  // the workbench and the extension ask beside each other
  const [, { stackFrames, totalFrames }] = await Promise.all([
    front.get("stackTrace", { threadId: 1, startFrame: 0, levels: 1 }),
    front.get("stackTrace", { threadId: 1, startFrame: 0, levels: 20 }),
  ]);
  expect(totalFrames).toBe(2);
  expect(stackFrames[0]).toMatchObject({ name: "twice", line: 4, source: { path } });
  const frameId = stackFrames[0].id;
  const { scopes } = await front.get("scopes", { frameId });
  const variables = await Promise.all(
    scopes.map(({ variablesReference }: { variablesReference: number }) =>
      front.get("variables", { variablesReference }),
    ),
  );
  expect(variables[0].variables).toEqual([expect.objectContaining({ name: "n", value: "2", type: "number" })]);
  for (const context of ["hover", "watch", "repl", "clipboard", "variables"])
    expect(await front.get("evaluate", { expression: "n * rate", frameId, context })).toMatchObject({ result: "4" });
  const python = { expression: "import json as _VSCODE_json", frameId, context: "repl", format: { rawString: true } };
  expect(await front.ask("evaluate", python)).toMatchObject({ success: false });
  expect((await front.step("next")).at[0]).toMatch(/^Cell \[2\]:7$/);
  await front.get("continue", { threadId: 1 });
  expect((await cell.done()).result).toBe("4");
  await end();
});

it("Run by Line goes through the cell's own lines, and leaves other cells' functions by itself", async () => {
  let stopped = front.event("stopped");
  const { cell, path } = await begin("RunByLine", []);
  const shown: number[] = [];
  const at = async (): Promise<boolean> => Promise.race([stopped.then(() => true), cell.done().then(() => false)]);
  for (let last = ""; await at();) {
    const { stackFrames } = await front.get("stackTrace", { threadId: 1, startFrame: 0, levels: 1 });
    const { line, column, source } = stackFrames[0];
    const isShown = source.path === path && last !== `${line}:${column}`;
    last = `${line}:${column}`;
    if (isShown) shown.push(line);
    stopped = front.event("stopped");
    await front.get("stepIn", { threadId: 1 });
  }
  expect(shown).toEqual([1, 6, 4, 4, 7, 8]);
  expect((await cell.done()).result).toBe("4");
  await end();
});

it("Run by Line is left at a stop: the cell goes on to its end, and the next cell runs as ever", async () => {
  const stopped = front.event("stopped");
  const { cell } = await begin("RunByLine", []);
  await stopped;
  await Promise.all([runHidden("pass"), front.get("disconnect", { restart: false })]);
  expect((await cell.done()).result).toBe("4");
  expect((await runs(kernel(), "four + 1")).result).toBe("5");
});

it("a cell's lines are counted from its first that is not empty, as the extension takes it", async () => {
  const above = "\n  \n\n";
  const code = `${above}const first = 1;\nconst second = first + 1;\nsecond;`;
  await front.get("initialize", { clientID: "vscode", linesStartAt1: true });
  await front.get("attach");
  const { sourcePath: path } = await front.get("dumpCell", { code });
  const source = { name: "study.ipynb", path };
  const asked = [{ line: 2, logMessage: "{first}" }, { line: 3 }];
  const { breakpoints } = await front.get("setBreakpoints", { source, breakpoints: asked });
  expect(breakpoints.map(({ line }: { line: number }) => line)).toEqual([2, 3]);
  const logged = front.event("output");
  const { cell } = await front.runToStop(code);
  expect(await logged).toMatchObject({ output: "1\n", line: 2 });
  expect(await front.lines()).toEqual([expect.stringMatching(/:3$/)]);
  await front.get("initialize", { clientID: "jupyterlab", linesStartAt1: true });
  expect(await front.lines()).toEqual([expect.stringMatching(/:6$/)]);
  await front.get("continue", { threadId: 1 });
  expect((await cell.done()).result).toBe("2");
  await front.get("disconnect");
});
