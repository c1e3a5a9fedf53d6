import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { receptiveFields, type ReceptiveField } from "../../lib/analysis/index.js";
import { fieldsOf } from "../../lib/analysis/receptive-fields/fields-of.js";
import type { Field, Span } from "../../lib/analysis/receptive-fields/spans.js";
import { ready, tf } from "../../lib/backend/index.js";
import { createModel, outline, registry, type ModelName } from "../../lib/models/index.js";

beforeAll(ready);
afterEach(() => tf.disposeVariables());

const of = (name: ModelName, layer: string, overrides: object = {}): ReceptiveField =>
  outline(name, overrides, (model) => receptiveFields(model)).find((row) => row.layer === layer)!;

describe("receptiveFields() by hand", () => {
  it.each<[ModelName, string, number, number, number]>([
    // 16 = 1 + 2·(2·1), 44 = 16 + 4 + 3·2·4, … 212: Araujo et al. 2019, table 1.
    ["vgg16", "stage1/pool", 6, 2, -2],
    ["vgg16", "stage5/conv3", 196, 16, -90],
    ["vgg16", "stage5/pool", 212, 32, -90],
    // 11 + (3 − 1)·4 = 19, + (5 − 1)·8 = 51, + 2·8 = 67, + 3·2·16 = 163, + 2·16 = 195: as Araujo et al. 2019.
    ["alexnet_lrn", "pool1", 19, 8, 0],
    ["alexnet_lrn", "conv5", 163, 16, -64],
    ["alexnet_lrn", "pool5", 195, 32, -64],
    // 7, 11, 11 + 6·8 = 59, 59 + 8 + 7·16 = 179, 179 + 16 + 11·32 = 547, 547 + 32 + 5·64 = 899
    ["resnet34", "stem/conv", 7, 2, -3],
    ["resnet34", "stage1/block3/add", 59, 4, -29],
    ["resnet34", "stage2/block1/shortcut", 59, 8, -29],
    ["resnet34", "stage4/block3/add", 899, 32, -449],
    // 11 + 3·8 = 35, + 8 + 3·16 = 91, + 16 + 5·32 = 267, + 32 + 2·64 = 427: stride in the 3×3, as torchvision's.
    ["resnet50", "stage4/block3/add", 427, 32, -213],
  ])("%s at %s sees %i pixels at a stride of %i from %i on", (name, layer, size, stride, offset) => {
    const found = of(name, layer);
    expect([found.size, found.stride, found.offset]).toEqual([
      [size, size],
      [stride, stride],
      [offset, offset],
    ]);
  });

  it("ends at the whole image for each of the registry's networks, and knows each of their layers", () => {
    for (const name of Object.keys(registry) as ModelName[]) {
      const rows = outline(name, {}, (model) => receptiveFields(model));
      expect(rows.filter(({ size }) => size === null)).toEqual([]);
      expect([name, rows.at(-1)!.share]).toEqual([name, 1]);
    }
  });

  it("sees a patch, then the whole image", () => {
    const rows = outline("vit_b_16", { depth: 1 }, (model) => receptiveFields(model));
    const row = (layer: string) => rows.find((each) => each.layer === layer)!;
    expect(row("embed")).toMatchObject({ size: [16, 16], stride: [16, 16], offset: [0, 0], share: 1 / 196 });
    expect(row("block1/norm1").size).toEqual([16, 16]);
    for (const layer of ["block1/attention", "block1/add1", "head"])
      expect(row(layer)).toMatchObject({ size: [224, 224], stride: null, share: 1 });
  });

  it("sees what CCT's convolution and pool see, then all; the CNN's attention sees all at once", () => {
    expect(of("cct_6_3x1_32", "tokenizer/flatten")).toMatchObject({ size: [5, 5], stride: [2, 2], offset: [-2, -2] });
    expect(of("cct_6_3x1_32", "pool")).toMatchObject({ size: [32, 32], share: 1 });
    expect(of("cnn_self_attention", "conv1")).toMatchObject({ size: [3, 3], stride: [1, 1] });
    expect(of("cnn_self_attention", "attention1")).toMatchObject({ size: [32, 32], stride: null });
  });

  it("sees a row and a half of the image, where patches are cut so", () => {
    expect(of("small_vit_image_rows", "embed")).toMatchObject({ size: [2, 32], stride: null });
  });

  it("sees what a dense layer mixes: of a map that does not reach the edge, no more than that", () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 1, kernelSize: 3, strides: 4, inputShape: [9, 14, 1] }), // 7 rows, 11 columns
        tf.layers.flatten(),
        tf.layers.dense({ units: 2 }),
      ],
    });
    expect(receptiveFields(model).at(-1)).toMatchObject({ size: [7, 11], share: 77 / 126 });
  });

  it("follows models inside, twice used, and is null behind a layer that it does not know", () => {
    const inner = tf.sequential({
      name: "inner",
      layers: [tf.layers.conv2d({ filters: 1, kernelSize: 3, padding: "same", name: "conv", inputShape: [8, 8, 1] })],
    });
    const image = tf.input({ shape: [8, 8, 1] });
    const twice = inner.apply(inner.apply(image)) as tf.SymbolicTensor;
    const turned = tf.layers.permute({ dims: [2, 1, 3], name: "permute" }).apply(twice);
    const outputs = tf.layers.reLU({ name: "last" }).apply(turned) as tf.SymbolicTensor;
    const rows = receptiveFields(tf.model({ inputs: image, outputs }));
    expect(rows.map(({ layer, size }) => [layer, size?.[0]])).toEqual([
      ["inner/conv", 3],
      ["inner:2/conv", 5],
      ["permute", undefined],
      ["last", undefined],
    ]);
  });

  it("shows itself as a table, and refuses an image of unknown size", () => {
    const rows = receptiveFields(createModel("mynet"));
    const shown = (rows as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!();
    expect(shown["text/plain"]).toMatch(/^conv1 +Conv2d +32 × 32 × 16 +3 +1 +-1 +0\.9 %$/m);
    const model = tf.sequential({
      layers: [tf.layers.conv2d({ inputShape: [null, null, 2], filters: 2, kernelSize: 2 })],
    });
    expect(() => receptiveFields(model)).toThrow(
      "receptiveFields: model must have one input [H, W, C] of a known size, got [?, ?, 2]",
    );
  });
});

/** A small network of one kind, all of whose weights are above 0: what goes in larger comes out larger. */
const NETWORKS: readonly [string, () => tf.LayersModel][] = [
  ["a residual network", () => createModel("resnet18", { inputShape: [33, 38, 3], blocks: [1, 1], filters: [2, 2] })],
  ["AlexNet", () => createModel("alexnet", { inputShape: [131, 99, 3], filters: [2, 2, 2, 2, 2], hidden: [3, 3] })],
  [
    "VGG with an adaptive pool",
    () => createModel("vgg16", { inputShape: [14, 21, 3], stages: [[2], [2]], pooledSize: 3, hidden: [3, 3] }),
  ],
  ["dilated, cropped, padded and enlarged", dilated],
];

function dilated(): tf.LayersModel {
  const conv = (options: object) => tf.layers.conv2d({ filters: 2, kernelSize: 3, ...options });
  return tf.sequential({
    layers: [
      conv({ dilationRate: 2, padding: "same", inputShape: [19, 23, 3] }),
      tf.layers.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 3],
        ],
      }),
      tf.layers.averagePooling2d({ poolSize: [2, 3], strides: [2, 1], padding: "same" }),
      tf.layers.cropping2D({
        cropping: [
          [1, 0],
          [2, 1],
        ],
      }),
      tf.layers.depthwiseConv2d({ kernelSize: [1, 3], strides: [2, 2], padding: "same" }),
      tf.layers.upSampling2d({ size: [2, 3] }),
      conv({ kernelSize: [2, 5], strides: [1, 3] }),
    ],
  });
}

describe("receptiveFields() against the network itself", () => {
  it.each(NETWORKS)("%s: the places that one changed pixel changes are those that see it", (_, make) => {
    const model = make();
    for (const weight of model.trainableWeights) weight.write(tf.fill(weight.shape as number[], 0.5));
    const [, height, width] = model.inputs[0]!.shape as number[];
    const maps = model.layers.filter(({ output }) => (output as tf.SymbolicTensor).shape.length === 4).slice(1);
    const all = tf.model({ inputs: model.inputs, outputs: maps.map(({ output }) => output as tf.SymbolicTensor) });
    const fields = fieldsOf(model, [height!, width!, 3]);
    const base = tf.ones([1, height!, width!, 3]);
    const before = all.predict(base) as tf.Tensor4D[];
    const pixels = [
      [0, 0],
      [7, 9],
      [height! - 1, width! - 1],
    ] as const;
    for (const [y, x] of pixels) {
      const pixel = tf.buffer([1, height!, width!, 3]);
      pixel.set(1e4, 0, y, x, 0);
      const after = all.predict(tf.add(base, pixel.toTensor())) as tf.Tensor4D[];
      for (const [i, { name }] of maps.entries()) {
        const { field } = fields.find(({ use }) => use.name === name)!;
        const [rows, columns] = (field as Field & { kind: "map" }).axes;
        const changed = tf.any(tf.notEqual(before[i]!, after[i]!), -1).arraySync() as number[][][];
        const within = ({ from, to }: Span, place: number) => from <= place && place <= to;
        const expected = rows.spans.map((row) =>
          columns.spans.map((column) => Number(within(row, y) && within(column, x))),
        );
        expect([name, hullOf(changed[0]!)]).toEqual([name, hullOf(expected)]);
      }
    }
    expect(maps.length).toBeGreaterThanOrEqual(4);
  });
});

/** First and last row and column that hold a 1: a stride over a smaller kernel, or a dilation, leaves some out. */
function hullOf(places: readonly (readonly number[])[]): readonly number[] {
  const rows = places.flatMap((row, r) => (row.includes(1) ? [r] : []));
  const columns = places[0]!.flatMap((_, c) => (places.some((row) => row[c] === 1) ? [c] : []));
  return [rows[0] ?? -1, rows.at(-1) ?? -1, columns[0] ?? -1, columns.at(-1) ?? -1];
}
