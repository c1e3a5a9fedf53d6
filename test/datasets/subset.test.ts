import { describe, expect, test } from "vitest";
import { subset } from "../../lib/datasets/subset.js";
import { sampleSet } from "./sample-set.js";

const first = (images: Uint8Array): number[] => Array.from(images).filter((_, i) => i % 18 === 0);

describe("subset", () => {
  test("keeps the first images, as a copy", () => {
    const set = sampleSet();
    const part = subset(set, { count: 4 });
    expect([first(part.images), Array.from(part.labels)]).toEqual([[0, 1, 2, 3], [0, 1, 2, 0]]);
    part.images[0] = 99;
    expect(set.images[0]).toBe(0);
  });

  test("draws images by seed, in their original order, none twice", () => {
    const drawn = first(subset(sampleSet(), { count: 5, seed: 1 }).images);
    expect(drawn).toEqual(first(subset(sampleSet(), { count: 5, seed: 1 }).images));
    expect(drawn).not.toEqual(first(subset(sampleSet(), { count: 5, seed: 2 }).images));
    expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
  });

  test("keeps the classes asked for, relabelled in that order", () => {
    const part = subset(sampleSet(), { classes: [2, 0] });
    expect([first(part.images), Array.from(part.labels)]).toEqual([[0, 2, 3, 5, 6, 8, 9], [1, 0, 1, 0, 1, 0, 1]]);
    expect(part.classNames).toEqual(["c", "a"]);
  });

  test.each([
    [{ count: 11 }, "subset: count must be an integer from 1 to 10, got 11"],
    [{ count: 0 }, "subset: count must be an integer from 1 to 10, got 0"],
    [{ classes: [3] }, "subset: classes must be 0 to 2, got 3"],
    [{ classes: [1, 1] }, "subset: classes must differ, got 1 twice"],
  ])("refuses %j", (options, message) => {
    expect(() => subset(sampleSet(), options)).toThrow(new RangeError(message));
  });
});
