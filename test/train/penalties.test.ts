/** What tf.layers' regularizers and constraints do in `fit`. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { batchGradients, evaluate, fit } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 12, classes: 3, side: 4 });
const images = tf.tidy(() =>
  tf.keep(
    tf.tensor4d(
      Float32Array.from(set.images, (value) => (value / 255 - 0.5) / 0.5),
      [12, 4, 4, 3],
    ),
  ),
);
const targets = tf.tidy(() => tf.keep(tf.oneHot(tf.tensor1d(set.labels, "int32"), 3)));
const options = {
  epochs: 4,
  batchSize: 12,
  shuffle: false,
  progress: false,
  learningRate: 0.1,
  optimizer: { name: "sgd" },
} as const;

beforeAll(ready);
afterEach(() => tf.disposeVariables());

type DenseArgs = Parameters<typeof tf.layers.dense>[0];
const start = () => tf.initializers.randomUniform({ minval: -1, maxval: 1, seed: 5 });
const network = (args: Partial<DenseArgs>) =>
  tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [4, 4, 3] }),
      tf.layers.dense({ units: 3, kernelInitializer: start(), ...args }),
    ],
  });

const PENALTIES: Record<string, () => tf.LayersModel> = {
  "l2 on a kernel": () => network({ kernelRegularizer: tf.regularizers.l2({ l2: 0.1 }) }),
  "l1 on a bias that starts at 0": () => network({ biasRegularizer: tf.regularizers.l1({ l1: 0.3 }) }),
  "both on a kernel": () => network({ kernelRegularizer: tf.regularizers.l1l2({ l1: 0.01, l2: 0.02 }) }),
  "those of a model inside": () =>
    tf.sequential({
      layers: [
        tf.sequential({
          layers: [
            tf.layers.conv2d({
              filters: 2,
              kernelSize: 2,
              inputShape: [4, 4, 3],
              kernelInitializer: start(),
              kernelRegularizer: tf.regularizers.l2({ l2: 0.1 }),
            }),
          ],
        }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 3, kernelInitializer: start() }),
      ],
    }),
};

const weightsOf = (model: tf.LayersModel): number[] => model.getWeights().flatMap((weight) => [...weight.dataSync()]);

describe("fit() with regularizers", () => {
  it.each(Object.keys(PENALTIES))("has the losses and weights of tfjs' own fit: %s", async (name) => {
    const [theirs, ours] = [PENALTIES[name]!(), PENALTIES[name]!()];
    theirs.compile({
      optimizer: tf.train.sgd(0.1),
      loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits),
    });
    const { history } = await theirs.fit(images, targets, { epochs: 4, batchSize: 12, shuffle: false });
    const { epochs } = await fit(ours, set, options);
    // float32 sums of another order.
    epochs.forEach(({ loss }, i) => expect(loss).toBeCloseTo(history["loss"]![i] as number, 5));
    const [expected, actual] = [weightsOf(theirs), weightsOf(ours)];
    expect(Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-6);
  });

  it("adds them once, however a batch is divided", async () => {
    const runs: number[][] = [];
    for (const parts of [{ parallelParts: 1 }, { parallelParts: 3 }, { microBatchSize: 5, parallelParts: 2 }])
      runs.push(
        (await fit(PENALTIES["both on a kernel"]!(), set, { ...options, ...parts })).epochs.map(({ loss }) => loss),
      );
    for (const run of runs.slice(1)) run.forEach((loss, i) => expect(loss).toBeCloseTo(runs[0]![i]!, 5));
  });

  it("adds them to batchGradients, and not to evaluate's loss, which is the images'", async () => {
    const [bare, held] = [network({}), network({ kernelRegularizer: tf.regularizers.l2({ l2: 0.5 }) })];
    const batch = { images: images as tf.Tensor4D, labels: tf.tensor1d(set.labels, "int32") };
    const squares = weightsOf(bare).reduce((sum, value) => sum + value ** 2, 0); // the biases are 0
    expect((await batchGradients(held, batch)).loss - (await batchGradients(bare, batch)).loss).toBeCloseTo(
      0.5 * squares,
      4,
    );
    expect((await evaluate(held, set)).loss).toBe((await evaluate(bare, set)).loss);
  });

  it("leaves a weight of 0 at 0 under l1 alone, as |x| has no slope there", async () => {
    const kernelRegularizer = tf.regularizers.l1({ l1: 0.5 });
    const model = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [4, 4, 3] }),
        tf.layers.dense({ units: 3, useBias: false, kernelInitializer: "zeros", kernelRegularizer }),
      ],
    });
    // Of black images the loss has no slope.
    const black = { ...set, images: new Uint8Array(set.images.length) };
    await fit(model, black, { ...options, mean: 0, std: 1 });
    expect(weightsOf(model).every((value) => value === 0)).toBe(true);
  });
});

describe("fit() with constraints", () => {
  it("holds a kernel to its largest norm after each step", async () => {
    const [free, held] = [
      network({}),
      network({ kernelConstraint: tf.constraints.maxNorm({ maxValue: 0.5, axis: 0 }) }),
    ];
    await fit(free, set, { ...options, epochs: 1 });
    await fit(held, set, { ...options, epochs: 1 });
    const [kernel, bias] = free.getWeights().map((weight) => weight.arraySync()) as [number[][], number[]];
    const norms = [0, 1, 2].map((unit) => Math.hypot(...kernel.map((row) => row[unit]!)));
    expect(norms.every((norm) => norm > 1)).toBe(true); // so that each is cut
    const [found, foundBias] = held.getWeights().map((weight) => weight.arraySync()) as [number[][], number[]];
    kernel.forEach((row, i) =>
      row.forEach((value, unit) => expect(found[i]![unit]).toBeCloseTo((0.5 * value) / norms[unit]!, 5)),
    ); // w · 0.5 / ‖w‖
    expect(foundBias).toEqual(bias);
  });

  it.each([{ name: "adam" }, { name: "sgd", momentum: 0.9 }] as const)(
    "holds a kernel above 0 through a run, with $name's variables in place",
    async (optimizer) => {
      const model = network({ kernelConstraint: tf.constraints.nonNeg() });
      const before = tf.memory().numTensors;
      const { epochs } = await fit(model, set, {
        ...options,
        optimizer,
        epochs: 6,
        batchSize: 5,
        checkpoint: undefined,
      });
      const kernel = [...model.getWeights()[0]!.dataSync()];
      expect(Math.min(...kernel)).toBe(0);
      expect(Math.max(...kernel)).toBeGreaterThan(0.1);
      expect(epochs[5]!.loss).toBeLessThan(epochs[0]!.loss);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it("leaves a frozen kernel as it is", async () => {
    const model = network({ kernelConstraint: tf.constraints.nonNeg(), trainable: false });
    const outer = tf.sequential({ layers: [...model.layers, tf.layers.dense({ units: 3 })] });
    await fit(outer, set, { ...options, epochs: 1 });
    expect(Math.min(...model.getWeights()[0]!.dataSync())).toBeLessThan(-0.5);
  });
});
