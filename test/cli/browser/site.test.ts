/// <reference lib="dom" />
/** `npm run studies -- --site FOLDER`: the site in a real browser, light and dark, as wide as a phone and a desk. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseOptions } from "../../../lib/cli/studies/studies-options.js";
import { makeSite } from "../../../lib/cli/studies/site.js";
import { besideOf, digestsOf } from "../../../lib/cli/studies/outputs-digests.js";
import { notebookText, type NotebookFile } from "../../../lib/cli/studies/notebook-file.js";
import { hasVenv } from "../../../lib/setup/project.js";
import { launchChromium, whyNoChromium } from "../../browser.js";
import { figures } from "../../plots/browser/figures.js";
import { projectAt, ROOT, temporaryFolder, write } from "../project.js";

const PICTURES = join(ROOT, ".saccade/pictures");
const here = projectAt(ROOT);
const whyNot = whyNoChromium() ?? (hasVenv(here) ? undefined : "there is no nbconvert: npm run setup");
if (whyNot !== undefined) console.log(`test/cli/browser/site: no site is made, ${whyNot}`);

const DISPLAY = Symbol.for("Jupyter.display");
const shown = Object.values(figures());
const outputs = shown.map((figure) => {
  const { "application/pdf": _pdf, ...data } = (figure as unknown as Record<symbol, () => Record<string, unknown>>)[
    DISPLAY
  ]!();
  return { output_type: "display_data", metadata: {}, data };
});
const wide = `<table><caption>wide</caption><tr>${"<td>a cell of a table</td>".repeat(20)}</tr></table>`;
const table = { output_type: "display_data", metadata: {}, data: { "text/html": wide, "text/plain": "wide" } };

/** A notebook of a study; with outputs where counts are given. */
function book(title: string, prose: string, cells: readonly [source: string, outputs: readonly object[]][]): object {
  const parameters: [string, object[]] = ['let size = "quick";', []];
  const code = [parameters, ...cells].map(([source, shows], index) => {
    const metadata = index === 0 ? { tags: ["parameters"] } : {};
    const count = shows.length > 0 || cells.some(([, all]) => all.length > 0) ? index + 1 : null;
    return { cell_type: "code", id: `c${index}`, metadata, source, execution_count: count, outputs: shows };
  });
  const head = { cell_type: "markdown", id: "head", metadata: {}, source: `# ${title}\n\n${prose}` };
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "saccade", display_name: "TypeScript" }, language_info: { name: "typescript" } },
    cells: [head, ...code],
  };
}

const LONG = `const sum = ${"a_long_name + ".repeat(30)}0; // "${"x".repeat(200)}"`;
const CELL = "w".repeat(300);
const PROSE = `Which one is better?

The **second**: see [its guide](guide/words.md#Names), [the runner](../lib/run.ts) and [nothing](gone.md).

- a point that is no answer`;

/** A checkout with a study stored with outputs, one executed here, one never, and a guide. */
function checkout(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, ".saccade")); // as in a project of one's own
  symlinkSync(join(ROOT, ".venv"), join(root, ".saccade/venv"));
  const stored = book("Stored", PROSE, [[LONG, [table, ...outputs]]]) as NotebookFile;
  const ran = book("Ran", "Does it run?", [["run();", [table]]]) as NotebookFile;
  const without = { ...ran, cells: ran.cells.map((cell) => (cell.outputs ? { ...cell, outputs: [] } : cell)) };
  write(root, {
    "README.md": "# Some studies\n\nOf some networks.\n",
    "lib/run.ts": "",
    "notebooks/stored.ipynb": "",
    "notebooks/ran.ipynb": notebookText(without).replace('"execution_count": 2', '"execution_count": null'),
    "notebooks/start-here.ipynb": notebookText(book("Start here", "What is it?", [["go();", []]]) as NotebookFile),
    "notebooks/.output/ran.smoke.saccade.ipynb": notebookText(ran),
    "notebooks/guide/words.md": `# Words\n\nThey mean this.\n\n## Names\n\n|${CELL}| b |\n|---|---|\n|a| b |\n`,
    "notebooks/results/README.md": `# Results\n\n|${" a column |".repeat(20)}\n|${"---|".repeat(20)}\n`,
  });
  const digests = digestsOf(stored, besideOf(join(root, "notebooks"), "stored"));
  const stamped = { ...stored, metadata: { ...stored.metadata, saccade: { outputs: digests } } };
  write(root, { "notebooks/stored.ipynb": notebookText(stamped) });
  return root;
}

async function siteOf(root: string): Promise<{ readonly folder: string; readonly said: readonly string[] }> {
  const said: string[] = [];
  const site = temporaryFolder();
  const notebooks = join(root, "notebooks");
  const folders = { notebooks, executed: join(notebooks, ".output"), site };
  const code = await makeSite({ ...projectAt(root), packageFolder: ROOT }, folders, (line) => void said.push(line));
  expect([code, said.filter((line) => line.startsWith("The site could not"))]).toEqual([0, []]);
  return { folder: site, said };
}

function pagesOf(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".html")).sort();
}

describe.skipIf(whyNot !== undefined)("the site", () => {
  let browser: Browser;
  let folder: string;
  let said: readonly string[];
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await launchChromium();
    ({ folder, said } = await siteOf(checkout()));
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** A page of the site, and what it asked for beyond the site's own files. */
  async function opened(
    name: string,
    options: BrowserContextOptions = {},
    of: string = folder,
  ): Promise<{ readonly page: Page; readonly asked: string[] }> {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();
    const asked: string[] = [];
    page.on("request", (request) => {
      const own = request.url().startsWith(pathToFileURL(of).href) || request.url().startsWith("data:");
      if (!own) asked.push(request.url());
    });
    page.on("pageerror", (error) => void asked.push(String(error)));
    await page.goto(pathToFileURL(join(of, name)).href);
    return { page, asked };
  }

  /** Moves down the page until each of its figures is drawn. */
  async function draw(page: Page): Promise<number> {
    const boxes = page.locator(".saccade-figure");
    for (let index = 0; index < (await boxes.count()); index++) {
      await boxes.nth(index).scrollIntoViewIfNeeded();
      await boxes.nth(index).locator(".js-plotly-plot svg.main-svg").first().waitFor();
    }
    await expect.poll(() => page.locator(".saccade-figure .still").count()).toBe(0);
    return await boxes.count();
  }

  it("begins with an index: each study with its question, its answer and the run that is shown", async () => {
    const { page } = await opened("index.html");
    expect((await page.locator("main").innerText()).split(/\n+/).slice(0, 2)).toEqual([
      "Some studies",
      "Of some networks.",
    ]);
    const entries = page.locator("#studies article");
    expect(await entries.locator("h3").allInnerTexts()).toEqual(["Start here", "Ran", "Stored"]);
    expect((await entries.nth(2).innerText()).split(/\n+/)).toEqual([
      "Stored",
      "Which one is better?",
      "The second: see its guide, the runner and nothing.",
      "Outputs as stored with the notebook.",
    ]);
    const runs = await entries.locator(".run").allInnerTexts();
    expect(runs[0]).toBe("Shown without outputs: npm run studies -- start-here executes it.");
    expect(runs[1]).toMatch(/^Outputs of the last run here: smoke, \d{4}-\d\d-\d\d\.$/);
    expect(await page.locator("#guide h3, #results h3").allInnerTexts()).toEqual(["Words", "Results"]);
    await page.close();
  });

  it("leads from page to page, and says which links lead nowhere", async () => {
    expect(said.filter((line) => line.startsWith("note:"))).toEqual([
      "note: a link leads nowhere: notebooks/stored.ipynb: gone.md",
    ]);
    const { page } = await opened("index.html");
    await page.locator("article a", { hasText: "Stored" }).first().click();
    expect(await page.locator(".contents [aria-current]").innerText()).toBe("Stored");
    expect(await page.locator("main a", { hasText: "runner" }).count()).toBe(0); // a source is named, not linked
    await page.locator("main a", { hasText: "its guide" }).click();
    expect(page.url()).toMatch(/guide\/words\.html#names$/);
    expect(await page.locator("#names").count()).toBe(1);
    await page.locator("header a", { hasText: "Some studies" }).click();
    expect(page.url()).toMatch(/index\.html$/);
    await page.close();
  });

  it.each([
    ["light", 390],
    ["dark", 390],
    ["light", 1280],
    ["dark", 1280],
  ] as const)("in %s and %i pixels wide scrolls no page sideways, and asks for nothing", async (colorScheme, width) => {
    for (const name of pagesOf(folder)) {
      const { page, asked } = await opened(name, { colorScheme, viewport: { width, height: 844 } });
      if (name === "stored.html" && colorScheme === "light" && width === 1280)
        expect(await draw(page)).toBe(shown.length);
      expect([name, await page.evaluate(() => document.documentElement.scrollWidth), asked]).toEqual([name, width, []]);
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(Number(/\d+/.exec(paper)![0]) > 128).toBe(colorScheme === "light");
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path: join(PICTURES, `site-${name.replace(/\W/g, "-")}-${colorScheme}-${width}.png`) });
      await page.context().close();
    }
  });

  it("draws charts as wide as a phone, with no label cut, and lets a finger scroll the page over them", async () => {
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    const { page } = await opened("stored.html", phone);
    await draw(page);
    const drawn = await page.locator(".js-plotly-plot").evaluateAll((plots) =>
      plots.map((plot) => {
        const whole = plot.querySelector("svg.main-svg")!.getBoundingClientRect();
        const texts = [...plot.querySelectorAll("svg text")].filter((text) => text.textContent !== "");
        const seen = texts.filter((text) => getComputedStyle(text).fillOpacity !== "0");
        const cut = seen.filter((text) => {
          const { left, right, top, bottom } = text.getBoundingClientRect();
          const over = Math.max(whole.left - left, right - whole.right, whole.top - top, bottom - whole.bottom);
          return right > left && over > 1;
        });
        const { dragmode } = (plot as unknown as { _fullLayout: { dragmode: unknown } })._fullLayout;
        return { width: whole.width, dragmode, cut: cut.map((text) => text.textContent) };
      }),
    );
    expect(drawn.map(({ dragmode }) => dragmode)).toEqual(drawn.map(() => false));
    expect(drawn.flatMap(({ cut }) => cut)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    const narrow = Object.keys(figures()).filter((_, i) => drawn[i]!.width <= 390);
    expect(narrow).toEqual(expect.arrayContaining(["line", "bar", "histogram", "bands", "activations"]));
    await page.context().close();
  });

  it("shows the still pictures where no script runs, and hides the code where a reader asks", async () => {
    const still = await opened("stored.html", { javaScriptEnabled: false });
    expect(await still.page.locator(".saccade-figure .still svg").count()).toBe(shown.length);
    await still.page.context().close();
    const { page } = await opened("stored.html");
    expect(await page.locator(".highlight").first().isVisible()).toBe(true);
    await page.locator("#show-code").uncheck();
    expect(await page.locator(".highlight").first().isVisible()).toBe(false);
    await page.context().close();
  });

  it("holds plotly.js once", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.\w+$/.test(file));
    const holding = files.filter((file) => readFileSync(join(folder, file), "utf8").includes("plotly.js v"));
    expect(holding).toEqual(["assets/plotly.js"]);
  });

  it("of this checkout has no dead link and no page that a phone scrolls sideways", async () => {
    const own = await siteOf(ROOT);
    expect(own.said.filter((line) => line.startsWith("note:"))).toEqual([]);
    const { page } = await opened("index.html", { viewport: { width: 390, height: 844 } }, own.folder);
    for (const name of pagesOf(own.folder)) {
      await page.goto(pathToFileURL(join(own.folder, name)).href);
      const links = await page
        .locator("a[href], img[src]")
        .evaluateAll((all) =>
          all.map((one) => (one instanceof HTMLAnchorElement ? one.href : (one as HTMLImageElement).src)),
        );
      const files = links.filter((link) => link.startsWith("file:")).map((link) => new URL(link));
      const missing = files.filter((url) => !existsSync(decodeURIComponent(url.pathname)));
      expect([name, missing.map(({ pathname }) => relative(dirname(own.folder), pathname))]).toEqual([name, []]);
      expect([name, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([name, 390]);
    }
    await page.context().close();
  });
});

describe("parseOptions() with --site", () => {
  const known = { studies: ["a"], kernels: ["saccade"] };

  it("takes a folder, and nothing beside it", () => {
    expect(parseOptions(["--site", "out"], known).site).toBe("out");
    expect(parseOptions([], known).site).toBeUndefined();
    for (const other of [["a"], ["--size", "full"], ["--store"], ["--set", "seed=1"]])
      expect(() => parseOptions(["--site", "out", ...other], known)).toThrow(
        `studies: --site must go alone, as it executes nothing, got ${other[0]}`,
      );
  });
});
