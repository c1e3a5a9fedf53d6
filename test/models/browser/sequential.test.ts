import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../../lib/backend/index.js";
import * as ours from "../../../lib/layers/index.js";
import { allWeights, createModel, freeze, plainModel, saveLayersModel } from "../../../lib/models/index.js";

let folder: string;
beforeAll(ready);
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "saccade-sequential-"))));
afterEach(() => tf.disposeVariables());
afterAll(() => rmSync(folder, { recursive: true }));

/** A model of tfjs' own from the files alone. */
function loaded(): Promise<tf.LayersModel> {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const { buffer, byteOffset, byteLength } = readFileSync(join(folder, "weights.bin"));
  const weightData = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }));
}

/** No weight of 0 or 1 all over. */
function shake(model: tf.LayersModel): tf.LayersModel {
  for (const [i, weight] of allWeights(model).entries()) {
    const changed = () => tf.add(weight.read(), tf.randomUniform(weight.shape as number[], 0, 0.3, "float32", i + 1));
    tf.tidy(() => void weight.write(changed()));
  }
  return model;
}

async function expectSame(model: tf.LayersModel): Promise<tf.LayersModel> {
  const images = tf.randomNormal([2, ...(model.inputs[0]!.shape.slice(1) as number[])], 0, 1, "float32", 5);
  const wanted = (shake(model).predict(images) as tf.Tensor).dataSync();
  await saveLayersModel(model, folder);
  const plain = await loaded();
  expect(plain.layers.filter((layer) => Object.values(ours).some((each) => layer.constructor === each))).toEqual([]);
  const got = (plain.predict(images) as tf.Tensor).dataSync();
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 5);
  return plain;
}

describe("saveLayersModel", () => {
  it("saves a tf.sequential without an input layer", async () => {
    await expectSame(
      tf.sequential({
        layers: [
          tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 3] }),
          tf.layers.batchNormalization(),
          tf.layers.flatten(),
          tf.layers.dense({ units: 3 }),
        ],
      }),
    );
  });
  it("saves a tf.sequential with an input layer", async () => {
    const layers = [tf.layers.inputLayer({ inputShape: [4] }), tf.layers.dense({ units: 3 })];
    await expectSame(tf.sequential({ layers }));
  });
  it("saves models within a model, at its beginning and behind it, in tfjs' own layers", async () => {
    const base = createModel("small_vit", {
      inputShape: [8, 8, 3],
      numClasses: 4,
      embedDim: 8,
      depth: 1,
      numHeads: 2,
      hiddenDim: 8,
    });
    const inner = tf.sequential({
      layers: [tf.layers.dense({ units: 5, inputShape: [4], name: "head" }), tf.layers.reLU()],
    });
    const innermost = tf.sequential({ layers: [inner, tf.layers.dense({ units: 3 })] });
    await expectSame(tf.sequential({ layers: [base, innermost, tf.layers.dense({ units: 2 })] }));
  });
  it("saves two towers whose layers have one name", async () => {
    const x = tf.input({ shape: [4] });
    const towers = ["left", "right"].map((name) => {
      const y = tf.input({ shape: [4] });
      const proj = tf.layers.dense({ units: 3, name: "proj" });
      return tf.model({ name, inputs: y, outputs: proj.apply(y) as tf.SymbolicTensor }).apply(x) as tf.SymbolicTensor;
    });
    const outputs = tf.layers.concatenate().apply(towers) as tf.SymbolicTensor;
    const plain = await expectSame(tf.model({ inputs: x, outputs }));
    expect(plain.weights.map(({ originalName }) => originalName)).toEqual(
      ["left", "right"].flatMap((name) => [`${name}/proj/kernel`, `${name}/proj/bias`]),
    );
  });
  it("saves a network that was cut out of another, whose layers go on elsewhere", async () => {
    const whole = tf.sequential({
      layers: [tf.layers.dense({ units: 3, inputShape: [4], name: "first" }), tf.layers.dense({ units: 2 })],
    });
    const cut = tf.model({
      inputs: whole.inputs,
      outputs: tf.layers.dense({ units: 5 }).apply(whole.getLayer("first").output) as tf.SymbolicTensor,
    });
    await expectSame(cut);
    await expectSame(whole);
  });
  it("saves a layer of tfjs' own with a part of it frozen, each weight in its place", async () => {
    const model = tf.sequential({ layers: [tf.layers.layerNormalization({ inputShape: [4], name: "norm" })] });
    freeze(model, "norm/gamma");
    await expectSame(model);
  });
  it("refuses by name a layer that is used twice, and more inputs than one", async () => {
    const [x, y] = [tf.input({ shape: [4] }), tf.input({ shape: [4] })];
    const dense = tf.layers.dense({ units: 4, name: "again" });
    const twice = tf.model({ inputs: x, outputs: dense.apply(dense.apply(x)) as tf.SymbolicTensor });
    expect(() => plainModel(twice)).toThrow(
      new TypeError("plainModel: a layer must be used once, got again used 2 times"),
    );
    const sum = tf.model({ inputs: [x, y], outputs: tf.layers.add().apply([x, y]) as tf.SymbolicTensor });
    expect(() => plainModel(sum)).toThrow(new TypeError("plainModel: a model must have one input, got 2"));
    await expect(saveLayersModel(sum, folder)).rejects.toThrow(
      new TypeError("saveLayersModel: a model must have one input, got 2"),
    );
  });
});
