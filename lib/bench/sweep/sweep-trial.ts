/** Ours: one run of the bench of sweeps, as a sweep's process loads it; the images are read once. */
import { readFileSync } from "node:fs";
import { tf } from "../../backend/index.js";
import type { ImageSet } from "../../datasets/index.js";
import { createModel } from "../../models/index.js";
import type { TrialContext } from "../../sweeps/index.js";
import { fit } from "../../train/index.js";
import { SWEEP_DATA, type SweepConfig, type SweepRun } from "./sweep-cases.js";

type Config = SweepConfig & { readonly epochs: number };

/** Images [n, 28, 28, 1], then a label each. */
function readSet(): ImageSet {
  const bytes = readFileSync(process.env[SWEEP_DATA]!);
  const count = bytes.length / (28 * 28 + 1);
  return {
    name: "drawn",
    split: "train",
    images: new Uint8Array(bytes.subarray(0, count * 28 * 28)),
    labels: Int32Array.from(bytes.subarray(count * 28 * 28)),
    imageShape: [28, 28, 1],
    classNames: Array.from({ length: 10 }, (_, i) => `class ${i}`),
    provenance: { kind: "generated", label: "drawn images", archives: [] },
  };
}

const set = readSet();
tf.ones([1]).dispose(); // TensorFlow is opened before the first run, as PyTorch is imported

// The one default export of the library: a sweep's process loads it.
export default async ({ config, trial }: TrialContext<Config>): Promise<SweepRun> => {
  const beganMs = performance.timeOrigin + performance.now();
  const { kernelSize, filters, hidden, initializer, momentum, ...rest } = config;
  const model = createModel("fashion_cnn", { kernelSize, filters, hidden, initializer, seed: trial });
  // A process of one thread computes no parts side by side.
  const optimizer = { name: "sgd", momentum } as const;
  const { epochs } = await fit(model, set, { ...rest, optimizer, seed: trial, parallelParts: 1, progress: false });
  return {
    process: process.pid,
    beganMs,
    endedMs: performance.timeOrigin + performance.now(),
    loss: epochs.at(-1)!.loss,
  };
};
