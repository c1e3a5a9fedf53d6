/**
 * A study runs from top to bottom in a real JupyterLab, at the size smoke; every one where SACCADE_ALL_STUDIES is 1.
 * Screenshots go to .saccade/screenshots.
 */
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useAnyMirror } from "../cli/cifar-mirror.js";
import { Lab, whyNoBrowser } from "../kernel/browser/lab.js";
import { NOTEBOOKS, studies } from "../notebooks/studies.js";

const whyNot = whyNoBrowser();
if (whyNot !== undefined)
  console.log(`test/integration/studies-in-jupyterlab: the studies are not run in JupyterLab: ${whyNot}`);

interface Cell {
  readonly cell_type: string;
  readonly metadata: { readonly tags?: readonly string[] };
  readonly source: readonly string[];
}

describe.skipIf(whyNot !== undefined)(`in JupyterLab${whyNot === undefined ? "" : ` (did not run: ${whyNot})`}`, () => {
  useAnyMirror();
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
    for (const name of ["results", "../node_modules"])
      symlinkSync(join(NOTEBOOKS, name), join(lab.folder, "books", name.replace("../", "")));
  });
  afterAll(async () => {
    await lab?.stop();
  });

  const names = process.env["SACCADE_ALL_STUDIES"] === "1" ? studies : ["training-profile"];
  it.each(names)("%s runs from top to bottom, and its claims hold", async (name) => {
    const { cells } = JSON.parse(readFileSync(join(NOTEBOOKS, `${name}.ipynb`), "utf8")) as { cells: readonly Cell[] };
    const shown = cells.flatMap(({ cell_type, source, metadata }): (string | { markdown: string })[] =>
      cell_type === "markdown"
        ? [{ markdown: source.join("") }]
        : [source.join(""), ...(metadata.tags?.includes("parameters") ? ['size = "smoke";'] : [])],
    );
    const sources = shown.filter((cell) => typeof cell === "string");
    await lab.open(name, shown);
    await lab.picture(`${name}-opened`);
    await lab.menu("Run", "Run All Cells");
    const last = sources.length - 1;
    const failed = lab.page.locator(
      '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]',
    );
    await lab
      .cell(last)
      .locator(".jp-InputPrompt", { hasText: /\[\d+\]/ })
      .or(failed)
      .first()
      .waitFor();
    await lab.picture(`${name}-claims`);
    for (const [index, heading] of (await lab.page.locator(".jp-RenderedMarkdown h2").all()).entries()) {
      await heading.evaluate((one) => one.scrollIntoView({ block: "start" }));
      await lab.picture(`${name}-heading-${index + 1}`);
    }
    expect(await failed.allInnerTexts()).toEqual([]);
    const claims = (await lab.outputs(last).allInnerTexts()).join("\n");
    expect(claims).toMatch(/holds\s+claim\s+found/);
    expect(claims).toMatch(/yes/);
    expect(claims).not.toMatch(/\bNO\b/);
    let figures = 0;
    for (const drawn of sources.flatMap((source, index) => (source.includes("plots.") ? [index] : []))) {
      await lab.cell(drawn).scrollIntoViewIfNeeded();
      const there = await lab.cell(drawn).locator(".jp-RenderedPlotly").all();
      if (there.length === 0) continue; // it declares a figure, or has nothing to draw at this size
      for (const one of there) await one.locator("svg").first().waitFor();
      figures += there.length;
      await lab.picture(`${name}-cell-${drawn + 1}`);
    }
    expect(figures).toBeGreaterThan(0);
  });
});
