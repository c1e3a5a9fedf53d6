import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { paddedCrop, randomResizedCrop, type RandomResizedCrop } from "../../../lib/datasets/augment/crops.js";
import { randomErasing, type RandomErasing } from "../../../lib/datasets/augment/erase.js";
import { colorJitter, type ColorJitter } from "../../../lib/datasets/augment/jitter.js";
import { cutWindow, mixBy } from "../../../lib/datasets/augment/mix.js";
import type { Raster } from "../../../lib/datasets/augment/raster.js";
import { arrayLengths, BatchFiller } from "../../../lib/datasets/batch-filler.js";
import { planBatches } from "../../../lib/datasets/batch-options.js";
import type { Random } from "../../../lib/datasets/random.js";

interface Case {
  readonly op: string;
  readonly image: string;
  readonly options: RandomResizedCrop & RandomErasing & ColorJitter & { readonly padding?: number };
  readonly draws: readonly number[];
  readonly height: number;
  readonly width: number;
  readonly bytes: string;
}
interface Fixture {
  readonly cases: readonly Case[];
  readonly batch: {
    readonly pixels: string;
    readonly labels: readonly number[];
    readonly imageShape: readonly [number, number, number];
    readonly numClasses: number;
  };
  readonly mixtures: readonly {
    readonly kind: string;
    readonly lambda: number;
    readonly middle: readonly [number, number] | null;
    readonly pixels: string;
    readonly targets: string;
  }[];
  readonly normalised: { readonly mean: readonly number[]; readonly std: readonly number[]; readonly pixels: string };
}

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/pillow/${file}`, import.meta.url), "utf8"));
const fixture = read("random.json") as Fixture;
const { images } = read("ops.json") as {
  images: Readonly<Record<string, { height: number; width: number; channels: number; bytes: string }>>;
};
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
const floats = (text: string): Float32Array => new Float32Array(bytes(text).buffer);

/** Gives the stated draws in turn, for whatever is asked. */
function scripted(draws: readonly number[]): Random & { readonly left: number[] } {
  const left = [...draws];
  const next = (): number => left.shift()!;
  return { left, uint32: next, uniform: next, integer: next, normal: next };
}

const OPS: Readonly<Record<string, (image: Raster, one: Case, random: Random) => Raster>> = {
  randomResizedCrop: (image, { height, width, options }, random) =>
    randomResizedCrop(image, height, width, options, random),
  paddedCrop: (image, { options }, random) =>
    paddedCrop(image, { padding: options.padding!, mode: "constant", flip: "random" }, random),
  randomErasing: (image, { options }, random) => randomErasing(image, options, random),
  colorJitter: (image, { options }, random) => colorJitter(image, options, random),
};

describe("by the same draws equal to torchvision to the pixel", () => {
  test.each(
    fixture.cases.map((one, i) => [`${i}: ${one.op}(${JSON.stringify(one.options)}) of ${one.image}`, one] as const),
  )("%s", (_title, one) => {
    const { bytes: text, ...sides } = images[one.image]!;
    const random = scripted(one.draws);
    const result = OPS[one.op]!({ ...sides, data: bytes(text) }, one, random);
    expect([result.height, result.width, random.left]).toEqual([one.height, one.width, []]);
    expect(Array.from(result.data)).toEqual(Array.from(bytes(one.bytes)));
  });
});

describe("mixed batches are timm's and torchvision's", () => {
  test.each(fixture.mixtures.map((one) => [one.kind, one.lambda, one] as const))(
    "%s, λ %d",
    (_kind, lambda, { middle, pixels, targets }) => {
      const { labels, imageShape, numClasses } = fixture.batch;
      const count = floats(targets).length / numClasses;
      const batch = {
        pixels: floats(fixture.batch.pixels).slice(0, floats(pixels).length),
        labels: Int32Array.from(labels.slice(0, count)),
        imageShape,
        numClasses,
      };
      const found = mixBy(batch, middle ? cutWindow(lambda, ...middle, imageShape[0], imageShape[1]) : { lambda });
      const apart = (a: Float32Array, b: Float32Array): number =>
        a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), a.length === b.length ? 0 : NaN);
      // float32's last digit: they round both products, we their sum
      expect(apart(batch.pixels, floats(pixels))).toBeLessThan(1.2e-7);
      expect(apart(found, floats(targets))).toBeLessThan(1.2e-7);
    },
  );
});

test("every byte is normalised as by torchvision's ToTensor and Normalize", () => {
  const { mean, std, pixels } = fixture.normalised;
  const image: Raster = {
    height: 16,
    width: 16,
    channels: 3,
    data: Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3)),
  };
  const set = {
    name: "bytes",
    split: "train",
    images: image.data,
    labels: Int32Array.of(0),
    imageShape: [16, 16, 3],
    classNames: ["a"],
    provenance: { kind: "generated", label: "", archives: [] },
  } as const;
  const plan = planBatches(set, { batchSize: 1, mean, std });
  const lengths = arrayLengths(plan, 1);
  const arrays = { pixels: new Float32Array(lengths.pixels), labels: new Int32Array(1), targets: new Float32Array(0) };
  new BatchFiller(plan).place(arrays, 0, 0, 0, image, 0);
  // of numbers up to 2.3: float32's last digits
  floats(pixels).forEach((value, i) => expect(Math.abs(arrays.pixels[i]! - value)).toBeLessThan(4e-7));
});
