/** What is wrong within an option of a figure is named by its path, a misspelled one beside the name that was meant. */
import { describe, expect, it } from "vitest";
import * as plots from "../../lib/plots/index.js";

const LABELS = { title: "t", xLabel: "x", yLabel: "y" };
const BARS = { ...LABELS, categories: ["a"], series: [{ name: "a", values: [1] }] };
const LINES = { ...LABELS, series: [{ name: "a", y: [1] }] };
const SCATTER = { ...LABELS, series: [{ name: "a", x: [1], y: [1] }] };
const AXES = { title: "t", axes: [1, 2].map((value) => ({ label: "a", values: [value] })) };
const HEATMAP = { ...LABELS, valueLabel: "v", values: [[1]] };
const CONTOUR = { ...HEATMAP, x: [1, 2], y: [1, 2], values: [1, 2].map((value) => [value, 3]) };
const IMAGES = { title: "t", images: new Uint8Array(12), imageShape: [2, 2, 3] };
const OVERLAY = { ...IMAGES, maps: [1], mapShape: [1, 1] };

type Draw = (options: never) => unknown;

describe("a figure refuses", () => {
  it.each<[message: string, draw: Draw, options: object]>([
    [
      "lines: an option of series[0] must be one of name, y, runs, x, color, got colour; did you mean color?",
      plots.lines,
      { ...LINES, series: [{ name: "a", y: [1], colour: 1 }] },
    ],
    [
      "lines: series[1].y must be an array of numbers, got series[1].y='1'",
      plots.lines,
      { ...LINES, series: [...LINES.series, { name: "b", y: "1" }] },
    ],
    [
      "lines: series[0] must be { name, y or runs, x?, color? }, got series[0]=3",
      plots.lines,
      { ...LINES, series: [3] },
    ],
    [
      "lines: an option must be one of title, source, caption, run, series, xLabel, yLabel, logX, logY, band, " +
        "got log_y; did you mean logY?",
      plots.lines,
      { ...LINES, log_y: true },
    ],
    [
      "bars: an option of series[0] must be one of name, values, errorY, color, got error_y; did you mean errorY?",
      plots.bars,
      { ...BARS, series: [{ name: "a", values: [1], error_y: [1] }] },
    ],
    [
      "bars: an option of reference must be one of value, label, got lable; did you mean label?",
      plots.bars,
      { ...BARS, reference: { value: 1, lable: "chance" } },
    ],
    [
      "bars: reference.value must be a number of at most ±1e300, got reference.value=NaN",
      plots.bars,
      { ...BARS, reference: { value: NaN, label: "chance" } },
    ],
    [
      "bars: categories[1] must be a text, got categories[1]=2",
      plots.bars,
      { ...BARS, categories: ["a", 2], series: [{ name: "a", values: [1, 2] }] },
    ],
    [
      "scatter: an option of series[0] must be one of name, x, y, labels, got label; did you mean labels?",
      plots.scatter,
      { ...SCATTER, series: [{ ...SCATTER.series[0], label: ["a"] }] },
    ],
    [
      "scatter: series[0].labels[0] must be a text, got series[0].labels[0]=1",
      plots.scatter,
      { ...SCATTER, series: [{ ...SCATTER.series[0], labels: [1] }] },
    ],
    [
      "histogram: an option of series[0] must be one of name, values, got value; did you mean values?",
      plots.histogram,
      { title: "t", xLabel: "x", series: [{ name: "a", value: [1] }] },
    ],
    [
      "parallelCoordinates: an option of axes[1] must be one of label, values, log, got lgo; did you mean log?",
      plots.parallelCoordinates,
      { ...AXES, axes: [AXES.axes[0], { ...AXES.axes[1], lgo: true }] },
    ],
    [
      "heatmap: valueRange must be two numbers, the second above the first, got valueRange=[ 1, 0 ]",
      plots.heatmap,
      { ...HEATMAP, valueRange: [1, 0] },
    ],
    ["heatmap: cellTexts[0][0] must be a text, got cellTexts[0][0]=1", plots.heatmap, { ...HEATMAP, cellTexts: [[1]] }],
    ["contour: levels must be a whole number from 1 to 49, got levels=50", plots.contour, { ...CONTOUR, levels: 50 }],
    [
      "confusionMatrix: an option must be one of title, source, caption, run, counts, classNames, normalize, " +
        "got normalise; did you mean normalize?",
      plots.confusionMatrix,
      { title: "t", counts: [[1]], classNames: ["a"], normalise: "true" },
    ],
    ["imageGrid: captions[0] must be a text, got captions[0]=1", plots.imageGrid, { ...IMAGES, captions: [1] }],
    [
      "imageGrid: caption must be a text, or null for none, got caption=[ 'a' ]",
      plots.imageGrid,
      {
        ...IMAGES,
        caption: ["a"],
      },
    ],
    [
      "attentionOverlay: mapShape must be an array of 2, each item a whole number above 0, got mapShape=[ 1 ]",
      plots.attentionOverlay,
      { ...OVERLAY, mapShape: [1] },
    ],
    [
      "attentionOverlay: scale must be one of map, figure, got scale='maps'; did you mean map?",
      plots.attentionOverlay,
      { ...OVERLAY, scale: "maps" },
    ],
  ])("%s", (message, draw, options) => {
    let said = "nothing";
    try {
      draw(options as never);
    } catch (error) {
      said = (error as Error).message;
    }
    if (message.startsWith("^")) expect(said).toMatch(new RegExp(message));
    else expect(said).toBe(message);
  });
});

describe("null is none", () => {
  it.each<[name: string, draw: Draw, options: object]>([
    ["source", plots.lines, { ...LINES, source: null }],
    ["reference", plots.bars, { ...BARS, reference: null }],
    ["labels", plots.scatter, { ...SCATTER, series: [{ ...SCATTER.series[0], labels: null }] }],
    ["captions", plots.imageGrid, { ...IMAGES, captions: null }],
    ["captions and source", plots.attentionOverlay, { ...OVERLAY, captions: null, source: null }],
  ])("for %s, as if it were left out", (name, draw, options) => {
    const left = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null));
    const series = (options as typeof SCATTER).series?.map(({ name: called, ...rest }) => ({
      name: called,
      ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)),
    }));
    const without = draw((series ? { ...left, series } : left) as never) as plots.Figure;
    const figure = draw(options as never) as plots.Figure;
    expect(figure.toSvg(), name).toBe(without.toSvg());
    expect(JSON.stringify(figure)).not.toContain("null,null");
  });

  it("for a heat map's cellTexts, which it has by default", () => {
    expect(plots.heatmap(HEATMAP).data[0]).toHaveProperty("text");
    expect(plots.heatmap({ ...HEATMAP, cellTexts: null }).data[0]).not.toHaveProperty("text");
  });
});

it("imageGrid() draws a whole set of images", () => {
  const set = { ...IMAGES, name: "cifar-10", split: "test", labels: Int32Array.of(0), classNames: ["a"], mean: 0.5 };
  expect(plots.imageGrid(set).description).toBe("Grid of 1 image of 2 × 2 pixels, 1 in a row.");
});
