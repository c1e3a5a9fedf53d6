/** The timeline of the step that `fit` takes. */
import { beforeAll, describe, expect, it } from "vitest";
import { CATEGORIES, type StepProfile } from "../../lib/analysis/index.js";
import { ready, tf } from "../../lib/backend/index.js";
import { currentBinding } from "../../lib/backend/register.js";
import { createModel } from "../../lib/models/index.js";
import { profileStep } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

await ready();
const present = tf.getBackend() === "tensorflow";
if (!present) console.log("skipped: no TensorFlow library here");

const set = brightnessSet({ count: 44, classes: 3 });
const small = () =>
  createModel("mynet", { inputShape: [8, 8, 3], numClasses: 3, filters: [4, 4], poolAfter: [1, 2], seed: 1 });
const values = (model: tf.LayersModel) => model.getWeights().flatMap((weight) => [...weight.dataSync()]);
const options = { batchSize: 20, warmupSteps: 1, augment: { cropPadding: 1, horizontalFlip: true } } as const;

describe.runIf(present)("profileStep()", () => {
  let profiled: StepProfile;
  let weights: { before: number[]; after: number[] };
  let tensors: { before: number; after: number };
  let native: { before: number; after: number };

  beforeAll(async () => {
    const model = small();
    await profileStep(model, set, options); // gives TensorFlow the tensors that only JavaScript had
    const before = {
      weights: values(model),
      tensors: tf.memory().numTensors,
      native: currentBinding()!.getNumOfTensors(),
    };
    profiled = await profileStep(model, set, { ...options, steps: 4 }); // of 2 batches an epoch
    weights = { before: before.weights, after: values(model) };
    tensors = { before: before.tensors, after: tf.memory().numTensors };
    native = { before: before.native, after: currentBinding()!.getNumOfTensors() };
    model.dispose();
  });

  it("goes on in the next epoch where one has not enough batches", () => {
    expect(profiled.mean.steps).toBe(4);
  });

  it("trains nothing and leaves nothing behind", () => {
    expect(weights.after).toEqual(weights.before);
    expect(tensors.after).toBe(tensors.before);
    expect(native.after).toBe(native.before);
  });

  it("has the batch's making, the layers forward and backward, and the optimizer's update", () => {
    expect(profiled.mean.breakdown.DataLoader).toBeGreaterThan(0);
    const parts = CATEGORIES.reduce((sum, category) => sum + profiled.mean.breakdown[category], 0);
    expect(Math.abs(parts / profiled.mean.stepUs - 1)).toBeLessThan(1e-9);
    expect(profiled.ops.filter(({ op }) => op === "ResourceApplyAdam")).toHaveLength(6); // 3 kernels, 3 biases
    for (const pass of ["forward", "gradient"])
      expect(
        profiled.ops.some((op) => op.layer === "conv2" && op.pass === pass),
        pass,
      ).toBe(true);
  });

  it("profiles the optimizer and the size of batch that it is given", async () => {
    const model = small();
    const { ops } = await profileStep(model, set, { ...options, batchSize: 7, optimizer: "sgd", parallelParts: 1 });
    model.dispose();
    expect(ops.some(({ op }) => op === "ResourceApplyAdam")).toBe(false);
    const conv = ops.filter(({ op, layer, pass }) => /Conv2D/.test(op) && layer === "conv1" && pass === "forward");
    expect(conv.flatMap(({ outputs }) => outputs.map((output) => output?.shape[0]))).toContain(7);
  });
});

describe("profileStep() refuses", () => {
  const refused = async (given: object, message: string) => {
    const model = small();
    await expect(profileStep(model, set, given)).rejects.toThrow(message);
    model.dispose();
  };
  it("a batch that the set does not fill", () =>
    refused({ batchSize: 45 }, "profileStep: batchSize must be at most 44, the set's images, got 45"));
  it("no step", () => refused({ steps: 0 }, "profileStep: steps must be a whole number above 0, got steps=0"));
  it("another's name of an option", () => refused({ lr: 1 }, "learningRate"));
  it("a model with nothing to train", async () => {
    const model = small();
    for (const layer of model.layers) layer.trainable = false;
    await expect(profileStep(model, set, options)).rejects.toThrow(
      "profileStep: the model must have a weight to train, got none (frozen: all)",
    );
    model.dispose();
  });
});
