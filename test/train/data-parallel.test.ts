import { beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { batches, type Batch } from "../../lib/datasets/index.js";
import { createModel } from "../../lib/models/index.js";
import {
  averageGradients,
  batchGradients,
  gradientDistance,
  splitBatch,
  type BatchGradients,
} from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

beforeAll(ready);

const shape = { inputShape: [8, 8, 3], numClasses: 3 } as const;
const networks: readonly [string, () => tf.LayersModel][] = [
  ["a convolutional network", () => createModel("mynet", { ...shape, filters: [4, 6], poolAfter: [2] })],
  [
    "a vision transformer",
    () => createModel("small_vit", { ...shape, embedDim: 8, depth: 1, numHeads: 2, hiddenDim: 16 }),
  ],
];
const dispose = (all: readonly BatchGradients[]) =>
  tf.dispose(all.flatMap(({ gradients }) => Object.values(gradients)));

async function apart(
  model: tf.LayersModel,
  batch: Batch,
  parts: number,
  options = {},
): Promise<{ distance: number; whole: BatchGradients; averaged: BatchGradients; even: number }> {
  const pieces = splitBatch(batch, parts);
  const whole = await batchGradients(model, batch, options);
  const each: BatchGradients[] = [];
  for (const piece of pieces) each.push(await batchGradients(model, piece, options));
  const averaged = averageGradients(each);
  const unweighted = averageGradients(each.map((part) => ({ ...part, images: 1 })));
  const result = {
    distance: gradientDistance(averaged, whole),
    whole,
    averaged,
    even: gradientDistance(unweighted, whole),
  };
  dispose([...each, unweighted]);
  tf.dispose(pieces);
  return result;
}

describe.each(networks)("the averaged gradients of a split batch of %s", (_, make) => {
  it.each([1, 2, 3, 10])("are the whole batch's, in %i parts", async (parts) => {
    const model = make();
    const [batch] = batches(brightnessSet({ count: 10, classes: 3 }), { batchSize: 10 });
    const before = tf.memory().numTensors;
    const { distance, whole, averaged } = await apart(model, batch!, parts, { labelSmoothing: 0.1 });
    expect(distance).toBeLessThan(1e-5); // float32 sums in another order
    expect(averaged.loss).toBeCloseTo(whole.loss, 5);
    expect(averaged.images).toBe(10);
    expect(Object.keys(whole.gradients)).toEqual(model.trainableWeights.map(({ originalName }) => originalName));
    dispose([whole, averaged]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(batch!);
    model.dispose();
  });
});

describe("averageGradients()", () => {
  it("counts each part by its images: parts of 3, 3 and 4 evenly averaged are further away", async () => {
    const model = networks[0]![1]();
    // with soft targets
    const [batch] = batches(brightnessSet({ count: 10, classes: 3 }), { batchSize: 10, mixup: 0.5 });
    const { distance, even, whole, averaged } = await apart(model, batch!, 3);
    expect(distance).toBeLessThan(1e-5);
    expect(even).toBeGreaterThan(1e-3);
    dispose([whole, averaged]);
    tf.dispose(batch as tf.TensorContainer);
    model.dispose();
  });

  it("is not the whole batch's with a batch norm, which takes each part's own statistics", async () => {
    const model = createModel("resnet34_bias", { ...shape, inputShape: [32, 32, 3], blocks: [1], filters: [4] });
    const [batch] = batches(brightnessSet({ count: 8, classes: 3, side: 32 }), { batchSize: 8 });
    const { distance, whole, averaged } = await apart(model, batch!, 4);
    expect(distance).toBeGreaterThan(1e-2);
    dispose([whole, averaged]);
    tf.dispose(batch!);
    model.dispose();
  });

  it("refuses no part, parts of other models, and more parts than images", async () => {
    const [one, other] = networks.map(([, make]) => make());
    const [batch] = batches(brightnessSet({ count: 2, classes: 3 }), { batchSize: 2 });
    const found = [await batchGradients(one!, batch!), await batchGradients(other!, batch!)];
    expect(() => averageGradients([])).toThrow("averageGradients: there must be at least one part, got none");
    expect(() => averageGradients(found)).toThrow("averageGradients: all parts must have the weights");
    expect(() => gradientDistance(found[0]!, found[1]!)).toThrow("gradientDistance: both must have the weights");
    expect(() => splitBatch(batch!, 3)).toThrow(
      new RangeError("splitBatch: parts must be a whole number from 1 to 2, the batch's images, got parts=3"),
    );
    await expect(batchGradients(one!, batch!, { labelSmoothing: 1 })).rejects.toThrow(
      "batchGradients: labelSmoothing must be a number from 0 to below 1",
    );
    dispose(found);
    tf.dispose(batch!);
    for (const model of [one!, other!]) model.dispose();
  });
});
