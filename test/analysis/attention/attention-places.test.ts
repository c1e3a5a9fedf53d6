/** Where tokens lie, in models of many makes; rollout and distance by hand. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  attentionDistance,
  attentionLayers,
  attentionMap,
  attentionMaps,
  attentionRollout,
  attentionWeights,
  positionalEmbeddings,
  type AttentionWeights,
} from "../../../lib/analysis/index.js";
import { ready, tf } from "../../../lib/backend/index.js";
import { createModel } from "../../../lib/models/index.js";

beforeAll(ready);
afterEach(() => tf.disposeVariables());

const TINY = { inputShape: [8, 12, 3], embedDim: 8, depth: 2, numHeads: 2 } as const;
const vit = (more: object = {}) => createModel("vit_b16", { ...TINY, patchSize: 4, numClasses: 3, ...more });
const images = (count = 2) => tf.randomNormal([count, 8, 12, 3], 0, 1, "float32", 7) as tf.Tensor4D;

describe("a model inside a model", () => {
  const nested = () => {
    const inner = vit();
    const image = tf.input({ shape: [8, 12, 3] });
    const scaled = tf.layers.activation({ activation: "tanh" }).apply(image);
    const outputs = tf.layers.dense({ units: 2 }).apply(inner.apply(scaled) as tf.SymbolicTensor);
    return { inner, outer: tf.model({ inputs: image, outputs: outputs as tf.SymbolicTensor }) };
  };

  it("has its attention found, on what the layers before it make of the images", async () => {
    const { inner, outer } = nested();
    const names = ["block1/attention", "block2/attention"].map((name) => `${inner.name}/${name}`);
    expect(attentionLayers(outer)).toEqual(names);
    const [found, alone] = [await attentionWeights(outer, images()), await attentionWeights(inner, tf.tanh(images()))];
    expect(found.map(({ values }) => [...values])).toEqual(alone.map(({ values }) => [...values]));
    expect(found[1]!.tokens).toEqual(alone[1]!.tokens);
    expect(found[1]!.tokens).toMatchObject({ rows: 2, columns: 3, numPrefixTokens: 1, imageShape: [8, 12, 3] });
    const [only] = await attentionWeights(outer, images(), [names[1]!]);
    expect([...only!.values]).toEqual([...found[1]!.values]);
    const place = positionalEmbeddings(outer);
    expect([place.layer, place.rows.length, place.tokens]).toEqual([`${inner.name}/position`, 7, found[0]!.tokens]);
  });

  it("is found where it is the first of a sequential model, and within two", async () => {
    const inner = vit();
    const sequential = tf.sequential({ layers: [inner, tf.layers.dense({ units: 2 })] });
    expect(attentionLayers(sequential)).toEqual([`${inner.name}/block1/attention`, `${inner.name}/block2/attention`]);
    const alone = await attentionWeights(inner, images());
    const found = await attentionWeights(sequential, images());
    expect(found.map(({ values }) => [...values])).toEqual(alone.map(({ values }) => [...values]));
    const image = tf.input({ shape: [8, 12, 3] });
    const outer = tf.model({ inputs: image, outputs: sequential.apply(image) as tf.SymbolicTensor });
    const deep = await attentionWeights(outer, images());
    expect(deep[1]!.layer).toBe(`${sequential.name}/${inner.name}/block2/attention`);
    expect([...deep[1]!.values]).toEqual([...alone[1]!.values]);
  });

  it("is told apart by its use where it is used twice, and leaves no tensor", async () => {
    const inner = vit({ depth: 1 });
    const image = tf.input({ shape: [8, 12, 3] });
    const turned = tf.layers.activation({ activation: "sigmoid" }).apply(image);
    const both = [image, turned].map((x) => inner.apply(x) as tf.SymbolicTensor);
    const model = tf.model({ inputs: image, outputs: tf.layers.add().apply(both) as tf.SymbolicTensor });
    const batch = images();
    const before = tf.memory().numTensors;
    const found = await attentionWeights(model, batch);
    expect(tf.memory().numTensors).toBe(before);
    expect(found.map(({ layer }) => layer)).toEqual([
      `${inner.name}/block1/attention`,
      `${inner.name}:2/block1/attention`,
    ]);
    const second = await attentionWeights(inner, tf.sigmoid(batch));
    expect([...found[1]!.values]).toEqual([...second[0]!.values]);
  });

  it("of two inputs is refused by what is wrong", async () => {
    const inputs = [tf.input({ shape: [2] }), tf.input({ shape: [2] })];
    const model = tf.model({ inputs, outputs: tf.layers.add().apply(inputs) as tf.SymbolicTensor });
    await expect(attentionWeights(model, images())).rejects.toThrow("model must have one input, got 2");
  });
});

describe("tokens' places", () => {
  it.each([
    ["patches behind a class token", vit, { form: "patches", numPrefixTokens: 1, rows: 2, columns: 3 }],
    [
      "a convolution's pixels, without a class token",
      () => createModel("cct_6_3x1_32", TINY),
      { form: "patches", numPrefixTokens: 0, rows: 4, columns: 6 },
    ],
    [
      "patches without a class token",
      () => createModel("cvt_6_4_32", TINY),
      { form: "patches", numPrefixTokens: 0, rows: 2, columns: 3 },
    ],
    [
      "rows of the image",
      () => createModel("small_vit_image_rows", { ...TINY, hiddenDim: 8, patchSize: 4 }),
      { form: "image-rows", numPrefixTokens: 1, rows: 8, columns: 12 },
    ],
  ])("are found: %s", async (_, make, places) => {
    const all = await attentionWeights(make(), images());
    for (const { tokens } of all) expect(tokens).toEqual({ ...places, imageShape: [8, 12, 3] });
    const map = attentionMap(all[1]!, 1);
    expect([map.rows, map.columns]).toEqual([places.rows, places.columns]);
    expect(map.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  it("are said by hand for a network whose own are not found, as found for one whose are", async () => {
    const [weights] = await attentionWeights(vit(), images());
    const { tokens: _, ...without } = weights!;
    const places = { form: "patches", patchSize: 4, imageShape: [8, 12, 3] } as const;
    expect([...attentionMap(without, 0, places).values]).toEqual([...attentionMap(weights!, 0).values]);
    expect(() => attentionDistance([without])).toThrow(
      /^attentionDistance: weights must be of tokens that have places/,
    );
  });

  it("attentionDistance() refuses stretches of the image's rows", async () => {
    const model = createModel("small_vit_image_rows", { ...TINY, depth: 1, hiddenDim: 8, patchSize: 4 });
    const all = await attentionWeights(model, images());
    expect(() => attentionDistance(all)).toThrow(
      "attentionDistance: weights must be of tokens that have places on the image, got block1/attention, whose " +
        "tokens are stretches of the image's rows, channel after channel",
    );
  });
});

describe("attentionDistance() by hand", () => {
  const tokens = { form: "patches", numPrefixTokens: 1, rows: 1, columns: 3, imageShape: [4, 12, 3] } as const;
  const weights = (rows: number[][]): AttentionWeights => ({
    layer: "a",
    kind: "tokens",
    shape: [1, 1, 4, 4],
    values: Float32Array.from(rows.flat()),
    tokens,
  });

  it("weighs pixels between middles, without the class token", () => {
    const itself = weights([0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === j ? 1 : 0))));
    expect(attentionDistance([itself])[0]).toMatchObject({ heads: [0], mean: 0 });
    // A query looks half at the class token: the other half lies 4, 4 and 8 pixels away.
    const away = weights([
      [1, 0, 0, 0],
      [0.5, 0, 0.5, 0],
      [0.5, 0.5, 0, 0],
      [0.5, 0.5, 0, 0],
    ]);
    const [found] = attentionDistance([away]);
    expect(found!.heads[0]).toBeCloseTo((4 + 4 + 8) / 3, 10);
    expect(found!.uniform).toBeCloseTo((0 + 4 + 8 + 4 + 0 + 4 + 8 + 4 + 0) / 9, 10);
  });

  it("takes a pooled pixel's middle, on the image behind a smaller feature map", () => {
    const pixels: AttentionWeights = {
      layer: "a",
      kind: "pixels",
      shape: [1, 1, 4, 1],
      values: Float32Array.of(1, 1, 1, 1),
      grid: { queries: [2, 2], keys: [1, 1], imageShape: [8, 8, 3] },
    };
    // Middles at 2 and 6, the pooled one's at 4.
    expect(attentionDistance([pixels])[0]!.heads[0]).toBeCloseTo(Math.hypot(2, 2), 10);
  });

  it("is shown as a table of layers and heads", async () => {
    const all = attentionDistance(await attentionWeights(vit(), images()));
    const shown = (all as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!();
    const lines = shown["text/plain"]!.split("\n");
    expect(lines[0]).toBe("Mean attention distance in pixels");
    expect(lines[1]).toMatch(/^layer\s+head 0\s+head 1\s+mean\s+if uniform$/);
    expect(lines[3]).toMatch(/^block1\/attention(\s+\d+\.\d){4}$/);
  });
});

describe("attentionRollout() by hand", () => {
  const layer = (name: string, rows: number[][]): AttentionWeights => ({
    layer: name,
    kind: "tokens",
    shape: [1, 1, 2, 2],
    values: Float32Array.from(rows.flat()),
  });

  it("multiplies 0.5·A + 0.5·I, the last layer at the left", () => {
    const [a, b] = [
      layer("a", [
        [0, 1],
        [0, 1],
      ]),
      layer("b", [
        [0.5, 0.5],
        [1, 0],
      ]),
    ];
    const before = tf.memory().numTensors;
    // [[0.75, 0.25], [0.5, 0.5]] · [[0.5, 0.5], [0, 1]]
    expect([...attentionRollout([a, b]).values]).toEqual([0.375, 0.625, 0.25, 0.75]);
    // Discarding the least quarter takes a's first 0; half takes both of its 0, and of b's the 0 and one 0.5.
    expect([...attentionRollout([a], { discardRatio: 0.5 }).values]).toEqual([0.5, 0.5, 0, 1]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("gives a figure the maps of all images, of a set as of the tensor that it is normalized to", async () => {
    const model = vit();
    const set = {
      images: Uint8Array.from({ length: 2 * 8 * 12 * 3 }, (_, i) => (i * 37) % 256),
      imageShape: [8, 12, 3],
    };
    const tensor = tf.div(tf.sub(tf.div(tf.tensor4d(set.images, [2, 8, 12, 3]), 255), 0.4), 0.2) as tf.Tensor4D;
    const before = tf.memory().numTensors;
    const ofSet = await attentionWeights(model, { ...set, imageShape: [8, 12, 3], mean: 0.4, std: 0.2 });
    expect(tf.memory().numTensors).toBe(before);
    const ofTensor = await attentionWeights(model, tensor);
    ofSet[1]!.values.forEach((value, i) => expect(value).toBeCloseTo(ofTensor[1]!.values[i]!, 5));
    const rollout = attentionRollout(ofTensor);
    const { maps, mapShape } = attentionMaps(rollout, { from: "class-token" });
    expect(mapShape).toEqual([2, 3]);
    expect([...maps]).toEqual([0, 1].flatMap((image) => [...attentionMap(rollout, image).values]));
    await expect(attentionWeights(model, set as never)).rejects.toThrow("attentionWeights: mean and std must be known");
  });

  it("refuses layers of unlike tokens, pixels, and a pooling that is not the last", async () => {
    const [vits, cct] = [
      await attentionWeights(vit(), images()),
      await attentionWeights(createModel("cct_6_3x1_32", TINY), images()),
    ];
    expect(() => attentionRollout([vits[0]!, cct[0]!])).toThrow(
      "weights must be of the same images and tokens, got block1/attention [2, 2, 7, 7] and " +
        "block1/attention [2, 2, 24, 24]",
    );
    expect(() => attentionRollout([cct[2]!, cct[1]!])).toThrow(
      "must be from token to token, got pool, of kind pooling",
    );
    expect(() => attentionRollout([])).toThrow(/^attentionRollout: weights must be an array of one or more/);
  });
});
