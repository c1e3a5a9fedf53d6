import { describe, expect, test } from "vitest";
import { lines } from "../../lib/plots/lines.js";

const OPTIONS = {
  title: "Loss",
  series: [
    { name: "train", x: [0, 5, 10], y: Float32Array.of(2, 1, 0.5) },
    { name: "test", x: [0, 5, 10], y: [2.5, null as never, 1.5] },
  ],
  xLabel: "step",
  yLabel: "loss",
  source: "CIFAR-10, seed 0",
};

describe("lines", () => {
  test("gives plotly's traces and layout as plain JSON, gaps as null", () => {
    const { data, layout } = JSON.parse(JSON.stringify(lines(OPTIONS))) as {
      data: Record<string, unknown>[];
      layout: Record<string, unknown>;
    };
    expect(data.map(({ type, name, x, y }) => ({ type, name, x, y }))).toEqual([
      { type: "scatter", name: "train", x: [0, 5, 10], y: [2, 1, 0.5] },
      { type: "scatter", name: "test", x: [0, 5, 10], y: [2.5, null, 1.5] },
    ]);
    expect(layout).toMatchObject({
      title: { text: "Loss", subtitle: { text: "CIFAR-10, seed 0" } },
      xaxis: { title: { text: "step" } },
      yaxis: { title: { text: "loss" } },
    });
  });

  test("shows itself as plotly's MIME type with a still picture and text beside it", () => {
    const shown = lines(OPTIONS);
    const bundle = (shown as unknown as Record<symbol, () => Record<string, unknown>>)[
      Symbol.for("Jupyter.display")
    ]!();
    expect(Object.keys(bundle)).toEqual([
      "application/vnd.plotly.v1+json",
      "image/svg+xml",
      "application/pdf",
      "text/plain",
    ]);
    expect(bundle["application/vnd.plotly.v1+json"]).toEqual({ data: shown.data, layout: shown.layout });
    expect(bundle["text/plain"]).toBe(String(shown));
  });

  test.each<[string, number[], boolean, number[] | undefined]>([
    ["each epoch of a few, for there is none and a half", [1, 2, 3], false, [1, 2, 3]],
    ["as plotly has them where places are parts of one", [0, 0.5, 2], false, undefined],
    ["as plotly has them where they are many", [0, 5, 10], false, undefined],
    ["as plotly has them of a single place", [1, 1, 1], false, undefined],
    ["by powers of ten on a logarithmic axis", [1, 2, 3], true, undefined],
  ])("has ticks at %s", (_what, x, logX, ticks) => {
    const { layout } = lines({ ...OPTIONS, logX, series: [{ name: "a", x, y: [3, 2, 1] }] });
    expect((layout["xaxis"] as { tickvals?: number[] }).tickvals).toEqual(ticks);
  });

  test("draws more points than a call takes arguments", () => {
    const y = Array.from({ length: 4_000 }, (_, i) => i);
    const series = Array.from({ length: 100 }, (_, i) => ({ name: `n${i}`, y }));
    expect(lines({ ...OPTIONS, series }).data).toHaveLength(100);
  });

  test("writes a falling line as text, its corners where its ends are", () => {
    const text = String(
      lines({ title: "T", series: [{ name: "a", x: [0, 10], y: [2, 1] }], xLabel: "step", yLabel: "loss" }),
    );
    const rows = text.split("\n").filter((row) => row.includes("│"));
    expect(rows[0]).toBe("2 │●");
    expect(rows[11]).toBe(`1 │${" ".repeat(59)}●`);
    expect(text).toContain("a: 2 → 1");
  });

  test("marks the points of a short line, and not those that would hide a long one's dashes", () => {
    const modes = [25, 26].map(
      (length) => lines({ ...OPTIONS, series: [{ name: "a", y: Array.from({ length }, (_, i) => i) }] }).data[0]!.mode,
    );
    expect(modes).toEqual(["lines+markers", "lines"]);
  });

  test("gives a series the color and dashes asked for, whatever its place", () => {
    const [first, second] = lines({
      ...OPTIONS,
      series: [
        { name: "a", y: [1], color: 3 },
        { name: "b", y: [1] },
      ],
    }).data;
    expect(first!.line).toEqual(
      lines({ ...OPTIONS, series: Array.from("abcd", (name) => ({ name, y: [1] })) }).data[3]!.line,
    );
    expect(second!.line).toEqual(lines(OPTIONS).data[1]!.line);
    expect(() => lines({ ...OPTIONS, series: [{ name: "a", y: [1], color: -1 }] })).toThrow(
      new RangeError("lines: series[0].color must be a whole number of 0 or more, got series[0].color=-1"),
    );
  });

  test("draws no two of 32 series alike, by color and dashes", () => {
    const series = Array.from({ length: 32 }, (_, i) => ({ name: `run ${i}`, y: [i, i + 1] }));
    const { data } = lines({ ...OPTIONS, series });
    const looks = data.map(({ line }) => {
      const { color, dash } = line as { readonly color: string; readonly dash: string };
      return `${color} ${dash}`;
    });
    expect(new Set(looks).size).toBe(32);
  });

  test("numbers the points from 1 without x", () => {
    expect(lines({ ...OPTIONS, series: [{ name: "a", y: [3, 2] }] }).data[0]!.x).toEqual([1, 2]);
  });

  test.each([
    [[], "lines: series must be an array of one or more, each item { name, y or runs, x?, color? }, got series=[]"],
    [[{ name: "a", y: [] }], 'lines: a series must have one point or more, got none in "a"'],
    [[{ name: "a", x: [1], y: [1, 2] }], 'lines: x and y must be of one length, got 1 and 2 in "a"'],
  ])("refuses %j", (series, message) => {
    expect(() => lines({ ...OPTIONS, series })).toThrow(new RangeError(message));
  });
});
