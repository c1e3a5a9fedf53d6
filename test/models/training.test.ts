import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { compile, ready, tf } from "../../lib/backend/index.js";
import { createModel, type ModelName } from "../../lib/models/index.js";
import { evaluate, fit, softmaxCrossEntropy } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

beforeAll(ready);
let model: tf.LayersModel | undefined;
afterEach(() => model?.dispose());

const image = { inputShape: [8, 8, 3], numClasses: 3 } as const;
const small: [ModelName, object][] = [
  ["vit_small_patch16_224", { patchSize: 4, embedDim: 12, depth: 2, numHeads: 3 }],
  ["myvit_d", { embedDim: 12, depth: 2, numHeads: 3 }],
  ["cct_7_3x1_32", { embedDim: 8, depth: 2, numHeads: 2 }],
  ["cvt_7_4_32", { embedDim: 8, depth: 2, numHeads: 2 }],
  ["vit_lite_7_4_32", { embedDim: 8, depth: 2, numHeads: 2 }],
  ["vgg16_dropout_first", { stages: [[4], [8]], hidden: [16] }],
  ["vgg16_bn", { stages: [[4], [8]], hidden: [16], pooledSize: 3, weightInit: "torch" }],
  ["alexnet_lrn", { filters: [4, 4, 8, 8, 4], imagePadding: 30, hidden: [16] }],
  ["alexnet", { filters: [4, 4, 8, 8, 4], imagePadding: 30, pooledSize: 2, hidden: [16] }],
  ["resnet18_bias", { blocks: [1, 1], filters: [4, 8] }],
  ["resnet50", { blocks: [1, 1], filters: [2, 4] }],
  ["cnn3", { filters: [4, 8, 8, 8], poolAfter: [1, 2] }],
  ["fashion_cnn", { filters: [4, 8], kernelSize: [3, 5], hidden: [8] }],
];
const rates = (name: ModelName, rate: number): object => {
  if (/^(vit|myvit|cct|cvt)/.test(name)) return { dropRate: rate, attnDropRate: rate, dropPathRate: rate };
  return /^(vgg|alexnet)/.test(name) ? { dropRate: rate } : {};
};
const images = () => tf.randomNormal([4, 8, 8, 3], 0, 1, "float32", 5);
const labels = () => tf.tensor1d([0, 1, 2, 0], "int32");

describe.each(small)("%s", (name, sizes) => {
  it("has the compiled loss and gradients that it has uncompiled", async () => {
    const made = (model = createModel(name, { ...image, ...sizes, ...rates(name, 0) } as object));
    const variables = made.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const step = (images: tf.Tensor): tf.Tensor[] => {
      const { value, grads } = tf.variableGrads(
        () => softmaxCrossEntropy(made.apply(images, { training: true }) as tf.Tensor2D, labels()),
        variables,
      );
      return [value, ...variables.map(({ name }) => grads[name]!)];
    };
    const compiled = compile(step, { name: "step" });
    const [expected, actual] = [step(images()), (await compiled(images())) as tf.Tensor[]];
    const largest = Math.max(...expected.slice(1).map((gradient) => gradient.abs().max().dataSync()[0]!));
    expected.forEach((tensor, i) => {
      const scale = i === 0 ? Math.abs(tensor.dataSync()[0]!) : largest;
      const error = Math.max(...tf.sub(actual[i]!, tensor).abs().dataSync()) / scale;
      expect([i === 0 ? "loss" : variables[i - 1]!.name, error]).toSatisfy(([, error]) => error < 2e-5);
    });
    compiled.dispose();
  });

  it("learns a set that can be learned", async () => {
    const made = (model = createModel(name, { ...image, ...sizes, ...rates(name, 0.1) } as object));
    const set = brightnessSet({ count: 60, classes: 3 });
    const before = await evaluate(made, set);
    await fit(made, set, { epochs: 25, batchSize: 20, learningRate: 3e-3, seed: 3, progress: false });
    const after = await evaluate(made, set);
    expect(after.loss).toBeLessThan(0.8 * before.loss);
  });
});

describe.each(small.filter(([name]) => Object.keys(rates(name, 0)).length > 0))("%s with dropout", (name, sizes) => {
  it("drops anew in every compiled step, and nothing when it predicts", async () => {
    const made = (model = createModel(name, { ...image, ...sizes, ...rates(name, 0.5) } as object));
    const x = images();
    const training = compile((x: tf.Tensor) => made.apply(x, { training: true }) as tf.Tensor, {
      name: "forward",
      seed: 1,
    });
    const [first, second] = [await training(x), await training(x)] as [tf.Tensor, tf.Tensor];
    expect(first.dataSync()).not.toEqual(second.dataSync());
    const still = () => (made.predict(x) as tf.Tensor).dataSync();
    expect(still()).toEqual(still());
    training.dispose();
  });
});
