import { describe, expect, test } from "vitest";
import { reliabilityDiagram } from "../../lib/plots/index.js";

const BINS = [
  { from: 0, to: 0.5, count: 0, confidence: NaN, accuracy: NaN },
  { from: 0.5, to: 0.75, count: 10, confidence: 0.6, accuracy: 0.8 },
  { from: 0.75, to: 1, count: 30, confidence: 0.9, accuracy: 0.7 },
];

describe("reliabilityDiagram()", () => {
  const figure = reliabilityDiagram({ title: "t", bins: BINS });

  test("draws each bin's accuracy, and its gap to the confidence", () => {
    const [accuracy, over, under, diagonal, counts] = figure.data;
    expect(accuracy).toMatchObject({ x: [0.625, 0.875], y: [0.8, 0.7], width: 0.25 });
    expect(over).toMatchObject({ name: "overconfident", x: [0.875], base: [0.7] });
    expect((over!["y"] as number[])[0]).toBeCloseTo(0.2, 12);
    expect(under).toMatchObject({ name: "underconfident", x: [0.625], base: [0.6] });
    expect(diagonal).toMatchObject({ x: [0, 1], y: [0, 1], line: { dash: "dash" } });
    expect(counts).toMatchObject({ text: ["10", "30"] });
  });

  test("tells the calibration errors of its bins", () => {
    expect(figure.description).toContain("expected calibration error 0.2, maximum 0.2, 40 images in 3 bins");
    expect(String(figure)).toContain(
      "0.75 to 1.00 │████████████████████████████        |     0.700 of 0.900, 30 images",
    );
  });

  test("draws a gap's bar from where it begins", () => {
    const bar = /<rect x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)" fill="#d55e00"/.exec(figure.toSvg())!;
    const whole = /<rect x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)" fill="#0072b2"/g;
    const accuracy = [...figure.toSvg().matchAll(whole)].find(([, x]) => x === bar[1])!;
    expect(Number(bar[2]) + Number(bar[3])).toBeCloseTo(Number(accuracy[2]), 0); // it stands on its accuracy
    expect(Number(bar[3]) / Number(accuracy[3])).toBeCloseTo(0.2 / 0.7, 2);
  });

  test.each([
    [[], "reliabilityDiagram: bins must be an array of one or more"],
    [[BINS[0]!], "reliabilityDiagram: bins must hold one image or more, got 0"],
    [
      [{ ...BINS[1]!, accuracy: 1.2 }],
      "must have accuracy and confidence from 0 to 1, and from below to, got accuracy=1.2",
    ],
  ])("refuses %j", (bins, message) => {
    expect(() => reliabilityDiagram({ title: "t", bins })).toThrow(message);
  });
});
