import { inspect } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import {
  channelImages,
  channelRows,
  cka,
  classPoints,
  featureMaps,
  filters,
  normSeries,
  pca,
  positionalEmbeddings,
  umap,
  unitActivity,
  upsampledMaps,
  type FeatureMap,
} from "../../../lib/analysis/index.js";
import { ready, tf } from "../../../lib/backend/index.js";
import { Gelu } from "../../../lib/layers/index.js";
import { createModel } from "../../../lib/models/index.js";
import { setModelUse } from "../../../lib/train/index.js";
import { attentionOverlay, heatmap, imageGrid, lines, scatter } from "../../../lib/plots/index.js";
import { showsItself } from "../../../lib/shown.js";
import { Fixture } from "../../fixtures/safetensors.js";
import { errorOf } from "./networks.js";

beforeAll(ready);

describe("pca()", () => {
  const stored = new Fixture("pca", "inside");

  // the rows are the same float32 numbers, and both compute in float64; what was stored was rounded once to float32
  it.each(["tall", "wide"])("is scikit-learn's, signs and all, of %s rows", (name) => {
    const rows = stored.get(`${name}/rows`);
    const found = pca({ shape: rows.shape as [number, number], values: rows.values }, { components: 4 });
    const known = { scores: found.scores, components: found.components };
    for (const [key, { shape, values }] of Object.entries(known)) {
      expect(shape).toEqual(stored.get(`${name}/${key}`).shape);
      expect(errorOf(values, stored.get(`${name}/${key}`).values)).toBeLessThan(1e-6);
    }
    expect(errorOf(found.explainedVariance, stored.get(`${name}/variance`).values)).toBeLessThan(1e-6);
    expect(errorOf(found.explainedVarianceRatio, stored.get(`${name}/ratio`).values)).toBeLessThan(1e-6);
    expect(errorOf(found.mean, stored.get(`${name}/mean`).values)).toBeLessThan(1e-6);
  });

  it("finds a line, and refuses what has no direction", () => {
    const { scores, components, explainedVarianceRatio } = pca([
      [0, 0],
      [1, -2],
      [2, -4],
    ]);
    expect(components.shape).toEqual([2, 2]);
    expect(errorOf(Array.from(components.values).slice(0, 2), [-1 / Math.sqrt(5), 2 / Math.sqrt(5)])).toBeLessThan(
      1e-9,
    );
    expect(scores.values[0]).toBeCloseTo(Math.sqrt(5), 9);
    expect(explainedVarianceRatio[0]).toBeCloseTo(1, 12);
    expect(() => pca([[1, 2]])).toThrow("pca: rows must be 2 or more, got 1");
    expect(() => pca([[1], [2, 3]])).toThrow("pca: rows must be [N, D], one number or more, got rows of other lengths");
    expect(() => pca([[1], [NaN]])).toThrow("pca: rows must be finite, got NaN in row 1");
    expect(() => pca([[1], [2]], { components: 2 })).toThrow("pca: components must be at most 1 of 2 rows of 1, got 2");
    expect(
      pca([
        [1, 1],
        [1, 1],
      ]).explainedVarianceRatio,
    ).toEqual([0]);
  });
});

describe("umap()", () => {
  /** Three far groups of 10 rows each. */
  const groups = Array.from({ length: 30 }, (_, i) =>
    Array.from({ length: 4 }, (_, j) => 10 * (i % 3 === j ? 1 : 0) + Math.sin(7 * i + j)),
  );
  const options = { neighbors: 5, epochs: 100 };

  it("keeps groups together, gives the same points for the same seed, and others for another", async () => {
    const points = await umap(groups, options);
    expect(points.shape).toEqual([30, 2]);
    const far = (a: number, b: number) =>
      Math.hypot(points.values[2 * a]! - points.values[2 * b]!, points.values[2 * a + 1]! - points.values[2 * b + 1]!);
    for (let i = 0; i < 30; i++) {
      const nearest = groups.map((_, j) => j).filter((j) => j !== i);
      nearest.sort((a, b) => far(i, a) - far(i, b));
      expect(nearest[0]! % 3).toBe(i % 3);
    }
    expect((await umap(groups, options)).values).toEqual(points.values);
    expect((await umap(groups, { ...options, seed: 1 })).values).not.toEqual(points.values);
    await expect(umap(groups, { minDist: 1.5 })).rejects.toThrow(
      "umap: minDist must be at most spread, 1, got minDist=1.5",
    );
    await expect(umap(groups, { neighbors: 30 })).rejects.toThrow(
      "umap: neighbors must be below the number of rows, 30",
    );
  });
});

describe("cka()", () => {
  const a = [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ];

  it("is 1 up to rotation and scale, and by hand between the two", async () => {
    const turned = a.map(([x, y]) => [3 * y! + 5, -3 * x! - 1]);
    expect(await cka(a, turned)).toBeCloseTo(1, 6);
    // ‖YᵀX‖² = 4, ‖XᵀX‖ = √8, ‖YᵀY‖ = 2
    expect(
      await cka(
        a,
        a.map(([x]) => [x!]),
      ),
    ).toBeCloseTo(4 / (2 * Math.sqrt(8)), 6);
    expect(
      await cka(
        a,
        a.map(() => [1]),
      ),
    ).toBeNaN();
    await expect(cka(a, a.slice(1))).rejects.toThrow("cka: a and b must have as many rows, got 4 and 3");
    await expect(cka(a.slice(1), a.slice(1), { debiased: true })).rejects.toThrow(
      "there must be 4 images or more, got 3",
    );
  });
});

describe("unitActivity()", () => {
  /** A layer's values are the inputs' themselves. */
  const through = (layer: tf.layers.Layer, size: number) => {
    const input = tf.input({ shape: [size] });
    return tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
  };
  const rows = (values: number[][]) => tf.tensor2d(values);
  const identity = (activation: "relu" | "tanh" | "sigmoid", units: number) =>
    tf.layers.dense({ units, activation, kernelInitializer: "identity" });

  it("counts units that are above 0 for no image, of ReLU, GELU and their like", async () => {
    const x = rows([
      [-1, 0, 1],
      [-2, -3, -1],
    ]);
    for (const layer of [
      tf.layers.reLU(),
      new Gelu(),
      identity("relu", 3),
      tf.layers.activation({ activation: "elu" }),
    ]) {
      const [found] = await unitActivity(through(layer, 3), x);
      expect(found).toMatchObject({ units: 3, positive: 1 / 6, saturated: null, alwaysSaturated: null });
      expect(found!.dead).toBeCloseTo(2 / 3, 12);
    }
  });

  it("counts values, and units for all images, where tanh and sigmoid are flat", async () => {
    // tanh′ = 1 − tanh²: 0.0707 at 2, 0.0099 at 3
    const x = rows([
      [2, 3, -3, 0],
      [-2, 3, 3, 3],
    ]);
    for (const layer of [identity("tanh", 4), tf.layers.activation({ activation: "tanh" })]) {
      const [found] = await unitActivity(through(layer, 4), x);
      expect(found).toMatchObject({ activation: "tanh", dead: null, saturated: 5 / 8, alwaysSaturated: 2 / 4 });
      const [wider] = await unitActivity(through(layer, 4), x, { threshold: 0.08 });
      expect(wider).toMatchObject({ saturated: 7 / 8, alwaysSaturated: 3 / 4 });
    }
    // sigmoid(2x) is (1 + tanh x) / 2: the same slopes at twice the inputs
    const [found] = await unitActivity(through(identity("sigmoid", 4), 4), tf.mul(x, 2));
    expect(found).toMatchObject({ activation: "sigmoid", saturated: 5 / 8, alwaysSaturated: 2 / 4 });
  });

  it("has ReLU6 flat at both ends, and no share where a value is not a number", async () => {
    const layer = () => tf.layers.reLU({ maxValue: 6 });
    const [found] = await unitActivity(
      through(layer(), 2),
      rows([
        [-1, 7],
        [3, 8],
      ]),
    );
    expect(found).toMatchObject({ dead: 0, positive: 0.75, saturated: 0.5, alwaysSaturated: 0.5 });
    const [broken] = await unitActivity(
      through(layer(), 2),
      rows([
        [NaN, 7],
        [3, 8],
      ]),
    );
    expect(broken).toMatchObject({ dead: NaN, positive: NaN, saturated: NaN });
    await expect(unitActivity(through(tf.layers.dropout({ rate: 0.5 }), 2), rows([[1, 2]]))).rejects.toThrow(
      "unitActivity: model must have a layer with an activation function, got none",
    );
  });

  it("adds up batches, and calls the activations of a transformer by their blocks", async () => {
    const model = through(tf.layers.reLU(), 2);
    const x = rows([
      [1, -1],
      [-1, -1],
      [-1, 2],
    ]);
    const [whole, parts] = [await unitActivity(model, x), await unitActivity(model, x, { batchSize: 2 })];
    expect(whole[0]).toMatchObject({ dead: 0, positive: 1 / 3 });
    expect(parts).toEqual(whole);
    const sizes = { inputShape: [8, 8, 3], patchSize: 4, embedDim: 8, depth: 2, numHeads: 2 } as const;
    const vit = createModel("small_vit", { ...sizes, hiddenDim: 8 });
    const found = await unitActivity(vit, tf.ones([1, 8, 8, 3]));
    expect(found.map(({ layer }) => layer)).toEqual([1, 2].flatMap((i) => [1, 2, 3].map((j) => `block${i}/relu${j}`)));
    const tanh = createModel("myvit_c", { ...sizes, mlpRatio: 2 });
    expect((await unitActivity(tanh, tf.ones([1, 8, 8, 3]))).map(({ layer }) => layer)).toEqual([
      "block1/tanh",
      "block2/tanh",
    ]);
  });
});

describe("filters()", () => {
  const convolution = (channels: number) => {
    const input = tf.input({ shape: [4, 4, channels] });
    const layer = tf.layers.conv2d({ name: "c", filters: 2, kernelSize: [1, 2] });
    const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
    const weights = Array.from({ length: 2 * channels * 2 }, (_, i) => (i % 2 === 0 ? i : -i / 2));
    layer.setWeights([tf.tensor4d(weights, [1, 2, channels, 2]), tf.zeros([2])]);
    return model;
  };

  it("draws three channels in color, by the layer's scale or each filter's", () => {
    // [x][in][out]: filter 0 has 0, 2, …, 10; filter 1 has −0.5, −1.5, …, −5.5
    const all = filters(convolution(3));
    expect(all).toMatchObject({ imageShape: [1, 2, 3], captions: ["0", "1"] });
    const shade = (value: number, most: number) => Math.round(127.5 + (127.5 * value) / most);
    const values = [
      [0, 2, 4, 6, 8, 10],
      [-0.5, -1.5, -2.5, -3.5, -4.5, -5.5],
    ];
    expect([...all.images]).toEqual(values.flat().map((value) => shade(value, 10)));
    const own = filters(convolution(3), { scale: "filter" });
    expect([...own.images]).toEqual(values.flatMap((one, i) => one.map((value) => shade(value, [10, 5.5][i]!))));
    expect(own.source).toBe(
      "c: mid-gray is 0, black and white are minus and plus each filter's largest absolute weight",
    );
    expect(() => imageGrid({ title: "filters", ...all })).not.toThrow();
  });

  it("draws other numbers of channels in gray, one by one", () => {
    expect(filters(convolution(2)).captions).toEqual(["0, input 0", "0, input 1", "1, input 0", "1, input 1"]);
    const [second] = filters(convolution(2), { channel: 1 }).captions;
    expect([second, filters(convolution(1)).imageShape]).toEqual(["0", [1, 2, 1]]);
    expect(() => filters(convolution(2), { channel: 2 })).toThrow("filters: channel must be 0 to 1 of c, got 2");
  });

  it("draws a transformer's linear map of patches as the convolution that it is", () => {
    const model = createModel("small_vit", {
      inputShape: [8, 8, 3],
      patchSize: 4,
      embedDim: 8,
      depth: 1,
      numHeads: 2,
      hiddenDim: 8,
    });
    const found = filters(model);
    expect(found).toMatchObject({ imageShape: [4, 4, 3], captions: ["0", "1", "2", "3", "4", "5", "6", "7"] });
    const kernel = model.getLayer("embed").getWeights()[0]!.dataSync();
    const most = Math.max(...kernel.map(Math.abs));
    const at = (pixel: number, channel: number, filter: number) => kernel[(pixel * 3 + channel) * 8 + filter]!;
    expect(found.images[(5 * 16 + 7) * 3 + 2]).toBe(Math.round(127.5 + (127.5 * at(7, 2, 5)) / most));
    expect(() => filters(tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] }))).toThrow(
      "filters: model must have a convolution or a linear map of patches, got none",
    );
  });
});

describe("what plots draw", () => {
  const map: FeatureMap = { layer: "c", use: 0, shape: [2, 1, 2, 2], values: Float32Array.of(0, 0, 0, 0, 1, 5, 3, 5) };

  it("channelImages() scales each channel by itself, or all alike; channelRows() takes one's numbers", () => {
    expect([...channelImages(map, { image: 1 }).images]).toEqual([0, 255, 0, 0]);
    expect([...channelImages(map, { image: 1, scale: "map" }).images]).toEqual([0, 128, 255, 255]);
    expect(channelImages(map, { channels: [1] })).toMatchObject({ imageShape: [1, 2, 1], captions: ["1"] });
    expect(channelRows(map, 1, 1)).toEqual([Float32Array.of(5, 5)]);
    expect(channelRows({ ...map, shape: [2, 2, 2] }, 1)).toEqual([Float32Array.of(1, 5), Float32Array.of(3, 5)]);
    expect(() => channelImages(map, { channels: [2] })).toThrow("channelImages: channels must be 0 to 1, got 2");
    expect(() => channelImages(map, { image: 2 })).toThrow("channelImages: image must be 0 to 1, got 2");
    expect(() => imageGrid({ title: "maps", ...channelImages(map) })).not.toThrow();
    const labels = { valueLabel: "activation", xLabel: "column", yLabel: "row" };
    expect(() => heatmap({ title: "map", values: channelRows(map, 1), ...labels })).not.toThrow();
  });

  it("upsampledMaps() lies over images, by hand at twice the size", () => {
    const overlay = upsampledMaps({ maps: Float32Array.of(2, 4), mapShape: [1, 2] }, [2, 4]);
    expect([...overlay.maps].map((value) => Number(value.toFixed(4)))).toEqual([0, 0.25, 0.75, 1, 0, 0.25, 0.75, 1]);
    const images = { images: new Uint8Array(2 * 4), imageShape: [2, 4, 1] };
    expect(() => attentionOverlay({ title: "where", ...images, ...overlay })).not.toThrow();
  });

  it("classPoints() and normSeries() are series", () => {
    const points = classPoints(
      [
        [1, 2, 9],
        [3, 4, 9],
        [5, 6, 9],
      ],
      [2, 0, 2],
      ["cat", "dog", "frog"],
    );
    expect(points).toEqual([
      { name: "cat", x: [3], y: [4] },
      { name: "frog", x: [1, 5], y: [2, 6] },
    ]);
    expect(() => scatter({ title: "points", series: points, xLabel: "x", yLabel: "y" })).not.toThrow();
    const series = normSeries([{ norms: { a: 1, b: 2 } }, { norms: { b: 3 } }]);
    expect(series).toEqual([
      { name: "a", x: [1], y: [1] },
      { name: "b", x: [1, 2], y: [2, 3] },
    ]);
    expect(() => lines({ title: "norms", series, xLabel: "epoch", yLabel: "norm" })).not.toThrow();
  });

  it("featureMaps() takes a set in memory, normalized by its own mean and std or those given", async () => {
    const fresh = () => createModel("mynet", { inputShape: [4, 4, 1], filters: [2], poolAfter: [1] });
    const model = fresh();
    const pixels = Uint8Array.from({ length: 48 }, (_, i) => 5 * i);
    const set = { images: pixels, imageShape: [4, 4, 1], mean: 0.5, std: [0.25] } as const;
    const tensor = tf.tensor4d(
      Float32Array.from(pixels, (pixel) => (pixel / 255 - 0.5) / 0.25),
      [3, 4, 4, 1],
    );
    const [[own], [given]] = await Promise.all([featureMaps(model, set, { batchSize: 2 }), featureMaps(model, tensor)]);
    expect(own!.shape).toEqual([3, 4, 4, 2]);
    expect(errorOf(own!.values, given!.values)).toBeLessThan(1e-6);
    setModelUse(model, { classNames: Array.from({ length: 10 }, (_, i) => `class ${i}`), mean: 0.4, std: 0.2 });
    const other = tf.tensor4d(
      Float32Array.from(pixels, (pixel) => (pixel / 255 - 0.4) / 0.2),
      [3, 4, 4, 1],
    );
    const [[noted], [told]] = await Promise.all([featureMaps(model, set), featureMaps(model, other)]);
    expect(errorOf(noted!.values, told!.values)).toBeLessThan(1e-6);
    const { mean: _, ...without } = set;
    await expect(featureMaps(fresh(), without)).rejects.toThrow(
      "mean and std must be known from fit, loadWeights or the set",
    );
    await expect(featureMaps(model, { ...set, images: pixels.subarray(1) })).rejects.toThrow(
      "images must hold N × 4 × 4 × 1",
    );
  });
});

it("what has thousands of numbers shows itself in a line or a table, within its result too", async () => {
  const model = createModel("mynet", { filters: [4, 4], poolAfter: [1] });
  const images = tf.zeros([2, 32, 32, 3]);
  const [map] = await featureMaps(model, images);
  const { scores, components } = pca(
    Array.from({ length: 40 }, (_, i) => Float32Array.from({ length: 50 }, (__, j) => Math.sin(i * j))),
  );
  const { rows } = positionalEmbeddings(createModel("small_vit"));
  for (const value of [map!, scores, components, rows]) {
    expect(showsItself(value)).toBe(true);
    expect(inspect(value).split("\n").length).toBeLessThan(4);
  }
  expect(inspect(map)).toBe("conv1: activations [2, 32, 32, 4]");
});
