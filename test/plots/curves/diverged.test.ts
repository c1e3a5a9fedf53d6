import { describe, expect, test } from "vitest";
import { lines, scatter } from "../../../lib/plots/index.js";

const LABELS = { title: "t", xLabel: "step (a batch)", yLabel: "loss" };
const line = (y: readonly (number | null)[], more: object = {}) =>
  lines({ ...LABELS, series: [{ name: "a", y: y as number[], x: y.map((_, i) => 10 * i) }], ...more });

describe("a diverged run", () => {
  test.each([
    [[3, 2, NaN, NaN], "NaN"],
    [[3, 2, Infinity, NaN], "Infinity"],
    [[3, 2, -Infinity], "-Infinity"],
    [[3, 2, 1e301], "1.00e301"],
  ])("of %j is marked where it left the numbers, in every form", (y, what) => {
    const figure = line(y);
    expect(figure.data[1]).toMatchObject({ mode: "markers+text", x: [20], y: [2], text: [what] });
    expect(figure.data[1]!["name"]).toBe("a: diverged at step 20");
    expect(figure.layout["showlegend"]).toBe(true);
    const said = `a diverged at step 20 (${what}), marked ×`;
    expect(figure.description).toContain(said);
    const svg = figure.toSvg();
    expect(svg.match(/<path d="M[^"]*Z" fill="#0072b2"\/>/g)).toHaveLength(2); // on its curve, and in the legend
    expect(svg).toContain(`>${what}</`);
    expect(Buffer.from(figure.toPdf()).length).toBeGreaterThan(Buffer.from(line([3, 2]).toPdf()).length);
    const rows = String(figure).split("\n");
    expect(rows.filter((row) => row.includes("│")).at(-1)).toMatch(/×$/); // at the right end, where the curve ended
    expect(rows.at(-1)).toBe(said);
  });

  test("that came back is not said to have ended", () => {
    const figure = line([3, NaN, 2]);
    expect(figure.data[1]).toMatchObject({ x: [10], y: [3], name: "a: not finite" });
    expect(figure.description).toContain("a is not finite at step 10 (NaN), marked ×");
  });

  test("without any number before is marked at the first after, or midway", () => {
    expect(line([NaN, 2, 1]).data[1]).toMatchObject({ x: [0], y: [2] });
    expect(line([NaN, NaN]).data[1]).toMatchObject({ x: [0], y: [0.5] });
    expect(line([NaN], { logY: true }).toSvg()).not.toMatch(/NaN[ ",]|"[^"]*NaN"/);
  });

  test("is told apart from values that are missing, and from 0 on a logarithmic axis", () => {
    expect(line([3, null, 2]).data).toHaveLength(1);
    expect(line([3, 0, 2], { logY: true }).data).toHaveLength(1);
    expect(line([3, 0, NaN], { logY: true }).data[1]).toMatchObject({ x: [20], y: [3] });
  });

  test("in a long series is marked at its own step, however thinned the line is", () => {
    const y = Array.from({ length: 30_000 }, (_, i) => (i < 12_345 ? 1 / (i + 1) : NaN));
    const figure = lines({ ...LABELS, series: [{ name: "a", y }] });
    expect(figure.data[1]!["x"]).toEqual([12_346]);
    expect((figure.data[0]!["x"] as number[]).length).toBeLessThan(5000);
  });

  test("is an × at the edge of a scatter plot, with its name", () => {
    const figure = scatter({
      ...LABELS,
      xLabel: "learning rate",
      yLabel: "accuracy, %",
      series: [{ name: "sgd", x: [1, 2, 3, NaN, 5], y: [80, NaN, NaN, 70, null as never], labels: [..."abcde"] }],
    }); // prettier-ignore
    const range = (axis: string) => (figure.layout[axis] as { range: number[] }).range;
    const [, lost] = figure.data;
    expect(lost).toMatchObject({
      name: "sgd: diverged",
      x: [2, 3, range("xaxis")[0]],
      hovertext: ["b (2, NaN)", "c (3, NaN)", "d (NaN, 70)"],
      hoverinfo: "name+text",
    });
    expect(lost!["y"]).toEqual([range("yaxis")[0], range("yaxis")[0], 70]);
    expect(figure.description).toContain(
      "3 points have no finite accuracy, %, or learning rate (diverged), marked × at the edge; " +
        "1 of 5 points is not drawn",
    );
    expect(String(figure).split("×").length - 1).toBe(3 + 1); // and in the note
    expect(String(figure)).toContain("  b: 2, NaN");
  });
});
