/** What somebody who comes from elsewhere does without a thought: it is refused, or said, with what to do. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { evaluate, fit, type FitOptions, type LossFunction } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 12, classes: 3, side: 4 });
const options = { epochs: 1, batchSize: 6, progress: false } as const;
let said: string[];

beforeAll(ready);
beforeEach(() => {
  said = [];
  vi.spyOn(console, "warn").mockImplementation((text: string) => void said.push(text));
});
afterEach(() => {
  tf.disposeVariables();
  vi.restoreAllMocks();
});

const inputShape: [number, number, number] = [4, 4, 3];
const flatDense = (activation?: "softmax") =>
  tf.sequential({
    layers: [tf.layers.flatten({ inputShape }), tf.layers.dense({ units: 3, ...(activation && { activation }) })],
  });

describe("a model that a fit trains", () => {
  const trained = "got one that another fit trains: was its await forgotten?";

  it("is refused by a second fit and by evaluate until the first has ended", async () => {
    const model = flatDense();
    const first = fit(model, set, options);
    await expect(fit(model, set, options)).rejects.toThrow(
      new RangeError(`fit: the model must not be in training already, ${trained}`),
    );
    await expect(evaluate(model, set)).rejects.toThrow(
      new RangeError(`evaluate: the model must not be in training, ${trained}`),
    );
    const other = flatDense();
    await fit(other, set, options); // another model is another matter
    expect((await first).steps).toBe(2);
    expect((await fit(model, set, options)).steps).toBe(2);
    expect((await evaluate(model, set)).predictions).toHaveLength(12);
  });

  it("may be evaluated by the callbacks, which the fit waits for, and after an error of one", async () => {
    const model = flatDense();
    const found: number[] = [];
    const measure = async () => void found.push((await evaluate(model, set)).loss);
    await fit(model, set, { ...options, callbacks: { step: measure, epoch: measure } });
    expect(found).toHaveLength(3);
    const failing = fit(model, set, { ...options, callbacks: { step: () => Promise.reject(new Error("mine")) } });
    await expect(failing).rejects.toThrow("mine");
    expect((await fit(model, set, options)).steps).toBe(2);
  });
});

describe("a rescaling at a model's beginning", () => {
  const rescaling = (more: object = {}) => tf.layers.rescaling({ scale: 1 / 255, offset: 0, ...more });
  const graph = (layer: tf.layers.Layer) => {
    const x = tf.input({ shape: inputShape });
    const features = tf.layers.flatten().apply(layer.apply(x)) as tf.SymbolicTensor;
    return tf.model({ inputs: x, outputs: tf.layers.dense({ units: 3 }).apply(features) as tf.SymbolicTensor });
  };
  const MODELS: Record<string, () => tf.LayersModel> = {
    "a sequential model's": () =>
      tf.sequential({ layers: [rescaling({ inputShape }), tf.layers.flatten(), tf.layers.dense({ units: 3 })] }),
    "after an input layer": () =>
      tf.sequential({
        layers: [tf.layers.inputLayer({ inputShape }), rescaling(), tf.layers.flatten(), tf.layers.dense({ units: 3 })],
      }),
    "a graph's": () => graph(rescaling()),
    "a model's within a graph": () => graph(tf.sequential({ layers: [rescaling({ inputShape })] })),
    "a model's within a sequential model": () =>
      tf.sequential({
        layers: [
          tf.sequential({ layers: [rescaling({ inputShape })] }),
          tf.layers.flatten(),
          tf.layers.dense({ units: 3 }),
        ],
      }),
  };

  it.each(Object.entries(MODELS))("is said once, with the cure: %s", async (_, make) => {
    const model = make();
    await fit(model, set, options);
    await evaluate(model, set);
    expect(said).toEqual([
      expect.stringMatching(
        /^saccade: fit: the model begins with the rescaling rescaling_\S+, and its images are normalized already /,
      ),
    ]);
    expect(said[0]).toMatch(/: leave the rescaling out, or give mean: 0, std: 1 \/ 255 \(pixels 0 to 255\)$/);
    await evaluate(make(), set);
    expect(said[1]).toMatch(/^saccade: evaluate: the model begins with the rescaling/);
  });

  it("is nothing to say where pixels stay 0 to 255, or where it stands further in", async () => {
    await fit(MODELS["a graph's"]!(), set, { ...options, mean: 0, std: 1 / 255 });
    await fit(MODELS["a graph's"]!(), set, { ...options, mean: [0, 0, 0], std: [0.0039, 0.0039, 0.0039] });
    const pool = tf.layers.averagePooling2d({ poolSize: 2, inputShape });
    await fit(
      tf.sequential({ layers: [pool, rescaling(), tf.layers.flatten(), tf.layers.dense({ units: 3 })] }),
      set,
      options,
    );
    const within = tf.sequential({ layers: [rescaling({ inputShape: [2, 2, 3] })] });
    const x = tf.input({ shape: inputShape });
    const features = tf.layers.flatten().apply(within.apply(pool.apply(x)));
    const deep = tf.layers.dense({ units: 3 }).apply(features) as tf.SymbolicTensor;
    await fit(tf.model({ inputs: x, outputs: deep }), set, options);
    expect(said).toEqual([]);
  });
});

describe("a loss of one's own that", () => {
  const run = (loss: LossFunction, model = flatDense(), more: FitOptions = {}) =>
    fit(model, set, { ...options, ...more, loss });
  /** What Keras' model would be given: the mean of −log p at the label. */
  const ofProbabilities: LossFunction = (p, labels) =>
    tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(labels as tf.Tensor1D, 3), tf.log(tf.sub(p, 1e3))), -1)));

  it("takes logits for probabilities is told that it gets logits, where the model has a softmax", async () => {
    const hint = "your loss gets logits: the softmax at the model's end is left out";
    expect((await run(ofProbabilities, flatDense("softmax"))).endedBy).toBe("notFinite");
    expect(said.at(-1)).toContain(`and the run ended; ${hint}`);
    await run(ofProbabilities);
    expect(said.at(-1)).not.toContain(hint);
    expect(said).toHaveLength(2);
  });

  it("takes labels for rows is told what it is called with", async () => {
    const rows: LossFunction = (logits, targets) => tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar;
    const before = tf.memory().numTensors;
    const model = flatDense();
    const failing = expect(run(rows, model)).rejects;
    await failing.toThrow(/^fit: loss must take logits \[2, 3\] and targets \[2\], got "/);
    await expect(run(rows, model)).rejects.toThrow(
      '"; the loss is called with logits [B, K] and labels [B] (tf.oneHot(labels, K) makes rows)',
    );
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const labels: LossFunction = (logits, targets) => {
      if (targets.rank !== 1) throw new Error("no rows, please");
      return tf.mean(logits) as tf.Scalar;
    };
    await expect(run(labels, flatDense(), { mixup: 1 })).rejects.toThrow(
      'got "no rows, please"; with mixup or cutmix the loss is called with logits [B, K] and soft targets [B, K]',
    );
  });

  it("is asynchronous and fails leaves no rejection unhandled", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    try {
      const failing = async () => Promise.reject(new Error("a moment later"));
      await expect(run(failing as unknown as LossFunction)).rejects.toThrow("loss must give a scalar");
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", note);
    }
  });
});
