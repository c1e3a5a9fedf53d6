import { describe, expect, test } from "vitest";
import { lines } from "../../../lib/plots/index.js";

const LABELS = { title: "Loss", xLabel: "step", yLabel: "loss" };
const RUNS = [
  [4, 2, 1],
  [6, 2, 3],
  [8, 2],
];
const drawn = (band: "minMax" | "std" | "interval", runs: readonly (readonly number[])[] = RUNS) =>
  lines({ ...LABELS, band, series: [{ name: "a", runs }] });

describe("lines() of several runs", () => {
  test("draws their mean, over the runs that have a value there", () => {
    expect(drawn("minMax").data[1]).toMatchObject({ name: "a", x: [1, 2, 3], y: [6, 2, 2] });
  });

  test.each([
    ["minMax" as const, [8, 2, 3], [4, 2, 1], "from the lowest to the highest run"],
    ["std" as const, [8, 2, 2 + Math.SQRT2], [4, 2, 2 - Math.SQRT2], "± 1 standard deviation of the runs"],
    // Student's t: 4.302653 of two degrees of freedom, 12.706205 of one.
    ["interval" as const, [6 + (4.302653 * 2) / Math.sqrt(3), 2, 14.706205], [6 - 4.968276, 2, -10.706205], "95 %"],
  ])("has a band, %s, that is named", (band, high, low, name) => {
    const figure = drawn(band);
    const outline = figure.data[0]!["y"] as number[];
    [...high, ...low.toReversed()].forEach((value, i) => expect(outline[i]).toBeCloseTo(value, 4));
    expect(figure.data[0]).toMatchObject({ fill: "toself", showlegend: false, x: [1, 2, 3, 3, 2, 1] });
    for (const said of [String(figure), figure.description, JSON.stringify(figure.layout)])
      expect(said.replaceAll("<br>", " ")).toMatch(new RegExp(`means of 3 runs; bands: .*${name.replace("+", "")}`));
  });

  test("marks the run that diverged, and goes on with the others", () => {
    const figure = drawn("minMax", [
      [4, NaN, NaN],
      [6, 2, 3],
    ]);
    expect(figure.data[1]!["y"]).toEqual([5, 2, 3]);
    expect(figure.data[2]).toMatchObject({ x: [2], y: [4], text: ["NaN"], marker: { symbol: "x" } });
    expect(figure.description).toContain("a, run 1 of 2 diverged at step 2 (NaN)");
  });

  test("leaves a gap in the band where no run has a value", () => {
    const outline = drawn("minMax", [[1, NaN, 3]]).data[0]!;
    expect([outline["x"], outline["y"]]).toEqual([
      [1, 1, null, 3, 3],
      [1, 1, null, 3, 3],
    ]);
    const drawing = drawn("minMax", [[1, 2, NaN, 3, 4]]).toSvg();
    expect(/<path d="M[^"]*L[^"]*ZM[^"]*Z" fill="rgb\(0,114,178\)" fill-opacity="0.22"/.test(drawing)).toBe(true);
  });

  test("stays above 0 on a logarithmic axis", () => {
    const series = [1, 9].map((from) => [from, 1 + from / 10]);
    const y = lines({ ...LABELS, band: "std", logY: true, series: [{ name: "a", runs: series }] });
    expect(Math.min(...(y.data[0]!["y"] as number[]))).toBeGreaterThan(0);
  });

  test("of many steps stays small: a notebook that is committed holds it", () => {
    const long = Array.from({ length: 3 }, (_, run) => Array.from({ length: 20_000 }, (__, i) => 1 / (i + run + 1)));
    const figure = drawn("minMax", long);
    expect(figure.data[1]!["x"]).toHaveLength(500);
    expect(Math.max(...(figure.data[0]!["y"] as number[]))).toBe(1); // no peak is lost
    expect(JSON.stringify({ data: figure.data, layout: figure.layout }).length).toBeLessThan(60_000);
    expect(figure.toSvg().length).toBeLessThan(60_000);
  });

  test("is in its text the mean", () => {
    expect(String(drawn("minMax"))).toContain("● a, mean of 3 runs: 6 → 2");
  });

  test.each([
    [{ name: "a" }, 'lines: a series must have y or runs, got neither in "a"'],
    [{ name: "a", y: [1], runs: [[1]] }, 'lines: a series must have y or runs, got both in "a"'],
    [{ name: "a", runs: [[]] }, 'lines: a series must have one point or more, got none in "a"'],
    [{ name: "a", runs: [[1, 2]], x: [1] }, 'lines: x and y must be of one length, got 1 and 2 in "a"'],
  ])("refuses %j", (series, message) => {
    expect(() => lines({ ...LABELS, series: [series] })).toThrow(new RangeError(message));
  });
});
