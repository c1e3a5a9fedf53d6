/** Batch norms in training: frozen ones, and batches with one value a channel. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { BatchNorm } from "../../lib/layers/index.js";
import { createModel, freeze } from "../../lib/models/index.js";
import { batchGradients, fit } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 12, classes: 3, side: 4 });
const options = { epochs: 1, batchSize: 4, progress: false, learningRate: 0.1, optimizer: { name: "sgd" } } as const;

beforeAll(ready);
afterEach(() => tf.disposeVariables());

const NORMS = {
  ours: (args = {}) => new BatchNorm({ name: "norm", ...args }),
  "tf.layers'": (args = {}) => tf.layers.batchNormalization({ name: "norm", ...args }),
};
const names = Object.keys(NORMS) as (keyof typeof NORMS)[];
const convolution = (kernelSize: number) =>
  tf.layers.conv2d({ filters: 2, kernelSize, inputShape: [4, 4, 3], name: "conv" });
const network = (norm: tf.layers.Layer, kernelSize = 3) =>
  tf.sequential({
    layers: [convolution(kernelSize), norm, tf.layers.flatten(), tf.layers.dense({ units: 3, name: "head" })],
  });
const valuesOf = (layer: { getWeights(): tf.Tensor[] }) => layer.getWeights().map((weight) => [...weight.dataSync()]);
const FRESH = [
  [1, 1],
  [0, 0],
  [0, 0],
  [1, 1],
]; // gamma, beta, mean, variance

describe.each(names)("a frozen batch norm (%s)", (name) => {
  it("keeps its statistics, and normalises by them", async () => {
    const norm = NORMS[name]();
    const model = network(norm);
    freeze(model, "norm");
    const [kernel, head] = [valuesOf(model.layers[0]!), valuesOf(model.layers[3]!)];
    await fit(model, set, options);
    expect(valuesOf(norm)).toEqual(FRESH);
    expect(valuesOf(model.layers[0]!)).not.toEqual(kernel);
    expect(valuesOf(model.layers[3]!)).not.toEqual(head);
    // With its fresh statistics it does next to nothing: the loss is that of the network without it.
    const bare = tf.sequential({ layers: [convolution(3), tf.layers.flatten(), tf.layers.dense({ units: 3 })] });
    bare.setWeights([...model.layers[0]!.getWeights(), ...model.layers[3]!.getWeights()]);
    const batch = {
      images: tf.randomNormal<tf.Rank.R4>([3, 4, 4, 3], 0, 1, "float32", 1),
      labels: tf.tensor1d([0, 1, 2], "int32"),
    };
    const tolerance = name === "ours" ? 4 : 2; // epsilon is 1e-5, and 1e-3
    expect((await batchGradients(model, batch)).loss).toBeCloseTo((await batchGradients(bare, batch)).loss, tolerance);
  });

  it("keeps them in a model that is frozen as a whole, under a head that is not", async () => {
    const norm = NORMS[name]();
    const base = tf.sequential({ layers: [convolution(3), norm, tf.layers.flatten()] });
    base.trainable = false;
    const model = tf.sequential({ layers: [base, tf.layers.dense({ units: 3 })] });
    await fit(model, set, options);
    expect(valuesOf(norm)).toEqual(FRESH);
  });

  it("moves them where it is not frozen", async () => {
    const norm = NORMS[name]();
    await fit(network(norm), set, options);
    expect(valuesOf(norm)[2]).not.toEqual([0, 0]);
    expect(valuesOf(norm)[3]).not.toEqual([1, 1]);
  });
});

describe.each(names)("a batch norm on one value a channel (%s)", (name) => {
  it("is refused by name before the run, which need not find it at an epoch's end", async () => {
    const norm = NORMS[name]();
    const model = network(norm, 4); // [B, 1, 1, 2]
    const before = valuesOf(norm);
    const rule =
      /^fit: .* norm norm more than one value .* got batches of 11 and 1 images of \[1, 1, 2\]; dropRemainder/;
    await expect(fit(model, set, { ...options, batchSize: 11 })).rejects.toThrow(rule);
    await expect(fit(model, set, { ...options, batchSize: 4, microBatchSize: 3 })).rejects.toThrow(
      /batches of 4 images, taken 3 and 1 at once/,
    );
    expect(valuesOf(norm)).toEqual(before);
  });

  it("is refused by the layer where a step is taken by hand", async () => {
    const model = network(NORMS[name](), 4);
    const one = { images: tf.ones([1, 4, 4, 3]) as tf.Tensor4D, labels: tf.tensor1d([0], "int32") };
    await expect(batchGradients(model, one)).rejects.toThrow(
      /training must have more than one value a channel, got \[1, 1, 1, 2\] at norm$/,
    );
  });

  it("is left out with dropRemainder, and trained with a larger map, or frozen", async () => {
    const dropped = await fit(network(NORMS[name](), 4), set, {
      ...options,
      epochs: 2,
      batchSize: 11,
      dropRemainder: true,
    });
    expect(dropped).toMatchObject({ steps: 2, stopped: false, endedBy: "epochs" });
    expect((await fit(network(NORMS[name](), 3), set, { ...options, batchSize: 11 })).steps).toBe(2);
    const model = network(NORMS[name](), 4);
    freeze(model, "norm");
    expect((await fit(model, set, { ...options, batchSize: 11 })).steps).toBe(2);
  });
});

describe("fit() with dropRemainder", () => {
  it("takes whole batches alone, and counts the images that it sees", async () => {
    const small = createModel("small_vit", {
      inputShape: [4, 4, 3],
      numClasses: 3,
      patchSize: 2,
      embedDim: 4,
      depth: 1,
      numHeads: 1,
      hiddenDim: 4,
    });
    const { steps, epochs, losses } = await fit(small, set, {
      ...options,
      epochs: 2,
      batchSize: 5,
      lossEvery: 200,
      dropRemainder: true,
    });
    expect(steps).toBe(4);
    expect(losses.map(({ batch }) => batch)).toEqual([2, 2]);
    // Tenths: of 10 images.
    expect(epochs.every(({ accuracy }) => Number.isInteger(Math.round(accuracy * 1e6) / 1e5))).toBe(true);
    await expect(fit(small, set, { ...options, batchSize: 13, dropRemainder: true })).rejects.toThrow(
      "fit: batchSize must be at most the set's 12 images with dropRemainder, got batchSize=13",
    );
  });
});

describe("a tf.layers batch norm without a scale or a center", () => {
  it.each([{ scale: false }, { center: false }, { scale: false, center: false }])(
    "is trained as one whose scale is 1 and center 0: %o",
    async (args) => {
      const [bare, full] = [tf.layers.batchNormalization(args), tf.layers.batchNormalization()];
      const models = [bare, full].map((norm) => network(norm));
      models[1]!.layers[0]!.setWeights(models[0]!.layers[0]!.getWeights());
      models[1]!.layers[3]!.setWeights(models[0]!.layers[3]!.getWeights());
      const batch = {
        images: tf.randomNormal<tf.Rank.R4>([3, 4, 4, 3], 0, 1, "float32", 1),
        labels: tf.tensor1d([0, 1, 2], "int32"),
      };
      const [one, other] = [await batchGradients(models[0]!, batch), await batchGradients(models[1]!, batch)];
      expect(one.loss).toBeCloseTo(other.loss, 6);
      const kernel = (of: typeof one) =>
        Object.entries(of.gradients)
          .find(([key]) => key.includes("conv"))![1]
          .dataSync();
      Array.from(kernel(one)).forEach((value, i) => expect(value).toBeCloseTo(kernel(other)[i]!, 6));
      expect((await fit(models[0]!, set, options)).steps).toBe(3);
    },
  );
});
