import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import type { ImageSet } from "../../lib/datasets/types.js";
import { evaluate, fit, loadCheckpoint, type FitOptions, type LossFunction } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const folder = mkdtempSync(join(tmpdir(), "own-loss-"));
const models: tf.LayersModel[] = [];

beforeAll(async () => {
  await ready();
  return () => rmSync(folder, { recursive: true });
});
afterEach(() => models.splice(0).forEach((model) => model.dispose()));

/** Mean of −Σ t · (1 − p)² · log p; of labels and of soft targets. */
const focal: LossFunction = (logits, targets) => {
  const soft = targets.rank === 1 ? tf.oneHot(targets as tf.Tensor1D, logits.shape[1]) : targets;
  const logs = tf.logSoftmax(logits);
  const each = tf.mul(soft, tf.mul(tf.square(tf.sub(1, tf.exp(logs))), logs));
  return tf.neg(tf.mean(tf.sum(each, -1)));
};

/** Softmax cross-entropy, written by hand. */
const written: LossFunction = (logits, targets) =>
  tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(targets as tf.Tensor1D, logits.shape[1]), tf.logSoftmax(logits)), -1)));

function dense(inputShape: [number, number, number], classes: number, kernel?: number[]): tf.LayersModel {
  const model = tf.sequential({
    layers: [tf.layers.flatten({ inputShape }), tf.layers.dense({ units: classes, kernelInitializer: "zeros" })],
  });
  if (kernel) tf.tidy(() => model.layers[1]!.setWeights([tf.tensor(kernel, [4, classes]), tf.zeros([classes])]));
  models.push(model);
  return model;
}
const weightsOf = (model: tf.LayersModel) => model.getWeights().flatMap((weight) => [...weight.dataSync()]);
const set = brightnessSet({ count: 30, classes: 3 });
const options = { epochs: 2, batchSize: 10, progress: false, learningRate: 0.05, optimizer: "sgd" } as const;

describe("fit() with a loss of one's own", () => {
  const four: ImageSet = {
    name: "four",
    split: "train",
    images: Uint8Array.of(0, 51, 102, 153, 255, 204, 0, 51, 102, 102, 255, 0, 153, 0, 51, 204),
    labels: Int32Array.of(0, 1, 2, 1),
    imageShape: [2, 2, 1],
    classNames: ["a", "b", "c"],
    provenance: { kind: "generated", label: "four", archives: [] },
    mean: 0,
    std: 1,
  };

  it("takes the step that PyTorch takes on it", async () => {
    const kernel = Array.from({ length: 12 }, (_, i) => 0.1 * (i % 5) - 0.2);
    const model = dense([2, 2, 1], 3, kernel);
    const { losses } = await fit(model, four, {
      loss: focal,
      epochs: 1,
      batchSize: 4,
      learningRate: 1,
      optimizer: "sgd",
      shuffle: false,
      progress: false,
    });
    expect(losses[0]!.loss).toBeCloseTo(0.4655805640421177, 6);
    // torch 2.13.0 on a CPU, float64: kernel [4, 3] and bias after one step of SGD
    const torch = [
      -0.354841357, 0.112795529, -0.057954173, 0.042519068, 0.264211169, -0.206730236, -0.131971442, -0.070907854,
      0.202879295, 0.191462709, -0.068680512, -0.222782196, -0.098056243, 0.170030285, -0.071974042,
    ];
    const off = weightsOf(model).map((value, i) => Math.abs(value - torch[i]!));
    expect(Math.max(...off)).toBeLessThan(1e-6); // float32 beside float64, numbers below 1
  });

  it("goes the default's way where it is the same function, in parts and clipped too", async () => {
    const run = async (more: FitOptions) => {
      const model = dense([8, 8, 3], 3);
      await fit(model, set, { ...options, clipNorm: 0.5, microBatchSize: 3, ...more });
      return weightsOf(model);
    };
    const [own, standard] = [await run({ loss: written }), await run({ loss: "crossEntropy" })];
    // sums of another order, over six steps
    expect(Math.max(...own.map((value, i) => Math.abs(value - standard[i]!)))).toBeLessThan(1e-5);
    expect(Math.hypot(...own)).toBeGreaterThan(0.1);
  });

  it("gives it labels [B] int32, and soft targets [B, K] where a step's images are mixed", async () => {
    const seen = new Set<string>();
    const noting: LossFunction = (logits, targets) => {
      seen.add(`${targets.dtype} [${targets.shape.slice(1).join()}]`);
      return focal(logits, targets);
    };
    await fit(dense([8, 8, 3], 3), set, { ...options, loss: noting });
    expect([...seen]).toEqual(["int32 []"]);
    const { epochs } = await fit(dense([8, 8, 3], 3), set, { ...options, loss: noting, mixup: 1, validation: set });
    expect([...seen]).toEqual(["int32 []", "float32 [3]"]);
    expect(epochs.every(({ loss, validation }) => [loss, validation!.loss].every(Number.isFinite))).toBe(true);
  });

  it("measures validation by it, as evaluate() does", async () => {
    const model = dense([8, 8, 3], 3);
    const { epochs } = await fit(model, set, { ...options, loss: focal, validation: set });
    const by = async (loss: "crossEntropy" | LossFunction) => (await evaluate(model, set, { loss })).loss;
    expect(epochs[1]!.validation!.loss).toBeCloseTo(await by(focal), 6);
    expect(await by(written)).toBeCloseTo(await by("crossEntropy"), 6);
    expect(Math.abs((await by(focal)) - (await by(written)))).toBeGreaterThan(0.1);
  });

  it("is recorded by name and digest, and another is refused where the run goes on", async () => {
    const checkpoint = { folder: join(folder, "resume") };
    const { config } = await fit(dense([8, 8, 3], 3), set, { ...options, loss: focal, checkpoint });
    const record = { name: "focal", sha256: createHash("sha256").update(String(focal)).digest("hex") };
    expect(JSON.parse(JSON.stringify(config))).toMatchObject({ loss: record });
    const model = dense([8, 8, 3], 3);
    const resumed = { ...options, checkpoint, resume: true, epochs: 3 };
    await expect(fit(model, set, { ...resumed, loss: written })).rejects.toThrow("with loss focal there, written here");
    const changed = { focal: (...given: Parameters<LossFunction>) => tf.mul(2, focal(...given)) as tf.Scalar };
    await expect(fit(model, set, { ...resumed, loss: changed.focal })).rejects.toThrow(
      "the loss's text differs (focal)",
    );
    await expect(fit(model, set, resumed)).rejects.toThrow("loss focal there, crossEntropy here");
    expect((await fit(model, set, { ...resumed, loss: focal })).epochs).toHaveLength(3);
    expect((await loadCheckpoint(model, join(checkpoint.folder, "last.safetensors"))).config.loss).toEqual(record);
    await expect(fit(model, set, { ...config, ...options })).rejects.toThrow(
      "fit: loss must be one of crossEntropy or a function, got loss={ name: 'focal'",
    );
  });

  it.each<[string, unknown, object, string]>([
    ["gives a number an image", (logits: tf.Tensor) => tf.sum(logits, -1), {}, "got a tensor [2]"],
    ["gives a number of JavaScript", () => 1, {}, "loss must give a scalar, the mean over the images, got number"],
    ["is asynchronous", async () => tf.scalar(1), {}, "got a promise"],
    ["has no gradient", (_: tf.Tensor, labels: tf.Tensor) => tf.mean(labels), {}, "must have a gradient by the logits"],
    ["comes with smoothing", focal, { labelSmoothing: 0.1 }, "labelSmoothing and classWeights must be left out"],
  ])("refuses one that %s", async (_, loss, more, error) => {
    const model = dense([8, 8, 3], 3);
    const before = tf.memory().numTensors;
    await expect(fit(model, set, { ...options, ...more, loss: loss as LossFunction })).rejects.toThrow(error);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("leaves no tensor behind", async () => {
    const model = dense([8, 8, 3], 3);
    const all = { ...options, loss: focal, validation: set, metrics: { focal: focal as () => tf.Tensor } };
    await fit(model, set, all);
    const before = tf.memory().numTensors;
    await fit(model, set, all);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("metrics of one's own", () => {
  const right = (logits: tf.Tensor2D, labels: tf.Tensor1D) => tf.equal(tf.argMax(logits, -1), labels); // [B], bool
  const half = () => tf.scalar(0.5);
  const size = (logits: tf.Tensor2D) => tf.scalar(logits.shape[0]);

  it("are averaged over the images, of batches of any size", async () => {
    const model = dense([8, 8, 3], 3);
    await fit(model, set, options);
    const metrics = { right: (...given: Parameters<typeof right>) => tf.cast(right(...given), "float32"), half, size };
    const found = await evaluate(model, set, { batchSize: 20, metrics });
    expect(found.metrics.right).toBeCloseTo(found.accuracy, 6);
    expect(found.metrics.half).toBe(0.5);
    expect(found.metrics.size).toBeCloseTo((20 * 20 + 10 * 10) / 30, 5);
    // @ts-expect-error: the names are typed
    expect(found.metrics.wrong).toBeUndefined();
    expect(
      String((found as unknown as Record<symbol, () => object>)[Symbol.for("Jupyter.display")] !== undefined),
    ).toBe("true");
  });

  it("come into the history, callbacks and the progress", async () => {
    const shown: unknown[] = [];
    const called: number[] = [];
    const { epochs } = await fit(dense([8, 8, 3], 3), set, {
      ...options,
      monitor: "training",
      validation: set,
      metrics: { half },
      callbacks: { epoch: ({ validation }) => void called.push(validation!.metrics!.half) },
      progress: { step() {}, mark() {}, end() {}, measured: ({ validation }) => void shown.push(validation?.metrics) },
    });
    expect(epochs.map(({ training, validation }) => [training!.metrics, validation!.metrics])).toEqual([
      [{ half: 0.5 }, { half: 0.5 }],
      [{ half: 0.5 }, { half: 0.5 }],
    ]);
    expect([shown, called]).toEqual([
      [{ half: 0.5 }, { half: 0.5 }],
      [0.5, 0.5],
    ]);
  });

  it.each<[string, unknown, string]>([
    ["a number a class", (logits: tf.Tensor) => logits, "metrics.mine must give a scalar or [B], got a tensor [3, 3]"],
    ["a number of JavaScript", () => 1, "metrics.mine must give a scalar or [B], got number"],
  ])("may not give %s", async (_, mine, error) => {
    const model = dense([8, 8, 3], 3);
    await expect(evaluate(model, set, { metrics: { mine: mine as () => tf.Tensor } })).rejects.toThrow(error);
  });
});
