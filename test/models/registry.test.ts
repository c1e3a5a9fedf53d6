import { afterEach, describe, expect, it } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { createModel, registry, type ModelName } from "../../lib/models/index.js";

const names = Object.keys(registry) as ModelName[];
let models: tf.LayersModel[] = [];
const keep = (model: tf.LayersModel) => (models.push(model), model);
afterEach(() => { for (const model of models) model.dispose(); models = []; });

/** Bare parameters, which belong to no module of their own in PyTorch. */
const BARE = ["ClassToken", "PositionalEmbedding", "SinusoidalEmbedding"];

describe.each(names)("%s", (name) => {
  it("has the parameters that its row says, also as torchsummary counts them", () => {
    const model = keep(createModel(name));
    expect(model.countParams()).toBe(registry[name].params);
    const counted = model.layers.filter((layer) => !BARE.includes(layer.getClassName())).flatMap((layer) => layer.trainableWeights.map(({ shape }) => tf.util.sizeFromShape(shape as number[])));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(registry[name].paramsTorchsummary);
  });

  it("agrees with the published figure under its convention", () => {
    const { params, paramsTorchsummary, published } = registry[name];
    const count = published.convention === "all of them" ? params : paramsTorchsummary;
    const [, value, decimals, millions] = /^([\d,]+(?:\.(\d+))?)( M)?$/.exec(published.figure)!;
    expect(millions ? (count / 1e6).toFixed(decimals!.length) : count.toLocaleString("en")).toBe(value);
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
    expect(() => createModel("vgg99" as ModelName)).toThrow('createModel: name must be one of cnn_self_attention, transformer, vit_lite_6_4_32');
  });

  it("counts the sources' CCTs at 100 classes as their sources do", () => {
    const counts = (name: ModelName) => {
      const model = keep(createModel(name, { numClasses: 100 }));
      return [model.countParams(), model.countParams() - model.getLayer("position").countParams()];
    };
    expect(counts("cct_6_3x1_32")).toEqual([3_256_933, 3_191_397]);
    expect(counts("cct_6_3x2_32")[1]).toBe(3_333_669);
  });

  it("refuses an option that the model does not have", () => {
    expect(() => createModel("transformer", { filters: [8] } as object)).toThrow(/^createModel: an option of transformer must be one of .*patchSize.*, got filters$/);
  });
});
