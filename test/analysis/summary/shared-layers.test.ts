/** Layers that a model uses twice, models inside, and models with several inputs or outputs. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { countMacs, summary } from "../../../lib/analysis/index.js";
import { ready, tf } from "../../../lib/backend/index.js";
import { createModel } from "../../../lib/models/index.js";

beforeAll(ready);
afterEach(() => tf.disposeVariables());

/** One convolution over a picture and over its half: 4·4·27·2 and 2·2·27·2 multiply-adds; the head 8·5. */
function twice() {
  const image = tf.input({ shape: [4, 4, 3], name: "image" });
  const shared = tf.layers.conv2d({ filters: 2, kernelSize: 3, padding: "same", name: "shared" });
  const [large, small] = [image, tf.layers.averagePooling2d({ poolSize: 2, name: "half" }).apply(image)].map(
    (x) => shared.apply(x) as tf.SymbolicTensor,
  );
  const both = tf.layers
    .add()
    .apply([
      tf.layers.averagePooling2d({ poolSize: 2 }).apply(large!) as tf.SymbolicTensor,
      small!,
    ]) as tf.SymbolicTensor;
  return tf.model({
    inputs: image,
    outputs: tf.layers.dense({ units: 5, name: "head" }).apply(tf.layers.flatten().apply(both)) as tf.SymbolicTensor,
  });
}

describe("a layer that is used twice", () => {
  it("has its weights once and its multiply-adds and outputs for each use", () => {
    const model = twice();
    const { layers, total } = countMacs(model);
    expect(layers.find(({ name }) => name === "shared")!.weights).toBe((16 + 4) * 27 * 2);
    expect(total).toBe(1080 + 40);
    expect(countMacs(model).total).toBe(1120);
    const found = summary(model);
    const row = found.layers.find(({ name }) => name === "shared")!;
    // The shape is of its last use.
    expect(row).toMatchObject({ params: 3 * 3 * 3 * 2 + 2, activationBytes: 4 * (32 + 8), outputShape: [2, 2, 2] });
    expect(found.params).toBe(56 + 45);
    expect(found.activationBytes).toBe(4 * (12 + 32 + 8 + 8 + 8 + 5)); // half, shared twice, pooled, added, head
  });

  it("counts what this model uses, not what another made of the same layers does", () => {
    const model = twice();
    const part = tf.model({
      inputs: model.inputs,
      outputs: (model.getLayer("shared") as tf.layers.Layer).getOutputAt(0) as tf.SymbolicTensor,
    });
    expect(countMacs(part).total).toBe(16 * 27 * 2);
    expect(summary(part).layers.at(-1)).toMatchObject({
      name: "shared",
      outputShape: [4, 4, 2],
      activationBytes: 4 * 32,
    });
  });
});

describe("a model inside", () => {
  it("counts as the layers that it is made of", () => {
    const parts = () => [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 3], name: "conv" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
    ];
    const rest = () => [tf.layers.flatten(), tf.layers.dense({ units: 3 })];
    const whole = tf.sequential({ layers: [...parts(), ...rest()] });
    const nested = tf.sequential({ layers: [tf.sequential({ layers: parts(), name: "base" }), ...rest()] });
    expect(countMacs(nested).total).toBe(countMacs(whole).total);
    const [one, other] = [summary(whole), summary(nested)];
    expect({ ...other, layers: [] }).toEqual({ ...one, layers: [] });
    expect(other.layers[0]).toMatchObject({
      name: "base",
      outputShape: [3, 3, 4],
      params: 112,
      activationBytes: 4 * (36 * 4 + 9 * 4),
    });
    expect(countMacs(nested).layers[0]).toMatchObject({ name: "base", weights: 36 * 27 * 4 });
  });

  it("counts again where it is used again, on images of another size", () => {
    const base = tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 2, kernelSize: 1, inputShape: [null, null, 3] as never }),
        tf.layers.globalAveragePooling2d({}),
      ],
    });
    const [left, right] = [tf.input({ shape: [4, 4, 3] }), tf.input({ shape: [2, 2, 3] })];
    const both = tf.layers
      .concatenate()
      .apply([left, right].map((x) => base.apply(x) as tf.SymbolicTensor)) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [left, right], outputs: both });
    expect(() => countMacs(model)).toThrow(/^countMacs: the shape at conv2d.* must be known, got \[\?, \?, 3\]$/);
  });
});

describe("a model with several inputs and outputs", () => {
  it("has the bytes of all of them", () => {
    const [left, right] = [tf.input({ shape: [4, 4, 3] }), tf.input({ shape: [2] })];
    const flat = tf.layers.flatten().apply(left) as tf.SymbolicTensor;
    const outputs = [
      tf.layers.dense({ units: 3 }).apply(flat),
      tf.layers.dense({ units: 5 }).apply(right),
    ] as tf.SymbolicTensor[];
    const model = tf.model({ inputs: [left, right], outputs });
    expect(summary(model)).toMatchObject({
      inputBytes: 4 * (48 + 2),
      activationBytes: 4 * 8,
      params: 49 * 3 + 3 * 5,
    });
    expect(countMacs(model).total).toBe(48 * 3 + 2 * 5);
  });
});

it("the registry's models count as before", () => {
  expect(summary(createModel("mynet")).layers.at(-1)).toMatchObject({
    name: "head",
    outputShape: [10],
    params: 20490,
  });
});
