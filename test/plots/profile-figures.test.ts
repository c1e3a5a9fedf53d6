import { describe, expect, it } from "vitest";
import { opTimeline, roofline, stepTimeBreakdown, stepTimeDifference } from "../../lib/plots/index.js";
import { mergeSpans } from "../../lib/plots/profiles/merge-spans.js";
import { ROOFLINE, spansOf, STEPS } from "./browser/profile-figures.js";

const traceOf = ({ data }: { readonly data: readonly Readonly<Record<string, unknown>>[] }, name: string) =>
  data.find((trace) => trace["name"] === name)!;

describe("roofline()", () => {
  const made = roofline({ title: "t", roofline: ROOFLINE });

  it("draws an op at its intensity and speed, its area as its time, in its kind's color", () => {
    const trace = traceOf(made, "convolution");
    // 0.94 GFLOP and 19.7 MB in 12 ms; 0.088 and 7.8 in 1.5: the largest point, and one of an eighth of its area
    expect(trace["x"]).toEqual([47.7157, 11.2821]);
    expect(trace["y"]).toEqual([78.3333, 58.6667]);
    const sizes = (trace["marker"] as { size: number[] }).size;
    expect(sizes[0]).toBe(32);
    expect(sizes[1]).toBeCloseTo(5 + 27 * Math.sqrt(1 / 8), 1);
  });

  it("draws the memory's roof up to where it meets the processor's, which go on level", () => {
    const lines = made.data.filter((trace) => trace["mode"] === "lines");
    const [memory, float32] = lines as unknown as { x: number[]; y: number[] }[];
    expect(memory!.y[1]! / memory!.x[1]!).toBeCloseTo(55, 4);
    expect([memory!.y[1], float32!.y]).toEqual([500, [330, 330]]);
    expect(float32!.x[0]).toBe(6); // 330 GFLOP/s over 55 GB/s
    const { xaxis, yaxis } = made.layout as Record<string, { type: string }>;
    expect([xaxis!.type, yaxis!.type]).toEqual(["log", "log"]);
  });

  it("says the share of the time that has no place: 1.2 of 17.4 ms", () => {
    expect(String(made)).toContain("not drawn: ops that compute nothing or are not counted, 6.9 % of the ops' time");
  });

  it("takes ops of one kind, layer and pass together", () => {
    const twice = roofline({ title: "t", roofline: { ...ROOFLINE, ops: [...ROOFLINE.ops, ROOFLINE.ops[1]!] } });
    expect(traceOf(twice, "convolution")["x"]).toHaveLength(2);
  });

  it("draws roofs alone where no op is to be drawn", () => {
    expect(roofline({ title: "t", roofline: { ...ROOFLINE, ops: [] } }).toSvg()).toContain("memory, 55 GB/s");
  });
});

describe("stepTimeBreakdown()", () => {
  it("puts each category on those before it, in µs", () => {
    const made = stepTimeBreakdown({ title: "t", profiles: STEPS });
    expect(traceOf(made, "Kernel")).toMatchObject({ base: [0, 0], y: [22_400, 151_000] });
    expect(traceOf(made, "DataLoader")).toMatchObject({ base: [23_910, 153_332], y: [4100, 4200] });
    expect(traceOf(made, "Kernel")["hovertext"]).toContain("MyNet, Kernel: 22,400 µs, 75.9 %");
  });

  it("and in percent of the step; a part below 0 is none", () => {
    const profiles = [{ name: "a", breakdown: { one: 30, two: 10, three: -1 } }];
    const made = stepTimeBreakdown({ title: "t", profiles, percent: true });
    expect(["one", "two", "three"].map((name) => traceOf(made, name)["y"])).toEqual([[75], [25], [0]]);
    expect(traceOf(made, "two")["base"]).toEqual([75]);
  });

  it("is a table in text", () => {
    const rows = String(stepTimeBreakdown({ title: "t", profiles: STEPS })).split("\n");
    expect(rows).toContainEqual(expect.stringMatching(/^Kernel +22,400 µs +75\.9 % +151,000 µs +94\.2 %$/));
    expect(rows).toContainEqual(expect.stringMatching(/^step +29,530 µs +100\.0 % +160,300 µs +100\.0 %$/));
  });
});

describe("stepTimeDifference()", () => {
  it("says what the second takes more or less, in µs and in percent of the first", () => {
    const text = String(stepTimeDifference({ title: "t", before: STEPS[1]!, after: STEPS[0]! }));
    expect(text).toMatch(/^Kernel +151,000 µs +22,400 µs +−128,600 µs, −85\.2 %$/m);
    expect(text).toMatch(/^whole step +160,300 µs +29,530 µs +−130,800 µs, −81\.6 %$/m);
    const grown = String(stepTimeDifference({ title: "t", before: STEPS[0]!, after: STEPS[1]! }));
    expect(grown).toMatch(/^Memset +0 µs +12 µs +\+12 µs$/m); // no percent of nothing
  });
});

describe("opTimeline()", () => {
  it("draws few spans as they are", () => {
    const made = opTimeline({ title: "t", spans: spansOf(8) });
    expect(traceOf(made, "convolution")).toMatchObject({ base: [0, 0.07], x: [0.009, 0.009], y: [1, 2] });
    expect(String(made)).not.toContain("marks");
  });

  it("stays small with 20,000 spans, and says that it merged them", () => {
    const made = opTimeline({ title: "t", spans: spansOf(20_000) });
    const marks = made.data.reduce((sum, { x }) => sum + (x as number[]).length, 0);
    expect(marks).toBeLessThanOrEqual(1000);
    expect(JSON.stringify([made.data, made.layout]).length + made.toSvg().length).toBeLessThan(200_000);
    expect(String(made)).toContain(`20,001 spans drawn as ${marks.toLocaleString("en")} marks`);
  });

  it("refuses more rows than it has room for", () => {
    const spans = Array.from({ length: 25 }, (_, i) => ({ ...spansOf(1)[0]!, track: String(i) }));
    expect(() => opTimeline({ title: "t", spans })).toThrow("opTimeline: spans must be of 24 tracks at most, got 25");
  });
});

describe("mergeSpans()", () => {
  const span = (startUs: number, durationUs: number, category = "a", name = "x") => ({
    track: "t",
    name,
    category,
    startUs,
    durationUs,
  });

  it("joins neighbors that are too short to be told apart, of one category; long ones stay", () => {
    const spans = [span(0, 5000), span(5001, 2), span(5004, 3, "a", "longest"), span(5008, 1, "b"), span(9000, 1000)];
    expect(mergeSpans(spans, 10)).toEqual([
      { ...span(0, 5007), count: 3 },
      { ...span(5008, 1, "b"), count: 1 },
      { ...span(9000, 1000), count: 1 },
    ]);
  });

  it("keeps to any bound", () => {
    const many = Array.from({ length: 999 }, (_, i) => span(i * 100, 60, i % 2 ? "a" : "b"));
    for (const most of [500, 100, 10, 1]) expect(mergeSpans(many, most).length).toBeLessThanOrEqual(most);
    const counts = mergeSpans(many, 100).reduce((sum, { count }) => sum + count, 0);
    expect(counts).toBe(999);
  });
});
