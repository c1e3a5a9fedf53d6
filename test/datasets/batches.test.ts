import { describe, expect, test } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { batches } from "../../lib/datasets/batches.js";
import { batchCount, type BatchOptions } from "../../lib/datasets/batch-options.js";
import type { ImageSet } from "../../lib/datasets/types.js";
import { sampleSet } from "./sample-set.js";

/** The labels of each batch, and its images' first bytes when nothing is normalised. */
function read(
  options: BatchOptions,
  set = sampleSet(),
): { shape: number[]; dtype: string; labels: number[]; images: number[] }[] {
  return Array.from(batches(set, options), (batch) => {
    const read = {
      shape: batch.images.shape as number[],
      dtype: `${batch.images.dtype} ${batch.labels.dtype}`,
      labels: Array.from(batch.labels.dataSync()),
      images: Array.from(batch.images.dataSync()),
    };
    tf.dispose(batch);
    return read;
  });
}

const sampleSetOf51 = { ...sampleSet(1), images: new Uint8Array(18).fill(51) };
const RAW = { mean: 0, std: 1 / 255 };

describe("batches", () => {
  test("gives float32 images [B, H, W, C] and int32 labels [B], the last batch smaller", () => {
    const all = read({ batchSize: 4 });
    expect(all.map((batch) => batch.shape)).toEqual([
      [4, 2, 3, 3],
      [4, 2, 3, 3],
      [2, 2, 3, 3],
    ]);
    expect(all[0]!.dtype).toBe("float32 int32");
    expect(all.flatMap((batch) => batch.labels)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
    expect(batchCount(10, { batchSize: 4 })).toBe(3);
  });

  test("leaves out the last smaller batch when asked", () => {
    expect(read({ batchSize: 4, dropRemainder: true })).toHaveLength(2);
    expect(batchCount(10, { batchSize: 4, dropRemainder: true })).toBe(2);
  });

  test("normalises each channel by its own mean and standard deviation", () => {
    const set = sampleSetOf51;
    const [batch] = read({ batchSize: 1, mean: [0, 0.2, 0.5], std: [1, 1, 0.25] }, set);
    const expected = [0.2, 0, -1.2]; // 51 / 255 = 0.2
    batch!.images.slice(0, 3).forEach((value, c) => expect(value).toBeCloseTo(expected[c]!, 6));
  });

  test("normalizes by the set's own mean and std unless told otherwise, and by 0.5 where it has none", () => {
    const set = { ...sampleSet(1), images: new Uint8Array(18).fill(51), mean: [0.1, 0.2, 0.3], std: 0.1 };
    const pixel = (options: Partial<BatchOptions>, of: ImageSet = set): number[] =>
      read({ batchSize: 1, ...options }, of)[0]!
        .images.slice(0, 3)
        .map((value) => Number(value.toFixed(4))); // 51 / 255 = 0.2
    expect(pixel({})).toEqual([1, 0, -1]);
    expect(pixel({ mean: 0 })).toEqual([2, 2, 2]);
    expect(pixel({}, sampleSetOf51)).toEqual([-0.6, -0.6, -0.6]);
  });

  test("shuffles by seed and epoch, the same way each time", () => {
    const order = (seed: number, epoch: number): number[] =>
      read({ batchSize: 3, shuffle: true, seed, epoch, ...RAW }, sampleSet(10, [1, 1, 1])).flatMap(
        (batch) => batch.images,
      );
    const first = order(1, 0);
    expect(order(1, 0)).toEqual(first);
    expect(order(1, 1)).not.toEqual(first);
    expect(order(2, 0)).not.toEqual(first);
    expect(first.map(Math.round).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("keeps each image's label beside it when shuffled", () => {
    for (const batch of read({ batchSize: 5, shuffle: true, ...RAW }, sampleSet(10, [1, 1, 1]))) {
      expect(batch.labels).toEqual(batch.images.map((pixel) => Math.round(pixel) % 3));
    }
  });

  test("changes an image the same way whatever the batch size", () => {
    const set = { ...sampleSet(8), images: Uint8Array.from({ length: 144 }, (_, i) => i) };
    const options = { seed: 4, augment: { cropPadding: 1, horizontalFlip: true } };
    const pixels = (batchSize: number): number[] =>
      read({ batchSize, ...options }, set).flatMap((batch) => batch.images);
    expect(pixels(3)).toEqual(pixels(8));
    expect(pixels(8)).not.toEqual(read({ batchSize: 8 }, set).flatMap((batch) => batch.images));
  });

  test("goes on in the middle of an epoch", () => {
    const options = { batchSize: 3, shuffle: true, seed: 2, epoch: 1, augment: { horizontalFlip: true } };
    expect(read({ ...options, startBatch: 2 })).toEqual(read(options).slice(2));
    expect(read({ ...options, startBatch: 4 })).toEqual([]);
  });

  test("gives soft targets [B, K] with mixup or cutmix, the same way each time", () => {
    const targets = (): number[] => {
      const [batch] = Array.from(batches(sampleSet(), { batchSize: 10, mixup: 1, seed: 1 }));
      const values = Array.from(batch!.targets!.dataSync());
      expect(batch!.targets!.shape).toEqual([10, 3]);
      tf.dispose(batch!);
      return values;
    };
    expect(targets()).toEqual(targets());
    // Image 1 of class 1 is mixed with image 8 of class 2; image 0 with image 9, both of class 0.
    const [row0, row1] = [targets().slice(0, 3), targets().slice(3, 6)];
    expect([row0, row1[0]]).toEqual([[1, 0, 0], 0]);
    expect(row1[1]! + row1[2]!).toBeCloseTo(1, 6);
  });

  test("can be gone over twice, and leaves no tensor behind", () => {
    const before = tf.memory().numTensors;
    const pass = batches(sampleSet(), { batchSize: 4 });
    for (let twice = 0; twice < 2; twice++) {
      let count = 0;
      for (const batch of pass) {
        count++;
        tf.dispose(batch);
      }
      expect(count).toBe(3);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    [
      { labels: Int32Array.of(0, 1) },
      "batches: the set must have a label for each image, got 2 labels and 10 images of [2, 3, 3]",
    ],
    [{ classNames: ["a", "b"] }, "batches: labels must be 0 to 1, an index of classNames, got 2 (image 2)"],
    [
      { images: new Uint8Array(0), labels: new Int32Array(0) },
      "batches: the set must hold at least one image, got none",
    ],
    [
      { mean: [0.5, 0.5] },
      "batches: set.mean must be a finite number, or one for each of the 3 channels, got set.mean=[ 0.5, 0.5 ]",
    ],
    [{ std: 0 }, "batches: set.std must be a number above 0, or one for each of the 3 channels, got set.std=0"],
  ])("refuses a set that does not fit itself: %j", (change, message) => {
    expect(() => batches({ ...sampleSet(), ...change }, { batchSize: 2 })).toThrow(new RangeError(message));
  });

  test.each([
    [{ batchSize: 0 }, "batchSize must be a whole number above 0, got batchSize=0"],
    [{ batchSize: 2, epoch: -1 }, "epoch must be a whole number of 0 or more, got epoch=-1"],
    [{ batchSize: 2, startBatch: 6 }, "startBatch must be a whole number from 0 to 5, got startBatch=6"],
    [{ batchSize: 2, cutmix: -1 }, "cutmix must be a number of 0 or more, got cutmix=-1"],
    [{ batchSize: 2, seed: 0.5 }, "seed must be a whole number, got seed=0.5"],
    [{ batchSize: 2, std: 0 }, "std must be a number above 0, or one for each of the 3 channels, got std=0"],
    [
      { batchSize: 2, mean: [0, 0] },
      "mean must be a finite number, or one for each of the 3 channels, got mean=[ 0, 0 ]",
    ],
    [
      { batchSize: 2, augment: { cropPadding: 2 } },
      "augment.cropPadding must be a whole number from 0 to below 2, the image's shorter side, " +
        "got augment.cropPadding=2",
    ],
  ])("refuses %j", (options, message) => {
    expect(() => batches(sampleSet(), options)).toThrow(new RangeError(`batches: ${message}`));
  });

  test("takes 100 images a batch where no number is given, as fit does", () => {
    const sizes = (set: ImageSet): number[] => {
      const all = Array.from(batches(set));
      tf.dispose(all);
      return all.map(({ labels }) => labels.size);
    };
    expect(sizes(sampleSet(250))).toEqual([100, 100, 50]);
    expect(batchCount(250, {})).toBe(3);
  });

  test.each([
    [{ batchSize: 2, shufle: true }, "got shufle; did you mean shuffle?"],
    [{ batchSize: 2, dropLast: true }, "got dropLast; did you mean dropRemainder?"],
    [{ batchSize: 2, transform: {} }, "got transform; did you mean augment?"],
  ])("refuses an option that there is not: %j", (options, message) => {
    expect(() => batches(sampleSet(), options as BatchOptions)).toThrow(message);
  });

  test("says what to do with a set of files", () => {
    const { images: _, ...rest } = sampleSet(2);
    const files = { ...rest, files: ["a.png", "b.png"] } as unknown as ImageSet;
    expect(() => batches(files, { batchSize: 2 })).toThrow(
      new TypeError(
        "batches: set must lie in memory, got a set of files; for these see datasets.pipeline, or datasets.loadImages",
      ),
    );
  });

  test("takes null for no augmentation", () => {
    expect(read({ batchSize: 4, augment: null })).toEqual(read({ batchSize: 4 }));
  });
});
