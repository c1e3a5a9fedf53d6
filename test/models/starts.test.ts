/**
 * What the field's networks start from. Bounds and deviations are those of the rules in torchvision 0.28.0's and timm
 * 1.0.31's programs, which a network of each made there was seen to keep.
 */
import { afterEach, describe, expect, it } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { createModel } from "../../lib/models/index.js";

afterEach(() => tf.disposeVariables());

const SMALL = { inputShape: [32, 32, 3], patchSize: 4, embedDim: 64, depth: 1, numHeads: 2, numClasses: 100 } as const;
const weightsOf = (model: tf.LayersModel) =>
  Object.fromEntries(model.weights.map((weight) => [weight.originalName, weight.read().dataSync() as Float32Array]));
const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const deviation = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
/** Five standard errors of a normal deviation. */
const near = (values: Float32Array, std: number) =>
  expect(Math.abs(deviation(values) / std - 1)).toBeLessThan(5 / Math.sqrt(2 * values.length));
/** Even numbers up to a bound: none is beyond, and of 600 or more one is within its last fiftieth. */
const even = (values: Float32Array, bound: number) => {
  expect(largest(values)).toBeLessThanOrEqual(bound * (1 + 1e-6)); // float32
  expect(largest(values)).toBeGreaterThan(0.98 * bound);
};
const zero = (values: Float32Array) => expect(largest(values)).toBe(0);

describe("the first weights", () => {
  it("of torchvision's vision transformers: Xavier, a head of zeros", () => {
    const weights = weightsOf(createModel("vit_b_16", SMALL));
    near(weights["embed/kernel"]!, Math.sqrt(1 / 48));
    near(weights["position/embedding"]!, 0.02);
    near(weights["block1/dense1/bias"]!, 1e-6);
    even(weights["block1/attention/qkv_kernel"]!, Math.sqrt(6 / (64 + 192)));
    even(weights["block1/attention/out_kernel"]!, 1 / 8);
    even(weights["block1/dense1/kernel"]!, Math.sqrt(6 / (64 + 256)));
    for (const name of ["embed/bias", "class_token/token", "head/kernel", "head/bias"]) zero(weights[name]!);
    for (const name of ["qkv_bias", "out_bias"]) zero(weights[`block1/attention/${name}`]!);
  });

  it("of timm's: N(0, 0.02²), the patches' convolution PyTorch's", () => {
    const weights = weightsOf(createModel("vit_tiny_patch16_224", SMALL));
    even(weights["embed/kernel"]!, 1 / Math.sqrt(48));
    near(weights["class_token/token"]!, 1e-6);
    for (const name of ["position/embedding", "block1/attention/qkv_kernel", "block1/attention/out_kernel"])
      near(weights[name]!, 0.02);
    for (const name of ["block1/dense1/kernel", "block1/dense2/kernel", "head/kernel"]) near(weights[name]!, 0.02);
    for (const name of ["block1/dense1/bias", "block1/attention/qkv_bias", "head/bias"]) zero(weights[name]!);
  });

  it("of resnet18: He's by the fan-out, the head PyTorch's", () => {
    const weights = weightsOf(createModel("resnet18", { inputShape: [32, 32, 3], blocks: [1], filters: [16] }));
    near(weights["stem/conv/kernel"]!, Math.sqrt(2 / (16 * 49)));
    near(weights["stage1/block1/conv1/kernel"]!, Math.sqrt(2 / (16 * 9)));
    even(weights["head/kernel"]!, 1 / 4);
    even(weights["head/bias"]!, 1 / 4);
    expect(Object.keys(weights)).not.toContain("stem/conv/bias");
  });

  it("of vgg16: He's by the fan-out, dense layers N(0, 0.01²), biases 0", () => {
    const weights = weightsOf(
      createModel("vgg16", { inputShape: [8, 8, 3], stages: [[8]], hidden: [16], pooledSize: 2 }),
    );
    near(weights["stage1/conv1/kernel"]!, Math.sqrt(2 / (8 * 9)));
    near(weights["dense1/kernel"]!, 0.01);
    near(weights["head/kernel"]!, 0.01);
    for (const name of ["stage1/conv1", "dense1", "head"]) zero(weights[`${name}/bias`]!);
  });

  it("of alexnet: PyTorch's", () => {
    const config = { inputShape: [64, 64, 3], filters: [16, 4, 4, 4, 4], hidden: [16], pooledSize: 2 } as const;
    const weights = weightsOf(createModel("alexnet", config));
    even(weights["conv1/kernel"]!, 1 / Math.sqrt(3 * 121));
    even(weights["head/kernel"]!, 1 / 4);
    even(weights["head/bias"]!, 1 / 4);
  });
});
