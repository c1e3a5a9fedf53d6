/// <reference lib="dom" />
/** Figures in a real browser keep their size and shape, whatever room they get, and their title is never covered. */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plotlyScript } from "../../../lib/cli/studies/plotly-script.js";
import { launchChromium, whyNoChromium } from "../../browser.js";
import { figures } from "./figures.js";

const ROOT = join(import.meta.dirname, "../../..");
const whyNot = whyNoChromium();
const shown = Object.entries(figures()).map(([kind, { data, layout }]) => ({
  kind,
  figure: JSON.parse(JSON.stringify({ data, layout })) as { data: unknown; layout: Record<string, unknown> },
}));

/** What plotly.js offers, and what it keeps with a figure. */
interface Plotly {
  newPlot(on: Element, data: unknown, layout: unknown): Promise<unknown>;
  redraw(on: Element): Promise<unknown>;
  readonly Plots: { resize(on: Element): Promise<unknown> };
}
interface Drawn extends HTMLElement {
  readonly _fullLayout: {
    readonly width: number;
    readonly height: number;
    readonly xaxis: { readonly _length: number };
    readonly yaxis: { readonly _length: number };
  };
}

describe.skipIf(whyNot !== undefined)(`a figure${whyNot === undefined ? "" : ` (did not run: ${whyNot})`}`, () => {
  let browser: Browser;
  let page: Page;
  let touched: Page;
  beforeAll(async () => {
    browser = await launchChromium();
    const script = await plotlyScript({ root: ROOT, packageFolder: ROOT });
    const open = async (context: object): Promise<Page> => {
      const one = await (await browser.newContext({ viewport: { width: 1300, height: 900 }, ...context })).newPage();
      const head = '<meta name="viewport" content="width=1300">';
      await one.setContent(`<!doctype html>${head}<body style="margin:0"><div id="on"></div></body>`);
      await one.addScriptTag({ path: script });
      return one;
    };
    [page, touched] = [await open({}), await open({ hasTouch: true, isMobile: true })];
  });
  afterAll(async () => {
    await browser?.close();
  });

  it.each(shown)("of kind $kind stays as high as it is where its page narrows", async ({ figure }) => {
    const sizes = await page.evaluate(async ({ data, layout }) => {
      const { Plotly } = window as unknown as { Plotly: Plotly };
      const on = document.getElementById("on") as unknown as Drawn;
      const seen: number[][] = [];
      await Plotly.newPlot(on, data, structuredClone(layout));
      for (const width of [1200, 600]) {
        on.style.width = `${width}px`; // as JupyterLab's renderer does it
        await Plotly.redraw(on);
        await Plotly.Plots.resize(on);
        seen.push([on._fullLayout.width, on._fullLayout.height]);
      }
      return seen;
    }, figure);
    expect(sizes).toEqual(Array.from({ length: 2 }, () => [figure.layout["width"], figure.layout["height"]]));
  });

  it.each(shown.filter(({ kind }) => ["heatmap", "confusion", "grid", "overlay"].includes(kind)))(
    "of kind $kind keeps its shape where a front end draws it as wide as a cell",
    async ({ figure }) => {
      const sides = await page.evaluate(async ({ data, layout }) => {
        const { Plotly } = window as unknown as { Plotly: Plotly };
        const seen: number[][] = [];
        for (const width of [layout["width"], 1232]) {
          const on = document.createElement("div") as unknown as Drawn;
          document.body.replaceChildren(on);
          await Plotly.newPlot(on, data, { ...structuredClone(layout), width });
          seen.push([on._fullLayout.xaxis._length, on._fullLayout.yaxis._length]);
        }
        const on = document.createElement("div");
        on.id = "on";
        document.body.replaceChildren(on);
        return seen;
      }, figure);
      const [own, wide] = sides;
      expect(Math.abs(own![0]! - wide![0]!)).toBeLessThan(2); // pixels
      expect(Math.abs(own![1]! - wide![1]!)).toBeLessThan(2);
    },
  );

  it("of a confusion matrix has the rows' title beside their names, not among them", async () => {
    const { figure } = shown.find(({ kind }) => kind === "confusion")!;
    const [title, names] = await page.evaluate(async ({ data, layout }) => {
      const { Plotly } = window as unknown as { Plotly: Plotly };
      const on = document.createElement("div");
      document.body.replaceChildren(on);
      await Plotly.newPlot(on, data, structuredClone(layout));
      const lefts = [...on.querySelectorAll(".ytick text")].map((one) => one.getBoundingClientRect().left);
      return [on.querySelector(".ytitle")!.getBoundingClientRect().right, Math.min(...lefts)];
    }, figure);
    expect(title).toBeLessThanOrEqual(names!);
  });

  it.each(shown)("of kind $kind shows its whole title where there is no mouse", async ({ figure }) => {
    const boxes = await touched.evaluate(async ({ data, layout }) => {
      const { Plotly } = window as unknown as { Plotly: Plotly };
      const on = document.createElement("div");
      document.body.replaceChildren(on);
      await Plotly.newPlot(on, data, structuredClone(layout));
      const of = (one: Element): { left: number; right: number; top: number; bottom: number } => {
        const { left, right, top, bottom } = one.getBoundingClientRect();
        return { left, right, top, bottom };
      };
      const lines = [...on.querySelectorAll(".gtitle, .gtitle-subtitle")].flatMap((text) => {
        const parts = [...text.querySelectorAll("tspan.line")];
        return parts.length > 0 ? parts : [text];
      });
      return { buttons: of(on.querySelector(".modebar")!), lines: lines.map(of) };
    }, figure);
    expect(boxes.buttons.right).toBeGreaterThan(boxes.buttons.left);
    const covered = boxes.lines.filter(
      ({ right, top }) => right > boxes.buttons.left && top < boxes.buttons.bottom - 3, // a letter's air
    );
    expect(covered).toEqual([]);
  });
});
