import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { createModel } from "../../lib/models/index.js";
import { evaluate, fit, FIT_DEFAULTS, setModelUse, silentProgress } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 50, classes: 3 });
const options = { epochs: 2, batchSize: 20, learningRate: 3e-3, seed: 3, lossEvery: 2, progress: false } as const;
let model: tf.LayersModel;

beforeAll(ready);
beforeEach(() => {
  model = createModel("small_vit", {
    inputShape: [8, 8, 3],
    numClasses: 3,
    embedDim: 8,
    depth: 1,
    numHeads: 2,
    hiddenDim: 16,
  });
});
afterEach(() => model.dispose());

describe("fit()", () => {
  it("learns a set that can be learned", async () => {
    const before = await evaluate(model, set);
    await fit(model, set, { ...options, epochs: 30 });
    const after = await evaluate(model, set);
    expect(after.loss).toBeLessThan(before.loss / 2);
    expect(after.accuracy).toBeGreaterThan(0.9);
  });

  it("records the mean loss of each window of batches, of each epoch, and its config", async () => {
    const seen: number[] = [];
    const history = await fit(model, set, {
      ...options,
      progress: { ...silentProgress, step: ({ loss }) => void seen.push(loss) },
    });
    expect(history.steps).toBe(6); // 20, 20 and 10 images, twice
    expect(history.stopped).toBe(false);
    expect(history.losses.map(({ epoch, batch }) => [epoch, batch])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    // two batches of one size: the running mean is the window's
    expect(history.losses[0]!.loss).toBeCloseTo(seen[1]!, 6);
    expect(history.epochs.map(({ epoch, loss }) => [epoch, loss])).toEqual([
      [1, seen[2]],
      [2, seen[5]],
    ]);
    expect(JSON.parse(JSON.stringify(history.config))).toMatchObject({
      epochs: 2,
      batchSize: 20,
      learningRate: 3e-3,
      optimizer: { name: "adam", beta1: 0.9 },
      seed: 3,
    });
  });

  it("gives the same losses for the same seed, others for another", async () => {
    const weights = model.getWeights().map((weight) => tf.clone(weight));
    const run = async (seed: number) => {
      model.setWeights(weights);
      return (await fit(model, set, { ...options, seed })).losses.map(({ loss }) => loss);
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
    tf.dispose(weights);
  });

  it("augments the images that it is told to", async () => {
    const weights = model.getWeights().map((weight) => tf.clone(weight));
    const run = async (augment: object) => {
      model.setWeights(weights);
      return (await fit(model, set, { ...options, augment })).losses.map(({ loss }) => loss);
    };
    expect(await run({ cropPadding: 2 })).not.toEqual(await run({}));
    tf.dispose(weights);
  });

  it("normalises as the model's weights were trained, unless it is told otherwise", async () => {
    expect((await fit(model, set, { ...options, epochs: 1 })).config).toMatchObject({ mean: 0.5, std: 0.5 });
    setModelUse(model, { classNames: ["a", "b", "c"], mean: [0.1, 0.2, 0.3], std: 0.4 });
    expect((await fit(model, set, { ...options, epochs: 1 })).config).toMatchObject({
      mean: [0.1, 0.2, 0.3],
      std: 0.4,
    });
    expect((await fit(model, set, { ...options, epochs: 1, std: 0.25 })).config).toMatchObject({
      mean: [0.1, 0.2, 0.3],
      std: 0.25,
    });
  });

  it("normalizes by what a set carries where nothing is noted with the model, else by 0.5", async () => {
    const once = { ...options, epochs: 1 };
    const { mean: _, std: __, ...bare } = set;
    await expect(evaluate(model, bare)).rejects.toThrow(
      new RangeError(
        "evaluate: mean and std must be known from fit, loadCheckpoint, loadWeights or the set, or be given, " +
          "got neither",
      ),
    );
    await expect(evaluate(model, { ...bare, mean: 0.1 })).rejects.toThrow("or be given, got no std");
    const carried = { ...bare, mean: [0.1, 0.2, 0.3], std: 0.25 };
    expect((await evaluate(model, carried)).loss).toBe(
      (await evaluate(model, bare, { mean: [0.1, 0.2, 0.3], std: 0.25 })).loss,
    );
    expect((await fit(model, carried, once)).config).toMatchObject({ mean: [0.1, 0.2, 0.3], std: 0.25 });
    // what is noted with the model comes before the set's
    expect((await fit(model, { ...bare, mean: 0.9, std: 0.9 }, once)).config).toMatchObject({ std: 0.25 });
    const fresh = tf.sequential({
      layers: [tf.layers.flatten({ inputShape: [8, 8, 3] }), tf.layers.dense({ units: 3 })],
    });
    expect((await fit(fresh, bare, once)).config).toMatchObject({ mean: 0.5, std: 0.5 });
    fresh.dispose();
  });

  it("takes null for none, and for the default where there is always one", async () => {
    const nothing = {
      ...{ schedule: null, microBatchSize: null, parallelParts: null, clipNorm: null, emaDecay: null, monitor: null },
      ...{ targetAccuracy: null, patience: null, augment: null, lossEvery: null, classWeights: null, metrics: null },
      ...{ validation: null, checkpoint: null, callbacks: null, signal: null, name: null, progress: null },
    };
    const { config } = await fit(model, set, { epochs: 1, batchSize: 50, ...nothing });
    expect(config).toEqual({ ...FIT_DEFAULTS, epochs: 1, batchSize: 50, mean: 0.5, std: 0.5 });
  });

  it("leaves no tensor behind", async () => {
    await fit(model, set, { ...options, epochs: 1 });
    const before = tf.memory().numTensors;
    await fit(model, set, options);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("ends after the current step where its signal aborts, and returns the history so far", async () => {
    const abort = new AbortController();
    const progress = {
      ...silentProgress,
      step: ({ epoch, batch }: { epoch: number; batch: number }) => {
        if (epoch === 1 && batch === 2) abort.abort();
      },
    };
    const before = tf.memory().numTensors;
    const history = await fit(model, set, { ...options, signal: abort.signal, progress });
    expect(history).toMatchObject({ steps: 2, stopped: true, epochs: [] });
    expect(history.losses).toHaveLength(1);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("ends where the running cell is interrupted", async () => {
    const key = Symbol.for("Jupyter.signal");
    (globalThis as Record<symbol, unknown>)[key] = AbortSignal.abort();
    try {
      expect((await fit(model, set, options)).steps).toBe(0);
    } finally {
      delete (globalThis as Record<symbol, unknown>)[key];
    }
  });

  it("lets timers run between steps", async () => {
    const ticks: number[] = [];
    const timer = setInterval(() => ticks.push(1), 0);
    let ticksAtEnd = 0;
    await fit(model, set, {
      ...options,
      progress: {
        ...silentProgress,
        step: () => {
          ticksAtEnd = ticks.length;
        },
      },
    });
    clearInterval(timer);
    expect(ticksAtEnd).toBeGreaterThan(0);
  });

  it.each([
    {
      why: "an image of another shape",
      set: brightnessSet({ count: 4, classes: 3, side: 4 }),
      options: {},
      error: "fit: the model takes images [8,8,3], got brightness with [4,4,3]",
    },
    {
      why: "a label beyond the model's classes",
      set: brightnessSet({ count: 4, classes: 4 }),
      options: {},
      error: "fit: labels must be 0 to 2, the model's classes, got 3",
    },
    {
      why: "no epochs",
      set,
      options: { epochs: 0 },
      error: "fit: epochs must be a number above 0, got epochs=0",
    },
    {
      why: "a learning rate below 0",
      set,
      options: { learningRate: -1 },
      error: "fit: learningRate must be a number of 0 or more, got learningRate=-1",
    },
    {
      why: "an option that it does not have",
      set,
      options: { lr: 1 },
      error: "fit: an option must be known, got lr; did you mean learningRate? It is one of",
    },
  ])("refuses $why", async ({ set, options, error }) => {
    const before = tf.memory().numTensors;
    await expect(fit(model, set, { ...options, progress: false })).rejects.toThrow(error);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("evaluate()", () => {
  it("agrees with the model's own predictions, whatever the batch size", async () => {
    const { accuracy, loss, predictions } = await evaluate(model, set, { batchSize: 7 });
    const whole = await evaluate(model, set, { batchSize: 50 });
    expect(predictions).toEqual(whole.predictions);
    expect(accuracy).toBe([...predictions].filter((predicted, i) => predicted === set.labels[i]).length / 50);
    expect(loss).toBeCloseTo(whole.loss, 5);
  });

  it("throws where its signal aborts", async () => {
    await expect(evaluate(model, set, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });

  it("leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    await evaluate(model, set, { batchSize: 20 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
