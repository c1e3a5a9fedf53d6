/** JupyterLab's own debugger panel on our kernel. Screenshots go to .saccade/screenshots. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Lab, whyNoBrowser } from "./lab.js";

const whyNot = whyNoBrowser();
if (whyNot !== undefined) console.log(`browser tests did not run: ${whyNot}`);

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

  it("a breakpoint in the gutter stops the cell; steps, variables, call stack; then the cell ends", async () => {
    await lab.open("debugged", [
      "const scale: number = 3;",
      [
        "const list = [1, 2];",
        "function scaled(n: number) {",
        "  const result = n * scale;",
        "  return result;",
        "}",
        "const sum = scaled(2);",
        "sum + list.length",
      ].join("\n"),
    ]);
    const { page } = lab;
    await lab.ran(0);
    await page.locator(".jp-DebuggerBugButton").click();
    await lab.cell(1).locator(".cm-gutter.cm-breakpoint-gutter").waitFor();
    await page.locator(".jp-DebuggerVariables").getByText("scale").first().waitFor();
    await lab.cell(1).locator(".cm-gutter.cm-breakpoint-gutter .cm-gutterElement").nth(6).click();
    await page.locator(".jp-DebuggerBreakpoint").first().waitFor();
    await lab.picture("debugger-on");
    await lab.runCell(1);
    const frames = page.locator(".jp-DebuggerCallstackFrame");
    await frames.first().waitFor();
    await lab.picture("debugger-stopped");
    expect(await frames.allInnerTexts()).toEqual([expect.stringMatching(/^Cell \[2\]/)]);
    await page.locator("[data-jp-item-name='step-in']").click();
    await frames.nth(1).waitFor();
    expect(await frames.first().innerText()).toMatch(/^scaled/);
    await page.locator(".jp-DebuggerVariables-name", { hasText: /^result$/ }).waitFor();
    expect(await page.locator(".jp-DebuggerVariables-detail").first().innerText()).toBe("2");
    await lab.picture("debugger-in-function");
    await page.locator("[data-jp-item-name='continue']").click();
    await lab.outputs(1).first().waitFor();
    expect(await lab.outputs(1).innerText()).toMatch(/8/);
  });
});
