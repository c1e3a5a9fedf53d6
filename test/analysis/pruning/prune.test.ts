import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { analysis, backend, datasets, layers, models, tf, train } from "../../../lib/index.js";
import { difference, outputsOf, shake } from "./networks.js";

beforeAll(backend.ready);
afterEach(() => tf.disposeVariables());

/** Sums of at most some thousand float32 products, in another order. */
const ROUNDING = 1e-5;

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const study6 = (): tf.LayersModel =>
  models.createModel("fashion_cnn", { filters: [8, 32], hidden: [50], initializer: "xavier_uniform" });
/** Study 6's end: 1 of 8 channels, 24 of 32, 6 of 50 neurons. */
const STUDY6 = {
  conv1: [0, 6, 1, 5, 4, 3, 2],
  conv2: range(0, 32).filter((unit) => unit % 4 === 1),
  dense1: range(6, 50),
};
const small = { inputShape: [16, 16, 3], numClasses: 5 } as const;
const vgg = (batchNorm: boolean): tf.LayersModel =>
  models.vgg({
    ...small,
    stages: [
      [4, 6],
      [8, 5],
    ],
    batchNorm,
    pooledSize: 3,
    hidden: [12, 9],
    dropRate: 0.5,
  });
const resnet = (block: "basic" | "bottleneck"): tf.LayersModel =>
  models.resnet({ ...small, blocks: [2, 1], filters: [4, 6], block });

const own = (make: (add: (layer: tf.layers.Layer) => void) => void): tf.LayersModel => {
  const model = tf.sequential();
  make((layer) => model.add(layer));
  return model;
};
const image = { inputShape: [9, 8, 2] };
const conv = (name: string, filters: number, more: object = {}): tf.layers.Layer =>
  tf.layers.conv2d({ name, filters, kernelSize: 3, ...more });

const withTfNorms = (): tf.LayersModel =>
  own((add) => {
    add(conv("a", 6, { ...image, padding: "same", useBias: false }));
    add(tf.layers.batchNormalization({ scale: false }));
    add(tf.layers.leakyReLU());
    add(tf.layers.separableConv2d({ name: "b", filters: 5, kernelSize: 3, depthMultiplier: 2 }));
    add(tf.layers.batchNormalization());
    add(tf.layers.prelu());
    add(tf.layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2 }));
    add(tf.layers.averagePooling2d({ poolSize: 2 }));
    add(tf.layers.globalAveragePooling2d({}));
    add(tf.layers.dense({ name: "c", units: 7, activation: "tanh" }));
    add(tf.layers.dropout({ rate: 0.5 }));
    add(tf.layers.dense({ name: "d", units: 3, activation: "softmax" }));
  });
const withSigmoids = (): tf.LayersModel =>
  own((add) => {
    add(conv("a", 6, { ...image, activation: "sigmoid" }));
    add(tf.layers.maxPooling2d({ poolSize: 2 }));
    add(conv("b", 5, { kernelSize: 2 }));
    add(tf.layers.activation({ activation: "softplus" }));
    add(tf.layers.reshape({ targetShape: [2 * 2 * 5] }));
    add(tf.layers.dense({ name: "c", units: 7, activation: "hardSigmoid" }));
    add(tf.layers.dense({ name: "d", units: 3 }));
  });
const branched = (): tf.LayersModel => {
  const input = tf.input({ shape: [6, 6, 2] });
  const [left, right] = [conv("left", 4), conv("right", 3)].map((layer) => layer.apply(input) as tf.SymbolicTensor);
  const both = tf.layers.concatenate().apply([left!, right!]) as tf.SymbolicTensor;
  const flat = tf.layers.flatten().apply(new layers.Gelu().apply(both)) as tf.SymbolicTensor;
  return tf.model({
    inputs: input,
    outputs: tf.layers.dense({ name: "out", units: 3 }).apply(flat) as tf.SymbolicTensor,
  });
};

const sigmoidThenPadding = (): tf.LayersModel =>
  own((add) => {
    add(conv("a", 6, { ...image, activation: "sigmoid" }));
    add(conv("b", 5, { padding: "same" }));
  });

async function artifactsOf(model: tf.LayersModel): Promise<tf.io.ModelArtifacts> {
  let kept: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      kept = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    }),
  );
  return kept!;
}

describe("prune()", () => {
  it.each<[string, () => tf.LayersModel, analysis.UnitsByLayer]>([
    ["study 6's network, to its end", study6, STUDY6],
    ["mynet, with its pools", () => models.createModel("mynet"), { conv1: [0, 15], conv3: range(3, 40), conv4: [7] }],
    ["a VGG", () => vgg(false), { "stage1/conv1": [1], "stage2/conv2": [0, 4], dense1: range(0, 7), dense2: [3] }],
    ["a VGG with batch norms", () => vgg(true), { "stage1/conv2": [5, 1], "stage2/conv2": [2], dense2: [0, 8] }],
    ["basic blocks", () => resnet("basic"), { "stage1/block1/conv1": [0, 3], "stage2/block1/conv1": [5] }],
    ["bottlenecks", () => resnet("bottleneck"), { "stage1/block2/conv1": [1], "stage2/block1/conv2": [0, 5, 2] }],
    ["tfjs' norms, separable and depthwise convolutions", withTfNorms, { a: [0, 4], b: [1, 2], c: [6] }],
    ["activations that are not 0 at 0", withSigmoids, { a: [0, 4], b: [1, 2], c: [6, 0] }],
    ["units side by side", branched, { left: [0, 2], right: [1] }],
    [
      "both sides of an addition, and what feeds them",
      () => resnet("basic"),
      Object.fromEntries(["stem/conv", "stage1/block1/conv2", "stage1/block2/conv2"].map((name) => [name, [2]])),
    ],
    [
      "a transformer's tokenizer and hidden neurons",
      () => models.createModel("cct_2_3x2_32", { ...small, embedDim: 8, numHeads: 2, mlpRatio: 1 }),
      { "tokenizer/conv1": range(8, 64), "block1/dense1": [0, 5] },
    ],
  ])("%s: the smaller network gives what the masked one gives", (_, make, units) => {
    const model = shake(make());
    const before = outputsOf(model);
    const [masked, pruned] = [analysis.maskUnits(model, units), analysis.prune(model, units)];
    const expected = outputsOf(masked);
    expect(difference(expected, outputsOf(pruned))).toBeLessThan(ROUNDING);
    expect(difference(before, expected)).toBeGreaterThan(ROUNDING); // the units matter
    expect(outputsOf(model)).toEqual(before); // and the model is as it was
    expect(pruned.countParams()).toBeLessThan(model.countParams());
    expect(pruned.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name));
    expect(pruned.getClassName()).toBe(model.getClassName());
  });

  it.each<[string, () => tf.LayersModel, analysis.UnitsByLayer, string]>([
    ["the classes", study6, { head: [1] }, "units of head must be free to go, got itself, whose units are what the"],
    ["an addition", () => resnet("basic"), { "stage1/block1/conv2": [0] }, "units of stage1/block1/conv2 must be"],
    ["other units on its sides", () => resnet("basic"), { "stem/conv": [1], "stage1/block1/conv2": [0] }, "other ones"],
    ["attention", () => models.createModel("cnn_self_attention"), { conv1: [0] }, "attention1 (SpatialSelfAttention)"],
    ["a sequence of tokens", () => models.createModel("small_vit"), { embed: [0] }, "(ClassToken), which takes all"],
    ["a sigmoid before padding", sigmoidThenPadding, { a: [0] }, "a masked unit is 0.5 behind its activation, and 0"],
    ["a layer that is not there", study6, { conv3: [0] }, "got conv3; did you mean conv"],
    ["a layer without units", study6, { flatten: [0] }, "flatten, of class Flatten"],
    ["a unit that is not there", study6, { conv1: [8] }, 'units["conv1"] must be from 0 to 7, got 8'],
    ["a unit twice", study6, { conv1: [1, 1] }, 'units["conv1"] must be each unit once, got 1 again'],
    ["every unit", study6, { conv1: range(0, 8) }, 'units["conv1"] must leave one unit or more, got all 8'],
  ])("refuses %s by its name, with the reason", (_, make, units, message) => {
    const model = make();
    const before = tf.memory().numTensors;
    expect(() => analysis.prune(model, units)).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("keeps a model within the model, and refuses units that go into it", () => {
    const backbone = (): tf.LayersModel =>
      tf.sequential({ name: "backbone", layers: [new layers.Linear({ name: "inner", units: 4, inputShape: [5] })] });
    const model = own((add) => {
      add(backbone());
      add(tf.layers.dense({ name: "a", units: 3 }));
      add(tf.layers.dense({ name: "b", units: 2 }));
    });
    const pruned = analysis.prune(model, { a: [1] });
    expect(difference(outputsOf(analysis.maskUnits(model, { a: [1] })), outputsOf(pruned))).toBeLessThan(ROUNDING);
    expect(pruned.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name));
    const before = own((add) => {
      add(tf.layers.dense({ name: "a", units: 5, inputShape: [3] }));
      add(backbone());
    });
    expect(() => analysis.prune(before, { a: [1] })).toThrow(
      "got backbone (Sequential), which takes all units together",
    );
  });

  it("refuses a layer of one's own that is not the same without its arguments, by its name", () => {
    class Times extends tf.layers.Layer {
      static readonly className = "Times";
      readonly factor: number;
      constructor(args: { readonly factor?: number } = {}) {
        super({});
        this.factor = args.factor ?? 1;
      }
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.mul([inputs].flat()[0]!, this.factor);
      }
      override computeOutputShape(shape: tf.Shape | tf.Shape[]): tf.Shape {
        return shape as tf.Shape;
      }
    }
    const withTimes = (factor?: number): tf.LayersModel =>
      own((add) => {
        add(tf.layers.dense({ name: "a", units: 3, inputShape: [3] }));
        add(tf.layers.dense({ name: "b", units: 3 }));
        add(new Times(factor === undefined ? {} : { factor }));
      });
    const [plain, other] = [withTimes(), withTimes(2)];
    const before = tf.memory().numTensors;
    expect(() => analysis.prune(other, { a: [0] })).toThrow(/getConfig, got .*\(Times\), whose factor is 1 in a copy/);
    expect(tf.memory().numTensors).toBe(before);
    const units = { a: [0] };
    const [pruned, masked] = [analysis.prune(plain, units), analysis.maskUnits(plain, units)];
    expect(difference(outputsOf(pruned), outputsOf(masked))).toBeLessThan(ROUNDING); // sums in another order
  });

  it("leaves one model's tensors behind, and none when that is disposed of", () => {
    const model = study6();
    const before = tf.memory().numTensors;
    for (const make of [analysis.prune, analysis.maskUnits]) {
      const made = make(model, STUDY6);
      expect(tf.memory().numTensors).toBe(before + made.weights.length);
      made.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it("of nothing is a copy with weights of its own, frozen layers frozen", () => {
    const model = vgg(true);
    models.freeze(model, "stage1/*");
    const copy = analysis.prune(model, {});
    expect(outputsOf(copy)).toEqual(outputsOf(model));
    expect(models.frozenWeights(copy)).toEqual(models.frozenWeights(model));
    shake(copy, 2);
    expect(outputsOf(copy)).not.toEqual(outputsOf(model));
  });

  it("counts by study 6's formula, and notes how createModel makes the smaller one", async () => {
    const pruned = analysis.prune(shake(study6()), STUDY6);
    // 676·9·M1 + 576·9·M1·M2 + 576·M2·F1 + 10·F1 multiply-adds at M1, M2, F1 = 1, 24, 6
    expect(analysis.countMacs(pruned).total).toBe(676 * 9 + 576 * 9 * 24 + 576 * 24 * 6 + 60);
    const path = join(mkdtempSync(join(tmpdir(), "saccade-prune-")), "pruned.safetensors");
    await models.saveWeights(pruned, path);
    const again = models.createModel("fashion_cnn", { filters: [1, 24], hidden: [6], initializer: "xavier_uniform" });
    await models.loadWeights(again, path);
    expect(outputsOf(again)).toEqual(outputsOf(pruned));
    const noted = pruned.getUserDefinedMetadata() as { saccadeModel: { config: object } };
    expect(noted.saccadeModel.config).toMatchObject({ filters: [1, 24], hidden: [6] });
    expect(analysis.prune(resnet("basic"), { "stage1/block1/conv1": [0] }).getUserDefinedMetadata()).toBeUndefined();
  });

  it("saves and loads as tfjs' LayersModel", async () => {
    const pruned = analysis.prune(shake(resnet("bottleneck")), { "stage1/block2/conv1": [1] });
    const { modelTopology, weightSpecs, weightData } = await artifactsOf(pruned);
    const loaded = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData } as never));
    expect(outputsOf(loaded)).toEqual(outputsOf(pruned));
  });
});

describe("cloneModel()", () => {
  it("gives fresh weights by its seed, as createModel starts the smaller network", () => {
    const make = (filters: number[], hidden: number[]): tf.LayersModel =>
      models.createModel("fashion_cnn", { filters, hidden, initializer: "torch_default" });
    const pruned = analysis.prune(make([8, 6], [20]), { conv1: range(1, 8), conv2: [3], dense1: range(6, 20) });
    const [clone, same, other] = [1, 1, 2].map((seed) => analysis.cloneModel(pruned, { seed }));
    expect(outputsOf(clone!)).toEqual(outputsOf(same!));
    expect(outputsOf(clone!)).not.toEqual(outputsOf(other!));
    expect(outputsOf(clone!)).not.toEqual(outputsOf(pruned));
    // PyTorch's bounds, 1 / √fanIn, are those of the small kernels
    for (const [layer, fanIn] of [
      ["conv1", 9],
      ["conv2", 9],
      ["dense1", 576 * 5],
      ["head", 6],
    ] as const) {
      const config = clone!.getLayer(layer).getConfig() as Record<string, { config: { maxval: number } }>;
      expect([config["kernelInitializer"]!.config.maxval, config["biasInitializer"]!.config.maxval]).toEqual([
        1 / Math.sqrt(fanIn),
        1 / Math.sqrt(fanIn),
      ]);
    }
  });
});

describe("training goes on", () => {
  const set = datasets.generated({ trainImages: 40, testImages: 10, imageShape: [28, 28, 1] }).train;
  const once = {
    epochs: 1,
    batchSize: 20,
    learningRate: 0.05,
    optimizer: { name: "sgd", momentum: 0.9 },
    progress: train.silentProgress,
  } as const;

  it("of the smaller network as of the masked one, in which the masked stays 0", async () => {
    const model = study6();
    const masked = analysis.maskUnits(model, STUDY6);
    const pruned = analysis.prune(model, STUDY6);
    const start = outputsOf(pruned);
    for (const each of [masked, pruned]) await train.fit(each, set, once);
    expect(difference(outputsOf(masked), outputsOf(pruned))).toBeLessThan(1e-3); // two steps, each rounded on its own
    expect(difference(start, outputsOf(pruned))).toBeGreaterThan(1e-2);
    const bias = masked.getLayer("conv1").getWeights()[1]!.dataSync();
    expect([...bias].map((value) => value === 0)).toEqual(range(0, 8).map((unit) => STUDY6.conv1.includes(unit)));
  });
});

it("layers of a model within are listed with the reason why they stay, and refused by it", () => {
  const encoder = tf.sequential({
    name: "encoder",
    layers: [tf.layers.conv2d({ name: "a", filters: 4, kernelSize: 3, inputShape: [6, 6, 1] }), tf.layers.flatten()],
  });
  const model = tf.sequential({ layers: [encoder, tf.layers.dense({ name: "head", units: 2 })] });
  const found = analysis.prunableLayers(model);
  expect(found.map(({ layer, units }) => [layer, units])).toEqual([
    ["head", 2],
    ["encoder/a", 4],
  ]);
  expect(found[1]!.reason).toBe("encoder, a model within, which stays as it is: prune it by itself");
  for (const name of ["a", "encoder/a"])
    expect(() => analysis.prune(model, { [name]: [0] })).toThrow(
      `prune: a layer must be the model's own, got ${name}, which is in the model encoder`,
    );
  model.dispose();
});
