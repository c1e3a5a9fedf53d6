import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { createModel } from "../../lib/models/index.js";

const small = {
  cnn_self_attention: { inputShape: [8, 8, 3], numClasses: 4, filters: [8, 16] },
  small_vit: { inputShape: [8, 8, 3], numClasses: 4, embedDim: 8, depth: 2, numHeads: 2, hiddenDim: 16 },
  cct_6_3x2_32: { inputShape: [8, 8, 3], numClasses: 4, embedDim: 8, depth: 2, convFilters: 4 },
  cvt_6_4_32: { inputShape: [8, 8, 3], numClasses: 4, embedDim: 8, depth: 2, positionalEmbedding: "sine" },
  vit_base_patch16_224: {
    inputShape: [8, 8, 3],
    numClasses: 4,
    patchSize: 4,
    embedDim: 8,
    depth: 2,
    numHeads: 2,
    dropRate: 0.1,
    attnDropRate: 0.1,
    dropPathRate: 0.1,
  },
  vgg16_bn_dropout_first: { inputShape: [8, 8, 3], numClasses: 4, stages: [[4], [8, 8]], hidden: [6] },
  resnet50: { inputShape: [8, 8, 3], numClasses: 4, blocks: [1, 1], filters: [2, 4] },
  alexnet: {
    inputShape: [8, 8, 3],
    numClasses: 4,
    filters: [2, 4, 4, 4, 2],
    imagePadding: 30,
    hidden: [6],
  },
  myvit: { inputShape: [8, 8, 3], numClasses: 4, embedDim: 8, depth: 2, numHeads: 2, softmax: true },
  fashion_cnn: { inputShape: [8, 8, 3], numClasses: 4, filters: [2, 3], kernelSize: [5, 3], hidden: [6] },
  vit_lite_6_4_32: { inputShape: [8, 8, 3], numClasses: 4, embedDim: 8, depth: 2 },
} as const;
const names = Object.keys(small) as (keyof typeof small)[];
const make = (name: keyof typeof small, seed = 0) => createModel(name, { ...small[name], seed } as object);
const logits = (model: tf.LayersModel) =>
  tf.tidy(() => (model.predict(tf.randomNormal([2, 8, 8, 3], 0, 1, "float32", 5)) as tf.Tensor).dataSync());

beforeAll(ready);
afterEach(() => tf.disposeVariables());

describe.each(names)("%s", (name) => {
  it("gives one logit per class", () => {
    expect(make(name).outputs[0]!.shape).toEqual([null, 4]);
  });

  it("takes the weights of another that was built in the same process", () => {
    const [first, second] = [make(name, 1), make(name, 2)];
    expect(logits(second)).not.toEqual(logits(first));
    second.loadWeights(Object.fromEntries(first.weights.map((weight) => [weight.originalName, weight.read()])));
    expect(logits(second)).toEqual(logits(first));
  });

  it("gives the same logits after a save to files and a load, slashes in the names and all", async () => {
    const folder = mkdtempSync(join(tmpdir(), "saccade-model-"));
    try {
      const model = make(name);
      await model.save(`file://${folder}`);
      const loaded = await tf.loadLayersModel(`file://${folder}/model.json`);
      expect(loaded.weights.map((weight) => weight.originalName)).toEqual(
        model.weights.map((weight) => weight.originalName),
      );
      expect(logits(loaded)).toEqual(logits(model));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("leaves no tensor behind when it is disposed of", () => {
    const before = tf.memory().numTensors;
    const model = make(name);
    logits(model);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("bad configs", () => {
  it.each([
    [
      "small_vit",
      { embedDim: 100, numHeads: 3 },
      "createModel: embedDim must be divisible by numHeads, got embedDim=100, numHeads=3",
    ],
    ["small_vit", { patchSize: 5 }, "createModel: height must be divisible by patchSize, got height=32, patchSize=5"],
    ["small_vit", { depth: 0 }, "createModel: depth must be a whole number above 0, got depth=0"],
    [
      "small_vit",
      { patchForm: "squares" },
      "createModel: patchForm must be one of patches, image-rows, got patchForm='squares'",
    ],
    ["small_vit", { seed: 0.5 }, "createModel: seed must be a whole number, got seed=0.5"],
    [
      "small_vit",
      { inputShape: [32, 32] },
      "createModel: inputShape must be [H, W, C], whole numbers above 0, got inputShape=[ 32, 32 ]",
    ],
    [
      "small_vit",
      { inputShape: [3, 32, 32] },
      "createModel: height must be divisible by patchSize, got height=3, patchSize=4; inputShape is [H, W, C], " +
        "got [3, 32, 32]; did you mean [32, 32, 3]?",
    ],
    ["vit_b16", { patchSize: 15 }, "createModel: height must be divisible by patchSize, got height=224, patchSize=15"],
    [
      "vit_b16",
      { dropPathRate: 1 },
      "createModel: dropPathRate must be a number from 0 to below 1, got dropPathRate=1",
    ],
    [
      "vit_b16",
      { activation: "swish" },
      "createModel: activation must be one of gelu, relu, tanh, got activation='swish'",
    ],
    ["vit_b16", { normEpsilon: 0 }, "createModel: normEpsilon must be a number above 0, got normEpsilon=0"],
    [
      "small_vit",
      { inputShape: ["32", 32, 3] },
      "createModel: inputShape must be [H, W, C], whole numbers above 0, got inputShape=[ '32', 32, 3 ]",
    ],
    ["vit_b16", { dropRate: "0.1" }, "createModel: dropRate must be a number from 0 to below 1, got dropRate='0.1'"],
    [
      "vgg16_dropout_first",
      { inputShape: [31, 64, 3] },
      "createModel: the image must be at least 32×32 for 5 stages, got 31×64",
    ],
    [
      "vgg16_dropout_first",
      { stages: [[64], []] },
      "createModel: stages must be lists of at least one width, got [[64],[]]",
    ],
    [
      "vgg16_dropout_first",
      { dropRate: 1 },
      "createModel: dropRate must be a number from 0 to below 1, got dropRate=1",
    ],
    ["alexnet_lrn", { inputShape: [64, 227, 3] }, "createModel: the image must be at least 67×67, got 64×227"],
    [
      "alexnet_lrn",
      { filters: [1, 2] },
      "createModel: filters must be an array of 5, each item a whole number above 0, got filters=[ 1, 2 ]",
    ],
    [
      "alexnet",
      { pooledSize: 0 },
      "createModel: pooledSize must be a whole number above 0, or null for none, got pooledSize=0",
    ],
    ["resnet34_bias", { block: "wide" }, "createModel: block must be one of basic, bottleneck, got block='wide'"],
    [
      "resnet34_bias",
      { blocks: [3, 4] },
      "createModel: blocks and filters must be lists of one length, got [3,4], [64,128,256,512]",
    ],
    [
      "fashion_cnn",
      { kernelSize: [3] },
      "createModel: kernelSize must be one number or one for each of filters, got [3]",
    ],
    [
      "fashion_cnn",
      { kernelSize: [3, 27] },
      "createModel: nothing is left of 28×28 after conv2; take a larger image or fewer layers",
    ],
    [
      "fashion_cnn",
      { hidden: 50 },
      "createModel: hidden must be an array, each item a whole number above 0, got hidden=50",
    ],
    [
      "fashion_cnn",
      { poolAfter: [0.5] },
      "createModel: poolAfter[0] must be a whole number above 0, got poolAfter[0]=0.5",
    ],
    ["vgg16_dropout_first", { hidden: [0] }, "createModel: hidden[0] must be a whole number above 0, got hidden[0]=0"],
    [
      "fashion_cnn",
      { initializer: "best" },
      /^createModel: initializer must be one of xavier_uniform, .*, got initializer='best'$/,
    ],
    [
      "cct_6_3x1_32",
      { attnDropRate: -0.5 },
      "createModel: attnDropRate must be a number from 0 to below 1, got attnDropRate=-0.5",
    ],
    ["cct_6_3x1_32", { kernelSize: 4 }, "createModel: kernelSize must be odd for convolutions, got kernelSize=4"],
    [
      "cvt_6_4_32",
      { positionalEmbedding: "cosine" },
      /^createModel: positionalEmbedding must be one of learnable, sine, or null for none, got .*did you mean sine\?$/,
    ],
    [
      "cnn_self_attention",
      { filters: [12] },
      "createModel: filters must be divisible by reduction, got filters=12, reduction=8",
    ],
    [
      "cnn_self_attention",
      { filters: [8, 8], attention: [true] },
      "createModel: attention must be one for all convolutions or one for each, got 1 for 2",
    ],
    ["cnn_self_attention", { filters: [] }, "createModel: filters must name at least one convolution, got []"],
    ["cct_6_3x1_32", { mlpRatio: NaN }, "createModel: mlpRatio must be a number above 0, got mlpRatio=NaN"],
  ] as const)("%s refuses %o before any tensor is made", (name, overrides, message) => {
    const before = tf.memory().numTensors;
    const make = () => createModel(name, overrides as object);
    expect(make).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});

it("a value out of range is a RangeError", () => {
  expect(() => createModel("vit_b16", { dropRate: 1 })).toThrow(RangeError);
});

it("a ratio that is no number is a TypeError", () => {
  expect(() => createModel("vit_b16", { mlpRatio: "4" } as object)).toThrow(
    new TypeError("createModel: mlpRatio must be a number above 0, got mlpRatio='4'"),
  );
});

describe("small_vit", () => {
  const weightsOf = (model: tf.LayersModel) =>
    Object.fromEntries(model.weights.map((weight) => [weight.originalName, weight.read().dataSync()]));
  const deviation = (values: ArrayLike<number>) =>
    Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0) / values.length);

  it("starts its positional embedding from N(0, 1) and the rest from PyTorch's uniform", () => {
    const weights = weightsOf(createModel("small_vit", { seed: 4 }));
    // five standard errors
    expect(Math.abs(deviation(weights["position/embedding"]!) - 1)).toBeLessThan(5 / Math.sqrt(2 * 65 * 64));
    const kernel = weights["block1/attention/qkv_kernel"]!;
    expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(1 / 8); // 1 / √64
    expect(Math.abs(deviation(kernel) * 8 * Math.sqrt(3) - 1)).toBeLessThan(0.02);
    expect([...weights["block1/norm1/gamma"]!].every((value) => value === 1)).toBe(true);
  });

  it("gives every weight a seed of its own", () => {
    const weights = weightsOf(createModel("small_vit"));
    expect(weights["block2/dense1/kernel"]).not.toEqual(weights["block1/dense1/kernel"]);
  });

  it("reads the same pixels in another order in its two patch forms", () => {
    const [rows, patches] = (["image-rows", "patches"] as const).map((patchForm) => make0(patchForm));
    expect(patches!.getLayer("patches").outputShape).toEqual(rows!.getLayer("patches").outputShape);
    patches!.loadWeights(Object.fromEntries(rows!.weights.map((weight) => [weight.originalName, weight.read()])));
    expect(logits(patches!)).not.toEqual(logits(rows!));
  });
  const make0 = (patchForm: "image-rows" | "patches") => createModel("small_vit", { ...small.small_vit, patchForm });
});
