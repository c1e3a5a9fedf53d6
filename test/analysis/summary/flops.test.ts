import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { convolutionsAsGemm, countFlops, countMacs } from "../../../lib/analysis/index.js";
import { ready, tf } from "../../../lib/backend/index.js";
import { SequencePooling } from "../../../lib/layers/index.js";
import { createModel, outline } from "../../../lib/models/index.js";

beforeAll(ready);
afterEach(() => tf.disposeVariables());

/** Study 6's formula. */
const formula = (m1: number, m2: number, f1: number): number =>
  7436 * m1 + 576 * (9 * m1 + 2) * m2 + (576 * m2 * f1 + 2 * f1) + (10 * f1 + 10);

describe("countFlops()", () => {
  it.each([
    [16, 16, 100, 2_387_322],
    [8, 32, 50, 2_345_666],
    [1, 24, 6, 242_526],
    [1, 24, 10, 297_870],
  ])("by the pruning report's formula of (%i, %i, %i) is %i", (m1, m2, f1, expected) => {
    const count = outline("fashion_cnn", { filters: [m1, m2], hidden: [f1] }, (model) =>
      countFlops(model, "bias-and-activation"),
    );
    expect(formula(m1, m2, f1)).toBe(expected);
    expect(count).toBe(expected);
  });

  it("counts a product and its addition as one or as two", () => {
    const model = createModel("mynet");
    const { total } = countMacs(model);
    expect([countFlops(model, "multiply-adds"), countFlops(model, "operations")]).toEqual([total, 2 * total]);
  });

  it("counts biases and activation functions of a transformer and of a model inside, by hand", () => {
    const model = createModel("vit_b16", {
      inputShape: [8, 8, 3],
      patchSize: 4,
      embedDim: 8,
      depth: 1,
      numHeads: 2,
      numClasses: 3,
    });
    const [patches, tokens, size] = [4, 5, 8];
    const biases = patches * size + tokens * (3 * size + size + 4 * size + size) + 3;
    const expected = countMacs(model).total + biases + tokens * 4 * size; // GELU
    expect(countFlops(model, "bias-and-activation")).toBe(expected);
    const outer = tf.sequential({ layers: [model, tf.layers.dense({ units: 2, activation: "relu", useBias: false })] });
    expect(countFlops(outer, "bias-and-activation")).toBe(expected + 3 * 2 + 2);
  });

  it("counts the same for a convolution as GEMM, and a softmax at the end as nothing", () => {
    const { layers } = tf;
    const first = layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [6, 7, 2] });
    const rest = [layers.flatten(), layers.dense({ units: 3, activation: "softmax" })];
    const model = tf.sequential({ layers: [first, ...rest, layers.activation({ activation: "linear" })] });
    const expected = 20 * 4 * (9 * 2 + 1 + 1) + 80 * 3 + 3;
    const gemm = convolutionsAsGemm(model);
    expect([model, gemm].map((each) => countFlops(each, "bias-and-activation"))).toEqual([expected, expected]);
  });

  it("counts the biases of sequence pooling and of attention over pixels, by hand", () => {
    const model = createModel("cnn_self_attention", { filters: [8], inputShape: [4, 6, 3] });
    const biases = 24 * 8 + 24 * (3 + 8) + 10; // the convolution, theta, phi, g and the map back, the head
    expect(countFlops(model, "bias-and-activation")).toBe(countMacs(model).total + biases + 24 * 8); // ReLU
    const tokens = tf.sequential({ layers: [new SequencePooling({ inputShape: [5, 4] })] });
    expect(countFlops(tokens, "bias-and-activation")).toBe(countMacs(tokens).total + 5);
  });

  it("refuses another convention by the names of those that there are", () => {
    expect(() => countFlops(createModel("mynet"), "macs" as never)).toThrow(
      /^countFlops: convention must be one of multiply-adds, operations, bias-and-activation, got convention="?'?macs/,
    );
  });
});

describe("countMacs() of CCT-6/3x1, as the authors' program gives them to PyTorch's own counter", () => {
  it("is 0.8125 billion of convolutions and linear layers, 1.0138 billion with attention's products", () => {
    // By hooks on nn.Conv2d and nn.Linear; by FlopCounterMode, halved.
    expect(countMacs(createModel("cct_6_3x1_32"))).toMatchObject({ weights: 812_452_352, total: 1_013_844_480 });
  });
});
