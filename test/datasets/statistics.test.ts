import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cifar10 } from "../../lib/datasets/cifar10.js";
import { cifar100 } from "../../lib/datasets/cifar100.js";
import { fashionMnist } from "../../lib/datasets/mnist.js";
import { channelStatistics, PUBLISHED_STATISTICS } from "../../lib/datasets/statistics.js";
import type { Dataset } from "../../lib/datasets/types.js";
import { sampleSet } from "./sample-set.js";

const MIRROR = process.env.SACCADE_MIRROR;

describe("channelStatistics", () => {
  test("gives each channel's mean and standard deviation", () => {
    const set = { ...sampleSet(2, [1, 1, 2]), images: Uint8Array.of(0, 51, 255, 51) };
    expect(channelStatistics(set)).toEqual({ mean: [0.5, 0.2], std: [0.5, 0] });
  });

  test("refuses an empty set", () => {
    expect(() => channelStatistics(sampleSet(0))).toThrow(
      new RangeError("channelStatistics: the set must hold at least one image, got none"),
    );
  });
});

describe("channelStatistics of the real archives", () => {
  // What the two values may differ by is half of the last published digit, save CIFAR-100's.
  const rows: readonly (readonly [keyof typeof PUBLISHED_STATISTICS, string, () => Promise<Dataset>, number])[] = [
    ["cifar-10", "cifar-10-binary.tar.gz", () => cifar10(), 0.5e-4],
    ["cifar-100", "cifar-100-binary.tar.gz", () => cifar100(), 2.5e-4],
    ["fashion-mnist", "train-images-idx3-ubyte.gz", () => fashionMnist(), 0.5e-4],
  ];
  for (const [name, file, load, tolerance] of rows) {
    const real = MIRROR !== undefined && existsSync(join(MIRROR, name, file));
    if (!real)
      console.log(`channelStatistics of ${name}: did not run, as SACCADE_MIRROR names no folder that holds it`);

    test.skipIf(!real)(`are the published ones: ${name}`, async () => {
      const { mean, std } = channelStatistics((await load()).train);
      const published = PUBLISHED_STATISTICS[name];
      mean.forEach((value, c) => expect(Math.abs(value - published.mean[c]!)).toBeLessThanOrEqual(tolerance));
      std.forEach((value, c) => expect(Math.abs(value - published.std[c]!)).toBeLessThanOrEqual(tolerance));
      if (name === "cifar-100") {
        expect(mean.map((value) => value.toFixed(4))).toEqual(["0.5071", "0.4865", "0.4409"]);
        expect(std.map((value) => value.toFixed(4))).toEqual(["0.2673", "0.2564", "0.2762"]);
      }
    });
  }
});
