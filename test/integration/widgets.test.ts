/**
 * ipywidgets' and anywidget's own JupyterLab managers showing widgets made from TypeScript, with callbacks into the
 * kernel.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Lab, whyNoBrowser } from "../kernel/browser/lab.js";
import { venv } from "./tools.js";

const python = join(venv, "bin/python");
const whyNot = whyNoBrowser(python);
if (whyNot !== undefined) console.log(`browser tests did not run: ${whyNot}`);

describe.skipIf(whyNot !== undefined)(
  `widgets in JupyterLab${whyNot === undefined ? "" : ` (did not run: ${whyNot})`}`,
  () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await Lab.start(python);
    });
    afterAll(async () => {
      await lab?.stop();
    });

    it("a slider is shown, moves by keyboard, and tells the kernel", async () => {
      await lab.open("slider", [
        'const slider = widgets.slider({ min: 0, max: 10, value: 3, label: "depth" }); slider',
        "slider.value",
        "slider.value = 7;",
      ]);
      await lab.runCell(0);
      const handle = lab.cell(0).locator(".noUi-handle");
      await handle.waitFor();
      await handle.focus();
      await lab.page.keyboard.press("ArrowRight");
      await lab.cell(0).locator(".widget-readout", { hasText: "4" }).waitFor();
      await lab.runCell(1);
      await lab.outputs(1).filter({ hasText: "4" }).waitFor();
      await lab.runCell(2);
      await lab.cell(0).locator(".widget-readout", { hasText: "7" }).waitFor();
      await lab.picture("slider");
    });

    it("a button's click calls the kernel, which moves a progress bar", async () => {
      await lab.open("button", [
        'const bar = widgets.progress({ max: 4, value: 0 });\nconst button = widgets.button({ label: "one ' +
          'more", onClick: () => { bar.value += 1; } });\nwidgets.column(button, bar)',
        "bar.value",
      ]);
      await lab.runCell(0);
      const button = lab.cell(0).locator("button.widget-button, button.jupyter-button", { hasText: "one more" });
      await button.click();
      await button.click();
      await lab.cell(0).locator(".progress-bar").waitFor();
      await expect
        .poll(() =>
          lab
            .cell(0)
            .locator(".progress-bar")
            .evaluate((bar) => (bar as unknown as { style: { width: string } }).style.width),
        )
        .toBe("50%");
      await lab.runCell(1);
      await lab.outputs(1).filter({ hasText: "2" }).waitFor();
      await lab.picture("button");
    });

    it("an anywidget draws itself and shares its state", async () => {
      await lab.open("anywidget", [
        "const counter = widgets.anywidget({ esm: `export default { render({ model, el }) { const b = " +
          "document.createElement('button'); b.className = 'counter'; const show = () => { b.textContent = " +
          "'count ' + model.get('count'); }; show(); model.on('change:count', show); b.onclick = () => { " +
          "model.set('count', model.get('count') + 1); model.save_changes(); }; el.append(b); } }`, state: { " +
          "count: 5 } }); counter",
        'counter.get("count")',
      ]);
      await lab.runCell(0);
      const button = lab.cell(0).locator("button.counter");
      await button.waitFor();
      expect(await button.innerText()).toBe("count 5");
      await button.click();
      await lab.cell(0).locator("button.counter", { hasText: "count 6" }).waitFor();
      await lab.runCell(1);
      await lab.outputs(1).filter({ hasText: "6" }).waitFor();
      await lab.picture("anywidget");
    });
  },
);
