import { describe, expect, test } from "vitest";
import { beta, checkMix, mixBatch, type Mix } from "../../../lib/datasets/augment/mix.js";
import { createRandom } from "../../../lib/datasets/random.js";

/** Three images [4, 4, 1], full of 0, 10 and 20, of the classes 0, 1 and 2 of 4. */
function mixed(mix: Mix, seed: number): { pixels: number[]; targets: number[] } {
  const pixels = Float32Array.from({ length: 48 }, (_, i) => 10 * Math.floor(i / 16));
  const targets = mixBatch(
    { pixels, labels: Int32Array.of(0, 1, 2), imageShape: [4, 4, 1], numClasses: 4 },
    mix,
    createRandom(seed),
  );
  return { pixels: Array.from(pixels), targets: Array.from(targets) };
}

describe("mixBatch", () => {
  test("mixup mixes an image with its partner by as much as the targets say", () => {
    for (let seed = 0; seed < 20; seed++) {
      const { pixels, targets } = mixed({ mixup: 1 }, seed);
      const lambda = targets[0]!;
      expect(targets[2]!).toBeCloseTo(1 - lambda, 6);
      expect(pixels[5]!).toBeCloseTo(20 * (1 - lambda), 4);
      expect(pixels[37]!).toBeCloseTo(20 * lambda, 4);
      expect([pixels[20], targets.slice(4, 8)]).toEqual([10, [0, 1, 0, 0]]);
    }
  });

  test("cutmix swaps one window, and the targets say how much of the image is left", () => {
    const shares = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const { pixels, targets } = mixed({ cutmix: 1 }, seed);
      const own = pixels.slice(0, 16).filter((pixel) => pixel === 0).length;
      expect(targets[0]!).toBeCloseTo(own / 16, 6);
      expect(targets[2]!).toBeCloseTo(1 - own / 16, 6);
      expect(pixels.slice(0, 16).map((pixel, i) => pixel + pixels[32 + i]!)).toEqual(new Array(16).fill(20));
      shares.add(own);
    }
    expect(shares.size).toBeGreaterThan(3);
  });

  test("draws one of the two for each batch when both are asked for", () => {
    const cut = Array.from({ length: 400 }, (_, seed) => mixed({ mixup: 1, cutmix: 1 }, seed)).filter(({ pixels }) =>
      pixels.every((pixel) => pixel % 10 === 0),
    ).length;
    expect(Math.abs(cut - 200)).toBeLessThan(50); // five standard deviations of 10
  });

  test.each([0.2, 1, 3])("draws λ from Beta(%d, %d)", (alpha) => {
    const random = createRandom(7);
    const values = Array.from({ length: 20_000 }, () => beta(alpha, random));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / values.length;
    // Mean 1/2 and variance 1 / (4 (2α + 1)); five standard errors of the mean are at most 0.0150.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.015);
    expect(Math.abs(variance * 4 * (2 * alpha + 1) - 1)).toBeLessThan(0.06);
  });

  test("refuses an α below 0", () => {
    expect(() => checkMix("batches", { mixup: -1 })).toThrow(
      new RangeError("batches: mixup must be a number of 0 or more, got mixup=-1"),
    );
  });
});
