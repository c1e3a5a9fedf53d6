import { describe, expect, test } from "vitest";
import { cifar10 } from "../../lib/datasets/cifar10.js";
import { imageFolder } from "../../lib/datasets/image-folder.js";
import { mnist } from "../../lib/datasets/mnist.js";
import { split, subset } from "../../lib/datasets/subset.js";
import { withClasses } from "../../lib/datasets/with-classes.js";
import type { FileSet } from "../../lib/datasets/types.js";
import { sampleSet } from "./sample-set.js";

/** The sample set's images as files of their number's name. */
function sampleFiles(count = 10): FileSet {
  const { images, ...rest } = sampleSet(count);
  return { ...rest, files: Array.from(rest.labels, (_, i) => `${i}.png`) };
}

const first = (images: Uint8Array): number[] => Array.from(images).filter((_, i) => i % 18 === 0);

describe("a set's own mean and std", () => {
  test("come along with its parts and with other classes", () => {
    const statistics = { mean: [0.1, 0.2, 0.3], std: 0.4 };
    const set = { ...sampleSet(), ...statistics };
    const [first, rest] = split(set, { count: 4 });
    for (const part of [subset(set, { count: 2 }), first, rest, withClasses(set, ["c", "b", "a", "d"])])
      expect(part).toMatchObject(statistics);
  });
});

describe("subset", () => {
  test("keeps the first images, as a copy", () => {
    const set = sampleSet();
    const part = subset(set, { count: 4 });
    expect([first(part.images), Array.from(part.labels)]).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 0],
    ]);
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
    expect([first(part.images), Array.from(part.labels)]).toEqual([
      [0, 2, 3, 5, 6, 8, 9],
      [1, 0, 1, 0, 1, 0, 1],
    ]);
    expect(part.classNames).toEqual(["c", "a"]);
    expect(subset(sampleSet(), { classes: ["c", 0] })).toEqual(part);
  });

  test("keeps each class's share, the images still missing from the largest remainders", () => {
    // Of 10 images the classes have 4, 3 and 3: 5 of them are 2, 1.5 and 1.5, so that the lower of the two gains.
    const counts = (part: { labels: Int32Array }): number[] =>
      [0, 1, 2].map((label) => part.labels.filter((other) => other === label).length);
    expect(counts(subset(sampleSet(), { count: 5, stratified: true }))).toEqual([2, 2, 1]);
    expect(counts(subset(sampleSet(), { count: 6, stratified: true, seed: 3 }))).toEqual([2, 2, 2]);
    expect(counts(subset(sampleSet(30), { count: 4, classes: [2, 1], stratified: true, seed: 3 }))).toEqual([2, 2, 0]);
    const drawn = (seed: number): number[] => first(subset(sampleSet(60), { count: 9, stratified: true, seed }).images);
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });

  test("takes of a set of files what it takes of one in memory, each file with its label", () => {
    for (const options of [
      { count: 4 },
      { count: 5, seed: 1 },
      { classes: [2, 0] },
      { count: 9, stratified: true, seed: 3 },
    ]) {
      const [images, files] = [subset(sampleSet(60), options), subset(sampleFiles(60), options)];
      expect(files.files).toEqual(first(images.images).map((i) => `${i}.png`));
      expect([files.labels, files.classNames]).toEqual([images.labels, images.classNames]);
    }
  });

  test.each([
    [{ count: 11 }, "subset: count must be a whole number from 1 to 10, got count=11"],
    [{ count: 0 }, "subset: count must be a whole number above 0, got count=0"],
    [{ classes: [3] }, "subset: classes must be 0 to 2, got 3"],
    [{ classes: ["a", "d"] }, "subset: classes must be of a, b, c, got d"],
    [{ classes: ["b", 1] }, "subset: classes must differ, got 1 twice"],
    [{ classes: [1, 1] }, "subset: classes must differ, got 1 twice"],
  ])("refuses %j", (options, message) => {
    expect(() => subset(sampleSet(), options)).toThrow(new RangeError(message));
  });
});

describe("split", () => {
  test("divides each class in the same proportion, every image in one part, its label with it", () => {
    const set = sampleSet(60);
    const [kept, rest] = split(set, { count: 45, seed: 1 });
    expect([kept.labels.length, rest.labels.length]).toEqual([45, 15]);
    for (const label of [0, 1, 2]) expect(rest.labels.filter((other) => other === label)).toHaveLength(5);
    expect([...first(kept.images), ...first(rest.images)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 60 }, (_, i) => i),
    );
    for (const part of [kept, rest])
      expect(Array.from(part.labels)).toEqual(first(part.images).map((image) => image % 3));
  });

  test("repeats itself by seed, stratified or not", () => {
    for (const stratified of [true, false]) {
      const drawn = (seed: number): number[] => first(split(sampleSet(60), { count: 30, seed, stratified })[0].images);
      expect(drawn(1)).toEqual(drawn(1));
      expect(drawn(1)).not.toEqual(drawn(2));
    }
  });

  test("divides a set of files as one in memory", () => {
    const images = split(sampleSet(60), { count: 45, seed: 1 });
    split(sampleFiles(60), { count: 45, seed: 1 }).forEach((part, i) => {
      expect(part.files).toEqual(first(images[i]!.images).map((image) => `${image}.png`));
      expect(part.labels).toEqual(images[i]!.labels);
    });
  });

  test("takes a share in place of a number of images", () => {
    expect(split(sampleSet(60), { share: 0.75, seed: 1 })).toEqual(split(sampleSet(60), { count: 45, seed: 1 }));
  });

  test.each([
    [{ count: 0 }, "count must be a whole number above 0, got count=0"],
    [{ count: 10 }, "count must be a whole number from 1 to below 10, got count=10"],
    [{ count: 2.5 }, "count must be a whole number above 0, got count=2.5"],
    [{ share: 1 }, "share must be a number above 0 and below 1, got share=1"],
    [{ share: 0.01 }, "count must be a whole number from 1 to below 10, got count=0"],
    [{}, "options must have either count or share, got neither"],
    [{ count: 5, share: 0.5 }, "options must have either count or share, got both"],
  ])("refuses a first part of %j of 10 images", (options, message) => {
    expect(() => split(sampleSet(), options)).toThrow(new RangeError(`split: ${message}`));
  });
});

describe("a name from elsewhere", () => {
  test.each<[() => unknown, string]>([
    [() => subset(sampleSet(), { n: 5 } as never), "got n; did you mean count?"],
    [() => subset(sampleSet(), { indices: [0] } as never), "got indices; did you mean datasets.choose(set, indices)?"],
    [() => subset(sampleSet(), { random_state: 1 } as never), "got random_state; did you mean seed?"],
    [() => split(sampleSet(), { ratio: 0.5 } as never), "got ratio; did you mean share?"],
    [() => split(sampleSet(), { stratify: true } as never), "got stratify; did you mean stratified?"],
  ])("is answered with the option that is meant: %s", (call, message) => {
    expect(call).toThrow(message);
  });

  test.each<[() => Promise<unknown>, string]>([
    [() => imageFolder(".", { image_size: 64 } as never), "got image_size; did you mean side?"],
    [() => imageFolder(".", { imageSize: 64 } as never), "got imageSize; did you mean side?"],
    [() => imageFolder(".", { transform: {} } as never), "did you mean the augment of train.fit or datasets.batches?"],
    [() => cifar10({ root: "data" } as never), "did you mean the environment variable SACCADE_CACHE, the folder"],
    [() => cifar10({ train: true } as never), "got train; did you mean the .train and .test of what comes back?"],
    [() => mnist({ download: true } as never), "did you mean none (the archive is fetched where it is not here)?"],
  ])("is answered where images are loaded: %s", async (call, message) => {
    await expect(call()).rejects.toThrow(message);
  });
});
