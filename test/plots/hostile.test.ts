/** Values that no axis has a place for: left out and said so, or refused by name; never drawn as NaN. */
import { describe, expect, it } from "vitest";
import * as plots from "../../lib/plots/index.js";
import { dateTicks } from "../../lib/plots/svg/date-ticks.js";

const { bars, confusionMatrix, contour, heatmap, histogram, lines, parallelCoordinates, scatter } = plots;
const LABELS = { title: "t", xLabel: "x", yLabel: "y" };
type Numbers = ArrayLike<number>;

/** Each kind with these values wherever it takes numbers. */
const KINDS: Readonly<Record<string, (values: Numbers) => plots.Figure>> = {
  "lines, y": (y) => lines({ ...LABELS, series: [{ name: "a", y }] }),
  "lines, x": (x) => lines({ ...LABELS, series: [{ name: "a", x, y: [1, 2, 3] }] }),
  "lines, logarithmic": (y) => lines({ ...LABELS, logY: true, series: [{ name: "a", y }] }),
  "scatter, x": (x) => scatter({ ...LABELS, series: [{ name: "a", x, y: [1, 2, 3], labels: ["a", "b", "c"] }] }),
  "scatter, logarithmic": (y) => scatter({ ...LABELS, logX: true, logY: true, series: [{ name: "a", x: y, y }] }),
  bars: (values) => bars({ ...LABELS, categories: ["a", "b", "c"], series: [{ name: "a", values }] }),
  "bars, errorY": (errorY) =>
    bars({ ...LABELS, categories: ["a", "b", "c"], series: [{ name: "a", values: [1, 2, 3], errorY }] }),
  histogram: (values) => histogram({ title: "t", xLabel: "x", series: [{ name: "a", values }] }),
  heatmap: (row) => heatmap({ ...LABELS, valueLabel: "v", values: [row, [1, 2, 3]] }),
  "heatmap, diverging": (row) => heatmap({ ...LABELS, valueLabel: "v", diverging: true, values: [row, row] }),
  contour: (row) =>
    contour({ ...LABELS, valueLabel: "v", x: [1, 2, 3], y: [1, 2, 3], values: [row, [1, 2, 3], [3, 1, 2]] }),
  "contour, x": (x) =>
    contour({
      ...LABELS,
      valueLabel: "v",
      x,
      y: [1, 2],
      values: [
        [1, 2, 3],
        [3, 1, 2],
      ],
    }),
  parallel: (values) =>
    parallelCoordinates({
      title: "t",
      axes: [
        { label: "a", values },
        { label: "b", values: [1, 2, 3] },
      ],
    }),
  confusion: (row) => confusionMatrix({ title: "t", counts: [row, row, row], classNames: ["a", "b", "c"] }),
};

const VALUES: Readonly<Record<string, Numbers>> = {
  "all NaN": [NaN, NaN, NaN],
  "NaN and infinities": [NaN, Infinity, -Infinity],
  "one infinity": [1, -Infinity, 2],
  "missing ones": [null, 1, undefined] as unknown as Numbers,
  holes: Object.assign(new Array<number>(3), { 0: 1, 2: 3 }),
  "the largest": [1.7e308, -1.7e308, 0],
  "the smallest": [5e-324, 1e-320, 0],
  "0 and less": [-1, 0, 1],
  "all the same": [2, 2, 2],
  dates: [new Date(0), new Date(1), new Date(2)] as unknown as Numbers,
  texts: ["1", "2", "3"] as unknown as Numbers,
  bigints: BigInt64Array.of(1n, 2n, 3n) as unknown as Numbers,
};

describe.each(Object.entries(KINDS))("%s", (_kind, draw) => {
  it.each(Object.entries(VALUES))(
    "of %s is drawn with finite coordinates, or refused by the function's name",
    (_, values) => {
      let figure: plots.Figure;
      try {
        figure = draw(values);
      } catch (error) {
        expect(String(error)).toMatch(/^(Range|Type)Error: \w+: .*, got /);
        return;
      }
      const svg = figure.toSvg().replace(/"data:image\/png;base64,[^"]*"|(?<=>)[^<>]+(?=<)/g, '""'); // words apart
      expect(/.{20}(NaN|Infinity|undefined)/.exec(svg)?.[0]).toBeUndefined();
      const numbers = JSON.stringify({ data: figure.data, layout: figure.layout }, (_key, value: unknown) =>
        typeof value === "number" && !Number.isFinite(value) ? "∞" : value,
      );
      expect(numbers).not.toContain("∞");
      expect(String(figure).length).toBeGreaterThan(0);
    },
  );
});

describe("what a figure leaves out", () => {
  const under = (figure: plots.Figure): string =>
    (figure.layout["title"] as { subtitle?: { text: string } }).subtitle?.text.replaceAll("<br>", " ") ?? "";

  it.each<[string, plots.Figure, string]>([
    [
      "a line without a point",
      lines({
        ...LABELS,
        series: [
          { name: "a", y: [NaN] },
          { name: "b", y: [1] },
        ],
      }),
      'nothing to draw of "a", no finite point; a diverged at x 1 (NaN), marked ×',
    ],
    [
      "0 on a logarithmic axis",
      lines({ ...LABELS, logY: true, series: [{ name: "a", y: [0, 1, 2] }] }),
      "1 value of 0 or less left out of the logarithmic axis",
    ],
    [
      "points",
      scatter({ ...LABELS, series: [{ name: "a", x: [1, NaN, 3], y: [1, 2, Infinity] }] }),
      "2 points have no finite x, or y (diverged), marked × at the edge",
    ],
    ["bars", KINDS["bars"]!([1, NaN, 2]), "1 of 3 values is not drawn: not finite"],
    ["counted values", KINDS["histogram"]!([1, NaN, 2]), "1 of 3 values is not drawn: not finite"],
    ["all cells", heatmap({ ...LABELS, valueLabel: "v", values: [[NaN]] }), "no cell has a finite value"],
  ])("is said under the title: %s", (_, figure, said) => {
    expect(under(figure)).toBe(said);
    expect(String(figure)).toContain(said);
  });

  it("does not stand under a figure that draws all it was given", () => {
    expect(under(lines({ ...LABELS, series: [{ name: "a", y: [1, null as never, 3] }] }))).toBe("");
    expect(under(KINDS["bars"]!([1, 2, 3]))).toBe("");
  });
});

describe("numbers", () => {
  it("of 0 or less on a logarithmic axis are gaps for plotly too, which draws a cliff at 0", () => {
    const { data } = lines({ ...LABELS, logY: true, series: [{ name: "a", y: [10, 0, 1, -1, 5] }] });
    expect(data[0]!["y"]).toEqual([10, null, 1, null, 5]);
  });

  it("keep their place where they lie close together, far from 0", () => {
    const x = [1.79e12, 1.79e12 + 1000, 1.79e12 + 2000];
    expect(lines({ ...LABELS, series: [{ name: "a", x, y: [1, 2, 3] }] }).data[0]!["x"]).toEqual(x);
    expect(lines({ ...LABELS, series: [{ name: "a", y: Float32Array.of(0.1, 0.2) }] }).data[0]!["y"]).toEqual([
      0.1, 0.2,
    ]);
  });

  it("that are missing in a long line leave a gap in what is left of it", () => {
    const y = Array.from({ length: 10_000 }, (_, i) => (i === 5001 ? NaN : i));
    expect(lines({ ...LABELS, series: [{ name: "a", y }] }).data[0]!["y"]).toContain(null);
  });

  it("of an error bar count where its value is drawn, in both directions", () => {
    const { layout } = bars({ ...LABELS, categories: ["a"], series: [{ name: "a", values: [1], errorY: [2] }] });
    const [from, to] = (layout["yaxis"] as { range: [number, number] }).range;
    expect(from).toBeLessThanOrEqual(-1);
    expect(to).toBeGreaterThanOrEqual(3);
  });
});

describe("dates", () => {
  const days = (count: number): Date[] => Array.from({ length: count }, (_, i) => new Date(Date.UTC(2026, 10, 1 + i)));
  const labelsOf = (figure: plots.Figure): string[] =>
    [...figure.toSvg().matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, label]) => label!);

  it.each<[string, (x: readonly Date[]) => plots.Figure]>([
    ["lines", (x) => lines({ ...LABELS, series: [{ name: "a", x, y: x.map((_, i) => i) }] })],
    ["scatter", (x) => scatter({ ...LABELS, series: [{ name: "a", x, y: x.map((_, i) => i) }] })],
  ])(
    "are places of %s: on an axis of dates for plotly, written at round days in the picture and the text",
    (_, draw) => {
      const figure = draw(days(15));
      expect(figure.layout["xaxis"]).toMatchObject({ type: "date" });
      expect(figure.data[0]!["x"]).toEqual(days(15).map((day) => day.getTime()));
      expect(labelsOf(figure)).toContain("2026-11-05"); // a Thursday, as 1970 began: every 2 days, or every 7
      expect(figure.toSvg().match(/<circle/g)).toHaveLength(15);
      expect(String(figure)).toMatch(/ 2026-11-01 .* 2026-11-15/);
    },
  );

  it.each<[string, number, string[]]>([
    ["10 s", 10_000, ["00:00:00", "00:00:05", "00:00:10"]],
    ["a day", 86_400_000, ["11-01 00:00", "11-01 06:00", "11-01 12:00", "11-01 18:00", "11-02 00:00"]],
    ["a quarter", 92 * 86_400_000, ["2026-11", "2026-12", "2027-01", "2027-02"]],
    ["eight years", 8 * 365.25 * 86_400_000, ["2028", "2030", "2032", "2034"]],
  ])("over %s have ticks at round times", (_, span, labels) => {
    const from = Date.UTC(2026, 10, 1);
    expect(dateTicks([from, from + span], 4).map(({ label }) => label)).toEqual(labels);
  });

  it("are refused where other series have numbers, and on a logarithmic axis", () => {
    const dated = { name: "a", x: days(2), y: [1, 2] };
    const mixed = [dated, { name: "b", y: [1, 2] }];
    expect(() => lines({ ...LABELS, series: mixed })).toThrow(
      new TypeError("lines: x must be dates in every series or in none, got them in 1 of 2"),
    );
    expect(() => scatter({ ...LABELS, logX: true, series: [dated] })).toThrow(
      new RangeError("scatter: logX must be false where x are dates, got logX=true"),
    );
  });
});
