import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { createModel, type ModelName } from "../../lib/models/index.js";
import { adam, softmaxCrossEntropy } from "../../lib/train/index.js";
import { counts } from "./counts.js";
import { Fixture, relativeError } from "../fixtures/safetensors.js";

// The reference is exact (float64). float32 keeps 7 digits; through two blocks of sums of both signs 5 are left.
const TOLERANCE = 1e-5;

beforeAll(ready);

const NO_DROPOUT = { attnDropRate: 0, dropPathRate: 0 };
const cases: { fixture: string; name: ModelName; options?: object }[] = [
  { fixture: "cnn-self-attention", name: "cnn_self_attention" },
  { fixture: "transformer-image-rows", name: "small_vit_image_rows" },
  { fixture: "transformer-patches", name: "small_vit" },
  { fixture: "cct", name: "cct_6_3x1_32", options: NO_DROPOUT },
  { fixture: "resnet", name: "resnet34_bias" },
  { fixture: "vit-lite", name: "vit_lite_6_4_32", options: NO_DROPOUT },
  { fixture: "authors-cct-learnable", name: "cct_6_7x1_32" },
  { fixture: "authors-cct-sine", name: "cct_6_3x1_32" },
  { fixture: "authors-cct-none", name: "cct_6_3x1_32", options: { positionalEmbedding: null } },
  { fixture: "authors-cvt-learnable", name: "cvt_6_4_32" },
  { fixture: "authors-vit-lite-learnable", name: "vit_lite_6_4_32" },
  { fixture: "authors-cvt-sine", name: "cvt_6_4_32" },
  { fixture: "authors-cvt-none", name: "cvt_6_4_32", options: { positionalEmbedding: null } },
  { fixture: "authors-vit-lite-sine", name: "vit_lite_6_4_32" },
  { fixture: "authors-vit-lite-none", name: "vit_lite_6_4_32", options: { positionalEmbedding: null } },
  { fixture: "mynet", name: "mynet" },
  { fixture: "fashion-cnn", name: "fashion_cnn" },
  { fixture: "myvit", name: "myvit_c" },
  { fixture: "myvit-gelu", name: "myvit_e" },
  { fixture: "myvit-learnable", name: "myvit_b" },
  { fixture: "vit", name: "vit_base_patch16_224" },
  { fixture: "resnet-basic", name: "resnet18" },
  { fixture: "resnet-bottleneck", name: "resnet50" },
  { fixture: "vgg", name: "vgg16" },
  { fixture: "vgg-batch-norm", name: "vgg16_bn" },
  { fixture: "alexnet", name: "alexnet_lrn" },
  { fixture: "alexnet-torchvision", name: "alexnet" },
];

describe.each(cases)("$fixture against PyTorch, same weights and batches", ({ fixture, name, options }) => {
  const stored = new Fixture(fixture);
  const { learningRate, steps = 3, ...config } = { ...stored.config, ...options };

  it("has the same weights under our names and shapes", () => {
    const model = createModel(name, config);
    expect(model.trainableWeights.map((weight) => weight.originalName).sort()).toEqual(stored.under("weight"));
    model.dispose();
  });

  it("gives the same logits, loss and gradients, and the same weights after three Adam steps", () => {
    tf.engine().startScope();
    const model = createModel(name, config);
    for (const weight of model.trainableWeights) weight.write(stored.tensor(`weight/${weight.originalName}`));
    const names = model.trainableWeights.map((weight) => weight.originalName);
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const optimizer = adam(variables, { learningRate });
    for (let step = 0; step < steps; step++) {
      const images = stored.has(`step${step}/images`)
        ? stored.tensor(`step${step}/images`)
        : pattern(stored.get(`step${step}/labels`).shape[0]!, config.inputShape, step);
      const labels = stored.tensor(`step${step}/labels`);
      let logits: tf.Tensor;
      const { value, grads } = tf.variableGrads(
        () => softmaxCrossEntropy((logits = tf.keep(model.apply(images, { training: true }) as tf.Tensor)), labels),
        variables,
      );
      expect(relativeError(logits!, stored.get(`step${step}/logits`))).toBeLessThan(TOLERANCE);
      logits!.dispose();
      expect(relativeError(value, stored.get(`step${step}/loss`))).toBeLessThan(TOLERANCE);
      const gradients = variables.map((variable) => grads[variable.name]!);
      expect(gradientErrors(names, gradients, stored, step)).toEqual([]);
      optimizer.apply(gradients);
    }
    if (steps === 3) expect(weightErrors(names, variables, stored, learningRate)).toEqual([]);
    for (const name of stored.under("statistics")) {
      const kept = model.weights.find((weight) => weight.originalName === name)!.read();
      const expected = stored.get(`statistics/${name}`);
      // A bias before a norm has no effect on the loss: its gradient is rounding, of which Adam makes whole steps. They
      // move the mean.
      const allowed = name.endsWith("mean") ? 2 * 3 * learningRate : 1e-4 * Math.max(...expected.values);
      const values = kept.dataSync();
      expect([name, Math.max(...expected.values.map((value, i) => Math.abs(value - values[i]!)))]).toSatisfy(
        ([, error]) => error < allowed,
      );
    }
    tf.engine().endScope();
  });
});

/** The images that models.py makes of their places, so that none need be stored. */
function pattern(batch: number, [height, width, channels]: [number, number, number], step: number): tf.Tensor {
  const values = Float32Array.from(
    { length: batch * height * width * channels },
    (_, i) => ((i * 7919 + step * 104_729) % 1009) / 504.5 - 1,
  );
  return tf.tensor(values, [batch, height, width, channels]);
}

/** The largest gradient of a step over all weights: rounding is a share of it also where a gradient is exactly 0. */
function largestGradient(stored: Fixture, step: number): number {
  const all = stored
    .under(`step${step}/gradient`)
    .flatMap((name) => [...stored.get(`step${step}/gradient/${name}`).values]);
  return Math.max(...all.map(Math.abs));
}

/** The weights whose gradient is off by more than the tolerance. */
function gradientErrors(names: string[], gradients: tf.Tensor[], stored: Fixture, step: number): string[] {
  const allowed = TOLERANCE * largestGradient(stored, step);
  return names.filter((name, index) => {
    const expected = stored.get(`step${step}/gradient/${name}`);
    const actual = gradients[index]!.dataSync();
    return (
      actual.length !== expected.values.length ||
      actual.some((value, i) => !(Math.abs(value - expected.values[i]!) <= allowed))
    );
  });
}

/**
 * The weights that are off after three steps. Adam changes a weight by about learningRate · g / |g|, so an error e of
 * a gradient g becomes learningRate · e / |g|: next to nothing for most entries, and up to the whole step, either way,
 * where g is 0 but for rounding (the bias of an attention's keys has no effect on its softmax).
 */
function weightErrors(names: string[], variables: tf.Variable[], stored: Fixture, learningRate: number): string[] {
  const rounding = [0, 1, 2].map((step) => TOLERANCE * largestGradient(stored, step));
  return names.filter((name, index) => {
    const expected = stored.get(`after/${name}`).values;
    const gradients = rounding.map((_, step) => stored.get(`step${step}/gradient/${name}`).values);
    const actual = variables[index]!.dataSync();
    return expected.some((value, i) => {
      const shares = rounding.map((error, step) => error / Math.abs(gradients[step]![i]!));
      const allowed = 1e-6 + learningRate * shares.reduce((sum, share) => sum + Math.min(2, share), 0);
      return !(Math.abs(actual[i]! - value) <= allowed);
    });
  });
}

describe("parameters", () => {
  const counted: Record<string, Record<string, object>> = JSON.parse(
    readFileSync(new URL("../fixtures/torch/parameters.json", import.meta.url), "utf8"),
  );
  const rows = Object.entries(counted).flatMap(([name, byClasses]) =>
    Object.entries(byClasses).map(([classes, expected]) => ({ name: name as ModelName, classes, expected })),
  );
  it.each(rows)(
    "$name has as many at $classes classes as the reference program's model",
    ({ name, classes, expected }) => {
      expect(counts(name, { numClasses: Number(classes) })).toEqual(expected);
    },
  );
});
