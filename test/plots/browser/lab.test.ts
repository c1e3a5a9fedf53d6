/**
 * Figures in a real JupyterLab, on its light and on its dark page: drawn, readable, none wider than its cell.
 * Screenshots go to .saccade/screenshots.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Lab, whyNoBrowser } from "../../kernel/browser/lab.js";
import { figures } from "./figures.js";

const whyNot = whyNoBrowser();
if (whyNot !== undefined) console.log(`test/plots/browser: JupyterLab is not opened, ${whyNot}`);

const shown = Object.entries(figures());

describe.skipIf(whyNot !== undefined)(
  `figures in JupyterLab${whyNot === undefined ? "" : ` (did not run: ${whyNot})`}`,
  () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await Lab.start();
      await lab.page.setViewportSize({ width: 1280, height: 760 });
      const bundles = shown.map(([, figure]) =>
        (figure as unknown as Record<symbol, () => object>)[Symbol.for("Jupyter.display")]!(),
      );
      await lab.open(
        "figures",
        bundles.map((bundle) => `display(${JSON.stringify(bundle)}, { raw: true }); 0`),
      );
      // the figures' own JSON, as code
      await lab.page.addStyleTag({ content: ".jp-CodeCell .jp-Cell-inputWrapper { display: none; }" });
      await lab.menu("Run", "Run All Cells");
    });
    afterAll(async () => {
      await lab?.stop();
    });

    it.each(["Light", "Dark"])(
      "on the %s page, plotly draws each with its labels at 3:1 or more against the page",
      async (theme) => {
        await lab.menu("Settings", "Theme");
        await lab.page.locator(".lm-Menu-item", { hasText: new RegExp(`^JupyterLab ${theme}$`) }).click();
        await lab.page.locator(`body[data-jp-theme-light="${theme === "Light"}"]`).waitFor({ state: "attached" });
        for (const [index, [kind]] of shown.entries()) {
          const plot = lab.cell(index).locator(".js-plotly-plot");
          await plot.locator(".gtitle").waitFor();
          await lab.cell(index).scrollIntoViewIfNeeded();
          const seen = await plot.evaluate((one) => {
            const box = one.getBoundingClientRect();
            const area = one.closest(".jp-OutputArea-output")!.getBoundingClientRect();
            const text = one.querySelector(".gtitle")!;
            return {
              ink: getComputedStyle(text).fill,
              page: getComputedStyle(document.querySelector(".jp-Notebook")!).backgroundColor,
              wide: box.right <= area.right + 1,
              drawn: one.querySelectorAll(".trace, .hm, .im, .contour, .parcoords").length,
            };
          });
          expect(seen.drawn, kind).toBeGreaterThan(0);
          expect(seen.wide, kind).toBe(true);
          expect(contrast(seen.ink, seen.page), `${kind}: ${seen.ink} on ${seen.page}`).toBeGreaterThan(3);
          await lab.picture(`figure-${kind}-${theme.toLowerCase()}`);
        }
      },
    );

    it("beside the file browser in a window of 900 pixels, cuts no title", async () => {
      await lab.page.setViewportSize({ width: 900, height: 760 });
      for (const [index, [kind]] of shown.entries()) {
        const plot = lab.cell(index).locator(".js-plotly-plot");
        await lab.cell(index).scrollIntoViewIfNeeded();
        const beyond = (): Promise<number> =>
          plot.evaluate((one) => {
            const svg = one.querySelector("svg.main-svg")!.getBoundingClientRect();
            return (
              Math.max(
                ...[...one.querySelectorAll(".gtitle, .gtitle-subtitle")].map(
                  (text) => text.getBoundingClientRect().right,
                ),
              ) - svg.right
            );
          });
        await expect.poll(beyond, { message: kind }).toBeLessThanOrEqual(1);
        await lab.picture(`figure-${kind}-narrow`);
      }
    });
  },
);

/** Contrast ratio of two colors as CSS computes them, "rgb(r, g, b)". Source: WCAG 2.2. */
function contrast(one: string, other: string): number {
  const luminance = (text: string): number => {
    const [r, g, b] = text
      .match(/[\d.]+/g)!
      .slice(0, 3)
      .map((part) => Number(part) / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
