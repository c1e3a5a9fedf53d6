import { JSDOM } from "jsdom";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import {
  attentionOverlay,
  bars,
  confusionMatrix,
  heatmap,
  histogram,
  imageGrid,
  parallelCoordinates,
  scatter,
} from "../../lib/plots/index.js";
import { PALETTE } from "../../lib/plots/style.js";
import { CAPTION, CLASSES, drawnImages, figures, RUN, SOURCE } from "./browser/figures.js";

type Shown = Record<symbol, () => Record<string, unknown>>;

const again = figures();

describe.each(Object.entries(figures()))("the %s figure", (kind, figure) => {
  const bundle = (figure as unknown as Shown)[Symbol.for("Jupyter.display")]!();

  test("shows itself as plotly's JSON, as a still picture and as text", () => {
    expect(Object.keys(bundle)).toEqual([
      "application/vnd.plotly.v1+json",
      "image/svg+xml",
      "application/pdf",
      "text/plain",
    ]);
    const json = JSON.stringify(bundle["application/vnd.plotly.v1+json"]);
    expect(JSON.parse(json)).toEqual({
      data: JSON.parse(JSON.stringify(figure.data)),
      layout: JSON.parse(JSON.stringify(figure.layout)),
    });
  });

  test.each([
    ["data", SOURCE],
    ["caption", CAPTION],
    ["run", `run ${RUN}`],
  ])("names its %s in plotly's layout, in the still picture, in the text and in the description", (_, words) => {
    const joined = (text: string): string => text.replaceAll("<br>", " ").replace(/\s+/g, " ");
    expect(joined(JSON.stringify(figure.layout))).toContain(words);
    const drawing = new JSDOM(figure.toSvg(), { contentType: "image/svg+xml" }).window.document;
    expect(
      joined(
        [...drawing.querySelectorAll("text")]
          .map((one) => [...one.childNodes].map((line) => line.textContent).join(" "))
          .join(" "),
      ),
    ).toContain(words);
    expect(joined(String(figure))).toContain(words);
    expect(figure.description).toContain(words);
  });

  test("is well-formed SVG that runs and fetches nothing, every coordinate a number", () => {
    const svg = figure.toSvg();
    const letters = /"data:image\/png;base64,[^"]*"|(?<=>)[^<>]+(?=<)/g; // they may spell anything
    const drawn = svg.replace(letters, '""');
    expect(/NaN|Infinity|undefined|<script|href="(?!")|url\((?!#)/.exec(drawn)?.[0]).toBeUndefined();
    expect(new JSDOM(svg, { contentType: "image/svg+xml" }).window.document.documentElement.tagName).toBe("svg");
  });

  test("is drawn twice alike, also of the same data anew", () => {
    expect(figure.toSvg()).toBe(figure.toSvg());
    const anew = again[kind]!;
    expect(anew.toSvg()).toBe(figure.toSvg());
    expect(Buffer.from(anew.toPdf()).equals(Buffer.from(figure.toPdf()))).toBe(true);
  });
});

/**
 * Colors as readers with each of the three deficiencies, complete, see them. Source: Machado et al. 2009, table 1,
 * severity 1.
 */
const VISIONS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

describe("figures", () => {
  test.each(Object.keys(VISIONS))("tell eight series apart by color alone, with %s vision", (vision) => {
    const seen = PALETTE.map((color) => oklab(linear(color), VISIONS[vision]!));
    const distances = seen.flatMap((one, i) =>
      seen.slice(i + 1).map((other) => Math.hypot(...one.map((part, k) => part - other[k]!))),
    );
    expect(Math.min(...distances)).toBeGreaterThan(0.08); // four times what is just noticed, 0.02
  });

  test("tell series apart on a white page and on a dark one", () => {
    for (const color of PALETTE) {
      expect(contrast(color, "#ffffff"), color).toBeGreaterThanOrEqual(3);
      expect(contrast(color, "#111111"), color).toBeGreaterThanOrEqual(3);
    }
  });

  test("of many images stay small", () => {
    const grid = imageGrid({ title: "many", images: drawnImages(512, 32), imageShape: [32, 32, 3] });
    const bundle = (grid as unknown as Shown)[Symbol.for("Jupyter.display")]!();
    expect(JSON.stringify(bundle).length).toBeLessThan(5e6);
  });

  test("confusionMatrix() normalizes over the true class, and leaves a class without images empty", () => {
    const { data } = confusionMatrix({
      title: "c",
      counts: [
        [3, 1, 0],
        [0, 4, 0],
        [0, 0, 0],
      ],
      classNames: ["a", "b", "c"],
    });
    expect(JSON.parse(JSON.stringify(data[0]!["z"]))).toEqual([
      [75, 25, 0],
      [0, 100, 0],
      [null, null, null],
    ]);
  });

  test.each([
    ["pred" as const, [75, 0], [25, 100], "% of the predicted class", "75"],
    ["all" as const, [60, 0], [20, 20], "% of all images", "60"],
    [null, [3, 0], [1, 1], "images", "3"],
  ])("confusionMatrix() takes scikit-learn's normalize: %s", (normalize, first, second, label, text) => {
    const counts = [
      [3, 0],
      [1, 1],
    ];
    const trace = confusionMatrix({ title: "c", counts, classNames: ["a", "b"], normalize }).data[0]!;
    expect(trace["z"]).toEqual([first, second]);
    expect((trace["text"] as string[][])[0]![0]).toBe(text);
    expect(JSON.stringify(trace["colorbar"])).toContain(label);
  });

  test("confusionMatrix() refuses a normalize that scikit-learn does not know", () => {
    const options = { title: "c", counts: [[1]], classNames: ["a"], normalize: "rows" as never };
    expect(() => confusionMatrix(options)).toThrow(
      new RangeError(
        "confusionMatrix: normalize must be one of true, pred, all, or null for none, got normalize='rows'",
      ),
    );
  });

  test("scatter() tells each of a dozen series apart by color and symbol", () => {
    const series = Array.from({ length: 12 }, (_, i) => ({ name: `run ${i}`, x: [i], y: [i] }));
    const marks = scatter({ title: "t", xLabel: "x", yLabel: "y", series }).data.map(
      (trace) => (trace as unknown as { marker: { color: string; symbol: string } }).marker,
    );
    expect(new Set(marks.map(({ color, symbol }) => `${color} ${symbol}`)).size).toBe(12);
  });

  test("scatter() labels each point that has room, beside it or aslant of it", () => {
    const texts = figures()["scatter"]!.data.flatMap((trace) => trace["text"] as string[]);
    expect(texts.filter((text) => text === "")).toEqual([]);
    const crowded = scatter({
      title: "t",
      xLabel: "x",
      yLabel: "y",
      series: [
        { name: "a", x: [1], y: [0], labels: ["middle"] },
        { name: "walls", x: [1, 1, 0.9, 1.1, 0, 2], y: [0.014, -0.014, 0, 0, 0.15, -0.15] },
      ],
    });
    expect(crowded.data[0]).toMatchObject({
      text: ["middle"],
      textposition: [expect.stringMatching(/^(top|bottom) (left|right)$/)],
    });
  });

  test("attentionOverlay() says a map's largest value, but not of maps that are all scaled to 1", () => {
    const options = { title: "t", images: new Uint8Array(2 * 3), imageShape: [1, 1, 3], mapShape: [1, 1] };
    const textOf = (maps: number[]) => attentionOverlay({ ...options, maps, captions: ["a", "b"] }).toString();
    expect(textOf([1, 0.5])).toContain("a (largest 1) | b (largest 0.5)");
    expect(textOf([1, 1])).toContain("a | b");
  });

  test("attentionOverlay() covers an image the more, the more is attended to", async () => {
    const [white, black] = [255, 0].map((value) => new Uint8Array(32 * 32 * 3).fill(value));
    const shown = await Promise.all(
      [white!, black!].map(async (pixels) => {
        const { data } = attentionOverlay({
          title: "t",
          images: pixels,
          imageShape: [32, 32, 3],
          maps: [0, 1],
          mapShape: [1, 2],
        });
        const { data: rgba, info } = await sharp(Buffer.from((data[0]!["source"] as string).split(",")[1]!, "base64"))
          .ensureAlpha()
          .raw()
          .toBuffer({ resolveWithObject: true });
        const row = Math.floor(info.height / 2) * info.width;
        // red, left and right in the overlay
        return [Math.round(info.width * 0.6), info.width - 8].map((x) => rgba[(row + x) * 4]!);
      }),
    );
    const seen = [0, 1].map((side) => shown[0]![side]! - shown[1]![side]!); // of the image: white less black
    expect(seen[0]).toBeCloseTo(255 * 0.65, -1);
    expect(seen[1]).toBeCloseTo(255 * 0.15, -1);
  });

  test("write the ticks of a logarithmic axis as numbers, at 1, 2 and 5 times its powers or at these alone", () => {
    const across = (kind: string): unknown => figures()[kind]!.layout["xaxis"];
    expect(across("scatter")).toMatchObject({ type: "log", dtick: "D2", tickformat: "~s" }); // 200k, 500k, 1M
    expect(across("contour")).toMatchObject({ type: "log", dtick: 1, tickformat: "~g" }); // 0.0001, 0.001, 0.01
    const wide = scatter({
      title: "t",
      xLabel: "x",
      yLabel: "y",
      logX: true,
      series: [{ name: "a", x: [1e-6, 1e6], y: [0, 1] }],
    });
    expect(wide.layout["xaxis"]).toMatchObject({ dtick: 2, tickformat: "~s" });
  });

  test("bars() gives a series the color asked for, whatever its place", () => {
    const { data } = bars({
      title: "t",
      categories: ["a"],
      xLabel: "x",
      yLabel: "y",
      series: [
        { name: "one", values: [1], color: 5 },
        { name: "two", values: [1] },
      ],
    });
    expect(data.map((trace) => (trace["marker"] as { color: string }).color)).toEqual([PALETTE[5], PALETTE[1]]);
  });

  test("parallelCoordinates() keeps its lines off its labels", () => {
    expect(figures()["parallel"]!.toSvg()).toMatch(
      /stroke="#ffffff" stroke-width="3" stroke-linejoin="round" paint-order="stroke"[^>]*>xavier</,
    );
  });

  test("parallelCoordinates() labels values whose labels do not meet, the ends always", () => {
    const ticksOf = (values: number[]) => {
      const axes = [
        { label: "s", values },
        { label: "accuracy", values: values.map((_, i) => i) },
      ];
      const [trace] = parallelCoordinates({ title: "t", axes }).data as unknown as {
        dimensions: { ticktext: string[] }[];
      }[];
      return trace!.dimensions[0]!.ticktext;
    };
    expect(ticksOf([31.22, 9, 12, 31.95, 12.4])).toEqual(["9", "12", "31.95"]);
    expect(ticksOf([2, 1, 3])).toEqual(["1", "2", "3"]);
    expect(ticksOf([5, 5])).toEqual(["5"]);
  });

  const images = { images: drawnImages(2, 4), imageShape: [4, 4, 3] as const };
  test.each<[string, () => unknown]>([
    ["bars: series must", () => bars({ title: "t", categories: ["a"], series: [], xLabel: "x", yLabel: "y" })],
    ["scatter: series must", () => scatter({ title: "t", series: [], xLabel: "x", yLabel: "y" })],
    ["histogram: series must", () => histogram({ title: "t", series: [], xLabel: "x" })],
    [
      "heatmap: values must",
      () => heatmap({ title: "t", values: [[1, 2], [3]], valueLabel: "v", xLabel: "x", yLabel: "y" }),
    ],
    [
      "confusionMatrix: counts must be square",
      () => confusionMatrix({ title: "t", counts: [[1, 2]], classNames: ["a"] }),
    ],
    [
      "confusionMatrix: counts must be whole numbers of 0 or more, got -1",
      () => confusionMatrix({ title: "t", counts: [[-1]], classNames: ["a"] }),
    ],
    ["confusionMatrix: classNames must", () => confusionMatrix({ title: "t", counts: [[1]], classNames: CLASSES })],
    ["imageGrid: captions must", () => imageGrid({ title: "t", ...images, captions: ["one"] })],
    ["imageGrid: ", () => imageGrid({ title: "t", images: new Uint8Array(7), imageShape: [4, 4, 3] })],
    [
      "attentionOverlay: ",
      () => attentionOverlay({ title: "t", ...images, maps: new Float32Array(3), mapShape: [2, 2] }),
    ],
  ])("refuse bad input: %s", (message, draw) => {
    expect(draw).toThrow(message);
  });
});

/** Red, green and blue without gamma, 0 to 1. */
function linear(hex: string): number[] {
  return [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
}

/** Lightness and two opponent axes, in which equal distances look alike. Source: Ottosson 2020. */
function oklab(color: readonly number[], vision: readonly (readonly number[])[]): number[] {
  const times = (matrix: readonly (readonly number[])[], vector: readonly number[]): number[] =>
    matrix.map((row) => row.reduce((sum, value, i) => sum + value * vector[i]!, 0));
  const seen = times(vision, color).map((value) => Math.min(1, Math.max(0, value)));
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    seen,
  ).map(Math.cbrt);
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** Contrast ratio of two colors. Source: WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const luminance = (hex: string): number => {
    const [r, g, b] = linear(hex);
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
