import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { compile, ready, tf } from "../../lib/backend/index.js";
import { batches } from "../../lib/datasets/index.js";
import { createOptimizer, crossEntropy, evaluate, fit, predict } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 60, classes: 3 });
let model: tf.LayersModel;

beforeAll(ready);
afterEach(() => model.dispose());

/** A layer of one's own: one weight, by which every number is scaled. */
class Scale extends tf.layers.Layer {
  static className = "OwnModelsScale";
  #scale!: tf.LayerVariable;
  override build(): void {
    this.#scale = this.addWeight("scale", [1], "float32", tf.initializers.ones());
    this.built = true;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.mul(Array.isArray(inputs) ? inputs[0]! : inputs, this.#scale.read()));
  }
  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }
}

/** A model as a class of its own. */
class Brightness extends tf.LayersModel {
  constructor(units: number) {
    const image = tf.input({ shape: [8, 8, 3] });
    const mean = tf.layers.globalAveragePooling2d({}).apply(new Scale({}).apply(image)) as tf.SymbolicTensor;
    super({ inputs: image, outputs: tf.layers.dense({ units }).apply(mean) as tf.SymbolicTensor });
  }
}

const MODELS: Readonly<Record<string, () => tf.LayersModel>> = {
  "tf.sequential, which ends in a softmax": () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [8, 8, 3] }),
        tf.layers.globalAveragePooling2d({}),
        tf.layers.dense({ units: 3, activation: "softmax" }),
      ],
    }),
  "tf.sequential with a layer of softmax": () =>
    tf.sequential({
      layers: [
        tf.layers.globalAveragePooling2d({ inputShape: [8, 8, 3] } as never),
        tf.layers.dense({ units: 3 }),
        tf.layers.softmax(),
      ],
    }),
  "a functional tf.model of two paths": () => {
    const image = tf.input({ shape: [8, 8, 3] });
    const paths = [tf.layers.globalAveragePooling2d({}), tf.layers.globalMaxPooling2d({})];
    const joined = tf.layers.concatenate().apply(paths.map((path) => path.apply(image) as tf.SymbolicTensor));
    return tf.model({ inputs: image, outputs: tf.layers.dense({ units: 3 }).apply(joined) as tf.SymbolicTensor });
  },
  "a subclass of tf.LayersModel with a layer of one's own": () => new Brightness(3),
};

describe.each(Object.entries(MODELS))("%s", (_, make) => {
  it("learns by fit(), and is evaluated and asked", async () => {
    model = make();
    const { loss } = await evaluate(model, set);
    await fit(model, set, { epochs: 40, batchSize: 20, learningRate: 0.1, progress: false });
    const after = await evaluate(model, set);
    expect(after.loss).toBeLessThan(loss / 2);
    expect(after.accuracy).toBeGreaterThan(0.9);
    const bright = { data: new Uint8Array(8 * 8 * 3).fill(225), height: 8, width: 8, channels: 3 };
    expect((await predict(model, bright)).top[0]!.className).toBe("level 2");
  });
});

it("a layer of one's own is trained with the others", async () => {
  model = MODELS["a subclass of tf.LayersModel with a layer of one's own"]!();
  const [scale] = model.getWeights();
  await fit(model, set, { epochs: 2, batchSize: 20, learningRate: 0.1, progress: false });
  expect(scale!.dataSync()[0]).not.toBe(1);
});

it("a loop of one's own takes fit's steps", async () => {
  const make = () =>
    tf.sequential({ layers: [tf.layers.flatten({ inputShape: [8, 8, 3] }), tf.layers.dense({ units: 3 })] });
  const theirs = make();
  model = make();
  model.setWeights(theirs.getWeights());

  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const optimizer = createOptimizer(variables, "adamw", 1e-2);
  const step = compile((images: tf.Tensor4D, labels: tf.Tensor1D) => {
    const loss = () => crossEntropy(model.apply(images, { training: true }) as tf.Tensor2D, labels);
    const { value, grads } = tf.variableGrads(loss, variables);
    optimizer.apply(variables.map(({ name }) => grads[name]!));
    return value;
  });
  for (let epoch = 1; epoch <= 3; epoch++) {
    for (const batch of batches(set, { batchSize: 20, shuffle: true, epoch })) {
      tf.dispose([await step(batch.images, batch.labels), batch]);
    }
  }

  await fit(theirs, set, { epochs: 3, batchSize: 20, optimizer: "adamw", learningRate: 1e-2, progress: false });
  const [own, fits] = [model, theirs].map((each) => each.getWeights().flatMap((weight) => [...weight.dataSync()]));
  // sums of another order: fit may take a batch in two parts
  expect(Math.max(...own!.map((value, i) => Math.abs(value - fits![i]!)))).toBeLessThan(1e-4);
  tf.dispose([step, optimizer, theirs].map((each) => void each.dispose()) as never);
});
