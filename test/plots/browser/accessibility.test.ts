/** What a screen reader is told of figures and tables: Chromium's accessibility tree. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DISPLAY } from "../../../lib/shown.js";
import { table } from "../../../lib/table.js";
import { launchChromium, whyNoChromium } from "../../browser.js";
import { figures } from "./figures.js";
import { pageFigures } from "./grids.js";

const whyNot = whyNoChromium();
if (whyNot !== undefined) console.log(`test/plots/browser: no page is opened, ${whyNot}`);

interface Node {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly description?: { readonly value: string };
}

/** Role, name and description of what a reader of these roles meets, in the page's order. */
async function met(page: Page, ...roles: readonly string[]): Promise<(readonly string[])[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send("Accessibility.getFullAXTree")) as { nodes: Node[] };
  return nodes
    .filter(({ ignored, role }) => !ignored && roles.includes(role?.value ?? ""))
    .map(({ role, name, description }) => [role!.value, name?.value ?? "", description?.value ?? ""]);
}

describe.skipIf(whyNot !== undefined)("in the accessibility tree", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
  });

  it("each figure of a page is one image with its title and its description; no label is read", async () => {
    const page = await browser.newPage();
    await page.setContent(
      Object.values(figures())
        .map((figure) => figure.toSvg())
        .join("\n"),
    );
    const expected = Object.values(figures()).map(({ layout, description }) => [
      "image",
      (layout["title"] as { text: string }).text.replaceAll("<br>", " "),
      description,
    ]);
    expect(await met(page, "image", "StaticText")).toEqual(expected);
  });

  it("a confusion grid has its title, and its rows, columns and cells are named with their counts", async () => {
    const page = await browser.newPage();
    const { confusionGrid } = await pageFigures();
    await page.setContent(confusionGrid!.toHtml());
    const [whole] = await met(page, "grid");
    expect(whole).toEqual(["grid", "Test images by what they are and what the network took them for", ""]);
    const names = (await met(page, "columnheader", "rowheader", "gridcell")).map(([role, name]) => `${role} ${name}`);
    expect(names.length).toBe(11 * 11);
    expect(names.slice(0, 2)).toEqual(["columnheader all: 240 images", "columnheader predicted airplane: 23 images"]);
    expect(names[11]).toBe("rowheader true airplane: 24 images");
    expect(names[13]).toMatch(/^gridcell true airplane, predicted automobile: \d+ images?$/);
    expect(await met(page, "combobox")).toEqual([["combobox", "class", ""]]);
    expect(await met(page, "button")).toEqual([["button", "show all", ""]]);
  });

  it("a table is named by its title, and its columns are headed", async () => {
    const page = await browser.newPage();
    const bundle = table(["network", "accuracy"], [["vit", 0.5]], "after two epochs")[DISPLAY]();
    await page.setContent(String(bundle["text/html"]));
    expect((await met(page, "table", "columnheader")).map(([role, name]) => [role, name])).toEqual([
      ["table", "after two epochs"],
      ["columnheader", "network"],
      ["columnheader", "accuracy"],
    ]);
  });
});
