/** Names of a legend leave the plot its room, and none is cut. */
import { describe, expect, it } from "vitest";
import { lines, opTimeline, scatter, stepTimeDifference, type Figure } from "../../lib/plots/index.js";
import { STEPS } from "./browser/profile-figures.js";

const LABELS = { title: "t", xLabel: "step", yLabel: "loss" };
const LONG = "CCT-6/3x1 with AutoAugment, drop path 0.1 & label smoothing, seed ";
const many = (count: number): Figure =>
  lines({ ...LABELS, series: Array.from({ length: count }, (_, i) => ({ name: LONG + i, y: [1, 2] })) });

/** The still picture's lines of text with the place of each. */
const texts = (svg: string): readonly { readonly x: number; readonly y: number; readonly text: string }[] =>
  [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)<\/text>/g)].map(([, x, y, text]) => ({
    ...{ x: Number(x), y: Number(y), text: text! },
  }));

describe("a legend", () => {
  it("breaks long names, whole, and leaves short ones as they are", () => {
    const [one] = many(2).data as unknown as { readonly name: string }[];
    expect(one!.name.split("<br>").length).toBeGreaterThan(2);
    expect(one!.name.replaceAll("<br>", " ")).toBe(`${LONG}0`.replace("&", "&amp;"));
    const short = scatter({ ...LABELS, series: [{ name: "a & b", x: [1], y: [1] }] });
    expect(short.data[0]!["name"]).toBe("a &amp; b");
  });

  it("leaves the plot the larger part of the figure", () => {
    const left = Math.min(...texts(many(3).toSvg()).flatMap(({ x, text }) => (text.includes("CCT") ? [x] : [])));
    expect(left).toBeGreaterThan(700 * 0.6);
  });

  it("makes a figure as high as its names need, and no other higher", () => {
    expect(many(2).layout["height"]).toBe(420);
    const high = many(12);
    expect(high.layout["height"]).toBeGreaterThan(420);
    const bottoms = texts(high.toSvg()).map(({ y }) => y);
    expect(Math.max(...bottoms)).toBeLessThan(high.layout["height"] as number);
  });

  it("has whole names under the pointer too", () => {
    expect(many(2).layout["hoverlabel"]).toEqual({ namelength: -1 });
  });
});

describe("bars along a row", () => {
  it("of a timeline have a height of their own, however many rows a category has", () => {
    const spans = [0, 3].map((row) => ({ track: `row ${row}`, name: "op", category: "a", startUs: 0, durationUs: 1 }));
    expect(opTimeline({ title: "t", spans }).data[0]).toMatchObject({ width: 0.8 });
  });

  it("of a difference leave room for their texts beside the longest names", () => {
    const [before, after] = STEPS.map((step) => ({ ...step, name: LONG }));
    const { layout, data } = stepTimeDifference({ title: "t", before: before!, after: after! });
    const [, high] = (layout["xaxis"] as { range: [number, number] }).range;
    const longest = Math.max(...(data[1]!["x"] as number[]));
    expect(high / longest).toBeGreaterThan(1.5);
    expect(high / longest).toBeLessThan(3);
  });

  it("of a timeline are named by the ends of long names too, where devices differ", () => {
    const spans = [0, 1].map((device) => ({
      ...{ track: `/job:localhost/replica:0/task:0/device:CPU:${device}`, name: "op", category: "a" },
      ...{ startUs: 0, durationUs: 1 },
    }));
    const { ticktext } = opTimeline({ title: "t", spans }).layout["yaxis"] as { ticktext: string[] };
    expect(ticktext.map((text) => text.slice(-5))).toEqual(["CPU:0", "CPU:1"]);
  });
});
