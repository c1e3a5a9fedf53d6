import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../../lib/backend/index.js";
import { generated } from "../../../lib/datasets/index.js";
import { allWeights, createModel, freeze, frozenWeights, outline, unfreeze } from "../../../lib/models/index.js";
import { fit } from "../../../lib/train/index.js";
import { readSafetensors } from "../../../lib/safetensors/index.js";

const make = () =>
  createModel("resnet34_bias", { inputShape: [16, 16, 3], numClasses: 3, blocks: [1, 1], filters: [4, 8] });
const names = (weights: readonly tf.LayerVariable[]) => weights.map((weight) => weight.originalName);
const valuesOf = (model: tf.LayersModel) =>
  new Map(allWeights(model).map((weight) => [weight.originalName, [...weight.read().dataSync()]]));
const set = generated({ classes: 3, imageShape: [16, 16, 3], trainImages: 24, testImages: 6, seed: 1 }).train;
const recipe = {
  epochs: 1,
  batchSize: 12,
  seed: 1,
  progress: false,
  optimizer: { name: "adamw" as const, weightDecay: 0.1 },
};

beforeAll(ready);
afterEach(() => tf.disposeVariables());

describe("freeze", () => {
  it("takes a weight's name, a layer's, what begins it up to a slash, and stars", () => {
    const model = make();
    expect(freeze(model, "head/bias")).toEqual(["head/bias"]);
    expect(freeze(model, "stem")).toEqual([
      "stem/conv/kernel",
      "stem/conv/bias",
      "stem/norm/gamma",
      "stem/norm/beta",
      "stem/norm/moving_mean",
      "stem/norm/moving_variance",
    ]);
    expect(freeze(model, ["stage*/block1/norm2", "head"])).toHaveLength(2 * 4 + 2);
    expect(() => freeze(model, "stage")).toThrow('got "stage"');
  });
  it("refuses a pattern that names nothing, and changes nothing then", () => {
    const model = make();
    expect(() => freeze(model, ["head", "heads"])).toThrow(
      /^freeze: a pattern must name a weight of a layer of stem\/conv, .*, head, got "heads"; did you mean head\?$/,
    );
    expect(frozenWeights(model)).toEqual([]);
  });
  it.each([
    ["resnet18", "layer1*", "stage1"],
    ["resnet18", "layer1", "stage1"],
    ["resnet18", "conv1", "stem/conv"],
    ["resnet18", "fc", "head"],
    ["vit_tiny_patch16_224", "blocks.*", "block*"],
    ["vit_tiny_patch16_224", "blocks.0", "block1"],
  ])("tells for %s's %s our name", (name, theirs, ours) => {
    const hint = outline(name, {}, (model) => {
      try {
        return freeze(model, theirs);
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(String(hint).endsWith(`; here that is ${ours}`), String(hint)).toBe(true);
  });
  it("tells how to freeze all but the head", () => {
    const model = make();
    expect(() => freeze(model, "backbone")).toThrow('freeze(model, "*"), then unfreeze(model, "head")');
    freeze(model, "*");
    unfreeze(model, "head");
    expect(frozenWeights(model).filter((name) => name.startsWith("head"))).toEqual([]);
    expect(frozenWeights(model)).toHaveLength(allWeights(model).length - 2);
  });
  it("leaves the order of all weights as it is", () => {
    const model = make();
    const before = names(allWeights(model));
    expect(before).toEqual(names(model.weights));
    freeze(model, ["stage1", "stem/norm/gamma"]);
    expect(names(allWeights(model))).toEqual(before);
    expect(names(model.weights)).not.toEqual(before);
  });
});

describe("unfreeze", () => {
  it("undoes it, all or a part of a frozen layer", () => {
    const model = make();
    const all = names(model.trainableWeights);
    freeze(model, "*");
    expect(names(model.trainableWeights)).toEqual([]);
    unfreeze(model, "head/bias");
    expect(names(model.trainableWeights)).toEqual(["head/bias"]);
    unfreeze(model);
    expect([names(model.trainableWeights), frozenWeights(model)]).toEqual([all, []]);
  });
});

describe("fit with frozen weights", () => {
  it("changes the others alone: no decay, no moving statistics, no optimizer state", async () => {
    const folder = mkdtempSync(join(tmpdir(), "saccade-freeze-"));
    try {
      const model = make();
      const frozen = new Set(freeze(model, ["stem", "stage1", "stage2/block1/conv1/kernel"]));
      const before = valuesOf(model);
      await fit(model, set, { ...recipe, checkpoint: { folder } });
      for (const [name, values] of valuesOf(model)) {
        if (frozen.has(name)) expect(values, name).toEqual(before.get(name));
        else expect(values, name).not.toEqual(before.get(name));
      }
      const stored = [...(await readSafetensors(join(folder, "last.safetensors"))).tensors.keys()];
      expect(stored.filter((name) => name.startsWith("optimizer/firstMoment/"))).toHaveLength(
        model.trainableWeights.length,
      );
      expect(stored.filter((name) => name.startsWith("weight/"))).toHaveLength(before.size);
      unfreeze(model);
      await expect(fit(model, set, { ...recipe, epochs: 2, checkpoint: { folder }, resume: true })).rejects.toThrow(
        /frozen \["stem\/conv\/kernel",.*\] there, \[\] here/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  it("takes a frozen batch norm as in evaluation, a trainable one with the batch's statistics", () => {
    const model = make();
    const images = tf.randomNormal([4, 16, 16, 3], 0, 1, "float32", 3);
    const logits = (training: boolean) => [...(model.apply(images, { training }) as tf.Tensor).dataSync()];
    expect(logits(true)).not.toEqual(logits(false));
    freeze(model, "*");
    expect(logits(true)).toEqual(logits(false));
  });
  it("refuses a pattern of a hundred stars that names nothing, at once", () => {
    expect(() => freeze(make(), `${"*".repeat(100)}?`)).toThrow(/^freeze: a pattern must name a weight of a layer of /);
  });
  it("refuses a model that is frozen whole", async () => {
    const model = make();
    freeze(model, "*");
    await expect(fit(model, set, recipe)).rejects.toThrow(
      new RangeError("fit: the model must have a weight to train, got none (frozen: all)"),
    );
  });
});
