import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { datasets, models, tf, train } from "saccade"; // as built: worker threads are started from the compiled files
import sharp from "sharp";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 44, classes: 3 });
const options: train.FitOptions = {
  epochs: 3,
  batchSize: 10,
  seed: 3,
  lossEvery: 1,
  progress: false,
  optimizer: { name: "adamw" },
  schedule: { name: "cosine", warmupFraction: 0.2 },
  augment: { cropPadding: 1, horizontalFlip: true, autoAugment: "cifar10", cutout: 2 },
  mixup: 0.4,
  cutmix: 1,
  labelSmoothing: 0.1,
  workers: 2,
};
const small = () =>
  models.createModel("small_vit", {
    inputShape: [8, 8, 3],
    numClasses: 3,
    embedDim: 8,
    depth: 1,
    numHeads: 2,
    hiddenDim: 16,
  });
const values = (model: tf.LayersModel) => model.getWeights().flatMap((weight) => [...weight.dataSync()]);
let folder: string;
let model: tf.LayersModel;

beforeAll(() => tf.ready());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-workers-"));
  model = small();
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  model.dispose();
});

/** The same run in a model of its own. */
async function run(more: train.FitOptions): Promise<{ history: train.History; weights: number[] }> {
  const own = small();
  const history = await train.fit(own, set, { ...options, ...more });
  const weights = values(own);
  own.dispose();
  return { history, weights };
}

describe("fit() with worker threads", () => {
  it("takes the same steps as without, augmented and mixed", async () => {
    const [threads, none] = [await run({}), await run({ workers: 0 })];
    expect(threads.history.losses).toHaveLength(15); // 5 batches, three times
    expect(threads.history.losses).toEqual(none.history.losses);
    expect(threads.weights).toEqual(none.weights);
  });

  it("trains on what mixup and cutmix make of labels: other losses with each, and with neither", async () => {
    const losses = await Promise.all(
      [{}, { mixup: 0 }, { cutmix: 0 }, { mixup: 0, cutmix: 0 }].map(
        async (mix) => (await run(mix)).history.losses.at(-1)!.loss,
      ),
    );
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(new Set(losses).size).toBe(4);
  });

  it.each([3, 5, 7, 11])(
    "goes on after step %i, in an epoch or between two, exactly as if it had not been interrupted",
    async (steps) => {
      const whole = await run({});
      const abort = new AbortController();
      let taken = 0;
      const first = await run({
        checkpoint: { folder },
        signal: abort.signal,
        callbacks: { step: () => void (++taken === steps && abort.abort()) },
      });
      expect(first.history).toMatchObject({ steps, stopped: true, endedBy: "signal" });
      const rest = await run({ checkpoint: { folder }, resume: true, workers: 1 });
      expect(rest.history.losses).toEqual(whole.history.losses);
      expect(rest.history.epochs.map(({ loss, accuracy }) => [loss, accuracy])).toEqual(
        whole.history.epochs.map(({ loss, accuracy }) => [loss, accuracy]),
      );
      expect(rest.weights).toEqual(whole.weights);
    },
  );

  it("trains and evaluates on files", async () => {
    for (const [label, level] of [20, 120, 220].entries()) {
      const own = join(folder, "images", `level ${label}`);
      mkdirSync(own, { recursive: true });
      for (let i = 0; i < 6; i++)
        await sharp({ create: { width: 12, height: 9 + i, channels: 3, background: { r: level, g: level, b: level } } })
          .png()
          .toFile(join(own, `${i}.png`));
    }
    const files = await datasets.imageFolder(join(folder, "images"), { side: 8 });
    const history = await train.fit(model, files, {
      epochs: 12,
      batchSize: 6,
      learningRate: 0.01,
      progress: false,
      validation: files,
      augment: { randomResizedCrop: {} },
    });
    expect(history.epochs.at(-1)!.validation!.accuracy).toBe(1); // three levels of brightness
    const inMemory = await datasets.loadImages(files);
    const [one, other] = [await train.evaluate(model, files), await train.evaluate(model, inMemory)];
    expect(one.predictions).toEqual(other.predictions);
    expect(one.loss).toBe(other.loss);
  });

  it("make the batches of a profiled step, of a model that has been trained too", async ({ skip }) => {
    if (tf.getBackend() !== "tensorflow") skip("no TensorFlow library here");
    await train.fit(model, set, { ...options, epochs: 1 });
    const before = tf.memory().numTensors;
    const { mean, ops } = await train.profileStep(model, set, { batchSize: 10, workers: 1, warmupSteps: 1, steps: 2 });
    expect(mean.steps).toBe(2);
    expect(ops.some(({ op }) => op === "ResourceApplyAdam")).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("says which file cannot be read, and leaves no tensor behind", async () => {
    const own = join(folder, "images", "a");
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, "broken.png"), "no image");
    const files = await datasets.imageFolder(join(folder, "images"), { side: 8 });
    const before = tf.memory().numTensors;
    await expect(train.fit(model, files, { progress: false })).rejects.toThrow(/broken\.png/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    [set, -1, "fit: workers must be a whole number from 0 to 64, got workers=-1"],
    [set, 1.5, "fit: workers must be a whole number from 0 to 64, got workers=1.5"],
    [
      { ...set, files: Array.from(set.labels, String) },
      0,
      "fit: workers must be a whole number from 1 to 64 for a set of files, got workers=0",
    ],
  ])("refuses %#", async (given, workers, error) => {
    await expect(train.fit(model, given, { workers, progress: false })).rejects.toThrow(new RangeError(error));
  });
});
