import { afterEach, describe, expect, it } from "vitest";
import { tf } from "../../lib/backend/index.js";
import {
  createModel,
  listModels,
  modelConfig,
  outline,
  publishedWeights,
  registerModel,
  registry,
  resnet,
  vit,
} from "../../lib/models/index.js";
import { registered } from "../../lib/models/registered.js";

afterEach(() => {
  registered.clear();
  tf.disposeVariables();
});

describe("listModels()", () => {
  it("lists every model of the registry, sorted", () => {
    expect(listModels()).toEqual(Object.keys(registry).sort());
  });

  it.each([
    ["vit_*_patch32_224", ["vit_base_patch32_224", "vit_small_patch32_224"]],
    ["resnet??", ["resnet18", "resnet34", "resnet50"]],
    ["RESNET18", ["resnet18"]],
    [
      ["alexnet*", "vgg16"],
      ["alexnet", "alexnet_lrn", "vgg16"],
    ],
    ["gan*", []],
    ["gan", []],
    ["", []],
    ["resnet", ["resnet18", "resnet18_bias", "resnet34", "resnet34_bias", "resnet50", "resnet50_bias"]],
    ["vit.b.16", []],
  ])("%o names %o", (pattern, names) => expect(listModels(pattern)).toEqual(names));

  it("lists those alone of which there are published weights, on request", () => {
    const names = listModels("*", { pretrained: true });
    expect(names).toContain("resnet18");
    expect(names).not.toContain("resnet18_bias");
    expect(names).toEqual([...new Set(publishedWeights().map(({ model }) => model))].sort());
  });

  it("refuses what is no pattern", () => {
    expect(() => listModels(3 as never)).toThrow(/^listModels: pattern must be a text or an array/);
    expect(() => listModels("*", { pretrain: true } as object)).toThrow(/; did you mean pretrained\?$/);
  });
});

describe("registerModel()", () => {
  interface TinyConfig {
    readonly numClasses: number;
    readonly width: number;
  }
  const build = ({ numClasses, width }: TinyConfig) =>
    tf.sequential({
      layers: [
        tf.layers.dense({ name: "hidden", units: width, inputShape: [4] }),
        tf.layers.dense({ name: "head", units: numClasses }),
      ],
    });
  const tiny = { name: "tiny_mlp", build, config: { numClasses: 3, width: 8 } };

  it("makes a model known to createModel, outline, modelConfig and listModels", () => {
    const name = registerModel(tiny);
    const model = createModel(name, { width: 5 });
    expect(model.layers.map(({ outputShape }) => outputShape)).toEqual([
      [null, 5],
      [null, 3],
    ]);
    expect(model.getUserDefinedMetadata()).toMatchObject({
      saccadeModel: { name: "tiny_mlp", config: { numClasses: 3, width: 5 } },
    });
    expect(modelConfig("tiny_mlp")).toEqual(tiny.config);
    expect(outline("tiny_mlp", {}, ({ layers }) => layers.length)).toBe(2);
    expect(listModels("tiny*")).toEqual(["tiny_mlp"]);
    // @ts-expect-error the name that it returned knows the options
    expect(() => createModel(name, { widht: 5 })).toThrow(
      "createModel: an option of tiny_mlp must be one of numClasses, width, got widht; did you mean width?",
    );
  });

  it("is among the names that an unknown one may mean", () => {
    registerModel(tiny);
    expect(() => createModel("tiny_mpl")).toThrow(
      /name must be one of models.listModels\(\), got name='tiny_mpl'; did you mean tiny_mlp\?;/,
    );
  });

  it("refuses a name that is taken, unless it is to be replaced", () => {
    registerModel(tiny);
    expect(() => registerModel(tiny)).toThrow(/^registerModel: name must be new, got "tiny_mlp", .*replace: true/);
    registerModel({ ...tiny, config: { numClasses: 7, width: 8 }, replace: true });
    expect(modelConfig("tiny_mlp")).toMatchObject({ numClasses: 7 });
  });

  it.each(["resnet18", "vit_b16", "transformer", "", "a b"])("refuses %o for a name", (name) => {
    expect(() => registerModel({ ...tiny, name, replace: true })).toThrow(/^registerModel: name must be one that /);
  });

  it("refuses what is none, and a builder that makes none", () => {
    expect(() => registerModel(undefined as never)).toThrow(/^registerModel: options must be an object/);
    expect(() => registerModel({ ...tiny, build: 3 } as never)).toThrow(/^registerModel: build must be a function/);
    registerModel({ ...tiny, build: () => 3 as never });
    expect(() => createModel("tiny_mlp")).toThrow(/^createModel: what tiny_mlp builds must be a model, got /);
  });
});

describe("what a user of timm or torchvision types first", () => {
  it("sizes a registry's model for other images and classes", () => {
    expect(outline("resnet18", { numClasses: 10 }, ({ outputs }) => outputs[0]!.shape)).toEqual([null, 10]);
    const small = { numClasses: 10, inputShape: [32, 32, 3], patchSize: 4 } as const;
    expect(outline("vit_tiny_patch16_224", small, (model) => model.getLayer("position").outputShape)).toEqual([
      null,
      65,
      192,
    ]);
  });

  it.each([
    [{ num_classes: 10 }, /; did you mean numClasses\? It is one of /],
    [{ imageSize: 32 }, /; did you mean inputShape\? It is one of /],
    [{ img_size: 32 }, /; did you mean inputShape\? It is one of /],
    [{ drop_rate: 0.1 }, /; did you mean dropRate\? It is one of /],
    [{ heads: 3 }, /; did you mean numHeads\? It is one of /],
    [{ pretrained: true }, /; models\.pretrained makes a model with published weights$/],
  ])("answers %o with the option that is meant", (overrides, message) => {
    expect(() => createModel("vit_tiny_patch16_224", overrides as object)).toThrow(message);
  });

  it("an option of undefined is one that is left out", () => {
    expect(modelConfig("resnet18", { numClasses: undefined, seed: 2 })).toEqual({
      ...registry.resnet18.config,
      seed: 2,
    });
  });

  it("builders need what has no default", () => {
    const model = vit({ inputShape: [8, 8, 3], numClasses: 3, patchSize: 4, embedDim: 8, depth: 1, numHeads: 2 });
    expect(model.outputs[0]!.shape).toEqual([null, 3]);
    expect(() => vit({ inputShape: [8, 8, 3], numClasses: 3 } as never)).toThrow(/^vit: patchSize must be /);
    expect(() =>
      resnet({ inputShape: [8, 8, 3], numClasses: 3, blocks: [1], filters: [4], layers: [1] } as never),
    ).toThrow(/^resnet: an option must be one of .*, got layers/);
  });
});
