/// <reference lib="dom" />
/** A confusion grid in a real browser: seen by mouse, keyboard and finger, on its own page and on nbconvert's. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { confusionGrid } from "../../../lib/plots/index.js";
import { launchChromium, whyNoChromium } from "../../browser.js";
import { pythonPath } from "../../kernel/client.js";
import { figures } from "./figures.js";
import { gridOptions } from "./grids.js";

const PICTURES = join(import.meta.dirname, "../../../.saccade/pictures");
const PYTHON = pythonPath();
const whyNot = whyNoChromium();
if (whyNot !== undefined) console.log(`test/plots/browser: no grid is opened, ${whyNot}`);
const whyNoBook = whyNot ?? (existsSync(PYTHON) ? undefined : "there is no nbconvert: npm run setup");

const options = gridOptions();
const grid = await confusionGrid(options);
/** The first image that was taken for another class. */
const wrong = options.confidences
  .map((confidence, image) => ({ image, confidence }))
  .filter(({ image }) => options.labels[image] !== options.predictions[image])
  .sort((one, other) => other.confidence - one.confidence)[0]!;
const [label, prediction] = [options.labels[wrong.image]!, options.predictions[wrong.image]!];
const imagesOf = (holds: (label: number, prediction: number) => boolean): number =>
  Array.from(options.labels).filter((one, i) => holds(one, options.predictions[i]!)).length;

let browser: Browser;
beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  if (whyNot === undefined) browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
});

async function opened(html: string, context: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1200, height: 1000 }, ...context })).newPage();
  await page.route(/^https?:/, (route) => route.abort());
  const head = '<meta name="viewport" content="width=device-width">';
  await page.setContent(`<!doctype html>${head}<body style="margin:0">${html}</body>`);
  return page;
}

const cell = (of: Page | Locator, row: number, column: number): Locator =>
  of.locator(`[data-row="${row}"][data-column="${column}"]`).first();
const status = (page: Page): Promise<string> => page.locator("[role=status]").first().innerText();

/** The middle of the first image in a cell. */
async function firstImage(page: Page): Promise<{ readonly x: number; readonly y: number }> {
  const { x, y } = (await cell(page, label + 1, prediction + 1).boundingBox())!;
  return { x: x + 8, y: y + 20 };
}

describe.skipIf(whyNot !== undefined)("a confusion grid", () => {
  it("shows the image under the pointer large, with what is known of it", async () => {
    const page = await opened(grid.toHtml());
    const { x, y } = await firstImage(page);
    await page.mouse.move(x, y);
    const lens = page.locator(".lens");
    await lens.waitFor();
    expect((await lens.innerText()).split("\n")).toEqual([
      `image ${wrong.image}, wrong`,
      `true: ${options.classNames[label]}`,
      `predicted: ${options.classNames[prediction]}`,
      `confidence: ${(100 * wrong.confidence).toFixed(1)} %`,
    ]);
    // the picture's middle, as the set has it but for what packing lost
    const seen = await lens
      .locator("canvas")
      .evaluate((one: HTMLCanvasElement) => [
        ...one.getContext("2d")!.getImageData(one.width / 2, one.height / 2, 1, 1).data,
      ]);
    const at = ((wrong.image * 16 + 8) * 16 + 8) * 3;
    [0, 1, 2].forEach((part) => expect(Math.abs(seen[part]! - options.images[at + part]!)).toBeLessThan(64));
    await page.mouse.move(2, 2);
    expect(await lens.isVisible()).toBe(false);
    await page.context().close();
  });

  it("shows the images of a cell, a row, a column or a class that was clicked, and of all again", async () => {
    const page = await opened(grid.toHtml());
    const name = options.classNames[label]!;
    const said = async (): Promise<readonly number[]> =>
      [.../: (\d+) images?, (\d+) wrong/.exec(await status(page))!].slice(1).map(Number);
    await cell(page, label + 1, prediction + 1).click();
    const errors = imagesOf((one, other) => one === label && other === prediction);
    expect(await said()).toEqual([errors, errors]);
    expect(await page.locator("[role=listbox]").isVisible()).toBe(true);
    await cell(page, label + 1, 0).click();
    expect(await status(page)).toContain(`true ${name}: `);
    expect((await said())[0]).toBe(imagesOf((one) => one === label));
    await cell(page, 0, label + 1).click();
    expect(await status(page)).toContain(`predicted ${name}: `);
    expect((await said())[0]).toBe(imagesOf((_, other) => other === label));
    await page.locator("select").selectOption(name);
    expect(await status(page)).toContain(`true or predicted ${name}: `);
    expect((await said())[0]).toBe(imagesOf((one, other) => one === label || other === label));
    await page.screenshot({ path: join(PICTURES, "grid-class.png"), fullPage: true });
    await page.getByRole("button", { name: "show all" }).click();
    expect(await said()).toEqual([240, imagesOf((one, other) => one !== other)]);
    expect(await page.locator("[role=listbox]").isVisible()).toBe(false);
    await page.context().close();
  });

  it("is used by keyboard alone, keeps its keys from the page, and shows where the focus is", async () => {
    const page = await opened(grid.toHtml());
    await page.evaluate(() => document.addEventListener("keydown", ({ key }) => (document.title += `${key} `)));
    const focused = (): Promise<string> =>
      page.locator("[data-figure]").evaluate((one) => {
        const active = one.shadowRoot!.activeElement!;
        return `${active.getAttribute("role")} ${active.getAttribute("aria-label")}`;
      });
    for (let tabs = 0; tabs < 2; tabs++) await page.keyboard.press("Tab"); // the list of classes, the first cell
    expect(await focused()).toMatch(/^gridcell true airplane, predicted airplane: \d+ images$/);
    const outline = await cell(page, 1, 1).evaluate((one) => getComputedStyle(one).outlineWidth);
    expect(Number.parseFloat(outline)).toBeGreaterThanOrEqual(2);
    await page.keyboard.press("ArrowUp");
    expect(await focused()).toMatch(/^columnheader predicted airplane: /);
    await page.keyboard.press("ArrowDown");
    for (let down = 0; down < label; down++) await page.keyboard.press("ArrowDown");
    for (let right = 0; right < prediction; right++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const names = `true ${options.classNames[label]}, predicted ${options.classNames[prediction]}`;
    expect(await status(page)).toContain(names);
    expect(await cell(page, label + 1, prediction + 1).getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("Tab"); // the images
    expect(await focused()).toBe(`listbox images, ${names}`);
    expect(await page.locator("[role=option]").getAttribute("aria-label")).toContain(`image ${wrong.image}, wrong`);
    expect(await page.locator(".lens").isVisible()).toBe(true);
    await page.screenshot({ path: join(PICTURES, "grid-keys.png"), fullPage: true });
    await page.keyboard.press("Escape");
    expect(await status(page)).toContain("all classes: 240 images");
    expect(await focused()).toContain(`gridcell ${names}`);
    expect(await page.title()).not.toMatch(/Arrow|Enter|Escape/);
    await page.context().close();
  });

  it.each([
    [1200, "light"],
    [480, "dark"],
  ] as const)("fits a page of %i pixels, readable in its %s colors", async (width, colorScheme) => {
    const page = await opened(grid.toHtml(), { viewport: { width, height: 900 }, colorScheme });
    await page.screenshot({ path: join(PICTURES, `grid-${width}-${colorScheme}.png`), fullPage: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const [ink, paper] = await page
      .locator(".root")
      .evaluate((one) => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]);
    const light = (color: string): number => Math.max(...color.match(/\d+/g)!.slice(0, 3).map(Number));
    expect(Math.abs(light(ink!) - light(paper!))).toBeGreaterThan(200);
    const cut = await page
      .locator(".cell span")
      .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.parentElement!.clientWidth).length);
    expect(cut).toBe(0);
    await page.context().close();
  });

  it("shows an image to a finger's tap, and its cell's below", async () => {
    const page = await opened(grid.toHtml(), { viewport: { width: 480, height: 900 }, hasTouch: true });
    const { x, y } = await firstImage(page);
    await page.touchscreen.tap(x, y);
    expect(await page.locator(".lens").innerText()).toContain(`image ${wrong.image}, wrong`);
    expect(await status(page)).toContain(`predicted ${options.classNames[prediction]}`);
    await page.context().close();
  });

  it("of many classes shows those most confused, and a chosen one with what it is confused with", async () => {
    const labels = Array.from({ length: 600 }, (_, i) => i % 30);
    const many = await confusionGrid({
      title: "t",
      images: new Uint8Array(600 * 16),
      imageShape: [4, 4, 1],
      labels,
      predictions: labels.map((one, i) => (one === 0 ? (i / 30) % 30 : one > 19 && i % 7 === 0 ? 49 - one : one)),
      classNames: Array.from({ length: 30 }, (_, i) => `class ${i}`),
    });
    const page = await opened(many.toHtml());
    await page.setViewportSize({ width: 480, height: 900 });
    const wide = await page
      .locator("[role=columnheader] span, .cell span")
      .evaluateAll((all) =>
        all.filter((one) => one.getBoundingClientRect().width > one.parentElement!.getBoundingClientRect().width + 0.5),
      );
    expect(wide.length).toBe(0);
    const names = (): Promise<string[]> => page.locator("[role=rowheader]").allInnerTexts();
    expect((await names()).length).toBe(21);
    expect((await names()).slice(-3)).toEqual(["class 28", "class 29", "10 others"]);
    await page.locator("select").selectOption("class 0");
    expect(await names()).toEqual([...Array.from({ length: 20 }, (_, i) => `class ${i}`), "10 others"]);
    expect(await status(page)).toMatch(/^true or predicted class 0: 20 images, 19 wrong; all shown$/);
    await page.locator("select").press("Escape");
    expect((await names()).slice(-2)).toEqual(["class 29", "10 others"]);
    await page.context().close();
  });

  it("finds the image under the pointer where a slide scales it", async () => {
    const scaled = `<div style="transform: scale(0.6); transform-origin: 20px 30px">${grid.toHtml()}</div>`;
    const page = await opened(scaled);
    const { x, y } = (await cell(page, label + 1, prediction + 1).boundingBox())!;
    await page.mouse.move(x + 5, y + 13);
    expect(await page.locator(".lens").innerText()).toContain(`image ${wrong.image}, wrong`);
    const [box, whole] = await Promise.all([".lens", ".root"].map((name) => page.locator(name).boundingBox()));
    expect(box!.x).toBeGreaterThan(whole!.x);
    expect(box!.x - x).toBeLessThan(60);
    await page.context().close();
  });

  it("stands beside others, changes nothing outside, and nothing outside changes it", async () => {
    const other = await confusionGrid({ ...options, seed: 1, maxImages: 30 });
    const style = "<style>p, select, div { color: rgb(255, 0, 0); letter-spacing: 9px }</style>";
    const html = `${style}<p id="own" class="title">own</p>${grid.toHtml()}${grid.toHtml()}${other.toHtml()}`;
    const page = await opened(html);
    await expect.poll(() => page.locator("[role=grid]").count()).toBe(3);
    await cell(page.locator("[data-figure]").nth(1), 1, 1).click();
    const texts = await page.locator("[role=status]").allInnerTexts();
    expect(texts.map((text) => text.slice(0, 13))).toEqual(["all classes: ", "true airplane", "all classes: "]);
    const looks = await page.evaluate(() => {
      const inner = document.querySelector("[data-figure]")!.shadowRoot!.querySelector(".title")!;
      return [document.querySelector("#own")!, inner].map((one) => {
        const { color, fontSize, letterSpacing } = getComputedStyle(one);
        return [color, fontSize, letterSpacing];
      });
    });
    expect(looks).toEqual([
      ["rgb(255, 0, 0)", "16px", "9px"],
      ["rgb(27, 27, 27)", "16px", "normal"],
    ]);
    await page.context().close();
  });
});

describe.skipIf(whyNoBook !== undefined)("nbconvert", () => {
  const folder = mkdtempSync(join(tmpdir(), "grid-"));
  beforeAll(() => {
    const outputs = [figures()["line"]!, grid].map((figure) => ({
      output_type: "display_data",
      metadata: {},
      data: (figure as unknown as Record<symbol, () => object>)[Symbol.for("Jupyter.display")]!(),
    }));
    const cells = outputs.map((output, i) => ({
      id: `figure-${i}`,
      cell_type: "code",
      execution_count: 1,
      metadata: { slideshow: { slide_type: "slide" } },
      source: "show(figure)",
      outputs: [output],
    }));
    writeFileSync(join(folder, "book.ipynb"), JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
    const code = [
      "from nbconvert import HTMLExporter, SlidesExporter",
      'for name, kind in (("book.html", HTMLExporter), ("book.slides.html", SlidesExporter)):',
      '    open(name, "w", encoding="utf-8").write(kind().from_filename("book.ipynb")[0])',
    ];
    execFileSync(PYTHON, ["-c", code.join("\n")], { cwd: folder });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(["book.html", "book.slides.html"])(
    "makes a page, %s, where the grid is live, and still without scripts",
    async (file) => {
      for (const javaScriptEnabled of [true, false]) {
        const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 1200, height: 1000 } });
        const page = await context.newPage();
        await page.route(/^https?:/, (route) => route.abort());
        await page.goto(pathToFileURL(join(folder, file)).href, { waitUntil: "domcontentloaded" });
        await (javaScriptEnabled ? page.locator("[role=grid]") : page.locator("[data-figure] img")).waitFor();
        expect(await page.locator("[role=grid]").count()).toBe(Number(javaScriptEnabled));
        await page.screenshot({ path: join(PICTURES, `grid-${file}-${javaScriptEnabled}.png`), fullPage: true });
        if (javaScriptEnabled) {
          await cell(page, label + 1, prediction + 1).click();
          expect(await status(page)).toContain(`predicted ${options.classNames[prediction]}`);
        }
        await context.close();
      }
    },
  );
});
