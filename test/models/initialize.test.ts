import { afterEach, describe, expect, it } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { createModel, initialize } from "../../lib/models/index.js";

afterEach(() => tf.disposeVariables());

const SIZES = { inputShape: [32, 32, 3], patchSize: 4, embedDim: 64, depth: 1, numHeads: 2, numClasses: 10 } as const;
const vit = (seed = 0) => createModel("vit_b_16", { ...SIZES, weightInit: "torch", seed });
const weightsOf = (model: tf.LayersModel) =>
  Object.fromEntries(model.weights.map((weight) => [weight.originalName, weight.read().dataSync() as Float32Array]));
const deviation = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

describe("initialize()", () => {
  it("draws every kernel by its own fans and sets its bias to 0; norms, tokens and positions stay", () => {
    const model = vit();
    const before = weightsOf(model);
    const drawn = initialize(model, "kaiming_normal", { nonlinearity: "relu", seed: 3 });
    expect(drawn).toEqual([
      ...["embed/kernel", "block1/attention/qkv_kernel", "block1/attention/out_kernel"],
      ...["block1/dense1/kernel", "block1/dense2/kernel", "head/kernel"],
    ]);
    const after = weightsOf(model);
    const fanIn: Record<string, number> = { "embed/kernel": 48, "block1/dense2/kernel": 256 };
    for (const name of drawn) {
      const std = Math.sqrt(2 / (fanIn[name] ?? 64));
      // five standard errors of a normal deviation
      expect(Math.abs(deviation(after[name]!) / std - 1)).toBeLessThan(5 / Math.sqrt(2 * after[name]!.length));
    }
    for (const [name, values] of Object.entries(after)) {
      if (name.endsWith("bias")) expect(deviation(values)).toBe(0);
      else if (!drawn.includes(name)) expect(values).toEqual(before[name]);
    }
  });

  it("draws the same from the same seed, another from another, and leaves no tensor", () => {
    const [a, b] = [vit(1), vit(2)];
    const tensors = tf.memory().numTensors;
    for (const [model, seed] of [[a, 5] as const, [b, 5] as const]) initialize(model, "xavier_uniform", { seed });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(weightsOf(a)["head/kernel"]).toEqual(weightsOf(b)["head/kernel"]);
    initialize(b, "xavier_uniform", { seed: 6 });
    expect(weightsOf(a)["head/kernel"]).not.toEqual(weightsOf(b)["head/kernel"]);
  });

  it("refuses what the initializer refuses, and a model without a kernel, before it draws", () => {
    const model = vit();
    const before = weightsOf(model);
    expect(() => initialize(model, "orthogonal", { mode: "fan_in" })).toThrow(/^initialize: .*got mode/);
    expect(() => initialize(model, "he" as never)).toThrow(/^initialize: name must be one of/);
    expect(weightsOf(model)).toEqual(before);
    const plain = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 2, 3] })] });
    expect(() => initialize(plain, "orthogonal")).toThrow("initialize: model must have a kernel, got none");
  });
});
