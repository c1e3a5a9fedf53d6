/** Losses and weights that are not finite: said, never best, never written, never an answer. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { evaluate, fit, loadCheckpoint, predict, type FitOptions } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 20, classes: 3, side: 4 });
const options = {
  epochs: 3,
  batchSize: 5,
  lossEvery: 200, // so that losses are logged at the end of an epoch
  seed: 1,
  progress: false,
  learningRate: 0.05,
  optimizer: { name: "sgd" },
} as const;
let folder: string;
let model: tf.LayersModel;
let said: string[];

beforeAll(ready);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-finite-"));
  model = tf.sequential({
    layers: [tf.layers.flatten({ inputShape: [4, 4, 3] }), tf.layers.dense({ units: 3, name: "head" })],
  });
  said = [];
  vi.spyOn(console, "warn").mockImplementation((text: string) => void said.push(text));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  tf.disposeVariables();
  vi.restoreAllMocks();
});

/** Puts one NaN into the head's bias after a step, as a step gone wrong leaves it. */
const spoilAfter = (step: number): Partial<FitOptions> => {
  let steps = 0;
  return {
    callbacks: {
      step: () => void (++steps === step && model.setWeights([model.getWeights()[0]!, tf.tensor1d([0, NaN, 0])])),
    },
  };
};

describe("a loss that is not finite", () => {
  it("ends the run at its step, and is said at once", async () => {
    const history = await fit(model, set, { ...options, ...spoilAfter(6) });
    expect(history).toMatchObject({
      steps: 7,
      stopped: true,
      endedBy: "notFinite",
      notFinite: { step: 7, epoch: 2, batch: 3, what: "the loss was NaN" },
    });
    expect(history.epochs).toHaveLength(1);
    expect(said).toEqual([
      "saccade: fit: the loss was NaN at step 7 (epoch 2, batch 3), and the run ended; the weights are of after that " +
        "step. A lower learningRate or clipNorm may keep it finite",
    ]);
  });

  it("of Infinity too", async () => {
    model.setWeights([tf.zeros([48, 3]), tf.tensor1d([-3e38, 3e38, 0])]); // 6e38 is no float32
    const history = await fit(model, { ...set, labels: new Int32Array(20) }, { ...options, learningRate: 0 });
    expect(history).toMatchObject({
      steps: 1,
      endedBy: "notFinite",
      notFinite: { step: 1, what: "the loss was Infinity" },
    });
  });

  it("leaves last and best as they were before it", async () => {
    const checkpoint = { folder, everySteps: 1 };
    await fit(model, set, { ...options, checkpoint, ...spoilAfter(6) });
    expect(said[0]).toContain(`last.safetensors and best.safetensors in ${folder} are of before`);
    const other = tf.sequential({
      layers: [tf.layers.flatten({ inputShape: [4, 4, 3] }), tf.layers.dense({ units: 3, name: "head" })],
    });
    for (const name of ["last", "best"]) {
      await loadCheckpoint(other, join(folder, `${name}.safetensors`));
      expect(other.getWeights().every((weight) => weight.dataSync().every(Number.isFinite))).toBe(true);
    }
  });

  it("is never best where the caller wants to go on, and is said once", async () => {
    // The largest class is 0, which is what argMax makes of NaN: its epochs have the largest accuracy.
    const lopsided = { ...set, labels: set.labels.map((label, i) => (i % 5 === 0 ? label : 0)) };
    const runs: number[] = [];
    const history = await fit(model, lopsided, {
      ...options,
      epochs: 4,
      learningRate: 1e-6,
      checkFinite: false,
      checkpoint: { folder },
      validation: lopsided,
      callbacks: { ...spoilAfter(5).callbacks, epoch: ({ accuracy }) => void runs.push(accuracy) },
    });
    expect(history).toMatchObject({ steps: 16, stopped: false, endedBy: "epochs", notFinite: { step: 6 } });
    expect(Math.max(...runs.slice(1))).toBeGreaterThan(runs[0]!);
    expect(said).toEqual([
      "saccade: fit: the loss was NaN at step 6 (epoch 2, batch 2), and the run goes on, as checkFinite is false",
    ]);
    const other = tf.sequential({
      layers: [tf.layers.flatten({ inputShape: [4, 4, 3] }), tf.layers.dense({ units: 3, name: "head" })],
    });
    await loadCheckpoint(other, join(folder, "best.safetensors"));
    expect(other.getWeights().every((weight) => weight.dataSync().every(Number.isFinite))).toBe(true);
    await loadCheckpoint(other, join(folder, "last.safetensors")); // where the weights were finite
    expect(other.getWeights().every((weight) => weight.dataSync().every(Number.isFinite))).toBe(true);
  });

  it("counts neither for targetAccuracy nor for patience", async () => {
    const zeros = { ...set, labels: new Int32Array(20) };
    const run = (more: Partial<FitOptions>) =>
      fit(model, zeros, { ...options, epochs: 4, checkFinite: false, ...spoilAfter(1), ...more });
    expect((await run({ targetAccuracy: 0.99, monitor: "running", learningRate: 0 })).endedBy).toBe("epochs");
    const patient = await run({ patience: 2 });
    expect(patient.endedBy).toBe("patience");
    expect(patient.epochs).toHaveLength(3);
  });

  it("is kept in a checkpoint that goes on", async () => {
    const controller = new AbortController();
    const run = { ...options, epochs: 1, checkFinite: false, checkpoint: { folder } };
    let steps = 0;
    const step = () => {
      steps++;
      if (steps < 3) model.setWeights([tf.zeros([48, 3]), tf.tensor1d([0, steps === 1 ? NaN : 0, 0])]);
      else controller.abort();
    };
    await fit(model, set, { ...run, signal: controller.signal, callbacks: { step } });
    const { epochs } = await fit(model, set, { ...run, resume: true });
    expect(epochs.map(({ loss }) => loss)).toEqual([NaN]);
  });
});

describe("a validation loss that is not finite", () => {
  it("ends the run as the training's does, though all weights are finite", async () => {
    const dark = { ...set, images: new Uint8Array(set.images.length).fill(127) }; // next to 0: 127 / 255 − 0.5
    model.setWeights([
      tf.tensor2d(
        Float32Array.from({ length: 144 }, (_, i) => (i % 3 === 0 ? 3e38 : -3e38)),
        [48, 3],
      ),
      tf.zeros([3]),
    ]);
    const { endedBy, notFinite, epochs } = await fit(model, dark, { ...options, learningRate: 0, validation: set });
    expect([endedBy, notFinite]).toEqual([
      "notFinite",
      { step: 4, epoch: 1, batch: 4, what: "the validation loss was NaN" },
    ]);
    expect(epochs[0]!.loss).toBeGreaterThan(0);
  });
});

describe("a weight that is not finite", () => {
  /** Max pooling on TensorFlow's CPU passes NaN over: the loss stays finite. */
  const pooled = () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 2, kernelSize: 1, inputShape: [4, 4, 3], name: "first" }),
        tf.layers.maxPooling2d({ poolSize: 4 }),
        tf.layers.activation({ activation: "relu" }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 3, name: "head" }),
      ],
    });

  it("ends a run whose losses are finite at the loss log, by its name", async () => {
    const net = pooled();
    let steps = 0;
    const spoil = () => {
      if (++steps !== 1) return;
      const [kernel, ...rest] = net.getWeights();
      net.setWeights([tf.mul(kernel!, NaN), ...rest]);
    };
    const history = await fit(net, set, { ...options, lossEvery: 3, callbacks: { step: spoil } });
    expect(history).toMatchObject({
      endedBy: "notFinite",
      notFinite: { step: 3, what: "a weight was NaN in first/kernel (6 of 6 numbers)" },
    });
  });

  it.each([NaN, Infinity, -Infinity])("of %f is refused by fit, predict and evaluate, by its name", async (value) => {
    const net = pooled();
    const [kernel, , ...rest] = net.getWeights();
    net.setWeights([kernel!, tf.tensor1d([0, value]), ...rest]);
    const rule = `the model's weights must be finite, got ${value} in first/bias (1 of 2 numbers)`;
    await expect(predict(net, tf.ones([4, 4, 3], "int32"), { mean: 0.5, std: 0.5 })).rejects.toThrow(
      new RangeError(`predict: ${rule}`),
    );
    await expect(evaluate(net, set)).rejects.toThrow(new RangeError(`evaluate: ${rule}`));
    await expect(fit(net, set, options)).rejects.toThrow(new RangeError(`fit: ${rule}`));
    net.setWeights([kernel!, tf.zeros([2]), ...rest]);
    expect((await evaluate(net, set)).loss).toBeGreaterThan(0);
  });

  it("is looked for beside weights of whole numbers", async () => {
    class Counting extends tf.layers.Layer {
      static readonly className = "Counting";
      override build(): void {
        this.addWeight("count", [2], "int32", tf.initializers.ones(), undefined, false);
        this.built = true;
      }
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.add(Array.isArray(inputs) ? inputs[0]! : inputs, 0);
      }
    }
    const dense = tf.layers.dense({ units: 3 });
    const net = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [4, 4, 3] }), new Counting({}), dense] });
    expect((await evaluate(net, set)).loss).toBeGreaterThan(0);
    expect(net.weights.map(({ dtype }) => dtype)).toContain("int32");
  });

  it("is told from large ones, whose sum is no number", async () => {
    model.setWeights([tf.fill([48, 3], 3e38), tf.zeros([3])]);
    const { loss, accuracy, perClass } = await evaluate(model, set); // of logits that are none
    expect([loss, accuracy, perClass]).toEqual([NaN, 0, [0, 0, 0]]);
  });
});

it("README says what max pooling does to NaN, beside its claim of equality", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  expect(readme).toMatch(/[Mm]ax pooling .*NaN/);
});
