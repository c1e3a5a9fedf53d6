/** What somebody who comes from elsewhere does without a thought: it is refused, or said, with what to do. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { choose, imageAt, imageTensor } from "../../lib/datasets/index.js";
import { evaluate, fit, predict, type FitOptions, type LossFunction } from "../../lib/train/index.js";
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

describe("what is called otherwise elsewhere", () => {
  const best = 'did you mean checkpoint, and after the run train.loadCheckpoint(model, "…/best.safetensors")?';
  const stopping = "early stopping is the options patience and monitor";

  it.each<[() => object, string]>([
    [() => ({ optimizer: tf.train.adam() }), '; by name: { name: "adam", … } or "adam"'],
    [() => ({ loss: "categoricalCrossentropy" }), "got loss='categoricalCrossentropy'; did you mean \"crossEntropy\"?"],
    [() => ({ loss: "sparseCategoricalCrossentropy" }), 'did you mean "crossEntropy"?'],
    [() => ({ loss: "categorical_crossentropy" }), 'did you mean "crossEntropy"?'],
    [() => ({ loss: "CrossEntropyLoss" }), 'did you mean "crossEntropy"?'],
    [() => ({ validationSplit: 0.1 }), "did you mean validation, of datasets.split(set, { share })?"],
    [() => ({ validation_split: 0.1 }), "did you mean validation, of datasets.split(set, { share })?"],
    [() => ({ metrics: ["accuracy"] }), "got metrics=[ 'accuracy' ]; accuracy is always measured"],
    [() => ({ callbacks: tf.callbacks.earlyStopping({ patience: 3 }) }), stopping],
    [() => ({ callbacks: [tf.callbacks.earlyStopping({ patience: 3 })] }), stopping],
    [() => ({ monitor: "val_loss" }), 'did you mean "validation"? What is monitored is an accuracy'],
    [() => ({ monitor: "val_accuracy" }), "got monitor='val_accuracy'; did you mean \"validation\"?"],
    [() => ({ monitor: "loss" }), "got monitor='loss'; what is monitored is an accuracy, the higher the better"],
    [() => ({ schedule: "plateau" }), 'nearest comes "step"'],
    [() => ({ schedule: "exponential" }), 'nearest comes { name: "step", stepSize: 1, by: "epoch", gamma }'],
    [() => ({ schedule: "CosineAnnealingLR" }), "got schedule='CosineAnnealingLR'; nearest comes \"cosine\""],
    [
      () => ({ schedule: { name: "cosine_annealing" } }),
      "got schedule.name='cosine_annealing'; nearest comes \"cosine\"",
    ],
    [() => ({ schedule: "linearLR" }), 'nearest comes "linear"'],
    [() => ({ schedule: () => 0.1 }), 'nearest to a function comes "multistep"'],
    [() => ({ restoreBestWeights: true }), best],
    [() => ({ restore_best_weights: true }), best],
    [() => ({ saveBest: true }), best],
    [() => ({ use_ema: true }), "got use_ema; did you mean emaDecay?"],
    [() => ({ mixupAlpha: 0.2 }), "got mixupAlpha; did you mean mixup?"],
    [() => ({ mixup_alpha: 0.2 }), "got mixup_alpha; did you mean mixup?"],
    [() => ({ lr: 0.2 }), "fit: an option must be known, got lr; did you mean learningRate? It is one of "],
  ])("is answered with what it is called here, %#", async (make, error) => {
    await expect(fit(flatDense(), set, make())).rejects.toThrow(error);
  });

  it("is a set: fit and evaluate take none in tensors", async () => {
    const [x, y] = [tf.zeros([2, 4, 4, 3]), tf.zeros([2, 3])];
    for (const call of [fit, evaluate] as ((...given: unknown[]) => Promise<unknown>)[])
      await expect(call(flatDense(), x, y)).rejects.toThrow(
        `${call.name}: set must be a set of images (cifar.train, say), or of files, got set=a tensor [2, 4, 4, 3]; ` +
          "datasets.fromArrays({ images, labels, imageShape }) makes a set of arrays or tensors; options come after " +
          "it: (model, set, options)",
      );
  });

  it("is two units for two classes", async () => {
    const two = "; two classes take 2 units (and a softmax or none)";
    const one = (activation?: "sigmoid") =>
      tf.sequential({
        layers: [
          tf.layers.flatten({ inputShape }),
          tf.layers.dense({ units: 1, name: "p", ...(activation && { activation }) }),
        ],
      });
    await expect(fit(one("sigmoid"), set)).rejects.toThrow(`got a sigmoid at p${two}`);
    await expect(fit(one(), set)).rejects.toThrow(`got [B, 1] from p${two}`);
  });
});

describe("predict()", () => {
  const by = { mean: 0.5, std: 0.5 };

  it("says of a normalized tensor, a set and a list what it takes", async () => {
    const [model, tensor] = [flatDense(), imageTensor(set, 0)];
    await expect(predict(model, tensor, by)).rejects.toThrow(
      "; datasets.imageTensor is normalized already: give datasets.imageAt(set, index)",
    );
    expect((await predict(model, imageAt(set, 0), by)).top).toHaveLength(3);
    await expect(predict(model, choose(set, [0]) as never, by)).rejects.toThrow(
      "got a set of 1 images [4, 4, 3]; evaluate(model, set) takes a set, datasets.imageAt one of its images",
    );
    await expect(predict(model, [imageAt(set, 0)] as never, by)).rejects.toThrow("predict takes one image at a time");
  });
});
