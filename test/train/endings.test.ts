/** How a model may end, and what it may take: `fit`, `evaluate` and `predict` take one image and give logits. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { batchGradients, evaluate, fit, predict, setModelUse } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 12, classes: 3, side: 4 });
const options = { epochs: 3, batchSize: 5, seed: 2, progress: false, learningRate: 0.05 } as const;
const image = { mean: 0.5, std: 0.5 } as const;

beforeAll(ready);
afterEach(() => tf.disposeVariables());

const flat = () => tf.layers.flatten({ inputShape: [4, 4, 3] });
const dense = (activation?: "softmax") =>
  tf.layers.dense({
    units: 3,
    kernelInitializer: tf.initializers.randomUniform({ minval: -1, maxval: 1, seed: 5 }),
    ...(activation && { activation }),
  });

const ENDINGS: Record<string, () => tf.LayersModel> = {
  "a dense layer's activation": () => tf.sequential({ layers: [flat(), dense("softmax")] }),
  "an activation layer": () =>
    tf.sequential({ layers: [flat(), dense(), tf.layers.activation({ activation: "softmax" })] }),
  "a softmax layer": () => tf.sequential({ layers: [flat(), dense(), tf.layers.softmax()] }),
  "a model at the end": () =>
    tf.sequential({
      layers: [
        flat(),
        tf.sequential({
          layers: [
            tf.layers.dense({
              units: 3,
              activation: "softmax",
              inputShape: [48],
              kernelInitializer: tf.initializers.randomUniform({ minval: -1, maxval: 1, seed: 5 }),
            }),
          ],
        }),
      ],
    }),
  "a layer before a reshape": () =>
    tf.sequential({
      layers: [
        flat(),
        tf.layers.reshape({ targetShape: [1, 1, 48] }),
        tf.layers.conv2d({
          filters: 3,
          kernelSize: 1,
          activation: "softmax",
          kernelInitializer: tf.initializers.randomUniform({ minval: -1, maxval: 1, seed: 5 }),
        }),
        tf.layers.flatten(),
      ],
    }),
  "a graph's output": () => {
    const x = tf.input({ shape: [4, 4, 3] });
    return tf.model({ inputs: x, outputs: dense("softmax").apply(tf.layers.flatten().apply(x)) as tf.SymbolicTensor });
  },
};

describe("a model that ends in softmax", () => {
  it.each(Object.keys(ENDINGS))("is trained, evaluated and asked as the same network without it: %s", async (name) => {
    const [plain, model] = [tf.sequential({ layers: [flat(), dense()] }), ENDINGS[name]!()];
    const histories = [await fit(plain, set, options), await fit(model, set, options)];
    // A convolution of one pixel sums in another order than a dense layer does.
    histories[1]!.epochs.forEach(({ loss }, i) => expect(loss).toBeCloseTo(histories[0]!.epochs[i]!.loss, 5));
    expect(histories[0]!.epochs[2]!.loss).toBeLessThan(histories[0]!.epochs[0]!.loss); // it learned something
    const [one, other] = [await evaluate(plain, set), await evaluate(model, set)];
    expect(other.loss).toBeCloseTo(one.loss, 5);
    expect(other.predictions).toEqual(one.predictions);
    const pixels = tf.fill([4, 4, 3], 120, "int32");
    const answers = [await predict(plain, pixels, image), await predict(model, pixels, image)];
    answers[1]!.probabilities.forEach((found, i) => expect(found).toBeCloseTo(answers[0]!.probabilities[i]!, 5));
    // To tfjs it still ends in softmax.
    const own = model.predict(tf.fill([1, 4, 4, 3], (120 / 255 - 0.5) / 0.5)) as tf.Tensor;
    answers[1]!.probabilities.forEach((probability, i) => expect(own.dataSync()[i]).toBeCloseTo(probability, 6));
  });

  it("keeps the softmax within the network where one layer is both", async () => {
    const x = tf.input({ shape: [4, 4, 3] });
    const softmax = tf.layers.softmax();
    const within = softmax.apply(dense().apply(tf.layers.flatten().apply(x))) as tf.SymbolicTensor;
    const last = tf.layers.dense({ units: 3, kernelInitializer: "identity" }).apply(within);
    const model = tf.model({ inputs: x, outputs: softmax.apply(last) as tf.SymbolicTensor });
    const answer = await predict(model, tf.fill([4, 4, 3], 120, "int32"), image);
    const own = [...(model.predict(tf.fill([1, 4, 4, 3], (120 / 255 - 0.5) / 0.5)) as tf.Tensor).dataSync()];
    answer.probabilities.forEach((probability, i) => expect(probability).toBeCloseTo(own[i]!, 6));
    expect((await fit(model, set, options)).epochs[2]!.loss).toBeLessThan(Math.log(3));
  });

  const member = (seed: number, activation: "softmax" | "sigmoid" = "softmax") =>
    tf.sequential({
      layers: [
        flat(),
        tf.layers.dense({ units: 3, activation, kernelInitializer: tf.initializers.randomNormal({ seed }) }),
      ],
    });
  const MEANS: Record<string, () => tf.LayersModel> = {
    "an ensemble of two": () => {
      const x = tf.input({ shape: [4, 4, 3] });
      const parts = [member(1), member(2)].map((model) => model.apply(x) as tf.SymbolicTensor);
      return tf.model({ inputs: x, outputs: tf.layers.average().apply(parts) as tf.SymbolicTensor });
    },
    "a softmax at each place of a map": () =>
      tf.sequential({
        layers: [
          tf.layers.conv2d({
            filters: 3,
            kernelSize: 2,
            activation: "softmax",
            inputShape: [4, 4, 3],
            kernelInitializer: tf.initializers.randomNormal({ seed: 3 }),
          }),
          tf.layers.globalAveragePooling2d({}),
        ],
      }),
    "a dropout in a model behind it": () =>
      tf.sequential({
        layers: [member(4), tf.sequential({ layers: [tf.layers.dropout({ rate: 0.5, inputShape: [3] })] })],
      }),
  };

  it.each(Object.keys(MEANS))("is asked for its own probabilities where a mean follows: %s", async (name) => {
    const model = MEANS[name]!();
    const own = [...(model.predict(tf.fill([1, 4, 4, 3], (120 / 255 - 0.5) / 0.5)) as tf.Tensor).dataSync()];
    const { probabilities } = await predict(model, tf.fill([4, 4, 3], 120, "int32"), image);
    probabilities.forEach((probability, i) => expect(probability).toBeCloseTo(own[i]!, 5));
    const inputs = tf.sub(tf.div(tf.tensor4d(Float32Array.from(set.images), [12, 4, 4, 3]), 127.5), 1);
    const right = tf.sum(tf.mul(model.predict(inputs) as tf.Tensor, tf.oneHot(tf.tensor1d(set.labels, "int32"), 3)), 1);
    expect((await evaluate(model, set)).loss).toBeCloseTo(-tf.mean(tf.log(right)).dataSync()[0]!, 5);
    const { epochs } = await fit(model, set, { ...options, dropRemainder: true });
    expect(epochs.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  });

  it("answers 1 where the network says 1", async () => {
    const model = tf.sequential({
      layers: [
        flat(),
        tf.layers.dense({ units: 2, activation: "softmax", kernelInitializer: "zeros", biasInitializer: "zeros" }),
      ],
    });
    model.setWeights([tf.zeros([48, 2]), tf.tensor1d([200, 0])]);
    expect((await predict(model, tf.ones([4, 4, 3], "int32"), image)).probabilities).toEqual([1, Math.exp(-200)]);
  });

  it("has logits' gradients in batchGradients", async () => {
    const batch = {
      images: tf.randomNormal<tf.Rank.R4>([3, 4, 4, 3], 0, 1, "float32", 1),
      labels: tf.tensor1d([0, 1, 2], "int32"),
    };
    const found = [];
    for (const model of [tf.sequential({ layers: [flat(), dense()] }), ENDINGS["a softmax layer"]!()])
      found.push(await batchGradients(model, batch));
    expect(found[1]!.loss).toBe(found[0]!.loss);
    const [one, other] = found.map(({ gradients }) => Array.from(Object.values(gradients)[0]!.dataSync()));
    expect(other).toEqual(one);
  });
});

describe("fit(), evaluate(), predict(), batchGradients() and setModelUse()", () => {
  const doors = {
    fit: (model: tf.LayersModel) => fit(model, set, options),
    evaluate: (model: tf.LayersModel) => evaluate(model, set),
    predict: (model: tf.LayersModel) => predict(model, tf.ones([4, 4, 3], "int32"), image),
    batchGradients: (model: tf.LayersModel) =>
      batchGradients(model, { images: tf.ones([2, 4, 4, 3]), labels: tf.tensor1d([0, 1], "int32") }),
    setModelUse: async (model: tf.LayersModel) => setModelUse(model, { classNames: ["a", "b", "c"], ...image }),
  };
  const input = (name: string) => tf.input({ shape: [4, 4, 3], name });
  const head = (name: string, x: tf.SymbolicTensor) =>
    tf.layers.dense({ units: 3, name }).apply(tf.layers.flatten().apply(x)) as tf.SymbolicTensor;
  const strange: Record<string, [() => tf.LayersModel, string]> = {
    "two inputs": [
      () => {
        const [left, right] = [input("left"), input("right")];
        return tf.model({
          inputs: [left, right],
          outputs: head("logits", tf.layers.add().apply([left, right]) as tf.SymbolicTensor),
        });
      },
      "the model must take one input, images [H, W, C], got 2 (left [4, 4, 3], right [4, 4, 3])",
    ],
    "two outputs": [
      () => {
        const x = input("pixels");
        return tf.model({ inputs: x, outputs: [head("fine", x), head("coarse", x)] });
      },
      "the model must give one output, logits [B, K], got 2 (fine [3], coarse [3])",
    ],
    "a map at the end": [
      () =>
        tf.sequential({
          layers: [tf.layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [4, 4, 3], name: "last" })],
        }),
      "the model must give logits [B, K], got [B, 2, 2, 3] from last; " +
        "tf.layers.globalAveragePooling2d makes one number a channel of a map",
    ],
    "a sigmoid at the end": [
      () => tf.sequential({ layers: [flat(), tf.layers.dense({ units: 3, activation: "sigmoid", name: "last" })] }),
      "the model must end in logits or in a softmax over the classes, got a sigmoid at last",
    ],
    "a sigmoid before a mean": [
      () =>
        tf.sequential({
          layers: [
            tf.layers.conv2d({ filters: 3, kernelSize: 3, activation: "sigmoid", inputShape: [4, 4, 3], name: "last" }),
            tf.layers.globalAveragePooling2d({}),
          ],
        }),
      "the model must end in logits or in a softmax over the classes, got a sigmoid at last",
    ],
    "one number in place of classes": [
      () => tf.sequential({ layers: [flat(), tf.layers.dense({ units: 1, name: "last" })] }),
      "the model must give logits [B, K] of 2 classes or more, got [B, 1] from last; two classes take 2 " +
        "units (and a softmax or none)",
    ],
    "no input": [
      () => tf.sequential(),
      "the model must take one input, images [H, W, C], got none: its first layer must have an inputShape",
    ],
  };

  it.each(Object.keys(strange))("refuse a model with %s by what is wrong with it", async (name) => {
    const [make, rule] = strange[name]!;
    for (const [door, call] of Object.entries(doors)) {
      const before = tf.memory().numTensors;
      const model = make();
      await expect(call(model), door).rejects.toThrow(new TypeError(`${door}: ${rule}`));
      model.weights.forEach((weight) => weight.dispose());
      expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 2); // the door's own arguments
    }
  });
});
