import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { applyOp, autoAugment, CIFAR10_POLICY, type PolicyOp } from "../../../lib/datasets/augment/auto-augment.js";
import { RAND_AUGMENT_OPS, randAugment } from "../../../lib/datasets/augment/rand-augment.js";
import type { Raster } from "../../../lib/datasets/augment/raster.js";
import { createRandom } from "../../../lib/datasets/random.js";

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/pillow/${file}`, import.meta.url), "utf8"));
const bytes = (text: string): number[] => Array.from(Buffer.from(text, "base64"));
const { images } = read("ops.json") as {
  images: { small: { height: number; width: number; channels: number; bytes: string } };
};
const stored = read("policies.json") as {
  autoAugment: readonly { ops: readonly PolicyOp[]; results: readonly [string, string] }[];
  randAugment: readonly { op: string; level: number; sign: 1 | -1; resample: "bilinear" | "bicubic"; bytes: string }[];
};
const image: Raster = { ...images.small, data: new Uint8Array(bytes(images.small.bytes)) };

describe("autoAugment", () => {
  test("has the paper's 25 sub-policies, as torchvision has them", () => {
    expect(CIFAR10_POLICY).toEqual(stored.autoAugment.map((row) => row.ops));
  });

  test.each(stored.autoAugment.map((row, i) => [`${i}: ${row.ops[0]![0]}, ${row.ops[1]![0]}`, row] as const))(
    "does sub-policy %s as torchvision, to the pixel",
    (_title, row) => {
      ([1, -1] as const).forEach((sign, i) => {
        const result = row.ops.reduce((from, op) => applyOp(from, op, sign), image);
        expect(Array.from(result.data)).toEqual(bytes(row.results[i]!));
      });
    },
  );

  test("draws every sub-policy, and repeats itself by seed", () => {
    const draw = (seed: number): string => autoAugment(image, createRandom(seed)).data.join();
    expect(draw(1)).toBe(draw(1));
    expect(new Set(Array.from({ length: 200 }, (_, seed) => draw(seed))).size).toBeGreaterThan(25);
  });
});

describe("randAugment", () => {
  test("has timm's fifteen operations", () => {
    expect(Object.keys(RAND_AUGMENT_OPS)).toEqual([...new Set(stored.randAugment.map((row) => row.op))]);
  });

  test.each(stored.randAugment.map((row) => [row.op, row.level * row.sign, row] as const))(
    "does %s at %d as timm, to the pixel",
    (_op, _level, row) => {
      const result = RAND_AUGMENT_OPS[row.op]!(image, row.level, row.sign, { resample: row.resample, fill: 128 });
      expect(Array.from(result.data)).toEqual(bytes(row.bytes));
    },
  );

  test("leaves a quarter of the images as they are, as two operations are each done half of the time", () => {
    let same = 0;
    for (let seed = 0; seed < 1000; seed++)
      same += Number(randAugment(image, {}, createRandom(seed)).data === image.data);
    expect(Math.abs(same - 250)).toBeLessThan(69); // five standard deviations of 13.7
  });
});
