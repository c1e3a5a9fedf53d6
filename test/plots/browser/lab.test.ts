/**
 * Figures in a real JupyterLab, on its light and on its dark page: drawn, readable, none wider than its cell.
 * Screenshots go to .saccade/screenshots.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Lab, whyNoBrowser } from "../../kernel/browser/lab.js";
import { figures } from "./figures.js";
import { pageFigures } from "./grids.js";

const whyNot = whyNoBrowser();
if (whyNot !== undefined) console.log(`test/plots/browser: JupyterLab is not opened, ${whyNot}`);

const shown = Object.entries(figures());
const grid = (await pageFigures())["confusionGrid"]!;

describe.skipIf(whyNot !== undefined)(
  `figures in JupyterLab${whyNot === undefined ? "" : ` (did not run: ${whyNot})`}`,
  () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await Lab.start();
      await lab.page.setViewportSize({ width: 1280, height: 760 });
      const bundles = [...shown.map(([, figure]) => figure), grid].map((figure) =>
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

    describe("a confusion grid", () => {
      const last = shown.length;
      const view = (): Locator => lab.cell(last).locator("[data-figure] .root");

      it.each(["Light", "Dark"])("on the %s page has the page's colors", async (theme) => {
        await lab.page.setViewportSize({ width: 1280, height: 1000 });
        await lab.menu("Settings", "Theme");
        await lab.page.locator(".lm-Menu-item", { hasText: new RegExp(`^JupyterLab ${theme}$`) }).click();
        await lab.page.locator(`body[data-jp-theme-light="${theme === "Light"}"]`).waitFor({ state: "attached" });
        await view().scrollIntoViewIfNeeded();
        const [ink, paper, page] = await view().evaluate((one) => [
          getComputedStyle(one).color,
          getComputedStyle(one).backgroundColor,
          getComputedStyle(document.querySelector(".jp-Notebook")!).backgroundColor,
        ]);
        expect(paper).toBe(page);
        expect(contrast(ink!, paper!)).toBeGreaterThan(7);
        await lab.picture(`figure-confusionGrid-${theme.toLowerCase()}`);
      });

      it("has its keys to itself: arrows move between its cells, Enter chooses, Escape shows all again", async () => {
        const at = (row: number, column: number): Locator =>
          view().locator(`[data-row="${row}"][data-column="${column}"]`);
        const focused = (): Promise<string | null | undefined> =>
          view().evaluate((one) => (one.getRootNode() as ShadowRoot).activeElement?.getAttribute("aria-label"));
        await at(1, 1).focus();
        for (const key of ["ArrowRight", "ArrowDown", "ArrowRight"]) await lab.page.keyboard.press(key);
        expect(await focused()).toMatch(/^true automobile, predicted bird: \d+ images?$/);
        await lab.page.keyboard.press("Enter");
        expect(await view().locator("[role=status]").innerText()).toMatch(/^true automobile, predicted bird: /);
        expect(await view().locator("[role=listbox]").isVisible()).toBe(true);
        await lab.picture("figure-confusionGrid-chosen");
        await lab.page.keyboard.press("Escape");
        expect(await view().locator("[role=status]").innerText()).toMatch(/^all classes: 240 images, /);
        expect(await focused()).toMatch(/^true automobile, predicted bird: /);
        expect(await lab.page.locator(".jp-Notebook .jp-Cell.jp-mod-active .cm-focused").count()).toBe(0);
      });

      it("is live in the notebook that is opened again, and its still picture in one that is not trusted", async () => {
        await lab.menu("File", "Save Notebook");
        const file = join(lab.folder, "books/figures.ipynb");
        const saved = (): { readonly cells: readonly { readonly outputs: readonly unknown[] }[] } =>
          JSON.parse(readFileSync(file, "utf8"));
        await expect.poll(() => saved().cells[last]!.outputs.length).toBeGreaterThan(0);
        writeFileSync(join(lab.folder, "books/copy.ipynb"), readFileSync(file, "utf8").replaceAll("cell-", "other-"));
        const open = (name: string): Promise<unknown> =>
          lab.page.goto(lab.page.url().replace(/\w+\.ipynb/, `${name}.ipynb`));
        await open("figures");
        await view().locator("[role=grid]").waitFor();
        await lab.picture("figure-confusionGrid-reopened");
        await open("copy");
        const still = lab.cell(last).locator(".jp-RenderedHTML img");
        await still.waitFor();
        await still.scrollIntoViewIfNeeded();
        await lab.picture("figure-confusionGrid-untrusted");
        const seen = await still.evaluate((one: HTMLImageElement) => [one.complete, one.naturalWidth > 400, one.alt]);
        expect(seen).toEqual([true, true, expect.stringContaining(grid.description)]);
        expect(await view().count()).toBe(0);
      });
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
