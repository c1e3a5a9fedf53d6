/** A set of one's own: what is wrong with one of its fields is said of that field. */
import { expect, it } from "vitest";
import { sampleSet } from "../datasets/sample-set.js";
import { datasets, tf, train } from "../../lib/index.js";

const set = sampleSet(4, [2, 2, 1]);
const files = { ...set, images: undefined, files: ["a.png", "b.png", "c.png", "d.png"] };
const model = tf.sequential({
  layers: [tf.layers.flatten({ inputShape: [2, 2, 1] }), tf.layers.dense({ units: set.classNames.length })],
});
const WRONG: Record<string, readonly [made: object, rule: string]> = {
  "images of floats": [
    { ...set, images: new Float32Array(16) },
    "set.images must be a Uint8Array of pixels, 0 to 255, got set.images=Float32Array(16)",
  ],
  "images in an array": [{ ...set, images: [1, 2] }, "set.images must be a Uint8Array of pixels, 0 to 255, got"],
  "labels of floats": [
    { ...set, labels: Float32Array.of(0, 1) },
    "set.labels must be an Int32Array of class indices, got set.labels=Float32Array(2) [ 0, 1 ]",
  ],
  "labels in an array": [
    { ...files, labels: [0, 1] },
    "set.labels must be an Int32Array of class indices, got set.labels=[ 0, 1 ]",
  ],
  "a shape without channels": [
    { ...set, imageShape: [2, 2] },
    "set.imageShape must be [H, W, C], whole numbers above 0, got set.imageShape=[ 2, 2 ]",
  ],
  "no class names": [
    { ...set, classNames: undefined },
    "set.classNames must be an array of names, got set.classNames=undefined",
  ],
  "paths in one text": [{ ...files, files: "a.png" }, "set.files must be an array of paths, got set.files='a.png'"],
  "a dataset, not one of its splits": [
    { train: set, test: set },
    "set must be a set of images (cifar.train, say), or of files, got set=",
  ],
};
const DOORS: Record<string, (given: never) => unknown> = {
  fit: (given) => train.fit(model, given),
  evaluate: (given) => train.evaluate(model, given),
  subset: (given) => datasets.subset(given, { count: 1 }),
  batches: (given) => datasets.batches(given, { batchSize: 2 }),
};

it.each(Object.keys(WRONG))("a set with %s is refused by what is wrong with it", async (name) => {
  const [made, rule] = WRONG[name]!;
  for (const [door, call] of Object.entries(DOORS)) {
    const error = await Promise.resolve()
      .then(() => call(made as never))
      .catch((thrown: unknown) => thrown);
    expect(error, door).toBeInstanceOf(TypeError);
    expect((error as TypeError).message, door).toContain(`${door}: ${rule}`);
  }
});
