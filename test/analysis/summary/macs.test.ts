import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { countMacs } from "../../../lib/analysis/index.js";
import { ready, tf } from "../../../lib/backend/index.js";
import { createModel, outline, type ModelName } from "../../../lib/models/index.js";

beforeAll(ready);
afterEach(() => tf.disposeVariables());

describe("countMacs()", () => {
  it.each<[ModelName, object, number]>([
    // Kernel size × inputs × outputs × pixels, by hand: 32²·27·16 + 32²·144·32 + 16²·288·64 + 8²·576·128 + 2048·10.
    ["mynet", {}, 14_618_624],
    ["cnn7", {}, 1024 * 27 * 64 + 256 * 576 * 256 + 64 * 2304 * 512 + 8192 * 10],
    // Two 3×3 convolutions without padding: 26² and 24² places.
    ["fashion_cnn", {}, 676 * 9 * 16 + 576 * 144 * 16 + 9216 * 100 + 100 * 10],
  ])("%s as counted by hand", (name, overrides, expected) => {
    expect(countMacs(createModel(name, overrides)).total).toBe(expected);
  });

  // Published counts leave attention's products of activations out; what else they add (norms, biases) is a thousandth.
  it.each<[ModelName, number]>([
    ["cct_6_3x1_32", 0.813e9],
    ["cct_6_3x2_32", 0.241e9],
  ])("%s has the published %f multiply-adds with weights, to a thousandth", (name, published) => {
    expect(Math.abs(countMacs(createModel(name)).weights / published - 1)).toBeLessThan(1e-3);
  });

  // What torchvision 0.28 writes beside its weights, in billions; it gives three digits after the point.
  it.each<[ModelName, number]>([
    ["alexnet", 0.714],
    ["vgg16", 15.47],
    ["vgg16_bn", 15.47],
    ["resnet18", 1.814],
    ["resnet34", 3.664],
    ["resnet50", 4.089],
    ["vit_b_16", 17.564],
    ["vit_b_32", 4.409],
  ])("%s has the %f billion multiply-adds at 1,000 classes that torchvision says", (name, published) => {
    expect(Math.abs(outline(name, {}, (model) => countMacs(model).total) / 1e9 - published)).toBeLessThan(6e-4);
  });

  it("adds attention's products: 2·N²·D a block", () => {
    const { total, weights } = countMacs(createModel("cct_6_3x1_32"));
    expect(total - weights).toBe(6 * 2 * 256 ** 2 * 256 + 256 * 256); // and the pooling's
  });

  it("study 3's CNN: convolutions and projections by hand", () => {
    const { weights, total } = countMacs(createModel("cnn_self_attention"));
    const widths = [3, 32, 64, 128, 256, 128];
    const convolutions = widths.slice(1).reduce((sum, width, i) => sum + 1024 * 9 * widths[i]! * width, 0);
    const projections = widths.slice(1).reduce((sum, width) => sum + 1024 * 4 * width * (width / 8), 0);
    expect(weights).toBe(convolutions + projections + 1280);
    expect(total - weights).toBe(2 * 1024 * 256 * (4 + 8 + 16 + 32 + 16));
  });

  it("names every layer, and what each costs", () => {
    const { layers } = countMacs(createModel("mynet"));
    expect(layers.filter((layer) => layer.weights > 0).map(({ name }) => name)).toEqual([
      "conv1",
      "conv2",
      "conv3",
      "conv4",
      "head",
    ]);
    expect(layers.find(({ name }) => name === "conv1")!.weights).toBe(442_368);
  });

  it("refuses a layer with a kernel that it does not know", () => {
    const model = tf.sequential({ layers: [tf.layers.lstm({ inputShape: [4, 2], units: 2 })] });
    expect(() => countMacs(model)).toThrow(/^countMacs: the layer .* must be one of Conv1D, .* got LSTM$/);
  });

  it("refuses an image of unknown size", () => {
    const model = tf.sequential({
      layers: [tf.layers.conv2d({ inputShape: [null, null, 2], filters: 2, kernelSize: 2, name: "first" })],
    });
    expect(() => countMacs(model)).toThrow("countMacs: the shape at first must be known, got [?, ?, 2]");
  });
});
