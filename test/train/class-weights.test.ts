/** Class weights in `fit`: the mean over a batch's weights, in whatever parts the batch is computed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { crossEntropy, fit, type FitOptions } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const CLASSES = 10;
const BATCH = 25;
const set = brightnessSet({ count: BATCH, classes: CLASSES, side: 4 }); // labels 0, 1, …, 9, 0, 1, …
const [FROM_ONE_TO_TEN, MOSTLY_ZERO] = [
  Array.from({ length: CLASSES }, (_, i) => i + 1),
  Array.from({ length: CLASSES }, (_, i) => [1, 0, 0, 0, 0, 0, 0, 0, 0, 0.01][i]!),
];
let model: tf.LayersModel;
let start: number[];

beforeAll(async () => {
  await ready();
  model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [4, 4, 3] }),
      tf.layers.dense({
        units: CLASSES,
        kernelInitializer: tf.initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed: 5 }),
        kernelRegularizer: tf.regularizers.l2({ l2: 0.01 }),
      }),
    ],
  });
  start = weights();
});
afterAll(() => model.dispose());

const weights = () => model.getWeights().flatMap((weight) => [...weight.dataSync()]);
const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((value, i) => value - b[i]!));

/** One step of plain SGD at rate 1 on the whole set: the loss, and the step, which is the gradient. */
async function step(more: FitOptions, labels = set.labels): Promise<{ loss: number; step: number[] }> {
  const [kernel, bias] = [start.slice(0, -CLASSES), start.slice(-CLASSES)];
  tf.tidy(() => model.setWeights([tf.tensor(kernel, [48, CLASSES]), tf.tensor(bias)]));
  const how = { epochs: 1, batchSize: BATCH, shuffle: false, progress: false, learningRate: 1 } as const;
  const { epochs, losses } = await fit(model, { ...set, labels }, { ...how, optimizer: "sgd", ...more });
  expect(losses).toHaveLength(1);
  expect(losses[0]!.loss).toBeCloseTo(epochs[0]!.loss, 10); // a sum and its mean, in float64
  return { loss: epochs[0]!.loss, step: weights().map((value, i) => value - start[i]!) };
}

describe.each<[string, FitOptions]>([
  ["1 to 10", { classWeights: FROM_ONE_TO_TEN }],
  ["mostly 0", { classWeights: MOSTLY_ZERO }],
  ["1 to 10, smoothed labels", { classWeights: FROM_ONE_TO_TEN, labelSmoothing: 0.2 }],
  ["mostly 0, smoothed labels", { classWeights: MOSTLY_ZERO, labelSmoothing: 0.2 }],
  ["1 to 10, mixup", { classWeights: FROM_ONE_TO_TEN, mixup: 1 }],
  ["1 to 10, cutmix and smoothed labels", { classWeights: FROM_ONE_TO_TEN, cutmix: 1, labelSmoothing: 0.2 }],
])("with class weights %s, fit()", (_, options) => {
  it.each<FitOptions>([
    { microBatchSize: 5 },
    { microBatchSize: 2 }, // the last part has one image
    { microBatchSize: 1 }, // parts that weigh nothing
    { parallelParts: 4 },
    { microBatchSize: 7, parallelParts: 3 },
  ])("takes the whole batch's step with %o", async (parts) => {
    const whole = await step({ ...options, parallelParts: 1 });
    const split = await step({ ...options, parallelParts: 1, ...parts });
    // sums of 25 images in another order, in float32; the fault was 2 % and more
    expect(distance(split.step, whole.step) / Math.hypot(...whole.step)).toBeLessThan(1e-5);
    expect(Math.abs(split.loss / whole.loss - 1)).toBeLessThan(1e-5);
  });
});

describe("with class weights, fit()", () => {
  it("tells the loss that crossEntropy has for the batch, with what the regularizer adds", async () => {
    const loss = tf.tidy(() => {
      const [kernel, bias] = [start.slice(0, -CLASSES), start.slice(-CLASSES)];
      const pixels = tf.tensor2d(
        Float32Array.from(set.images, (byte) => (byte / 255 - 0.5) / 0.5),
        [BATCH, 48],
      );
      const logits = tf.add(tf.matMul(pixels, tf.tensor2d(kernel, [48, CLASSES])), tf.tensor1d(bias)) as tf.Tensor2D;
      const penalty = 0.01 * kernel.reduce((sum, value) => sum + value * value, 0);
      const labels = tf.tensor1d(set.labels, "int32");
      return crossEntropy(logits, labels, { classWeights: FROM_ONE_TO_TEN }).dataSync()[0]! + penalty;
    });
    const told = await step({ classWeights: FROM_ONE_TO_TEN, microBatchSize: 4 });
    expect(Math.abs(told.loss / loss - 1)).toBeLessThan(1e-5); // float32
  });

  it("takes no step on a batch whose images all weigh 0 but the regularizer's", async () => {
    const classWeights = Array.from({ length: CLASSES }, (_, i) => Number(i === 9));
    const penalized = start.map((value, i) => (i < start.length - CLASSES ? -0.02 * value : 0));
    for (const more of [{}, { labelSmoothing: 0.1 }, { microBatchSize: 2 }, { parallelParts: 2 }]) {
      const { loss, step: taken } = await step(
        { classWeights, ...more },
        set.labels.map(() => 3),
      );
      expect(loss).toBeCloseTo(0.01 * start.slice(0, -CLASSES).reduce((sum, value) => sum + value ** 2, 0), 5);
      expect(distance(taken, penalized)).toBeLessThan(1e-5); // float32
    }
  });
});
