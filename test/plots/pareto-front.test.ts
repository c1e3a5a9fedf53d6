import { describe, expect, test } from "vitest";
import { placeLabels } from "../../lib/plots/place-labels.js";
import { paretoFront, paretoIndices } from "../../lib/plots/index.js";

const X = [3, 1, 2, 2, 4, 1];
const Y = [90, 70, 85, 80, 90, NaN];

describe("paretoIndices()", () => {
  test("gives the points that none beats, cheapest first", () => {
    expect(paretoIndices([X, Y])).toEqual([1, 2, 0]);
  });

  test("takes the way in which each measure is better", () => {
    expect(paretoIndices([X, Y], { better: ["higher", "higher"] })).toEqual([4]);
    expect(paretoIndices([X, Y], { better: ["lower", "lower"] })).toEqual([1]);
    const three = [[1, 2, 3], [1, 2, 3], [3, 2, 2]]; // prettier-ignore
    expect(paretoIndices(three, { better: ["lower", "lower", "lower"] })).toEqual([0, 1]);
  });

  test("keeps equal points, and none that is not finite", () => {
    expect(paretoIndices([[1, 1, 1], [5, 5, NaN]])).toEqual([0, 1]); // prettier-ignore
  });

  test("is what comparing all with all gives", () => {
    let state = 3;
    const next = (): number => (state = (state * 48_271) % 2_147_483_647) % 30;
    const [a, b, c] = [0, 1, 2].map(() => Array.from({ length: 300 }, next)) as [number[], number[], number[]];
    const beaten = (i: number): boolean =>
      a.some((_, j) => {
        const gains = [a[i]! - a[j]!, b[j]! - b[i]!, c[j]! - c[i]!];
        return gains.every((gain) => gain >= 0) && gains.some((gain) => gain > 0);
      });
    const wanted = a.map((_, i) => i).filter((i) => !beaten(i));
    expect(paretoIndices([a, b, c]).toSorted((i, j) => i - j)).toEqual(wanted);
  });

  test.each([
    [[[1], [1, 2]], {}, "paretoIndices: measures must be of one length, got 1, 2"],
    [[[1], [1]], { better: ["lower"] }, "paretoIndices: better must be 2, one a measure, got 1"],
    [[[1]], { better: ["up"] }, "paretoIndices: better[0] must be one of higher, lower, got better[0]='up'"],
  ])("refuses %j with %j", (measures, options, message) => {
    expect(() => paretoIndices(measures, options as never)).toThrow(message);
  });
});

describe("paretoFront()", () => {
  const figure = paretoFront({
    title: "t",
    xLabel: "time, s",
    yLabel: "accuracy, %",
    series: [{ name: "ours", x: X, y: Y, labels: ["a", "b", "c", "d", "e", "f"] }],
  });

  test("joins the front's points, and labels the others too where they are few", () => {
    expect(figure.data[0]).toMatchObject({
      mode: "lines",
      x: [1, 2, 3],
      y: [70, 85, 90],
      name: "Pareto front, 3 of 5",
    });
    expect(figure.data[1]!["text"]).toEqual(["a", "b", "c", "d", "e"]);
    expect(figure.data[1]!["hovertext"]).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("labels the front's points alone where there are many", () => {
    const x = Array.from({ length: 13 }, (_, i) => i + 1);
    const labels = x.map((at) => `n${at}`);
    const series = [{ name: "ours", x, y: x.map((at) => (at === 1 ? 50 : at)), labels }];
    const { data } = paretoFront({ title: "t", xLabel: "time, s", yLabel: "accuracy, %", series });
    expect(data[1]!["text"]).toEqual(["n1", ...x.slice(1).map(() => "")]);
  });

  test("gives the one room that there is to a label of the front", () => {
    const point = { x: 0.5, y: 0, label: "a network" };
    const room = { ranges: { x: [0, 1], y: [0, 1] }, width: 80, height: 40, fontSize: 12, most: 12 } as const;
    const texts = (points: Parameters<typeof placeLabels>[0]["points"]): string[] =>
      placeLabels({ points, ...room }).flatMap((series) => series.map(({ text }) => text));
    expect(texts([[point], [{ ...point, label: "the best" }]])).toEqual(["a network", ""]);
    expect(texts([[point], [{ ...point, label: "the best", first: true }]])).toEqual(["", "the best"]);
  });

  test("says which way is better, what lies on the front, and what diverged", () => {
    expect(figure.description).toContain("On the Pareto front 3 points: b, c, a");
    expect(figure.description).toContain("time, s: lower is better; accuracy, %: higher is better");
    expect(figure.description).toContain("1 point has no finite accuracy, % (diverged), marked × at the edge");
  });
});
