import { describe, expect, test } from "vitest";
import { resize } from "../../lib/datasets/resize-set.js";
import { sampleSet } from "./sample-set.js";

describe("resize()", () => {
  test("gives every image the side, and leaves the set, its labels and its statistics as they are", () => {
    const set = { ...sampleSet(3, [4, 4, 3]), mean: [0.1, 0.2, 0.3], std: 0.4 };
    const larger = resize(set, { side: 7 });
    expect(larger).toMatchObject({ imageShape: [7, 7, 3], labels: set.labels, mean: [0.1, 0.2, 0.3], std: 0.4 });
    // an image of one value is of that value at any size
    expect(Array.from(larger.images)).toEqual([0, 1, 2].flatMap((value) => Array(7 * 7 * 3).fill(value)));
    expect(set.imageShape).toEqual([4, 4, 3]);
  });

  test("halves by the filter of Pillow's bilinear resizing", () => {
    const wide = {
      ...sampleSet(1, [2, 4, 1]),
      images: Uint8Array.from([0, 100, 200, 40, 0, 100, 200, 40]),
    };
    // the middle square of [2, 4] is columns 1 and 2; their mean at one pixel
    expect(Array.from(resize(wide, { side: 1 }).images)).toEqual([150]);
  });

  test.each([
    [{ side: 0 }, /^resize: side must be a whole number from 1 to 4096, got side=0/],
    [{}, /^resize: side must be/],
    [{ size: 3 }, /^resize: .*side/],
  ])("refuses %o", (options, message) => {
    expect(() => resize(sampleSet(), options as never)).toThrow(message);
  });
});
