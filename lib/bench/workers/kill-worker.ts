/** A worker of kills.ts: trains, measures and writes checkpoints until another one ends. */
import { ready, tf } from "../../backend/index.js";
import { generated } from "../../datasets/index.js";
import { fit } from "../../train/index.js";

const folder = process.argv[2]!;
await ready();
const { train: set, test: validation } = generated({ trainImages: 256, testImages: 128, imageShape: [16, 16, 3] });
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [16, 16, 3], filters: 8, kernelSize: 3, strides: 2, activation: "relu" }),
    tf.layers.batchNormalization(),
    tf.layers.flatten(),
    tf.layers.dense({ units: 10 }),
  ],
});
let steps = 0;
try {
  await fit(model, set, {
    epochs: 1_000_000,
    batchSize: 32,
    validation,
    checkpoint: { folder, everySteps: 3 },
    resume: true,
    movingStatistics: "step",
    progress: false,
    callbacks: { step: () => steps++ === 0 && process.stdout.write("the first step is done\n") },
  });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
