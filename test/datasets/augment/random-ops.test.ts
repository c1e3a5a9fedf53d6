import { describe, expect, test } from "vitest";
import { augmented, type Augment } from "../../../lib/datasets/augment.js";
import { applyPolicyOp, augmentImage } from "../../../lib/datasets/augment/doors.js";
import { checkAugment } from "../../../lib/datasets/augment/check.js";
import { randomResizedCrop } from "../../../lib/datasets/augment/crops.js";
import { cutout, randomErasing } from "../../../lib/datasets/augment/erase.js";
import { colorJitter, lighting } from "../../../lib/datasets/augment/jitter.js";
import type { Raster } from "../../../lib/datasets/augment/raster.js";
import { createRandom, type Random } from "../../../lib/datasets/random.js";

const plain = (height: number, width: number, value: number, channels = 3): Raster => ({
  height,
  width,
  channels,
  data: new Uint8Array(height * width * channels).fill(value),
});
const ramp = (height: number, width: number): Raster => ({
  height,
  width,
  channels: 1,
  data: Uint8Array.from({ length: height * width }, (_, i) => i),
});
/** Gives these numbers in turn, for whatever is asked. */
const scripted = (...numbers: number[]): Random => {
  const next = (): number => numbers.shift()!;
  return { uint32: next, uniform: next, integer: next, normal: next };
};

describe("cutout", () => {
  test("puts a square out about a pixel, the part of it in the image", () => {
    const middle = cutout(plain(4, 4, 9, 1), 2, 0, scripted(2, 1));
    expect(Array.from(middle.data)).toEqual([9, 9, 9, 9, 0, 0, 9, 9, 0, 0, 9, 9, 9, 9, 9, 9]);
    const corner = cutout(plain(3, 3, 9, 1), 3, 5, scripted(0, 0));
    expect(Array.from(corner.data)).toEqual([5, 5, 9, 5, 5, 9, 9, 9, 9]);
    expect(Array.from(cutout(plain(1, 1, 9), 1, [1, 2, 3], scripted(0, 0)).data)).toEqual([1, 2, 3]);
  });
});

describe("randomErasing", () => {
  test("puts out a rectangle of the area and shape drawn", () => {
    // Of 100 pixels the share 0.16 and the shape 1: 4 × 4, at row 2 and column 3.
    const result = randomErasing(
      plain(10, 10, 9, 1),
      { fill: 0, scale: [0.16, 0.16], ratio: [1, 1] },
      scripted(0, 0, 0, 2, 3),
    );
    const rows = Array.from({ length: 10 }, (_, y) => Array.from(result.data.subarray(10 * y, 10 * y + 10)).indexOf(0));
    expect(rows).toEqual([-1, -1, 3, 3, 3, 3, -1, -1, -1, -1]);
    expect(result.data.filter((value) => value === 0)).toHaveLength(16);
  });

  test("changes the share of images asked for, by areas within the bounds", () => {
    let changed = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const erased = randomErasing(plain(20, 20, 9, 1), { fill: 0, probability: 0.25 }, createRandom(seed)).data.filter(
        (value) => value === 0,
      ).length;
      if (erased > 0) changed++;
      expect(erased).toBeLessThanOrEqual(0.33 * 400 + 20); // sides are rounded
    }
    expect(Math.abs(changed - 250)).toBeLessThan(69); // five standard deviations of 13.7
  });
});

describe("randomResizedCrop", () => {
  test("cuts the window drawn and resizes it", () => {
    // The share 0.25 and the shape 1 of 4 × 4: 2 × 2 at row 1 and column 2, of the values 6, 7, 10, 11.
    const result = randomResizedCrop(ramp(4, 4), 2, 2, { scale: [0.25, 0.25], ratio: [1, 1] }, scripted(0, 0, 1, 2));
    expect(Array.from(result.data)).toEqual([6, 7, 10, 11]);
  });

  test("takes the largest middle window when none fits", () => {
    const strip = ramp(1, 16);
    expect(Array.from(randomResizedCrop(strip, 1, 1, { scale: [1, 1], ratio: [1, 1] }, createRandom(0)).data)).toEqual([
      7,
    ]);
    expect(randomResizedCrop(plain(1, 1, 3), 5, 4, {}, createRandom(0)).data).toEqual(plain(5, 4, 3).data);
  });
});

describe("colorJitter", () => {
  test("changes by a factor within the bounds and leaves the rest", () => {
    for (let seed = 0; seed < 100; seed++) {
      const value = colorJitter(plain(1, 1, 100), { brightness: 0.4 }, createRandom(seed)).data[0]!;
      expect(value).toBeGreaterThanOrEqual(59);
      expect(value).toBeLessThanOrEqual(140);
    }
    expect(colorJitter(plain(1, 1, 100), {}, createRandom(0)).data).toEqual(plain(1, 1, 100).data);
    expect(colorJitter(plain(2, 2, 100), { saturation: 0.9, hue: 0.5 }, createRandom(1)).data).toEqual(
      plain(2, 2, 100).data,
    );
  });

  test("draws the order of the changes", () => {
    const image = { ...plain(1, 2, 0), data: Uint8Array.of(250, 10, 30, 40, 200, 90) };
    const results = Array.from({ length: 60 }, (_, seed) =>
      colorJitter(image, { brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.4 }, createRandom(seed)).data.join(),
    );
    expect(new Set(results).size).toBe(60);
  });
});

describe("lighting", () => {
  test("adds the principal components by their weights", () => {
    // By hand, weights 0.1, −0.1 and 0: red 255 · 0.1 · (−0.5675 · 0.2175 − 0.7192 · 0.0188) = −3.49,
    // green 255 · 0.1 · (−0.5808 · 0.2175 + 0.0045 · 0.0188) = −3.22, blue 25.5 · (−0.5836 · 0.2175 + 0.6948 · 0.0188)
    // = −2.90.
    expect(Array.from(lighting(plain(1, 1, 100), 0.1, scripted(1, -1, 0)).data)).toEqual([97, 97, 97]);
    expect(Array.from(lighting(plain(1, 1, 100), 1, scripted(1, -1, 0)).data)).toEqual([65, 68, 71]);
    expect(Array.from(lighting(plain(1, 1, 10), 1, scripted(1, -1, 0)).data)).toEqual([0, 0, 0]);
  });
});

describe("augmented", () => {
  const all: Augment = {
    randomResizedCrop: {},
    cropPadding: 2,
    horizontalFlip: true,
    autoAugment: "cifar10",
    randAugment: {},
    colorJitter: { brightness: 0.2, hue: 0.1 },
    lighting: 0.1,
    cutout: 3,
    randomErasing: {},
  };

  test.each([1, 3])(
    "does all of them in turn with %d channels, the same way by seed, and leaves the image",
    (channels) => {
      const image = {
        ...plain(9, 8, 0, channels),
        data: Uint8Array.from({ length: 72 * channels }, (_, i) => (37 * i) % 251),
      };
      const before = image.data.slice();
      const run = (seed: number): Uint8Array => augmented(image, all, createRandom(seed)).data;
      expect(run(1)).toEqual(run(1));
      expect(run(1)).not.toEqual(run(2));
      expect([run(1).length, image.data]).toEqual([image.data.length, before]);
    },
  );

  test.each<[Augment, string]>([
    [{ cutout: 1.5 }, "batches: augment.cutout must be a whole number from 0 to 64, got augment.cutout=1.5"],
    [
      { autoAugment: "imagenet" as "cifar10" },
      "batches: augment.autoAugment must be one of cifar10, or null for none, got augment.autoAugment='imagenet'",
    ],
    [
      { randAugment: { magnitude: 11 } },
      "batches: augment.randAugment.magnitude must be a number from 0 to 10, got augment.randAugment.magnitude=11",
    ],
    [
      { colorJitter: { hue: 0.6 } },
      "batches: augment.colorJitter.hue must be a number from 0 to 0.5, got augment.colorJitter.hue=0.6",
    ],
    [{ lighting: Number.NaN }, "batches: augment.lighting must be a number from 0 to 10, got augment.lighting=NaN"],
    [
      { randomErasing: { scale: [0.4, 0.2] } },
      "batches: augment.randomErasing.scale must be two numbers, the lower first, above 0 and at most 1, " +
        "got augment.randomErasing.scale=[ 0.4, 0.2 ]",
    ],
    [
      { cutoutFill: [1, 2] },
      "batches: augment.cutoutFill must be a number from 0 to 255, or one for each of the 3 channels, " +
        "got augment.cutoutFill=[ 1, 2 ]",
    ],
    [
      { cropPadding: 32 },
      "batches: augment.cropPadding must be a whole number from 0 to below 32, the image's shorter side, " +
        "got augment.cropPadding=32",
    ],
    [
      { colorJitter: { color: 0.4 } as object },
      "batches: an option of augment.colorJitter must be one of brightness, contrast, saturation, hue, got color",
    ],
    [
      { randomResizedCrop: { scales: [0.5, 1] } as object },
      "batches: an option of augment.randomResizedCrop must be one of scale, ratio, got scales; did you mean scale?",
    ],
    [
      { randAugment: { numOps: 2 } as object },
      "batches: an option of augment.randAugment must be one of magnitude, magnitudeStd, numLayers, fill, " +
        "got numOps; did you mean numLayers?",
    ],
    [
      { randomErasing: { p: 0.25 } as object },
      "batches: an option of augment.randomErasing must be one of scale, ratio, probability, fill, " +
        "got p; did you mean probability?",
    ],
  ])("refuses %j", (augment, message) => {
    expect(() => checkAugment("batches", augment, [32, 32, 3])).toThrow(new RangeError(message));
  });

  test("takes null for what is not to be", () => {
    const none = {
      randomResizedCrop: null,
      autoAugment: null,
      randAugment: null,
      colorJitter: null,
      randomErasing: null,
    };
    checkAugment("batches", none, [32, 32, 3]);
    const image = { data: new Uint8Array(3), height: 1, width: 1, channels: 3 };
    expect(augmented(image, none, createRandom(0))).toBe(image);
  });

  test("refuses changes of color for images of other than 1 or 3 channels", () => {
    checkAugment("batches", { horizontalFlip: true, cutout: 2, colorJitter: null }, [32, 32, 4]);
    for (const [name, value] of Object.entries({ autoAugment: "cifar10", randAugment: {}, colorJitter: {} }))
      expect(() => checkAugment("batches", { [name]: value }, [32, 32, 4])).toThrow(
        `batches: augment.${name} must be left out for images of other than 1 or 3 channels`,
      );
    expect(() => checkAugment("batches", { lighting: 0.1 }, [32, 32, 4])).toThrow(
      "lighting must be a number from 0 to 0",
    );
  });

  test("says what another library calls it", () => {
    for (const [theirs, ours] of Object.entries({ hflip: "horizontalFlip", randomCrop: "cropPadding" }))
      expect(() => checkAugment("batches", { [theirs]: 4 } as object, [32, 32, 3])).toThrow(`did you mean ${ours}?`);
  });
});

describe("augmentImage and applyPolicyOp", () => {
  test("give a new image, also where nothing changes", () => {
    const image = plain(2, 2, 7);
    const copy = augmentImage(image, {}, createRandom(0));
    expect([copy.data === image.data, copy]).toEqual([false, image]);
    expect(Array.from(applyPolicyOp(plain(1, 1, 5), ["Invert", 0, null]).data)).toEqual([250, 250, 250]);
  });

  test.each<[Partial<Raster>, typeof Error, string]>([
    [
      { data: [1, 2, 3] as unknown as Uint8Array },
      TypeError,
      "augmentImage: image.data must be bytes (a Uint8Array), got image.data=[ 1, 2, 3 ]",
    ],
    [{ channels: 4 }, RangeError, "augmentImage: image.channels must be one of 1, 3, got image.channels=4"],
    [{ height: 2 }, RangeError, "augmentImage: image.data must hold 6 bytes, got 3"],
  ])("refuse what is no image: %j", (change, kind, message) => {
    expect(() => augmentImage({ ...plain(1, 1, 5), ...change }, {}, createRandom(0))).toThrow(new kind(message));
  });

  test("refuse an unknown operation and magnitude", () => {
    expect(() => applyPolicyOp(plain(1, 1, 5), ["Blur" as "Invert", 1, null])).toThrow(
      /^applyPolicyOp: name must be one of ShearX, .*Invert, got name='Blur'/,
    );
    expect(() => applyPolicyOp(plain(1, 1, 5), ["Rotate", 1, 10])).toThrow(
      "applyPolicyOp: magnitude must be a whole number from 0 to 9, or null for none, got magnitude=10",
    );
  });
});
