import { describe, expect, it } from "vitest";
import { backendInfo, compile, tf } from "../../lib/backend/index.js";
import { createModel } from "../../lib/models/index.js";
import { backward, bestParts } from "../../lib/train/backward.js";
import { lossOf } from "../../lib/train/loss.js";

const SMALL = { inputShape: [8, 8, 3], numClasses: 3, embedDim: 8, depth: 1, numHeads: 2, hiddenDim: 16 } as const;

/** Loss, number right and all gradients of a compiled pass. */
async function passOf(
  parts: number,
  { soft = false, images = 7 } = {},
): Promise<{ loss: number; correct: number; gradients: number[] }> {
  const model = createModel("small_vit", { ...SMALL, seed: 1 });
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const x = tf.randomNormal([images, 8, 8, 3], 0, 1, "float32", 5);
  const labels = tf.randomUniform([images], 0, 3, "int32", 6);
  const targets = soft ? tf.softmax(tf.randomNormal([images, 3], 0, 1, "float32", 7) as tf.Tensor2D) : labels;
  const pass = compile((images: tf.Tensor, labels: tf.Tensor, targets: tf.Tensor) => {
    const smoothed = lossOf("crossEntropy", { labelSmoothing: 0.1, classWeights: null });
    const { loss, correct, gradients } = backward(model, variables, { images, labels, targets }, smoothed, parts);
    return [loss, correct, ...gradients];
  });
  const before = tf.memory().numTensors;
  const [loss, correct, ...gradients] = await pass(x, labels, targets);
  expect(tf.memory().numTensors).toBe(before + 2 + gradients.length);
  const found = {
    loss: loss!.dataSync()[0]!,
    correct: correct!.dataSync()[0]!,
    gradients: gradients.flatMap((gradient) => [...gradient.dataSync()]),
  };
  tf.dispose([loss!, correct!, ...gradients, x, labels, targets]);
  pass.dispose();
  model.dispose();
  return found;
}

describe("backward()", () => {
  it.each([
    [2, {}],
    [3, {}],
    [2, { soft: true }],
    [9, { images: 4 }],
  ])("of %i parts gives the whole batch's loss, number right and gradients, %o", async (parts, options) => {
    const [whole, split] = [await passOf(1, options), await passOf(parts, options)];
    expect(split.loss).toBeCloseTo(whole.loss, 5);
    expect(split.correct).toBe(whole.correct);
    expect(split.gradients.length).toBe(whole.gradients.length);
    const length = Math.hypot(...whole.gradients);
    // sums of another order
    expect(Math.hypot(...split.gradients.map((value, i) => value - whole.gradients[i]!)) / length).toBeLessThan(1e-5);
    expect(length).toBeGreaterThan(0.1);
  });
});

describe("bestParts()", () => {
  const of = (name: Parameters<typeof createModel>[0], config: object, loss = {}) => {
    const model = createModel(name, config);
    const parts = bestParts(model, loss);
    model.dispose();
    return parts;
  };
  const onCpu = backendInfo().title.endsWith("on CPU") ? 2 : 1;

  it("is two for a network whose images do not meet", () => expect(of("small_vit", SMALL)).toBe(onCpu));
  it("is one with a batch norm, and with one inside of a model inside", () => {
    expect(of("resnet18_bias", { inputShape: [32, 32, 3] })).toBe(1);
    const inner = tf.sequential({
      layers: [tf.layers.dense({ units: 2, inputShape: [4] }), tf.layers.batchNormalization()],
    });
    const outer = tf.sequential({ layers: [inner] });
    expect(bestParts(outer, {})).toBe(1);
    outer.dispose();
  });
  it("is two with class weights, which a step scales by the whole batch's", () =>
    expect(of("small_vit", SMALL, { classWeights: [1, 2, 1] })).toBe(onCpu));
  it("is one for a loss of one's own, which need not be a mean over images", () =>
    expect(of("small_vit", SMALL, { loss: { name: "focal", sha256: "" } })).toBe(1));
  it("is one for a network whose gradients are large", () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 4000, inputShape: [3000], kernelInitializer: "zeros" })],
    });
    expect(bestParts(model, {})).toBe(1);
    model.dispose();
  });
});
