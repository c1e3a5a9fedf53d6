/** What a screen reader says of a figure: its title, and what is seen. */
import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import * as plots from "../../lib/plots/index.js";
import { CAPTION, figures, RUN, SOURCE } from "./browser/figures.js";

const LABELS = { title: "t", xLabel: "step", yLabel: "loss" };

describe.each(Object.entries(figures()))("the %s figure", (kind, figure) => {
  const svg = new JSDOM(figure.toSvg(), { contentType: "image/svg+xml" }).window.document.documentElement;
  const title = svg.querySelector("title")!;
  const desc = svg.querySelector("desc")!;

  it("is an image that its title and its description name", () => {
    expect(svg.getAttribute("role")).toBe("img");
    expect(svg.getAttribute("aria-labelledby")).toBe(title.id);
    expect(svg.getAttribute("aria-describedby")).toBe(desc.id);
    expect([...svg.children].slice(0, 2)).toEqual([title, desc]);
    const { text } = figure.layout["title"] as { text: string };
    expect(title.textContent).toBe(text.replaceAll("<br>", " "));
    expect(desc.textContent).toBe(figure.description);
  });

  it("says the kind, the range and the source, the same each time, and to plotly too", () => {
    const charts = "Line|Bar chart|Scatter plot|Heat map|Confusion matrix|Grid|8 images|Contour";
    const others = "Parallel|Activation functions|Histogram|Reliability|Roofline|Stacked|Pairs|Timeline|Diagram";
    expect(figure.description).toMatch(new RegExp(`^(${charts}|${others})`));
    expect(figure.description).toMatch(/ \d/);
    expect(figure.description).toContain(` ${CAPTION} Source: ${SOURCE}; run ${RUN}`);
    expect(figure.description).toBe(figures()[kind]!.description);
    expect(figure.layout["meta"]).toEqual({ description: figure.description });
  });
});

it("figures of one page have ids of their own", () => {
  const ids = Object.values(figures()).flatMap((figure) => [
    ...figure.toSvg().matchAll(/(?:title|desc) id="([^"]+)"/g),
  ]);
  expect(new Set(ids.map(([, id]) => id)).size).toBe(2 * Object.keys(figures()).length);
});

describe("a description says", () => {
  it.each<[what: string, figure: plots.Figure, said: string]>([
    [
      "from where to where each line goes",
      plots.lines({
        ...LABELS,
        logY: true,
        series: [
          { name: "a", y: [4, 2, 1] },
          { name: "b", x: [10, 20], y: [NaN, 3] },
          { name: "c", y: [NaN] },
        ],
      }),
      "Line chart of loss from 1 to 4 on a logarithmic axis, over step from 1 to 20. " +
        '3 lines: a from 4 to 1; b from 3 to 3; c, without a finite value. Source: nothing to draw of "c", ' +
        "no finite point above 0; b is not finite at step 10 (NaN), marked ×; c diverged at step 1 (NaN), marked ×.",
    ],
    [
      "the dates of an axis",
      plots.lines({ ...LABELS, series: [{ name: "a", x: [new Date(0), new Date(86_400_000 * 40)], y: [1, 2] }] }),
      "Line chart of loss from 1 to 2, over step from 1970-01-01 to 1970-02-10. 1 line: a from 1 to 2.",
    ],
    [
      "each bar of one series",
      plots.bars({
        ...LABELS,
        categories: ["one", "two"],
        series: [{ name: "a", values: [1, NaN] }],
        reference: { value: 0.5, label: "chance" },
        source: "made up",
      }),
      "Bar chart of loss of 1, for 2 categories, step: one, two. a: one 1; two none. A line across at 0.5: chance. " +
        "Source: made up; 1 of 2 values is not drawn: not finite.",
    ],
    [
      "what a matrix' rows and columns are",
      plots.heatmap({
        ...LABELS,
        valueLabel: "similarity",
        values: [[0, 1]],
        rowNames: ["r"],
        columnNames: ["a", "b"],
      }),
      "Heat map of similarity from 0 to 1. 1 row, loss: r. 2 columns, step: a, b.",
    ],
    [
      "what is right of each class",
      plots.confusionMatrix({
        title: "t",
        classNames: ["a", "b"],
        counts: [
          [3, 1],
          [0, 0],
        ],
      }),
      "Confusion matrix of 2 classes, true ones down, predicted ones across, in % of the true class. " +
        "On its diagonal, taken for what they are: a 75; b none.",
    ],
    [
      "at most 24 names",
      plots.imageGrid({
        title: "t",
        images: new Uint8Array(26),
        imageShape: [1, 1, 1],
        captions: Array.from({ length: 26 }, (_, i) => String(i)),
      }),
      "Grid of 26 images of 1 × 1 pixels, 8 in a row. " +
        `Row by row: ${Array.from({ length: 24 }, (_, i) => i).join("; ")}; 2 more.`,
    ],
  ])("%s", (_, figure, said) => {
    expect(figure.description).toBe(said);
  });

  it("nothing that could end the element it stands in", () => {
    const figure = plots.lines({ ...LABELS, title: "a < b & c", series: [{ name: "</desc><script>", y: [1] }] });
    const svg = new JSDOM(figure.toSvg(), { contentType: "image/svg+xml" }).window.document;
    expect(svg.querySelector("title")!.textContent).toBe("a < b & c");
    expect(svg.querySelector("desc")!.textContent).toContain("</desc><script> from 1 to 1");
    expect(svg.querySelector("script")).toBeNull();
  });
});
