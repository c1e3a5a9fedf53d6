import { beforeAll, describe, expect, it, vi } from "vitest";
import {
  ckaMatrix,
  embed,
  featureMaps,
  filters,
  gradCam,
  gradientNorms,
  unitActivity,
} from "../../../lib/analysis/index.js";
import { ready, tf } from "../../../lib/backend/index.js";
import { errorOf, stateOf, TOLERANCE } from "./networks.js";

beforeAll(ready);

const shape = [8, 8, 3];
const conv = (name: string, filters: number, seed: number, activation: "relu" | "tanh" = "relu") =>
  tf.layers.conv2d({
    name,
    filters,
    kernelSize: 3,
    padding: "same",
    activation,
    kernelInitializer: tf.initializers.randomNormal({ stddev: 0.4, seed }),
  });
const head = (name: string, units = 3, activation?: "softmax") =>
  tf.layers.dense({
    name,
    units,
    ...(activation && { activation }),
    kernelInitializer: tf.initializers.randomNormal({ stddev: 0.3, seed: 9 }),
  });
const pictures = (count = 4) => tf.randomNormal([count, 8, 8, 3], 0, 1, "float32", 5);

/** The same network: in one model, in a sequential one, with a model within, and with models in models. */
const FORMS: Record<string, (end?: "softmax") => tf.LayersModel> = {
  "one model": (end) => {
    const input = tf.input({ shape });
    let x = conv("a", 4, 1).apply(input) as tf.SymbolicTensor;
    x = conv("b", 5, 2, "tanh").apply(x) as tf.SymbolicTensor;
    x = tf.layers.flatten().apply(x) as tf.SymbolicTensor;
    return tf.model({ inputs: input, outputs: head("head", 3, end).apply(x) as tf.SymbolicTensor });
  },
  "a sequential model": (end) =>
    tf.sequential({
      layers: [
        tf.layers.inputLayer({ inputShape: shape }),
        conv("a", 4, 1),
        conv("b", 5, 2, "tanh"),
        tf.layers.flatten(),
        head("head", 3, end),
      ],
    }),
  "a model within": (end) => {
    const inner = tf.input({ shape });
    const middle = conv("b", 5, 2, "tanh").apply(conv("a", 4, 1).apply(inner)) as tf.SymbolicTensor;
    const encoder = tf.model({ name: "encoder", inputs: inner, outputs: middle });
    const input = tf.input({ shape });
    const flat = tf.layers.flatten().apply(encoder.apply(input) as tf.SymbolicTensor) as tf.SymbolicTensor;
    return tf.model({ inputs: input, outputs: head("head", 3, end).apply(flat) as tf.SymbolicTensor });
  },
  "sequential models within a sequential model": (end) =>
    tf.sequential({
      layers: [
        tf.layers.inputLayer({ inputShape: shape }),
        tf.sequential({
          name: "encoder",
          layers: [tf.layers.inputLayer({ inputShape: shape }), conv("a", 4, 1), conv("b", 5, 2, "tanh")],
        }),
        tf.layers.flatten(),
        tf.sequential({
          name: "classifier",
          layers: [tf.layers.inputLayer({ inputShape: [8 * 8 * 5] }), head("head", 3, end)],
        }),
      ],
    }),
};

const lastName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

describe.each(Object.entries(FORMS))("the same network as %s", (_, make) => {
  const asked = async (model: tf.LayersModel) => {
    const images = pictures();
    try {
      const { norms, loss } = await gradientNorms(model, images, [0, 1, 2, 0]);
      const cam = await gradCam(model, images, { classes: 1 });
      return {
        maps: await featureMaps(model, images),
        features: await embed(model, images),
        activity: await unitActivity(model, images),
        cka: await ckaMatrix(model, model, images),
        norms: Object.entries(norms).map(([name, norm]) => [lastName(name), norm] as const),
        loss,
        cam,
        filters: filters(model),
      };
    } finally {
      images.dispose();
    }
  };

  it("gives the same everywhere, by names that tell the models within, and stays as it is", async () => {
    const plain = await asked(FORMS["one model"]!());
    const model = make();
    const own = await asked(model);
    expect(own.maps.map(({ layer }) => lastName(layer))).toEqual(["a", "b"]);
    own.maps.forEach(({ values }, i) => expect(errorOf(values, plain.maps[i]!.values)).toBeLessThan(TOLERANCE));
    expect(errorOf(own.features.values, plain.features.values)).toBeLessThan(TOLERANCE);
    expect(own.activity.map(({ activation }) => activation)).toEqual(["relu", "tanh"]);
    expect(own.activity[1]!.saturated).toBe(plain.activity[1]!.saturated);
    expect(errorOf(own.cka.values.flat(), plain.cka.values.flat())).toBeLessThan(TOLERANCE);
    expect(own.norms.map(([name]) => name)).toEqual(["a", "b", "head"]);
    expect(
      errorOf(
        own.norms.map(([, norm]) => norm),
        plain.norms.map(([, norm]) => norm),
      ),
    ).toBeLessThan(TOLERANCE);
    expect(lastName(own.cam.layer)).toBe("b");
    expect(errorOf(own.cam.maps, plain.cam.maps)).toBeLessThan(TOLERANCE);
    expect(own.filters.images).toEqual(plain.filters.images);
    const before = stateOf(model);
    await asked(model);
    expect(stateOf(model)).toEqual(before);
  });

  it("is asked for its logits where it ends in a softmax", async () => {
    const [plain, own] = [await asked(FORMS["one model"]!()), await asked(make("softmax"))];
    expect(errorOf([own.loss], [plain.loss])).toBeLessThan(TOLERANCE);
    expect(errorOf(own.cam.maps, plain.cam.maps)).toBeLessThan(TOLERANCE);
    const probabilities = await featureMaps(make("softmax"), pictures(1), { layers: ["head"] });
    expect(probabilities[0]!.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });
});

it("names of models within are part of a layer's; a name that two layers have is refused", async () => {
  const model = FORMS["a model within"]!();
  const input = tf.input({ shape });
  const twice = tf.model({
    inputs: input,
    outputs: conv("b", 2, 3).apply(
      (model.getLayer("encoder") as tf.LayersModel).apply(input) as tf.SymbolicTensor,
    ) as tf.SymbolicTensor,
  });
  const images = pictures(1);
  expect((await featureMaps(twice, images)).map(({ layer }) => layer)).toEqual(["encoder/a", "encoder/b", "b"]);
  const [whole] = await featureMaps(twice, images, { layers: ["encoder"] });
  const [last] = await featureMaps(twice, images, { layers: ["encoder/b"] });
  expect(whole!.values).toEqual(last!.values);
  const outer = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: shape }), twice as tf.Sequential] });
  await expect(featureMaps(outer, images, { layers: ["b"] })).rejects.toThrow(
    /^featureMaps: layers must name one layer each, got b, which is any of \S+\/encoder\/b, \S+\/b$/,
  );
});

it("a layer that is used again has a map for each use, and Grad-CAM takes the last", async () => {
  const input = tf.input({ shape });
  const shared = conv("shared", 3, 4, "tanh");
  const x = shared.apply(shared.apply(input)) as tf.SymbolicTensor;
  const model = tf.model({
    inputs: input,
    outputs: head("head").apply(tf.layers.flatten().apply(x)) as tf.SymbolicTensor,
  });
  const images = pictures(2);
  const maps = await featureMaps(model, images);
  expect(maps.map(({ layer, use }) => [layer, use])).toEqual([
    ["shared", 0],
    ["shared", 1],
  ]);
  const again = tf.tidy(() => shared.apply<tf.Tensor>(tf.tensor(maps[0]!.values, [2, 8, 8, 3])).dataSync());
  expect(errorOf(maps[1]!.values, again)).toBeLessThan(TOLERANCE);
  expect((await ckaMatrix(model, model, images, { layers: ["shared"] })).rowNames).toEqual(["shared", "shared (2)"]);
  // by hand: the gradient of a dense layer's output by its input is its kernel
  const cam = await gradCam(model, images, { classes: 2 });
  const byHand = tf.tidy(() => {
    const kernel = tf.reshape(tf.slice(model.getLayer("head").getWeights()[0]!, [0, 2], [-1, 1]), [1, 8, 8, 3]);
    const map = tf.tensor(maps[1]!.values, [2, 8, 8, 3]);
    return tf.relu(tf.sum(tf.mul(tf.mean(kernel, [1, 2], true), map), -1)).dataSync();
  });
  expect(errorOf(cam.maps, byHand)).toBeLessThan(TOLERANCE);
});

describe("gradientNorms()", () => {
  it("leaves frozen layers out, counts shared weights once, and dropout and batch norms evaluate", async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.inputLayer({ inputShape: shape }),
        conv("block1/conv", 4, 1),
        tf.layers.batchNormalization({ name: "block1/norm" }),
        conv("block2/conv", 4, 2),
        tf.layers.dropout({ rate: 0.5 }),
        tf.layers.flatten(),
        head("head"),
      ],
    });
    model.getLayer("block1/conv").trainable = false;
    const images = pictures();
    const before = stateOf(model);
    const first = await gradientNorms(model, images, [0, 1, 2, 0], { by: "block" });
    expect(Object.keys(first.norms)).toEqual(["block1", "block2", "head"]);
    expect(await gradientNorms(model, images, [0, 1, 2, 0], { by: "block" })).toEqual(first);
    expect(Object.keys((await gradientNorms(model, images, [0, 1, 2, 0])).norms)[0]).toBe("block1/norm");
    expect(first.total).toBeCloseTo(Math.hypot(...Object.values(first.norms)), 5);
    expect(stateOf(model)).toEqual(before);
    model.trainable = false;
    await expect(gradientNorms(model, images, [0, 1, 2, 0])).rejects.toThrow(
      "gradientNorms: model must have a weight that is trained, got none",
    );
  });

  it("takes a loss of one's own: of a linear model's squared error the gradient is known", async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ name: "line", units: 1, inputShape: [2] })] });
    model.setWeights([tf.tensor2d([1, 2], [2, 1]), tf.tensor1d([0.5])]);
    const x = tf.tensor2d([1, 0, 0, 1, 1, 1], [3, 2]);
    const y = tf.tensor2d([1, 1, 1], [3, 1]);
    const loss = (given: tf.Tensor, wanted: tf.Tensor) => tf.mean(tf.square(tf.sub(given, wanted)));
    // errors 0.5, 1.5, 2.5; gradient 2/3 · (0.5 + 2.5, 1.5 + 2.5, 0.5 + 1.5 + 2.5) = (2, 8/3, 3)
    for (const batchSize of [3, 2]) {
      const found = await gradientNorms(model, x, y, { loss, batchSize });
      expect(found.loss).toBeCloseTo(8.75 / 3, 5);
      expect(found.norms["line"]).toBeCloseTo(Math.hypot(2, 8 / 3, 3), 5);
    }
    const cam = gradCam(model, x);
    await expect(cam).rejects.toThrow("gradCam: layer must be named for a model without a convolution, got none");
  });
});

it("a model of one number has a Grad-CAM, of class 0", async () => {
  const model = tf.sequential({
    layers: [tf.layers.inputLayer({ inputShape: shape }), conv("a", 4, 1), tf.layers.flatten(), head("value", 1)],
  });
  const cam = await gradCam(model, pictures(2));
  expect(cam).toMatchObject({ layer: "a", classes: [0, 0], mapShape: [8, 8] });
  await expect(gradCam(model, pictures(2), { classes: 1 })).rejects.toThrow("gradCam: classes must be 0 to 0, got 1");
  await expect(gradientNorms(model, pictures(2), [0, 0])).rejects.toThrow(
    "gradientNorms: model must give logits [B, K] of 2 classes or more where no loss is given, got [B, 1]",
  );
});

it("ckaMatrix() runs a model once for all its layers, where their features may be held together", async () => {
  const [model, images] = [FORMS["one model"]!(), pictures(5)];
  const call = vi.spyOn(model.layers[1]!, "call");
  const all = await ckaMatrix(model, model, images);
  expect(call.mock.calls.length).toBe(1); // as it is traced
  const alone = await ckaMatrix(model, model, images, { layers: ["b"], otherLayers: ["head"] });
  expect(errorOf(alone.values[0]!, [all.values[1]![2]!])).toBeLessThan(TOLERANCE);
});

it("gradCam() refuses a model whose weights are not numbers", async () => {
  const model = FORMS["one model"]!();
  const [kernel, bias] = model.getLayer("a").getWeights();
  model.getLayer("a").setWeights([tf.fill(kernel!.shape, NaN), bias!]);
  const images = pictures(1);
  const before = tf.memory().numTensors;
  await expect(gradCam(model, images)).rejects.toThrow("gradCam: model must give finite gradients, got NaN");
  expect(tf.memory().numTensors).toBe(before);
});

describe("wrong inputs", () => {
  const model = FORMS["one model"]!();
  const [one, two] = [pictures(1), pictures(2)];

  it.each<[() => Promise<unknown>, string]>([
    [() => featureMaps(model, tf.zeros([1, 8, 8, 1])), "images must be [B, 8, 8, 3], got [B, 8, 8, 1]"],
    [() => featureMaps(model, tf.zeros([8, 8, 3])), "images must be [B, 8, 8, 3], got [B, 8, 3]"],
    [() => featureMaps(model, tf.zeros([0, 8, 8, 3])), "images must hold one image or more, got none"],
    [() => featureMaps(model, tf.zeros([1, 8, 8, 3], "int32")), "images must be float32, normalized as in training"],
    [() => featureMaps(model, one, { layers: ["hed"] }), "did you mean head?"],
    [() => embed(model, one, { layer: "c" }), "layer must be one of a, b, "],
    [() => gradCam(model, one, { layer: "head" }), "layer must give maps [B, h, w, C], got [B, 3] of head"],
    [() => gradCam(model, two, { classes: [1] }), "classes must be 2, one an image, got 1"],
    [() => gradientNorms(model, two, [0]), "labels must be 2, one an image, got 1"],
    [() => gradientNorms(model, two, [0, 3]), "labels must be 0 to 2, got 3"],
    [() => gradientNorms(model, two, [0, 0.5]), "labels must be whole numbers, got 0.5"],
    [() => gradientNorms(model, two, tf.zeros([2, 3])), "labels must be class indices, int32 [N], got float32"],
    [() => ckaMatrix(model, model, one), "there must be 2 images or more, got 1"],
    [() => ckaMatrix(model, model, two, { layers: [] }), "layers must name one layer or more, got none"],
  ])("are refused, and leave no tensor: %#", async (call, message) => {
    const before = tf.memory().numTensors;
    const error = await call().then(
      () => new Error("let through"),
      (refused: Error) => refused,
    );
    expect(error.message).toMatch(/^(featureMaps|embed|gradCam|gradientNorms|ckaMatrix): /);
    expect(error.message).toContain(message);
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(1); // the one that the call was given
  });
});
