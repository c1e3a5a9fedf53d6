import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { createModel, FAMILIES, outline, registry, type ModelName } from "../../lib/models/index.js";
import { counts } from "./counts.js";

const names = Object.keys(registry) as ModelName[];
let models: tf.LayersModel[] = [];
const keep = (model: tf.LayersModel) => (models.push(model), model);
afterEach(() => {
  for (const model of models) model.dispose();
  models = [];
});

describe.each(names)("%s", (name) => {
  const entry = registry[name];

  it("goes by its name, and says where it is from", () => {
    expect(entry.name).toBe(name);
    expect(FAMILIES).toContain(entry.family);
    expect(entry.source).not.toBe("");
  });
});

describe.each(names.filter((name) => registry[name].published))("%s", (name) => {
  it("agrees with the published figure under its convention", () => {
    const { figure, convention } = registry[name].published!;
    const { params, paramsTorchsummary } = counts(name);
    const count = convention === "all of them" ? params : paramsTorchsummary;
    const [, value, decimals, millions] = /^([\d,]+(?:\.(\d+))?)( M)?$/.exec(figure)!;
    expect(millions ? (count / 1e6).toFixed(decimals?.length ?? 0) : count.toLocaleString("en")).toBe(value);
  });
});

// Sizes small enough to draw the weights three times.
const small = {
  cnn_self_attention: { filters: [8, 16] },
  small_vit: { depth: 1 },
  cct_6_3x1_32: { depth: 1, embedDim: 16 },
  vit_lite_6_4_32: { depth: 1, embedDim: 16 },
};
describe.each(Object.entries(small) as [ModelName, object][])("%s", (name, sizes) => {
  it("names every layer itself", () => {
    const first = keep(createModel(name, sizes)).layers.map((layer) => layer.name);
    const second = keep(createModel(name, sizes)).layers.map((layer) => layer.name);
    expect(second).toEqual(first);
  });

  it("starts from the same weights for one seed, from others for another", () => {
    const [a, b, c] = [1, 1, 2].map((seed) =>
      keep(createModel(name, { ...sizes, seed }))
        .getWeights()
        .map((weight) => [...weight.dataSync()]),
    );
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });
});

describe("createModel()", () => {
  it("tells the families for an unknown name, and how to list all", () => {
    expect(() => createModel("vgg99" as ModelName)).toThrow(
      /one of models.listModels\(\), got name='vgg99'; did you mean vgg16\?; the families are airbench, .*vit_lite$/,
    );
  });

  it.each([
    [
      "vit_tiny_patch16_224.augreg_in21k_ft_in1k",
      'models.pretrained("timm/vit_tiny_patch16_224.augreg_in21k_ft_in1k")',
    ],
    ["timm/resnet18.tv_in1k", 'models.pretrained("timm/resnet18.tv_in1k")'],
    ["tf_efficientnet_b0", "; no efficientnet is in the library"],
    ["mobilenetv3_small", "; no mobilenet is in the library"],
    ["timm/swin_tiny_patch4_window7_224", "; no swin is in the library"],
  ])("says of %s what it is", (asked, words) => {
    expect(() => createModel(asked)).toThrow(words);
  });

  it.each([
    ["vit_tiny_patch16", "vit_tiny_patch16_224"],
    ["vit_base", "vit_base_patch16_224"],
    ["ViT-B/32", "vit_b_32"],
    ["CCT-6/3x1", "cct_6_3x1_32"],
    ["CVT-7/4", "cvt_7_4_32"],
    ["ViT-Lite-6/4", "vit_lite_6_4_32"],
    ["ResNet-34", "resnet34"],
    ["VGG16-BN", "vgg16_bn"],
    ["MyViT", "myvit"],
    ["restnet50", "resnet50"],
    ["AlexNet", "alexnet"],
  ])("says for %s that %s may be meant", (asked, meant) => {
    expect(() => createModel(asked as ModelName)).toThrow(`, got name=${inspect(asked)}; did you mean ${meant}?`);
  });

  it("offers no name for what is near none", () => {
    expect(() => createModel("gpt" as ModelName)).toThrow(/, got name='gpt'; the families are /);
    expect(() => createModel("toString" as ModelName)).toThrow(
      /^createModel: name must be one of .*, got name='toString'; the families are /,
    );
  });

  it("counts the sources' CCTs at 100 classes as their sources do", () => {
    expect(counts("cct_6_3x1_32", { numClasses: 100 })).toEqual({
      params: 3_256_933,
      buffers: 0,
      paramsTorchsummary: 3_191_397,
    });
    expect(counts("cct_6_3x2_32", { numClasses: 100 }).paramsTorchsummary).toBe(3_333_669);
  });

  it.each(names.filter((name) => /^(cct|cvt|vit_lite)_/.test(name)) as "cct_7_3x1_32"[])(
    "counts %s's positions only where they are learned",
    (name) => {
      const [learnable, sine, none] = (["learnable", "sine", null] as const).map((positionalEmbedding) =>
        counts(name, { positionalEmbedding }),
      );
      const positions = learnable!.params - none!.params;
      expect(positions % registry[name].config.embedDim).toBe(0);
      expect(sine).toEqual({ ...none, buffers: positions });
      expect(learnable!.paramsTorchsummary).toBe(none!.paramsTorchsummary);
    },
  );

  it.each([null, 3, "seed=1", [1]])("refuses overrides that are no object: %o", (overrides) => {
    expect(() => createModel("mynet", overrides as object)).toThrow(/^createModel: overrides must be /);
  });

  it("refuses an option that the model does not have", () => {
    // @ts-expect-error the types know each model's options, also by timm's name
    expect(() => createModel("vit_base_patch16_224", { filters: [8] })).toThrow(
      /^createModel: an option of vit_base_patch16_224 must be one of .*patchSize.*, got filters$/,
    );
    expect(() => createModel("small_vit", { filters: [8] } as object)).toThrow(
      /^createModel: an option of small_vit must be one of .*patchSize.*, got filters$/,
    );
  });
});

describe("a short name", () => {
  it("makes the same model, which goes by the full one", () => {
    const model = keep(createModel("vit_s32", { inputShape: [32, 32, 3], embedDim: 12, depth: 1, numHeads: 3 }));
    expect(model.getUserDefinedMetadata()).toMatchObject({ saccadeModel: { name: "vit_small_patch32_224" } });
  });
});

describe("fashion_cnn", () => {
  // Params1(filter, filter, channels, channels, dense) of the report's 72: 9 or 25 per kernel, then [28 − f1 + 1 − f2 +
  // 1]² pixels into the dense layer.
  const grid = [3, 5].flatMap((f1) =>
    [3, 5].flatMap((f2) =>
      [8, 16, 32].flatMap((m1) =>
        [8, 16, 32].flatMap((m2) => [100, 50].map((units) => [f1, f2, m1, m2, units] as const)),
      ),
    ),
  );
  it.each(grid)("has the parameters of Params1(%i, %i, %i, %i, %i)", (f1, f2, m1, m2, units) => {
    const side = 30 - f1 - f2;
    const expected = f1 ** 2 * m1 + m1 + f2 ** 2 * m1 * m2 + m2 + side ** 2 * m2 * units + units + 10 * units + 10;
    expect(counts("fashion_cnn", { kernelSize: [f1, f2], filters: [m1, m2], hidden: [units] }).params).toBe(expected);
  });

  it.each(["xavier_uniform", "kaiming_uniform", "orthogonal"] as const)(
    "starts from %s with biases of 0",
    (initializer) => {
      const model = keep(
        createModel("fashion_cnn", { inputShape: [8, 8, 1], filters: [4, 8], hidden: [16], initializer, seed: 3 }),
      );
      const weight = (name: string) => model.weights.find(({ originalName }) => originalName === name)!.read();
      expect(
        weight("conv2/bias")
          .dataSync()
          .every((value) => value === 0),
      ).toBe(true);
      const values = weight("conv2/kernel").dataSync(); // [3, 3, 4, 8]: fan-in 36, fan-out 72
      const largest = Math.max(...values.map(Math.abs));
      if (initializer === "orthogonal") {
        const gram = tf.tidy(() => {
          const kernel = weight("conv2/kernel").reshape([36, 8]);
          return kernel.transpose().matMul(kernel).sub(tf.eye(8)).abs().max().dataSync()[0]!;
        });
        expect(gram).toBeLessThan(1e-5);
      } else {
        const bound = initializer === "xavier_uniform" ? Math.sqrt(6 / (36 + 72)) : Math.sqrt(6 / 36);
        expect(largest).toBeLessThanOrEqual(bound);
        // of 288 numbers the chance that none is nearer is 0.97^288 = 0.0002
        expect(largest).toBeGreaterThan(0.97 * bound);
      }
    },
  );
});

describe("outline()", () => {
  it("has the layers, names and shapes of the model itself, and one number for each weight", () => {
    const describeWeights = (model: tf.LayersModel) =>
      model.weights.map(({ originalName, shape }) => [originalName, shape]);
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
    expect(
      keep(createModel("cct_2_3x2_32"))
        .getLayer("head")
        .getWeights()[0]!
        .dataSync()
        .some((value) => value !== 0),
    ).toBe(true);
  });

  it("disposes of the model also when its reader throws", () => {
    const before = tf.memory().numTensors;
    expect(() =>
      outline("mynet", {}, () => {
        throw new Error("reader");
      }),
    ).toThrow("reader");
    expect(tf.memory().numTensors).toBe(before);
  });
});
