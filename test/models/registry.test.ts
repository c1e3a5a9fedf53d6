import { afterEach, describe, expect, it } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { createModel, registry, type ModelName } from "../../lib/models/index.js";

const names = Object.keys(registry) as ModelName[];
let models: tf.LayersModel[] = [];
const keep = (model: tf.LayersModel) => (models.push(model), model);
afterEach(() => { for (const model of models) model.dispose(); models = []; });

describe.each(names)("%s", (name) => {
  it("has the published number of parameters", () => {
    expect(keep(createModel(name)).countParams()).toBe(registry[name].params);
  });

  it("names every layer itself", () => {
    const first = keep(createModel(name)).layers.map((layer) => layer.name);
    const second = keep(createModel(name)).layers.map((layer) => layer.name);
    expect(second).toEqual(first);
  });

  it("starts from the same weights for one seed, from others for another", () => {
    const [a, b, c] = [createModel(name, { seed: 1 }), createModel(name, { seed: 1 }), createModel(name, { seed: 2 })].map(
      (model) => keep(model).getWeights().map((weight) => [...weight.dataSync()]),
    );
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });
});

describe("createModel()", () => {
  it("lists the known names for an unknown one", () => {
    expect(() => createModel("vgg99" as ModelName)).toThrow('createModel: name must be one of cnn_self_attention, transformer, got "vgg99"');
  });

  it("refuses an option that the model does not have", () => {
    expect(() => createModel("transformer", { filters: [8] } as object)).toThrow(/^createModel: an option of transformer must be one of .*patchSize.*, got filters$/);
  });
});
