/** With mixedPrecision a step's products take bfloat16, and the weights stay float32. */
import { beforeAll, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { fit, type OptimizerConfig } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

beforeAll(ready);

const OPTIMIZERS: readonly OptimizerConfig[] = [
  { name: "sgd" },
  { name: "sgd", weightDecay: 0.1 },
  { name: "sgd", momentum: 0.9 },
  { name: "rmsprop" },
  { name: "rmsprop", momentum: 0.9 },
  { name: "adam" },
  { name: "adamw" },
];

it.each(OPTIMIZERS)("a step of size 0 changes no digit of a weight: %j", async (optimizer) => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 8, kernelSize: 3, activation: "relu", inputShape: [8, 8, 3] }),
      tf.layers.conv2d({ filters: 8, kernelSize: 3 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3 }),
    ],
  });
  const before = model.getWeights().map((weight) => weight.dataSync().slice());
  const set = brightnessSet({ count: 32, classes: 3, side: 8 });
  const run = { batchSize: 32, epochs: 1, progress: false, mixedPrecision: true, parallelParts: 1 } as const;
  await fit(model, set, { ...run, optimizer, learningRate: 0 });
  model.getWeights().forEach((weight, i) => expect(weight.dataSync()).toEqual(before[i]));
  model.dispose();
});
