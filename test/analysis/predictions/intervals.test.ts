import { describe, expect, it, test } from "vitest";
import {
  accuracyInterval,
  confusionMatrix,
  mcnemar,
  overSeeds,
  perClassIntervals,
} from "../../../lib/analysis/index.js";
import { DISPLAY, type ShowsItself } from "../../../lib/shown.js";
import { REFERENCE } from "./reference.js";

describe("accuracyInterval()", () => {
  test.each(REFERENCE.intervals)("is statsmodels': $right of $total, $level, $method", ({ right, total, ...rest }) => {
    const { level, method, interval } = rest;
    const { low, high } = accuracyInterval({ right, total }, { level, method });
    expect(low).toBeCloseTo(interval[0], 10);
    expect(high).toBeCloseTo(interval[1], 10);
  });

  it("counts an evaluation's right ones, and none that is not finite", () => {
    const evaluation = { labels: [0, 1, 0, 1], predictions: [0, 1, 1, 1] };
    expect(accuracyInterval(evaluation)).toMatchObject({ right: 3, total: 4, accuracy: 0.75 });
    const diverged = { labels: [0, 0], predictions: [0, 0], confidences: [NaN, 1] };
    expect(accuracyInterval(diverged)).toMatchObject({ right: 1, total: 2 });
  });

  it("shows itself in a line", () => {
    const shown = accuracyInterval({ right: 3062, total: 3925 }) as unknown as Record<symbol, () => unknown>;
    expect(shown[Symbol.for("Jupyter.display")]!()).toEqual({
      "text/plain": "accuracy 78.01 % (95 %: 76.69 to 79.28 %), 3,062 of 3,925 images",
    });
  });

  it.each([
    [{ right: 3, total: 2 }, {}, "accuracyInterval: right must be at most total, got right=3, total=2"],
    [{ right: 1, total: 0 }, {}, "accuracyInterval: result.total must be a whole number above 0, got result.total=0"],
    [
      { right: 1, total: 2 },
      { level: 95 },
      "accuracyInterval: level must be a number above 0 and below 1, got level=95",
    ],
    [
      { labels: [1, 2], predictions: [1] },
      {},
      "accuracyInterval: labels and predictions must be of one length above 0",
    ],
    [{ right: 1, total: 2 }, { alpha: 0.05 }, "accuracyInterval: an option must be one of level, method, got alpha"],
  ])("refuses %j, %j", (result, options, error) => {
    expect(() => accuracyInterval(result as never, options as never)).toThrow(error);
  });
});

it("perClassIntervals() gives each class's, and leaves out one without images", () => {
  const confusion = confusionMatrix([0, 0, 0, 1, 1], [0, 0, 1, 1, 0], 3);
  const found = perClassIntervals(confusion, { classNames: ["cat", "dog", "bird"] });
  expect(found.map(({ className, right, total }) => [className, right, total])).toEqual([
    ["cat", 2, 3],
    ["dog", 1, 2],
  ]);
  const { low, high } = accuracyInterval({ right: 2, total: 3 });
  expect(found[0]).toMatchObject({ low, high });
});

describe("overSeeds()", () => {
  test.each(REFERENCE.overSeeds)("is SciPy's t interval of $values at $level", ({ values, level, ...wanted }) => {
    const found = overSeeds(values, { level });
    for (const name of ["mean", "standardDeviation", "low", "high"] as const)
      expect(found[name], name).toBeCloseTo(wanted[name], 9);
  });

  it("knows no spread of one run, and says so", () => {
    const found = overSeeds([0.5]);
    expect(found).toMatchObject({ mean: 0.5, standardDeviation: NaN, low: NaN, high: NaN, min: 0.5, max: 0.5 });
    expect(textOf(found)).toBe("0.5 (1 run: nothing is known of its spread)");
    expect(textOf(overSeeds([89.53, 89.48, 89.12]))).toBe(
      "89.38 ± 0.22 (mean and standard deviation of 3 runs; mean, 95 %: 88.82 to 89.93)",
    );
  });

  it("refuses a diverged run's", () => {
    expect(() => overSeeds([0.5, NaN])).toThrow("overSeeds: values[1] must be a finite number, got values[1]=NaN");
  });
});

describe("mcnemar()", () => {
  /** 50 images both have right, 7 both wrong; all of class 1. */
  const answers = (onlyA: number, onlyB: number) => ({
    labels: new Array<number>(57 + onlyA + onlyB).fill(1),
    a: [...new Array<number>(50 + onlyA).fill(1), ...new Array<number>(7 + onlyB).fill(0)],
    b: [...new Array<number>(50).fill(1), ...new Array<number>(7 + onlyA).fill(0), ...new Array<number>(onlyB).fill(1)],
  });

  test.each(REFERENCE.mcnemar)("is statsmodels': $onlyA and $onlyB, exact $exact, corrected $correction", (row) => {
    const { onlyA, onlyB, exact, correction, statistic, pValue } = row;
    const { labels, a, b } = answers(onlyA, onlyB);
    const found = mcnemar(labels, a, b, { exact, correction });
    expect(found).toMatchObject({ onlyA, onlyB, bothRight: 50, bothWrong: 7, significant: pValue < 0.05 });
    expect(found.better).toBe(onlyA > onlyB ? "a" : "b");
    expect(found.statistic).toBeCloseTo(statistic, 10);
    expect(found.pValue).toBeCloseTo(pValue, 10);
  });

  it("finds nothing in equal counts, corrected or not", () => {
    const { labels, a, b } = answers(4, 4);
    for (const options of [{}, { exact: false }, { exact: false, correction: false }])
      expect(mcnemar(labels, a, b, options)).toMatchObject({ pValue: 1, better: null, significant: false });
    expect(mcnemar(labels, a, a)).toMatchObject({ onlyA: 0, onlyB: 0, pValue: 1 });
  });

  it("takes evaluations and a study's stored predictions", () => {
    const { labels, a, b } = answers(3, 17);
    const wanted = mcnemar(labels, a, b);
    expect(
      mcnemar(labels, { predictions: Int32Array.from(a) }, { classes: Buffer.from(b).toString("base64") }),
    ).toEqual(wanted);
    expect(textOf(wanted)).toBe(
      "a 68.83 %, b 87.01 %, of 77 images: 3 only a has right, 17 only b; p = 0.0026 (McNemar's exact test): " +
        "more than noise at 95 %",
    );
  });

  it("refuses predictions of other images", () => {
    expect(() => mcnemar([1, 2], [1, 2], [1])).toThrow(
      new RangeError("mcnemar: labels and predictions must be of one length above 0, got 2 and 1"),
    );
  });
});

function textOf(value: unknown): string {
  return (value as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!()["text/plain"]!;
}

it("perClassIntervals() of a thousand classes shows the first and the last ones", () => {
  const labels = Int32Array.from({ length: 1000 }, (_, i) => i);
  const found = perClassIntervals(confusionMatrix(labels, labels, 1000));
  const text = String((found as unknown as ShowsItself)[DISPLAY]()["text/plain"]);
  expect(found).toHaveLength(1000);
  expect(text.split("\n").length).toBeLessThan(70);
  expect(text).toContain("… 940 more");
});
