/** Figures of as many points as a long run has stay small in a notebook. */
import { describe, expect, it } from "vitest";
import * as plots from "../../lib/plots/index.js";
import { figures } from "./browser/figures.js";
import { pageFigures } from "./browser/grids.js";
import { residual, ROOFLINE, spansOf } from "./browser/profile-figures.js";

const POINTS = 20_000;
const LABELS = { title: "t", xLabel: "x", yLabel: "y" };

/** Numbers from 0 to 1 in no order, the same in every run. */
const places = Array.from({ length: POINTS }, (_, i) => (i * 7919) % POINTS);
const shares = places.map((place) => place / POINTS);
const gap = shares.map((share, i) => (i > 12_000 ? NaN : share));
const side = Math.floor(Math.sqrt(POINTS));
const rows = Array.from({ length: side }, (_, i) => shares.slice(i * side, (i + 1) * side));
const evenly = Array.from({ length: side }, (_, i) => i);
const classNames = Array.from({ length: 100 }, (_, i) => `class ${i}`);

/** Each kind with 20,000 points, values, cells, runs or pixels; null: a kind whose size its options bound. */
const LARGE: Readonly<Record<string, (() => plots.DrawnFigure | Promise<plots.DrawnFigure>) | null>> = {
  line: () => plots.lines({ ...LABELS, series: [{ name: "a", y: shares }] }),
  bands: () => plots.lines({ ...LABELS, series: [{ name: "a", runs: [shares, gap, shares.toReversed()] }] }),
  diverged: () => plots.lines({ ...LABELS, series: [{ name: "a", y: gap }] }),
  activations: () =>
    plots.activations({ title: "t", functions: ["sigmoid", "tanh", "relu", { name: "own", values: shares }] }),
  scatter: () => plots.scatter({ ...LABELS, series: [{ name: "a", x: places, y: shares }] }),
  pareto: () => plots.paretoFront({ ...LABELS, series: [{ name: "a", x: places, y: shares }] }),
  histogram: () => plots.histogram({ title: "t", xLabel: "x", series: [{ name: "a", values: shares }] }),
  heatmap: () => plots.heatmap({ ...LABELS, valueLabel: "v", values: rows }),
  contour: () => plots.contour({ ...LABELS, valueLabel: "v", x: evenly, y: evenly, values: rows }),
  parallel: () =>
    plots.parallelCoordinates({
      title: "t",
      axes: ["a", "b", "c", "d"].map((label, i) => ({ label, values: shares.slice(i * 5000, (i + 1) * 5000) })),
    }),
  bar: () => plots.bars({ ...LABELS, categories: classNames, series: [{ name: "a", values: shares.slice(0, 100) }] }),
  confusion: () =>
    plots.confusionMatrix({ title: "t", classNames, counts: classNames.map((_, i) => places.slice(i, i + 100)) }),
  confusionGrid: () =>
    plots.confusionGrid({
      title: "t",
      images: new Uint8Array(POINTS * 3),
      imageShape: [1, 1, 3],
      labels: places.map((place) => place % 100),
      predictions: shares.map((share) => Math.floor(100 * share)),
      classNames,
    }),
  reliability: () =>
    plots.reliabilityDiagram({
      title: "t",
      bins: evenly.map((i) => ({
        from: i / side,
        to: (i + 1) / side,
        count: 1000,
        confidence: (i + 0.5) / side,
        accuracy: shares[i]!,
      })),
    }),
  roofline: () =>
    plots.roofline({
      title: "t",
      roofline: {
        ...ROOFLINE,
        ops: places
          .slice(0, 2000)
          .map((place, i) => ({ ...ROOFLINE.ops[0]!, layer: `layer${i}`, durationUs: place + 1 })),
      },
    }),
  timeline: () => plots.opTimeline({ title: "t", spans: spansOf(POINTS) }),
  architecture: () => plots.architecture({ title: "t", models: [{ name: "a", layers: residual(2000) }] }),
  breakdown: null,
  difference: null,
  grid: null,
  overlay: null,
};

const bundleOf = (figure: plots.DrawnFigure): string =>
  JSON.stringify((figure as unknown as Record<symbol, () => object>)[Symbol.for("Jupyter.display")]!());

describe("a figure of many points", () => {
  it("is known for every kind", async () => {
    const kinds = [...Object.keys(figures()), ...Object.keys(await pageFigures())];
    expect(Object.keys(LARGE).sort()).toEqual(kinds.sort());
  });

  it.each(Object.entries(LARGE).flatMap(([kind, make]) => (make === null ? [] : [{ kind, make }])))(
    "of kind $kind takes at most 2 MB of a notebook",
    async ({ make }) => {
      expect(bundleOf(await make()).length).toBeLessThan(2e6);
    },
  );
});

it("a confusion grid is the same bytes each time", async () => {
  const [one, other] = await Promise.all([pageFigures(), pageFigures()]);
  expect(bundleOf(other["confusionGrid"]!) === bundleOf(one["confusionGrid"]!)).toBe(true);
});

describe("thousands of marks of one series", () => {
  const drawn = (x: readonly number[], y: readonly number[]): string[] =>
    plots
      .scatter({ ...LABELS, series: [{ name: "a", x, y }] })
      .toSvg()
      .match(/<path d="[^"]*" fill="none" stroke="#0072b2"[^>]*>/g)!;

  it("are drawn each, a path for those that touch no other", () => {
    const few = places.slice(0, 2000);
    const paths = drawn(few, shares.slice(0, 2000).toReversed());
    expect(paths.join("").match(/h0/g)).toHaveLength(2000);
    expect(paths.length).toBeLessThanOrEqual(12);
    for (const path of paths.slice(0, -1)) {
      const dots = [...path.matchAll(/M([\d.]+) ([\d.]+)h0/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
      const sorted = dots.toSorted((a, b) => a[0] - b[0]);
      const touching = sorted.filter(([x, y], i) => {
        for (let j = i + 1; j < sorted.length && sorted[j]![0] - x < 4; j++)
          if (Math.hypot(sorted[j]![0] - x, sorted[j]![1] - y) < 4) return true;
        return false;
      });
      expect(touching).toEqual([]);
    }
  });

  it("at one place lie in a dozen paths, not in as many as they are", () => {
    expect(drawn(new Array(5000).fill(1), new Array(5000).fill(1))).toHaveLength(12);
  });
});
