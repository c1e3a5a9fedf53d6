import { describe, expect, test } from "vitest";
import { augmented as changed, type Augment } from "../../lib/datasets/augment.js";
import { createRandom, type Random } from "../../lib/datasets/random.js";

/** Gives these integers in turn. */
function scripted(...integers: number[]): Random {
  return { ...createRandom(0), integer: () => integers.shift()! };
}

function augmented(augment: Augment, random: Random): number[] {
  // [2, 3, 3]: pixels 1.., 4.., 7.. over 10.., 13.., 16..
  const image = Uint8Array.from({ length: 18 }, (_, i) => i + 1);
  const { data } = changed({ data: image, height: 2, width: 3, channels: 3 }, augment, random);
  return Array.from(data).filter((_, i) => i % 3 === 0);
}

describe("augmented", () => {
  test("mirrors left to right, keeping each pixel's channels", () => {
    const image = Uint8Array.from([1, 2, 3, 4, 5, 6]);
    const flipped = (random: Random): number[] =>
      Array.from(changed({ data: image, height: 1, width: 2, channels: 3 }, { horizontalFlip: true }, random).data);
    expect(flipped(scripted(1))).toEqual([4, 5, 6, 1, 2, 3]);
    expect(flipped(scripted(0))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("cuts a window out of the padded image, black outside", () => {
    // Of the offsets 0, 1, 2 with padding 1: 0 is one up or left, 2 one down or right.
    expect(augmented({ cropPadding: 1 }, scripted(1, 1))).toEqual([1, 4, 7, 10, 13, 16]);
    expect(augmented({ cropPadding: 1 }, scripted(2, 1))).toEqual([10, 13, 16, 0, 0, 0]);
    expect(augmented({ cropPadding: 1 }, scripted(1, 0))).toEqual([0, 1, 4, 0, 10, 13]);
  });

  test("mirrors the image at its edges outside, with paddingMode reflect", () => {
    const augment = { cropPadding: 1, paddingMode: "reflect" } as const;
    expect(augmented(augment, scripted(2, 1))).toEqual([10, 13, 16, 1, 4, 7]);
    expect(augmented(augment, scripted(1, 0))).toEqual([4, 1, 4, 13, 10, 13]);
  });

  test("mirrors what was cut", () => {
    expect(augmented({ cropPadding: 1, horizontalFlip: true }, scripted(1, 0, 1))).toEqual([4, 1, 0, 13, 10, 0]);
  });

  test("mirrors half of the images", () => {
    let mirrored = 0;
    for (let i = 0; i < 1000; i++) mirrored += Number(augmented({ horizontalFlip: true }, createRandom(0, i))[0] === 7);
    expect(Math.abs(mirrored - 500)).toBeLessThan(80); // five standard deviations of 15.8
  });
});
