import { afterEach, describe, expect, it } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { createModel, FAMILIES, outline, registry, type ModelName } from "../../lib/models/index.js";

const names = Object.keys(registry) as ModelName[];
let models: tf.LayersModel[] = [];
const keep = (model: tf.LayersModel) => (models.push(model), model);
afterEach(() => { for (const model of models) model.dispose(); models = []; });

/** Bare parameters, which belong to no module of their own in PyTorch. */
const BARE = ["ClassToken", "PositionalEmbedding", "SinusoidalEmbedding"];
const sizeOf = (weights: readonly tf.LayerVariable[]) => weights.reduce((sum, { shape }) => sum + tf.util.sizeFromShape(shape as number[]), 0);
const counts = (name: ModelName, overrides: object = {}) => outline(name, overrides, (model) => {
  const skipped = registry[name].family === "vit" ? [...BARE, "MultiHeadSelfAttention"] : BARE;
  const counted = model.layers.filter((layer) => !skipped.includes(layer.getClassName()));
  return { params: sizeOf(model.trainableWeights), buffers: sizeOf(model.nonTrainableWeights), paramsTorchsummary: sizeOf(counted.flatMap((layer) => layer.trainableWeights)) };
});

describe.each(names)("%s", (name) => {
  const entry = registry[name];

  it("has the parameters that its row says, also as torchsummary counts them", () => {
    const { params, buffers, paramsTorchsummary } = entry;
    expect(counts(name)).toEqual({ params, buffers, paramsTorchsummary });
  });

  it("goes by its name, and takes images of its shape", () => {
    expect(entry.name).toBe(name);
    expect(entry.inputShape).toEqual(entry.config.inputShape);
    expect(FAMILIES).toContain(entry.family);
  });
});

describe.each(names.filter((name) => registry[name].published))("%s", (name) => {
  it("agrees with the published figure under its convention", () => {
    const { figure, convention, numClasses } = registry[name].published!;
    const { params, paramsTorchsummary } = counts(name, { numClasses });
    const count = convention === "all of them" ? params : paramsTorchsummary;
    const [, value, decimals, millions] = /^([\d,]+(?:\.(\d+))?)( M)?$/.exec(figure)!;
    expect(millions ? (count / 1e6).toFixed(decimals?.length ?? 0) : count.toLocaleString("en")).toBe(value);
  });
});

// Sizes small enough to draw the weights three times.
const small = { cnn_self_attention: { filters: [8, 16] }, transformer: { depth: 1 }, cct_6_3x1_32: { depth: 1, embedDim: 16 }, vit_lite_6_4_32: { depth: 1, embedDim: 16 } };
describe.each(Object.entries(small) as [ModelName, object][])("%s", (name, sizes) => {
  it("names every layer itself", () => {
    const first = keep(createModel(name, sizes)).layers.map((layer) => layer.name);
    const second = keep(createModel(name, sizes)).layers.map((layer) => layer.name);
    expect(second).toEqual(first);
  });

  it("starts from the same weights for one seed, from others for another", () => {
    const [a, b, c] = [1, 1, 2].map((seed) => keep(createModel(name, { ...sizes, seed })).getWeights().map((weight) => [...weight.dataSync()]));
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });
});

describe("createModel()", () => {
  it("lists the known names for an unknown one", () => {
    expect(() => createModel("vgg99" as ModelName)).toThrow('createModel: name must be one of cnn_self_attention, ');
  });

  it("counts the sources' CCTs at 100 classes as their sources do", () => {
    expect(counts("cct_6_3x1_32", { numClasses: 100 })).toEqual({ params: 3_256_933, buffers: 0, paramsTorchsummary: 3_191_397 });
    expect(counts("cct_6_3x2_32", { numClasses: 100 }).paramsTorchsummary).toBe(3_333_669);
  });

  it("refuses an option that the model does not have", () => {
    expect(() => createModel("transformer", { filters: [8] } as object)).toThrow(/^createModel: an option of transformer must be one of .*patchSize.*, got filters$/);
  });
});

describe("outline()", () => {
  it("has the layers, names and shapes of the model itself, and one number for each weight", () => {
    const describeWeights = (model: tf.LayersModel) => model.weights.map(({ originalName, shape }) => [originalName, shape]);
    const whole = keep(createModel("cct_2_3x2_32"));
    const before = tf.memory();
    outline("cct_2_3x2_32", {}, (model) => {
      expect(describeWeights(model)).toEqual(describeWeights(whole));
      expect(model.weights.map((weight) => weight.read().dataSync().length)).toEqual(whole.weights.map(() => 1));
    });
    const { numTensors, numBytes } = tf.memory();
    expect({ numTensors, numBytes }).toEqual({ numTensors: before.numTensors, numBytes: before.numBytes });
  });

  it("leaves models that are made later whole", () => {
    outline("cct_2_3x2_32", {}, () => undefined);
    expect(keep(createModel("cct_2_3x2_32")).getLayer("head").getWeights()[0]!.dataSync().some((value) => value !== 0)).toBe(true);
  });

  it("disposes of the model also when its reader throws", () => {
    const before = tf.memory().numTensors;
    expect(() => outline("mynet", {}, () => { throw new Error("reader"); })).toThrow("reader");
    expect(tf.memory().numTensors).toBe(before);
  });
});
