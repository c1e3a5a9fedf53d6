/**
 * JupyterLab's own debugger panel on our kernel: one stop, gone through as a reader does; each test goes on where the
 * one before ended. Screenshots go to .saccade/screenshots.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Lab, whyNoBrowser } from "./lab.js";

const whyNot = whyNoBrowser();
if (whyNot !== undefined) console.log(`browser tests did not run: ${whyNot}`);

const PICTURE = "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='60'><circle r='60' fill='teal'/></svg>";
const DECLARING = [
  'import { half } from "./tools.ts";',
  "const scale: number = half(6);",
  `const picture = { [Symbol.for("Jupyter.display")]: () => ({ "image/svg+xml": "${PICTURE}" }) };`,
].join("\n");
const DEBUGGED = [
  "const list = [1, 2];",
  "function scaled(n: number) {",
  "  const result = n * scale;",
  "  return result;",
  "}",
  "const later = async () => {",
  "  await null;",
  "  return scaled(2);",
  "};",
  "(await later()) + list.length",
].join("\n");

describe.skipIf(whyNot !== undefined)(`debugger${whyNot === undefined ? "" : ` (did not run: ${whyNot})`}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await lab?.picture(`failed-${task.name.slice(0, 40)}`);
  });
  afterAll(async () => {
    await lab?.stop();
  });

  const find = (selector: string, hasText?: string): Locator =>
    lab.page.locator(selector, hasText === undefined ? {} : { hasText });
  const frames = (): Locator => find(".jp-DebuggerCallstackFrame");
  const variable = (name: string): Locator =>
    find(".jp-DebuggerVariables-body .jp-TreeItem")
      .filter({ has: lab.page.getByText(name, { exact: true }) })
      .first();

  it("a breakpoint in the gutter stops the cell; steps, variables, call stack", async () => {
    writeFileSync(join(lab.folder, "books/tools.ts"), "export const half = (n: number): number => n / 2;\n");
    await lab.open("debugged", [DECLARING, DEBUGGED], "lab"); // what the panel opens stands beside the notebook
    await lab.ran(0);
    await find(".jp-DebuggerBugButton").click();
    await lab.cell(1).locator(".cm-gutter.cm-breakpoint-gutter").waitFor();
    await variable("scale").waitFor();
    await lab.cell(1).locator(".cm-gutter.cm-breakpoint-gutter .cm-gutterElement").nth(8).click();
    await find(".jp-DebuggerBreakpoint").first().waitFor();
    await lab.picture("debugger-on");
    await lab.runCell(1);
    await frames().first().waitFor();
    await lab.picture("debugger-stopped");
    const names = find(".jp-DebuggerCallstackFrame-name");
    expect(await names.allInnerTexts()).toEqual(["later", "await", "Cell [2]"]);
    await find("[data-jp-item-name='step-in']").click();
    await frames().nth(3).waitFor();
    expect(await names.allInnerTexts()).toEqual(["scaled", "later", "await", "Cell [2]"]);
    await variable("result").waitFor();
    expect(await variable("n").locator(".jp-DebuggerVariables-detail").innerText()).toBe("2");
    await lab.picture("debugger-in-function");
  });

  it("a variable under the pointer offers its rich view", async () => {
    const scope = lab.page.getByLabel("Scope", { exact: true });
    await scope.selectOption("Globals");
    await variable("picture").hover();
    await variable("picture").locator(".jp-DebuggerVariables-renderVariable").click();
    await find(".jp-VariableRendererPanel-renderer svg, .jp-VariableRendererPanel-renderer img").waitFor();
    await lab.picture("debugger-rich-view");
    await scope.selectOption("Locals");
  });

  it("variables stand in a table too", async () => {
    await find(".jp-TableView-Button").click();
    await find(".jp-DebuggerVariables-grid canvas").first().waitFor();
    await lab.picture("debugger-table");
    await find(".jp-TreeView-Button").click();
    await variable("result").waitFor();
  });

  it("the debug console evaluates in the function that is stopped", async () => {
    await find("[data-jp-item-name='evaluate']").click();
    await find(".jp-DebugConsole .jp-CodeConsole-promptCell .cm-content").click();
    await lab.page.keyboard.type("scale * (n as number) + 36");
    await lab.page.keyboard.press("Shift+Enter");
    await find(".jp-DebugConsole .jp-OutputArea-output", "42").waitFor();
    await variable("result").waitFor();
    await lab.picture("debugger-console");
    await find("[data-jp-item-name='evaluate']").click();
  });

  it("kernel sources list imported files, and open them", async () => {
    await find(".jp-DebuggerKernelSource-source", "tools.ts").click();
    expect(await find(".jp-DebuggerKernelSource-source").allInnerTexts()).toEqual(["tools.ts"]);
    await find(".lm-TabBar-tab", "tools.ts").click(); // it may lie behind the notebook
    await find(".cm-line span", "export").waitFor(); // highlighted
    await lab.picture("debugger-sources");
  });

  it("goes on to the cell's end", async () => {
    await find("[data-jp-item-name='continue']").click();
    await lab.outputs(1).first().waitFor({ state: "attached" }); // the source lies over it
    expect(await lab.outputs(1).textContent()).toMatch(/8/);
  });

  it("a reload of the page while a cell is stopped brings breakpoint, calls and variables back", async () => {
    await lab.page.getByRole("main").getByText("debugged.ipynb", { exact: true }).click(); // the source lies over it
    await lab.press("save"); // or the page asks before it goes
    await lab.runCell(1);
    await frames().nth(2).waitFor();
    await lab.page.reload();
    await lab.cell(1).locator(".cm-breakpoint-marker, .cm-breakpoint-icon").first().waitFor({ state: "attached" });
    await frames().nth(2).waitFor();
    expect(await find(".jp-DebuggerCallstackFrame-name").allInnerTexts()).toEqual(["later", "await", "Cell [3]"]);
    await find(".jp-DebuggerEditor-highlight").first().waitFor({ state: "attached" });
    await lab.picture("debugger-reloaded");
    await lab.theme("JupyterLab Dark");
    await lab.picture("debugger-dark");
    await find("[data-jp-item-name='continue']").click();
    await frames().first().waitFor({ state: "detached" });
    await lab.idle();
  });
});
