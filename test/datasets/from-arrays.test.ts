import { describe, expect, test, vi } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { batches } from "../../lib/datasets/batches.js";
import { fromArrays, type FromArraysOptions } from "../../lib/datasets/from-arrays.js";

/** Two images [1, 2, 3]. */
const BYTES = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
const NESTED = [
  [
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ],
  [
    [
      [7, 8, 9],
      [10, 11, 12],
    ],
  ],
];
const SHAPE = [1, 2, 3] as const;
const labels = [1, 0];

describe("fromArrays", () => {
  test.each<[string, () => FromArraysOptions["images"]]>([
    ["one Uint8Array", () => BYTES],
    ["one Float32Array of whole numbers", () => Float32Array.from(BYTES)],
    ["an array of numbers", () => Int32Array.from(BYTES)],
    ["an array of Uint8Arrays", () => [BYTES.subarray(0, 6), BYTES.subarray(6)]],
    ["nested arrays", () => NESTED],
    ["an int32 tensor", () => tf.tensor4d(BYTES, [2, 1, 2, 3], "int32")],
    ["a float32 tensor of whole numbers", () => tf.tensor4d(Float32Array.from(BYTES), [2, 1, 2, 3])],
    ["an array of tensors", () => [0, 6].map((at) => tf.tensor3d(BYTES.subarray(at, at + 6), [1, 2, 3], "int32"))],
    [
      "decoded images",
      () => [0, 6].map((at) => ({ data: BYTES.subarray(at, at + 6), height: 1, width: 2, channels: 3 })),
    ],
  ])("makes a set of %s", (_name, images) => {
    const set = fromArrays({ images: images(), labels, imageShape: SHAPE, mean: 0.1, std: [0.2, 0.3, 0.4] });
    expect(set.images).toEqual(BYTES);
    expect(set).toMatchObject({ labels: Int32Array.of(1, 0), imageShape: SHAPE, mean: 0.1, std: [0.2, 0.3, 0.4] });
    expect([set.name, set.split, set.classNames]).toEqual(["arrays", "train", ["0", "1"]]);
    expect(set.provenance).toMatchObject({ kind: "arrays", label: "2 images given as arrays (arrays)" });
  });

  test("takes the shape of nested arrays, tensors and images; grey ones need no channels", () => {
    expect(fromArrays({ images: NESTED, labels }).imageShape).toEqual(SHAPE);
    expect(fromArrays({ images: tf.zeros([2, 5, 4], "int32"), labels }).imageShape).toEqual([5, 4, 1]);
    expect(fromArrays({ images: [[[1, 2]], [[3, 4]]], labels }).imageShape).toEqual([1, 2, 1]);
  });

  test("shares one Uint8Array, copies the others, and leaves a tensor to the caller", () => {
    expect(fromArrays({ images: BYTES, labels, imageShape: SHAPE }).images).toBe(BYTES);
    const tensor = tf.tensor4d(BYTES, [2, 1, 2, 3], "int32");
    const before = tf.memory().numTensors;
    fromArrays({ images: tensor, labels: tf.tensor1d(labels, "int32") });
    expect(tf.memory().numTensors).toBe(before + 1); // the labels, made here
    expect(tensor.isDisposed).toBe(false);
  });

  test.each<[string, FromArraysOptions["labels"], readonly string[] | undefined, readonly number[], readonly string[]]>(
    [
      ["indices", Uint8Array.of(2, 0), undefined, [2, 0], ["0", "1", "2"]],
      ["indices of named classes", [2, 0], ["a", "b", "c"], [2, 0], ["a", "b", "c"]],
      ["names, in their order", ["dog", "cat"], undefined, [1, 0], ["cat", "dog"]],
      ["names of given classes", ["dog", "cat"], ["dog", "fox", "cat"], [0, 2], ["dog", "fox", "cat"]],
      ["Keras' tensor [N, 1]", tf.tensor2d([[1], [0]], [2, 1], "int32"), undefined, [1, 0], ["0", "1"]],
    ],
  )("takes labels as %s", (_name, given, names, expected, classes) => {
    const set = fromArrays({ images: BYTES, labels: given, imageShape: SHAPE, ...(names && { classNames: names }) });
    expect([Array.from(set.labels), set.classNames]).toEqual([expected, classes]);
  });

  test("gives a set that trains like any other, of any number of channels", () => {
    const set = fromArrays({ images: Uint8Array.of(0, 51, 102, 255), labels, imageShape: [1, 1, 2], mean: 0, std: 1 });
    const [batch] = batches(set, { batchSize: 2 });
    expect(Array.from(batch!.images.dataSync(), (value) => Math.round(10 * value))).toEqual([0, 2, 4, 10]);
    tf.dispose(batch!);
  });

  const set = { images: BYTES, labels, imageShape: SHAPE };
  test.each<[string, object, string]>([
    [
      "no shape",
      { images: BYTES, labels },
      "imageShape must be given for images without a shape of their own, got none",
    ],
    [
      "values from 0 to 1",
      { ...set, images: Float32Array.from(BYTES, (value) => value / 255) },
      "images must have whole values from 0 to 255, got fractions up to 0.0470588244497776; " +
        "multiply values from 0 to 1 by 255 and round them",
    ],
    [
      "floats of 0 and 1",
      { ...set, images: new Float32Array(12).fill(1) },
      "images must have whole values from 0 to 255, got floats up to 1; multiply values from 0 to 1 by 255",
    ],
    ["values below 0", { ...set, images: Int8Array.from(BYTES, (v) => -v) }, "values from 0 to 255, got -1"],
    [
      "16 bits",
      { ...set, images: Uint16Array.from(BYTES, (value) => 256 * value) },
      "images must have values from 0 to 255, got 256",
    ],
    ["half an image", { ...set, images: BYTES.subarray(3) }, "images of [1, 2, 3], 6 values each, got 9 values"],
    [
      "images of two sizes",
      { images: [NESTED[0], [[[1, 2, 3]]]], labels },
      "images[1] must be [1, 2, 3], as the others or imageShape, got [1, 1, 3]; files of several sizes imageFolder",
    ],
    ["uneven rows", { images: [[[1, 2], [3]]], labels: [0] }, "rows of images[0] must all have 2 items, got 1"],
    ["another shape", { ...set, images: NESTED, imageShape: [2, 1, 3] }, "images[0] must be [2, 1, 3], as the others"],
    ["a text", { ...set, images: ["photo.jpg"] }, "images[0] must be pixels in an array or a tensor, got 'photo.jpg'"],
    ["too few labels", { ...set, labels: [0] }, "must have a label for each image, got 1 labels and 2 images"],
    ["a label that is no class", { ...set, classNames: ["a"] }, "labels must be 0 to 0, an index of classNames, got 1"],
    ["a fraction", { ...set, labels: [0, 0.5] }, "labels must be class indices from 0, or names, got labels[1]=0.5"],
    ["one-hot rows", { ...set, labels: tf.eye(2).arraySync() }, "of one-hot rows the index of the largest is meant"],
    ["one-hot rows in a tensor", { ...set, labels: tf.eye(2) }, "labels must be a tensor [N] or [N, 1], got [2, 2]"],
    [
      "an unknown name",
      { ...set, labels: ["cat", "dgo"], classNames: ["cat", "dog"] },
      "labels must be of classNames, cat, dog, got labels[1]='dgo'",
    ],
    ["no images", { ...set, images: new Uint8Array(0), labels: [] }, "the set must hold at least one image, got none"],
    ["mean of other channels", { ...set, mean: [0.5, 0.5] }, "mean must be a finite number, or one for each of the 3"],
    [
      "channels first",
      { images: tf.zeros([2, 3, 32, 32], "int32"), labels },
      "images must be [N, H, W, C], got [N, 3, 32, 32]; tf.transpose(images, [0, 2, 3, 1])",
    ],
    ["images alone, labels after them", BYTES, "options must be one object { images, labels }, got options="],
    ["a tensor alone", tf.zeros([2, 1, 2, 3]), "one object { images, labels }, got options=a tensor [2, 1, 2, 3]"],
    ["Keras' word", { x: BYTES, labels }, "got x; did you mean images?"],
  ])("refuses %s", (_name, options, message) => {
    const making = (): unknown => fromArrays(options as FromArraysOptions);
    expect(making).toThrow(message);
    expect(making).toThrow(/^fromArrays: /);
  });

  test("warns of channels first where imageShape says that they are rows, and takes few rows and channels", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const images = new Uint8Array(2 * 3 * 32 * 32);
    expect(fromArrays({ images, labels, imageShape: [3, 32, 32] }).imageShape).toEqual([3, 32, 32]);
    expect(warn.mock.calls).toEqual([
      [
        "fromArrays: imageShape is [H, W, C], got [3, 32, 32]: 32 channels; if not, " +
          "tf.transpose(images, [0, 2, 3, 1]) puts the channels of [N, C, H, W] last",
      ],
    ]);
    const transposed = tf.transpose(tf.zeros([2, 3, 32, 32], "int32"), [0, 2, 3, 1]);
    for (const given of [transposed, tf.zeros([2, 3, 32, 3], "int32"), tf.zeros([2, 1, 28], "int32")])
      fromArrays({ images: given, labels });
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });
});
