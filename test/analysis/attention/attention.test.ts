import { beforeAll, describe, expect, it } from "vitest";
import {
  attentionDistance,
  attentionLayers,
  attentionMap,
  attentionSpread,
  attentionWeights,
  type AttentionWeights,
} from "../../../lib/analysis/index.js";
import { ready, tf } from "../../../lib/backend/index.js";
import * as layers from "../../../lib/layers/index.js";
import { generated } from "../../../lib/datasets/index.js";
import { createModel } from "../../../lib/models/index.js";

beforeAll(ready);

// float32, products of a few dozen numbers: six digits are left
const TOLERANCE = 1e-5;

const vit = () =>
  createModel("small_vit", {
    patchForm: "patches",
    embedDim: 16,
    hiddenDim: 16,
    depth: 2,
    numHeads: 4,
    inputShape: [8, 8, 3],
    patchSize: 4,
    seed: 3,
  });
// query, key and value without bias
const cct = () => createModel("cct_6_3x1_32", { inputShape: [8, 8, 3], embedDim: 16, depth: 1, numHeads: 2 });
const cnn = () => createModel("cnn_self_attention", { filters: [8, 16], inputShape: [8, 6, 3], seed: 3 });

/**
 * What a layer gives out, from its probabilities and the rest of its weights: agrees only where these are the ones it
 * used.
 */
function outputFrom(weights: AttentionWeights, layer: tf.layers.Layer, x: tf.Tensor): tf.Tensor {
  const all = layer.getWeights();
  const [kernel, bias, outKernel, outBias] = (
    all.length === 3 ? [all[0], undefined, all[1], all[2]] : all
  ) as tf.Tensor2D[];
  const size = x.shape.at(-1)!;
  const [batch, heads, queries, keys] = weights.shape;
  const probabilities = tf.tensor(weights.values, [...weights.shape]);
  if (weights.kind === "pooling")
    return tf.reshape(tf.matMul(tf.reshape(probabilities, [batch, 1, keys]), x), [batch, size]);
  const projected = tf.matMul(tf.reshape(x, [-1, size]), kernel!);
  const biased = bias ? tf.add(projected, bias) : projected;
  if (weights.kind === "tokens") {
    const v = tf.transpose(
      tf.unstack(tf.reshape(biased, [batch, queries, 3, heads, size / heads]), 2)[2]!,
      [0, 2, 1, 3],
    );
    const mixed = tf.reshape(tf.transpose(tf.matMul(probabilities, v), [0, 2, 1, 3]), [-1, size]) as tf.Tensor2D;
    return tf.reshape(tf.add(tf.matMul(mixed, outKernel!), outBias!), x.shape);
  }
  const g = tf.split(tf.reshape(biased, [...x.shape.slice(0, -1), -1]), 3, -1)[2] as tf.Tensor4D;
  const pooled = tf.reshape(tf.maxPool(g, 2, 2, "valid"), [batch, 1, keys, -1]);
  const mixed = tf.reshape(tf.matMul(probabilities, pooled), [batch * queries, -1]) as tf.Tensor2D;
  return tf.add(x, tf.reshape(tf.add(tf.matMul(mixed, outKernel!), outBias!), x.shape));
}

describe.each([
  ["vit", vit],
  ["cct", cct],
  ["cnn", cnn],
])("attentionWeights() of %s", (_, make) => {
  it("are the probabilities by which each layer computes its output", async () => {
    const model = make();
    const [, height, width] = model.inputs[0]!.shape as number[];
    const images = tf.randomNormal([2, height!, width!, 3], 0, 1, "float32", 1) as tf.Tensor4D;
    const all = await attentionWeights(model, images);
    expect(all.map(({ layer }) => layer)).toEqual(attentionLayers(model));
    for (const weights of all) {
      const layer = model.getLayer(weights.layer);
      const around = tf.model({
        inputs: model.inputs,
        outputs: [layer.input as tf.SymbolicTensor, layer.output as tf.SymbolicTensor],
      });
      const [x, y] = around.predict(images) as [tf.Tensor, tf.Tensor];
      const error = tf.max(tf.abs(tf.sub(outputFrom(weights, layer, x), y))).dataSync()[0]!;
      expect(error).toBeLessThan(TOLERANCE);
    }
  });

  it("leave the model's weights usable and no tensor behind", async () => {
    const model = make();
    const [, height, width] = model.inputs[0]!.shape as number[];
    const images = tf.zeros([1, height!, width!, 3]) as tf.Tensor4D;
    const before = tf.memory().numTensors;
    await attentionWeights(model, images);
    expect(tf.memory().numTensors).toBe(before);
    expect(() => model.predict(images)).not.toThrow();
  });
});

it("attentionWeights() takes the grid of pixels from the images where the model leaves their size free", async () => {
  const image = tf.input({ shape: [null, null, 3] });
  const model = tf.model({
    inputs: image,
    outputs: new layers.SpatialSelfAttention({ name: "look", reduction: 3 }).apply(image) as tf.SymbolicTensor,
  });
  const [found] = await attentionWeights(model, tf.ones([1, 5, 8, 3]));
  expect(found!.shape).toEqual([1, 1, 40, 8]);
  expect(found!.grid).toEqual({ queries: [5, 8], keys: [2, 4], imageShape: [5, 8, 3] });
  expect(attentionDistance([found!])[0]!.heads[0]).toBeCloseTo(attentionDistance([found!])[0]!.uniform, 5);
});

it("attentionWeights() lists the attention layers for a name that is none", async () => {
  const images = tf.zeros([1, 8, 6, 3]) as tf.Tensor4D;
  await expect(attentionWeights(cnn(), images, ["conv1"])).rejects.toThrow(
    "layers must be of attention1, attention2, got conv1",
  );
});

it("attentionWeights() refuses images of another shape than the model's", async () => {
  await expect(attentionWeights(cnn(), tf.zeros([1, 4, 5, 3]))).rejects.toThrow(
    /^attentionWeights: images must be \[B, \d+, \d+, 3\], got \[B, 4, 5, 3\]$/,
  );
});

const bundleOf = (value: object) =>
  (value as { [display: symbol]: () => Record<string, string> })[Symbol.for("Jupyter.display")]!();

describe("attentionMap()", () => {
  const tokens = (values: number[]): AttentionWeights => ({
    layer: "a",
    kind: "tokens",
    shape: [1, 2, 2, values.length / 4],
    values: Float32Array.from(values),
  });

  it("takes the class token's row, the mean over heads, without its share on itself", () => {
    const keys = [0.5, 0.1, 0.2, 0.1, 0.1]; // the class token and 2 × 2 patches
    const other = [0.2, 0.2, 0.2, 0.2, 0.2];
    const map = attentionMap(tokens([...keys, ...other, ...keys, ...other]), 0, {
      form: "patches",
      patchSize: 2,
      imageShape: [4, 4, 3],
    });
    expect(map).toMatchObject({ rows: 2, columns: 2 });
    expect([...map.values].map((value) => Number(value.toFixed(6)))).toEqual([0.2, 0.4, 0.2, 0.2]);
  });

  it("lays image rows on the pixels that they come from, the channels added", () => {
    // [2, 2, 3] in rows of 3: the first token is channel 0's first three pixels, …
    const row = [0, 1, 0, 0, 0];
    const map = attentionMap(tokens([...row, ...row, ...row, ...row]), 0, {
      form: "image-rows",
      patchSize: 1,
      imageShape: [2, 2, 3],
    });
    expect([...map.values].map((value) => Number(value.toFixed(6)))).toEqual([0.333333, 0.333333, 0.333333, 0]);
  });

  it("takes the mean over all pixels of a feature map", () => {
    const weights: AttentionWeights = {
      layer: "a",
      kind: "pixels",
      shape: [1, 1, 2, 2],
      values: Float32Array.from([1, 0, 0.5, 0.5]),
      grid: { queries: [1, 2], keys: [1, 2] },
    };
    expect([...attentionMap(weights, 0).values]).toEqual([0.75, 0.25]);
  });

  it("is of one head, or from one place, where that is asked for", () => {
    const weights: AttentionWeights = {
      ...tokens([
        ...[0.6, 0.1, 0.1, 0.1, 0.1, ...[0, 1, 0, 0, 0], ...[0, 0, 1, 0, 0], ...[0, 0, 0, 1, 0], ...[0, 0, 0, 0, 1]],
        ...[0.2, 0.8, 0, 0, 0, ...[0, 0, 0, 0, 1], ...[0, 0, 0, 0, 1], ...[0, 0, 0, 0, 1], ...[0, 0, 0, 0, 1]],
      ]),
      shape: [1, 2, 5, 5],
      tokens: { form: "patches", numPrefixTokens: 1, rows: 2, columns: 2, imageShape: [4, 4, 3] },
    };
    const of = (options: object) => [...attentionMap(weights, 0, options).values].map((value) => Math.fround(value));
    expect(of({ head: 0 })).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(of({ head: 1 })).toEqual([1, 0, 0, 0]);
    expect(of({ from: [1, 0] })).toEqual([0, 0, 0.5, 0.5]); // head 0 looks at itself, head 1 at the last
    expect(of({ head: 0, from: [0, 1] })).toEqual([0, 1, 0, 0]);
    expect(of({ head: 1, from: "mean" })).toEqual([0, 0, 0, 1]);
    expect(() => attentionMap(weights, 0, { head: 2 })).toThrow("attentionMap: head must be 0 to 1, got 2");
    expect(() => attentionMap(weights, 0, { from: [2, 0] })).toThrow("from must be a place of 2 × 2, got [2, 0]");
  });

  it("shows itself in a line", () => {
    const row = [0, 0.1, 0.2, 0.3, 0.4];
    const places = { form: "patches", patchSize: 2, imageShape: [4, 4, 3] } as const;
    const map = attentionMap(tokens([...row, ...row, ...row, ...row]), 0, places);
    expect(bundleOf(map)["text/plain"]).toBe("a: a map of 2 × 2 places, most attention (40.0 %) at row 1, column 1");
    const [none, broken] = [
      [1, 0, 0, 0, 0],
      [0, NaN, 0, 0, 0],
    ].map((first) => attentionMap(tokens([...first, ...first, ...first, ...first]), 0, places));
    expect(bundleOf(none!)["text/plain"]).toBe("a: a map of 2 × 2 places, none of them looked at");
    expect(bundleOf(broken!)["text/plain"]).toBe("a: a map of 2 × 2 places, not all of them numbers");
  });

  it("refuses an image that is not there and tokens that do not fit", () => {
    const weights = tokens(new Array<number>(20).fill(0.2));
    expect(() => attentionMap(weights, 1)).toThrow("image must be 0 to 0, got 1");
    expect(() => attentionMap(weights, 0)).toThrow(
      "form, patchSize and imageShape must say how the 5 tokens of a lie on the image, got no form",
    );
    expect(() => attentionMap(weights, 0, { form: "patches", patchSize: 4, imageShape: [32, 32, 3] })).toThrow(
      "must make 4 tokens, or 5 where there is no class token, got 64 of patches",
    );
  });
});

it("attentionSpread() is 1 where attention is uniform, 1 / keys where it lies on one place", () => {
  const spread = (values: number[]): number =>
    attentionSpread({ layer: "a", kind: "tokens", shape: [1, 1, 1, 4], values: Float32Array.from(values) });
  expect(spread([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(1, 6);
  expect(spread([0, 1, 0, 0])).toBe(0.25);
  expect(spread([0.5, 0.5, 0, 0])).toBeCloseTo(0.5, 6);
});

it("attentionWeights() takes a set, batch after batch, as the tensor of its normalized images", async () => {
  const { test: set } = generated({ trainImages: 1, testImages: 103, imageShape: [16, 16, 3] }); // 100 at a time
  const model = createModel("small_vit", { inputShape: [16, 16, 3], depth: 1 });
  const [mean, std] = [0.4, 0.3];
  const pixels = Float32Array.from(set.images, (value) => (value / 255 - mean) / std);
  const images = tf.tensor4d(pixels, [103, 16, 16, 3]);
  const before = tf.memory().numTensors;
  const [alone] = await attentionWeights(model, images);
  const [found] = await attentionWeights(model, { ...set, mean, std });
  expect(tf.memory().numTensors).toBe(before);
  expect(found!.shape).toEqual(alone!.shape);
  expect(found!.values).toEqual(alone!.values);
  const [last] = await attentionWeights(model, tf.slice(images, [102, 0, 0, 0], [1, -1, -1, -1]));
  const own = found!.values.subarray(102 * last!.values.length);
  own.forEach((value, i) => expect(Math.abs(value - last!.values[i]!)).toBeLessThan(1e-6));
  await expect(attentionWeights(model, tf.zeros([1, 16, 16, 3], "int32"))).rejects.toThrow("images must be float32");
});
