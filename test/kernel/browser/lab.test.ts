/**
 * The kernel driven by hand in a real JupyterLab: what a reader clicks and sees. Screenshots go to
 * .saccade/screenshots.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Lab, whyNoBrowser } from "./lab.js";

const whyNot = whyNoBrowser();
if (whyNot !== undefined) console.log(`browser tests did not run: ${whyNot}`);

describe.skipIf(whyNot !== undefined)(`in JupyterLab${whyNot === undefined ? "" : ` (did not run: ${whyNot})`}`, () => {
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

  it("Run All runs every cell, in order, with counts, results and errors shown", async () => {
    await lab.open("all", [
      'const width: number = 6;\nconsole.log("printed")',
      "width * 7",
      'throw new RangeError("shown in red")',
    ]);
    await lab.menu("Run", "Run All Cells");
    await lab.outputs(2).first().waitFor();
    await lab.idle();
    expect(await lab.outputs(0).innerText()).toMatch(/printed/);
    expect(await lab.outputs(1).innerText()).toMatch(/42/);
    expect(await lab.outputs(2).innerText()).toMatch(/RangeError.*shown in red/s);
    expect(await lab.cell(1).locator(".jp-InputPrompt").innerText()).toMatch(/\[2\]/);
    await lab.picture("run-all");
  });

  it("a type error stands below its cell with a code frame", async () => {
    await lab.open("types", ["const size: number = 3;\nconst text: string = size;", "size"]);
    await lab.runCell(0);
    await lab
      .outputs(0)
      .filter({ hasText: /not assignable/ })
      .first()
      .waitFor();
    await lab.picture("type-error");
  });

  it("cells are highlighted as TypeScript", async () => {
    await lab.open("colours", ['const name: string = "text"; // remark']);
    await lab.cell(0).locator(".cm-line span", { hasText: "const" }).first().waitFor();
    expect(await lab.cell(0).locator(".cm-line span").count()).toBeGreaterThan(3);
  });

  it("the interrupt button ends a busy loop, and the state is kept", async () => {
    await lab.open("interrupt", ["let kept = 41; kept", 'console.log("turning"); while (true) {}', "kept + 1"]);
    await lab.runCell(0);
    await lab.outputs(0).first().waitFor();
    await lab.runCell(1);
    await lab.outputs(1).first().waitFor();
    await lab.press("interrupt");
    await lab.idle();
    expect(await lab.cell(1).innerText()).toMatch(/[Ii]nterrupt/);
    await lab.runCell(2);
    await lab.outputs(2).first().waitFor();
    expect(await lab.outputs(2).innerText()).toMatch(/42/);
    await lab.picture("interrupt");
  });

  it("the restart button gives a fresh kernel, whose next cell is the first", async () => {
    await lab.open("restart", ["const gone = 1; gone", "typeof (globalThis as any).gone"]);
    await lab.runCell(0);
    await lab.outputs(0).first().waitFor();
    await lab.press("restart");
    await lab.page.locator(".jp-Dialog .jp-mod-accept").click();
    await lab.page.locator(".jp-Dialog").waitFor({ state: "detached" });
    await lab.idle();
    await lab.runCell(1);
    await lab.outputs(1).first().waitFor();
    expect(await lab.outputs(1).innerText()).toMatch(/undefined/);
    expect(await lab.cell(1).locator(".jp-InputPrompt").innerText()).toMatch(/\[1\]/);
  });

  it("Tab opens the completion pop-up with the members of an earlier cell's value, and Enter takes one", async () => {
    await lab.open("complete", ["const measured = { widthMm: 1, widthInch: 2, height: 3 };", "measured.wid"]);
    await lab.ran(0);
    await lab.edit(1);
    await lab.page.keyboard.press("Tab");
    await lab.page.locator(".jp-Completer-item", { hasText: "widthInch" }).waitFor();
    await lab.picture("completion");
    await lab.page.locator(".jp-Completer-item", { hasText: "widthInch" }).click();
    expect(await lab.cell(1).locator(".cm-content").innerText()).toBe("measured.widthInch");
  });

  it("Shift+Tab opens a tooltip with the type and the documentation", async () => {
    await lab.open("tooltip", [
      "/** Doubles its argument. */\nfunction doubled(x: number): number { return x * 2; }",
      "doubled",
    ]);
    await lab.ran(0);
    await lab.edit(1);
    await lab.page.keyboard.press("Shift+Tab");
    const tooltip = lab.page.locator(".jp-Tooltip");
    await tooltip.filter({ hasText: /doubled.*number/s }).waitFor(); // its text is rendered after it is shown
    await lab.picture("tooltip");
  });

  it("input shows a box whose answer reaches the cell", async () => {
    await lab.open("input", ['const user = await input("name? ");\n`hello ${user}`']);
    await lab.runCell(0);
    const box = lab.page.locator(".jp-Stdin-input");
    await box.waitFor();
    await lab.picture("stdin");
    await box.fill("Ada");
    await box.press("Enter");
    await lab.outputs(0).filter({ hasText: "hello Ada" }).waitFor();
  });

  it("an update_display changes what stands there, and a progress bar moves", async () => {
    await lab.open("display", [
      'const shown = display(html`<b class="mark">before</b>`);',
      'shown.update(html`<b class="mark">after</b>`);',
      "for (const _ of progress([1, 2, 3])) await new Promise((resolve) => setTimeout(resolve, 50));",
    ]);
    for (const index of [0, 1, 2]) {
      await lab.ran(index);
    }
    await lab.cell(0).locator(".mark", { hasText: "after" }).waitFor();
    await lab.outputs(2).first().waitFor();
    await lab.picture("display");
  });

  it("a plotly figure is drawn", async () => {
    await lab.open("plot", [
      'display({ "application/vnd.plotly.v1+json": { data: [{ x: [1, 2, 3], y: [2, 1, 3], type: "scatter" ' +
        '}], layout: { title: { text: "drawn here" } } }, "text/plain": "a figure" }, { raw: true }); 0',
    ]);
    await lab.runCell(0);
    await lab.cell(0).locator(".js-plotly-plot svg .scatterlayer .trace path").first().waitFor();
    expect(await lab.cell(0).innerText()).toMatch(/drawn here/);
    await lab.picture("plot");
  });

  it("100,000 printed lines leave the page alive", async () => {
    await lab.open("flood", ["for (let line = 0; line < 100_000; line++) console.log(line)", "1 + 1"]);
    await lab.ran(0);
    await lab.runCell(1);
    await lab.outputs(1).first().waitFor();
    expect(await lab.outputs(1).innerText()).toMatch(/2/);
  });
});
