/** Steps whose products take bfloat16, beside float32's: every gradient of a network of every family. */
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { compile, ready, tf } from "../../lib/backend/index.js";
import { mixedPrecisionConfig } from "../../lib/backend/compile/mixed-precision.js";
import { currentBinding } from "../../lib/backend/register.js";
import { createModel, FAMILIES, registry, type ModelName } from "../../lib/models/index.js";
import { softmaxCrossEntropy } from "../../lib/train/index.js";

beforeAll(ready);
afterEach(() => void vi.restoreAllMocks());

/** Small and deterministic; sums over a batch are of 2,048 terms and more. */
const networks: readonly [ModelName, object][] = [
  ["airbench94", { widths: [32, 32] }],
  ["alexnet", { filters: [8, 8, 8, 8, 8], imagePadding: 30, pooledSize: 2, hidden: [16], dropRate: 0 }],
  ["cct_2_3x2_32", { convFilters: 8, embedDim: 32, attnDropRate: 0, dropPathRate: 0 }],
  ["cnn_self_attention", { filters: [16, 16], reduction: 4 }],
  ["cvt_2_4_32", { embedDim: 32, attnDropRate: 0, dropPathRate: 0 }],
  ["myvit", { embedDim: 32, depth: 2, numHeads: 2 }],
  ["mynet", { filters: [16, 16, 32, 32] }],
  ["resnet18_bias", { filters: [8, 16], blocks: [1, 1] }],
  ["small_vit", { depth: 2 }],
  ["vgg16_cifar_no_first_conv", { stages: [[8], [8]], hidden: [16], dropRate: 0 }],
  ["vit_tiny_patch16_224", { patchSize: 4, embedDim: 32, depth: 2, numHeads: 2 }],
  ["vit_lite_2_4_32", { embedDim: 32, attnDropRate: 0, dropPathRate: 0 }],
];

/** What comes to 0 in exact arithmetic: before batch norm, and what softmax adds to every token. */
const isNothing = (family: string, name: string): boolean =>
  (family === "resnet" && /(conv\d|shortcut|stem).*bias/.test(name)) || name.startsWith("pool/bias");

const product = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, i) => sum + value * other[i]!, 0);
const lengthOf = (values: readonly number[]): number => Math.hypot(...values);

describe("a step with mixedPrecision", () => {
  it("is tested with a network of every family", () => {
    expect(networks.map(([name]) => registry[name].family).sort()).toEqual([...FAMILIES].sort());
  });

  // Where sums over a batch are taken in bfloat16, biases' gradients are a twentieth to a half as long, or twice.
  it.each(networks)(
    "of %s has float32's gradients, by direction and length, and is none of float32's",
    async (name, sizes) => {
      const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
      const gains = mixedPrecisionConfig(currentBinding()?.context) !== undefined; // elsewhere it computes in float32
      warn.mockClear();
      const model = createModel(name, { inputShape: [32, 32, 3], seed: 1, ...sizes } as object);
      const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const images = tf.randomNormal([64, 32, 32, 3], 0, 1, "float32", 4);
      const labels = tf.tensor1d(
        Array.from({ length: 64 }, (_, i) => i % 10),
        "int32",
      );
      const step = (images: tf.Tensor): tf.Tensor[] => {
        const loss = () => softmaxCrossEntropy(model.apply(images, { training: true }) as tf.Tensor2D, labels);
        const { value, grads } = tf.variableGrads(loss, variables);
        value.dispose();
        return variables.map(({ name }) => grads[name]!);
      };
      const steps = [compile(step), compile(step, { mixedPrecision: "bfloat16" })];
      const gradients = [await steps[0]!(images), await steps[1]!(images)];
      const [full, mixed] = gradients.map((all) => all.map((each) => [...each.dataSync()])) as [number[][], number[][]];
      const largest = Math.max(...full.map(lengthOf));
      const wrong = variables.flatMap((variable, i) => {
        const [length, other] = [lengthOf(full[i]!), lengthOf(mixed[i]!)];
        if (isNothing(registry[name].family, variable.name))
          return other < largest / 16 ? [] : [[variable.name, other]];
        const [cosine, ratio] = [product(full[i]!, mixed[i]!) / (length * other), other / length];
        return cosine > 0.9 && ratio > 0.8 && ratio < 1.25 ? [] : [[variable.name, cosine, ratio]];
      });
      expect(wrong).toEqual([]);
      const same = full.filter((values, i) => values.every((value, at) => value === mixed[i]![at]));
      if (gains) expect(same).toEqual([]);
      expect(warn).not.toHaveBeenCalled(); // a rewrite that is dropped is told
      tf.dispose([images, labels, gradients]);
      for (const each of [...steps, model]) each.dispose();
    },
  );
});
