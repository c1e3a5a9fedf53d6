/** CNN2 to CNN5, of which the source gives times and no layers. */
import { beforeAll, describe, expect, it } from "vitest";
import { countMacs } from "../../lib/analysis/index.js";
import { ready, tf } from "../../lib/backend/index.js";
import { createModel, outline, plainCnn, vgg, type ModelName } from "../../lib/models/index.js";

/** Multiply-adds an image, counted by hand: convolutions first, dense layers last. */
const MACS = {
  cnn2: 27 * 32 * 1024 + 288 * 64 * 256 + 576 * 128 * 64 + 2048 * 10,
  cnn3: 27 * 16 * 1024 + 144 * 32 * 1024 + 288 * 64 * 256 + 4096 * 10,
  cnn4: 27 * 32 * 1024 + 288 * 64 * 1024 + 576 * 128 * 256 + 1152 * 256 * 64 + 4096 * 10,
  cnn5: 27 * 32 * 1024 + 288 * 64 * 1024 + 576 * 128 * 256 + 1152 * 256 * 64 + 4096 * 128 + 128 * 10,
} as const;

/** "DLOps Assignment 3: Transformers and Optimization", question 2: Kernel of a step on a Tesla T4, µs. */
const KERNEL_US = { cnn2: 18_395, cnn3: 17_518, cnn4: 103_958, cnn5: 105_163 } as const;
const NAMES = Object.keys(MACS) as (keyof typeof MACS)[];

describe("the source's networks without layers", () => {
  it.each(NAMES)("%s has as many multiply-adds as counted by hand", (name) => {
    expect(outline(name as ModelName, {}, (model) => countMacs(model).total)).toBe(MACS[name]);
  });

  // less than the 4.8 % by which cnn3 lies below cnn2 in the source
  it.each(NAMES)("%s stands to cnn2 as its kernel time does, to 3 %%", (name) => {
    const ratio = MACS[name] / MACS.cnn2 / (KERNEL_US[name] / KERNEL_US.cnn2);
    expect(Math.abs(Math.log(ratio))).toBeLessThan(Math.log(1.03));
  });
});

describe("plainCnn() with batch norm", () => {
  beforeAll(ready);
  const image = { inputShape: [8, 8, 3], numClasses: 3, seed: 4 } as const;

  it("is vgg's network of the same stages, which is held to PyTorch's: same weights, same logits", () => {
    const own = plainCnn({ ...image, filters: [4, 6, 8], poolAfter: [1, 3], batchNorm: true });
    const theirs = vgg({
      ...image,
      stages: [[4], [6, 8]],
      batchNorm: true,
      pooledSize: null,
      hidden: [],
      dropRate: 0,
      weightInit: "torch",
    });
    const shapes = (model: tf.LayersModel) => model.weights.map(({ shape }) => shape);
    expect(shapes(own)).toEqual(shapes(theirs));
    theirs.setWeights(own.getWeights());
    const images = tf.randomNormal([4, 8, 8, 3], 0, 1, "float32", 5);
    for (const training of [false, true]) {
      const logits = [own, theirs].map((model) => [...(model.apply(images, { training }) as tf.Tensor).dataSync()]);
      expect(logits[0]).toEqual(logits[1]);
    }
  });

  it("adds a scale, a shift, a mean and a variance for each channel, and no bias less", () => {
    const [plain, normed] = [false, true].map((batchNorm) => createModel("mynet", { batchNorm }));
    expect(normed!.countParams() - plain!.countParams()).toBe(4 * (16 + 32 + 64 + 128));
    expect(normed!.layers.map(({ name }) => name).slice(1, 5)).toEqual(["conv1", "norm1", "conv1/relu", "conv2"]);
  });
});
