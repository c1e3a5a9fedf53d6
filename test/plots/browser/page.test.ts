/// <reference lib="dom" />
/**
 * Figures in a real browser: no label clipped or covered, the runner's page interactive, both copies of plotly.js
 * alike.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plotlyScript } from "../../../lib/cli/studies/plotly-script.js";
import { launchChromium, whyNoChromium } from "../../browser.js";
import { pythonPath } from "../../kernel/client.js";
import { figures } from "./figures.js";
import { pageFigures } from "./grids.js";

const ROOT = new URL("../../..", import.meta.url).pathname;
const PICTURES = join(ROOT, ".saccade/pictures");
const PYTHON = pythonPath();
const whyNot = whyNoChromium();
if (whyNot !== undefined) console.log(`test/plots/browser: no page is opened, ${whyNot}`);
const whyNoPage = whyNot ?? (existsSync(PYTHON) ? undefined : "there is no nbconvert: npm run setup");
if (whyNoPage !== undefined && whyNot === undefined)
  console.log(`test/plots/browser: the runner's page is not made, ${whyNoPage}`);

const pages = await pageFigures();
const folder = mkdtempSync(join(tmpdir(), "page-"));
let browser: Browser;
beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  if (whyNot === undefined) browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Boxes of the texts of the page's first picture, and of the picture itself. */
async function boxes(page: Page, selector: string): Promise<{ texts: Box[]; whole: Box }> {
  return page.evaluate((of) => {
    const box = (one: Element): Box => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      return { text: one.textContent ?? "", left, right, top, bottom };
    };
    const svg = document.querySelector(of)!;
    return {
      texts: [...svg.querySelectorAll("text")].filter((one) => one.textContent !== "").map(box),
      whole: box(svg),
    };
  }, selector);
}

/** What plotly.js drew: its traces, and for each text how far it is from the picture's edges, in pixels. */
interface Drawn {
  readonly traces: number;
  readonly texts: readonly (Omit<Box, "text"> & { readonly text: string })[];
}

describe.skipIf(whyNot !== undefined)("a figure's still picture", () => {
  const all = { ...figures(), ...pages };
  it.each(Object.keys(all))("of kind %s clips no label, and lets none cover another", async (kind) => {
    const page = await browser.newPage({ viewport: { width: 900, height: 800 } });
    try {
      await page.setContent(`<body style="margin:0">${all[kind as keyof typeof all]!.toSvg()}</body>`);
      await page.screenshot({ path: join(PICTURES, `figure-${kind}.png`) });
      const { texts, whole } = await boxes(page, "svg");
      expect(texts.length).toBeGreaterThan(2);
      const clipped = texts.filter(
        (one) => one.left < whole.left || one.right > whole.right || one.top < whole.top || one.bottom > whole.bottom,
      );
      expect(clipped.map(({ text }) => text)).toEqual([]);
      // Slanted labels' boxes are larger than the labels, so only what stands level is compared.
      const level = await page.evaluate(() =>
        [...document.querySelectorAll("svg text")]
          .filter((one) => one.textContent !== "")
          .map((one) => !one.hasAttribute("transform")),
      );
      const standing = texts.filter((_, index) => level[index]);
      const covered = standing.flatMap((one, index) =>
        standing
          .slice(index + 1)
          .filter(
            (other) =>
              Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
              Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 3,
          )
          .map((other) => `${one.text} | ${other.text}`),
      );
      expect(covered).toEqual([]);
    } finally {
      await page.close();
    }
  });
});

describe.skipIf(whyNoPage !== undefined)("the runner's page", () => {
  let file: string;
  let script: string;
  beforeAll(async () => {
    script = await plotlyScript({ root: ROOT, packageFolder: ROOT });
    const outputs = Object.values({ ...figures(), ...pages }).map((figure) => ({
      output_type: "display_data",
      metadata: {},
      data: (figure as unknown as Record<symbol, () => object>)[Symbol.for("Jupyter.display")]!(),
    }));
    const cells = [
      { id: "heading", cell_type: "markdown", metadata: {}, source: "Prose\n\n# A book of figures\n" },
      { id: "figures", cell_type: "code", execution_count: 1, metadata: {}, source: 'show("</script>")', outputs },
    ];
    writeFileSync(join(folder, "book.ipynb"), JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
    const code =
      "import sys, nbformat; sys.path.insert(0, sys.argv[1]); from page import to_page; open(sys.argv[3], " +
      "'w').write(to_page(nbformat.read(sys.argv[2], 4), sys.argv[4]))";
    file = join(folder, "book.html");
    execFileSync(PYTHON, ["-c", code, join(ROOT, "lib/cli/studies"), join(folder, "book.ipynb"), file, script]);
  });

  it("shows the still pictures where no script runs", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    expect(await page.locator(".saccade-figure .still svg").count()).toBe(Object.keys(figures()).length);
    expect(await page.locator(".saccade-figure .still svg").first().isVisible()).toBe(true);
    expect(await page.locator("[data-figure] > img").first().isVisible()).toBe(true);
    await context.close();
  });

  it("embeds plotly.js once, draws each figure with it, and lets a reader zoom", async () => {
    expect(readFileSync(file, "utf8").split("plotly.js v").length - 1).toBe(1);
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const asked: string[] = [];
    await page.route(/^https?:/, (route) => {
      asked.push(route.request().url());
      return route.abort();
    });
    await page.goto(pathToFileURL(file).href);
    const count = Object.keys(figures()).length;
    await page
      .locator(".saccade-figure .js-plotly-plot")
      .nth(count - 1)
      .waitFor();
    await expect.poll(() => page.locator(".saccade-figure .still").count()).toBe(0);
    const said = await page
      .locator(".saccade-figure > [role=figure]")
      .evaluateAll((all) => all.map((one) => one.ariaLabel));
    for (const [i, { description }] of Object.values(figures()).entries()) expect(said[i]).toContain(` ${description}`);
    expect(asked).toEqual([]); // nor MathJax, nor require.js: the page is whole without a network
    const line = page.locator(".js-plotly-plot").first();
    const range = (): Promise<number[]> =>
      line.evaluate((one) => [
        ...(one as unknown as { _fullLayout: { xaxis: { range: number[] } } })._fullLayout.xaxis.range,
      ]);
    const before = await range();
    const area = (await line.locator(".nsewdrag").first().boundingBox())!;
    await page.mouse.move(area.x + area.width * 0.25, area.y + area.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(area.x + area.width * 0.5, area.y + area.height * 0.5, { steps: 8 });
    await page.mouse.up();
    await expect.poll(async () => (await range())[1]).toBeLessThan(before[1]! * 0.75);
    const [from, to] = await range();
    expect(from).toBeCloseTo(before[0]! + (before[1]! - before[0]!) * 0.25, -2);
    expect(to).toBeCloseTo(before[0]! + (before[1]! - before[0]!) * 0.5, -2);
    await page.screenshot({ path: join(PICTURES, "page-zoomed.png") });
    await page.close();
  });

  it("names no script from elsewhere, and is titled after the notebook's heading", () => {
    const text = readFileSync(file, "utf8").replace(
      readFileSync(script, "utf8").replaceAll("</script", "<\\/script"),
      "",
    );
    expect(text.match(/cdnjs|unpkg|jsdelivr|<script[^>]+src=|<link/g)).toBeNull();
    expect(text).toContain("<title>A book of figures</title>");
  });

  it.each([900, 480])(
    "is drawn alike by JupyterLab's copy of plotly.js in a cell of %i pixels, no label cut",
    async (width) => {
      const site = execFileSync(PYTHON, ["-c", "import plotly, os; print(os.path.dirname(plotly.__file__))"], {
        encoding: "utf8",
      }).trim();
      const copy = join(site, "package_data/plotly.min.js");
      expect(existsSync(copy), readdirSync(join(site, "package_data")).join()).toBe(true);
      const drawn = await Promise.all(
        [script, copy].map(async (from) => {
          const page = await browser.newPage({ viewport: { width: 900, height: 800 } });
          await page.setContent(`<body style="margin:0"></body>`);
          await page.addScriptTag({ path: from });
          const seen: Record<string, Drawn> = {};
          for (const [kind, { data, layout }] of Object.entries(figures())) {
            seen[kind] = await page.evaluate(
              async ({ figure, wide }) => {
                const { Plotly } = window as unknown as {
                  Plotly: { newPlot(on: Element, data: unknown, layout: unknown): Promise<unknown> };
                };
                const on = document.createElement("div");
                on.style.width = `${wide}px`;
                document.body.replaceChildren(on);
                await Plotly.newPlot(on, figure.data, figure.layout);
                const whole = on.querySelector("svg.main-svg")!.getBoundingClientRect();
                const texts = [...on.querySelectorAll("svg text")]
                  .filter(
                    (one) =>
                      one.textContent !== "" &&
                      getComputedStyle(one).fillOpacity !== "0" &&
                      !one.closest(".axis-extent-text"),
                  )
                  .map((one) => {
                    const { left, right, top, bottom } = one.getBoundingClientRect();
                    return {
                      text: one.textContent ?? "",
                      left: left - whole.left,
                      right: whole.right - right,
                      top: top - whole.top,
                      bottom: whole.bottom - bottom,
                    };
                  });
                return { texts, traces: on.querySelectorAll(".trace, .hm, .im, .contour, .parcoords").length };
              },
              {
                figure: JSON.parse(JSON.stringify({ data, layout })) as { data: unknown; layout: unknown },
                wide: width,
              },
            );
            await page.screenshot({ path: join(PICTURES, `plotly-${kind}-${width}.png`) });
          }
          const version = await page.evaluate(
            () => (window as unknown as { Plotly: { version: string } }).Plotly.version,
          );
          await page.close();
          return { version, seen };
        }),
      );
      console.log(`plotly.js ${drawn[0]!.version} in the package, ${drawn[1]!.version} in JupyterLab's renderer`);
      expect(drawn[1]!.version.split(".")[0]).toBe(drawn[0]!.version.split(".")[0]);
      for (const [kind, one] of Object.entries(drawn[0]!.seen)) {
        const other = drawn[1]!.seen[kind]!;
        expect(one.traces, kind).toBeGreaterThan(0);
        expect(one.texts.length, kind).toBeGreaterThan(2);
        expect([other.traces, other.texts.map(({ text }) => text)], kind).toEqual([
          one.traces,
          one.texts.map(({ text }) => text),
        ]);
        const apart = one.texts.flatMap((text, i) =>
          (["left", "right", "top", "bottom"] as const).map((side) => Math.abs(text[side] - other.texts[i]![side])),
        );
        expect(Math.max(...apart), kind).toBeLessThan(1); // a pixel: both measure the same fonts
        const cut = one.texts.filter((text) => Math.min(text.left, text.right, text.top, text.bottom) < -1);
        expect(
          cut.map(({ text }) => text),
          `${kind}, ${width} px`,
        ).toEqual([]);
      }
    },
  );
});
