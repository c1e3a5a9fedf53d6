import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ready, tf } from "../../../lib/backend/index.js";
import { AdaptiveAveragePool, BatchNorm, Conv2d, LayerNorm, Linear } from "../../../lib/layers/index.js";
import { MultiHeadSelfAttention } from "../../../lib/layers/index.js";
import { allWeights, freeze, loadWeights, readWeights, saveWeights } from "../../../lib/models/index.js";
import { readSafetensors, writeSafetensors, type StoredTensor } from "../../../lib/safetensors/index.js";

// Networks of PyTorch 2.13's with what they give: test/fixtures/weights/make-own.py.
const at = (name: string) => new URL(`../../fixtures/weights/${name}`, import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "saccade-own-"));
const out = (name: string) => join(folder, `${name}.safetensors`);
beforeAll(ready);
afterEach(() => tf.disposeVariables());
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

const inputShape = [6, 6, 3];
const L = tf.layers;
const EPSILON = 1e-5; // PyTorch's
const plain = {
  ours: () =>
    tf.sequential({
      layers: [
        new Conv2d({ filters: 8, kernelSize: 3, inputShape, name: "0" }),
        new BatchNorm({ name: "1" }),
        L.reLU(),
        new AdaptiveAveragePool({ size: 1 }),
        L.flatten(),
        new Linear({ units: 10, name: "5" }),
      ],
    }),
  "tf.layers'": (epsilon = EPSILON) =>
    tf.sequential({
      layers: [
        L.conv2d({ filters: 8, kernelSize: 3, inputShape, name: "0" }),
        L.batchNormalization({ epsilon, name: "1" }),
        L.activation({ activation: "relu" }),
        L.globalAveragePooling2d({}),
        L.dense({ units: 10, name: "5" }),
      ],
    }),
};
const convolved = (name: string) => [
  L.conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu", inputShape: [4, 6, 3], name }),
  L.maxPooling2d({ poolSize: 2 }),
];
const classifier = (name: (i: number) => string, first: object = {}) => [
  L.dropout({ rate: 0.5, ...first }),
  L.dense({ units: 6, activation: "relu", name: name(1) }),
  L.dense({ units: 5, name: name(3) }),
];
const norm = () => L.batchNormalization({ epsilon: EPSILON, name: "norm" });
const flattened = {
  "named with slashes": () =>
    tf.sequential({
      layers: [...convolved("features/0"), L.flatten(), norm(), ...classifier((i) => `classifier/${i}`)],
    }),
  "named with dots, flattened by a reshape": () =>
    tf.sequential({
      layers: [
        ...convolved("features.0"),
        L.reshape({ targetShape: [24] }),
        norm(),
        ...classifier((i) => `classifier.${i}`),
      ],
    }),
  "of models in the model": () =>
    tf.sequential({
      layers: [
        tf.sequential({ layers: convolved("0"), name: "features" }),
        L.flatten(),
        norm(),
        tf.sequential({ layers: classifier(String, { inputShape: [24] }), name: "classifier" }),
      ],
    }),
  "made by tf.model, whose model flattens": () => {
    const features = tf.sequential({ layers: [...convolved("0"), L.flatten()], name: "features" });
    const end = tf.sequential({ layers: classifier(String, { inputShape: [24] }), name: "classifier" });
    const x = tf.input({ shape: [4, 6, 3] });
    const normed = norm().apply(features.apply(x)) as tf.SymbolicTensor;
    return tf.model({ inputs: x, outputs: end.apply(normed) as tf.SymbolicTensor });
  },
  "with the channels put first by a permute": () =>
    tf.sequential({
      layers: [
        ...convolved("features/0"),
        L.permute({ dims: [3, 1, 2] }),
        L.flatten(),
        norm(),
        ...classifier((i) => `classifier/${i}`),
      ],
    }),
};
const sequences = () =>
  tf.sequential({
    layers: [
      L.conv1d({ filters: 3, kernelSize: 3, activation: "relu", inputShape: [6, 2], name: "conv" }),
      L.flatten(),
      L.dense({ units: 4, name: "fc" }),
    ],
  });
const kinds = () => {
  const images = tf.input({ shape: [4, 4, 3] });
  const index = tf.input({ shape: [1] });
  const through = (layers: tf.layers.Layer[], from: tf.SymbolicTensor) =>
    layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, from);
  const tokens = through(
    [
      L.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: "same", name: "depthwise" }),
      L.prelu({ sharedAxes: [1, 2], name: "slopes" }),
      L.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, name: "up" }),
      L.reshape({ targetShape: [81, 4] }),
      new LayerNorm({ name: "norm" }),
      new MultiHeadSelfAttention({ numHeads: 2, name: "attention" }),
      L.globalAveragePooling1d({}),
    ],
    images,
  );
  const row = through([L.embedding({ inputDim: 5, outputDim: 4, name: "table" }), L.flatten()], index);
  const outputs = L.add().apply([tokens, row]) as tf.SymbolicTensor;
  return tf.model({ inputs: [images, index], outputs });
};

interface Case {
  readonly called: string;
  readonly file: string;
  readonly make: () => tf.LayersModel;
}
const CASES: readonly Case[] = [
  ...Object.entries(plain).map(([called, make]) => ({
    called: `plain, layers ${called}`,
    file: "own-plain.pth",
    make,
  })),
  ...Object.entries(flattened).map(([called, make]) => ({
    called: `flattened, ${called}`,
    file: "own-flattened.pth",
    make,
  })),
  { called: "sequences", file: "own-sequences.pth", make: sequences },
  { called: "kinds", file: "own-kinds.safetensors", make: kinds },
];

/** How far a model is from what PyTorch's gave, as a share of its largest number. */
async function distance(model: tf.LayersModel, file: string): Promise<number> {
  const { tensors } = await readSafetensors(at("own.io.safetensors"));
  const name = /own-(\w+)\./.exec(file)![1]!;
  const [images, wanted] = ["inputs", "outputs"].map((each) => tensors.get(`${name}.${each}`)!);
  const given = tf.tidy(() => {
    const x = tf.tensor(images!.values as Float32Array, [...images!.shape]);
    const rows = tf.fill([x.shape[0]!, 1], 3);
    return (model.predict(model.inputs.length > 1 ? [x, rows] : x) as tf.Tensor).dataSync();
  });
  const values = [...(wanted!.values as Float32Array)];
  expect(given).toHaveLength(values.length);
  return Math.max(...values.map((value, i) => Math.abs(value - given[i]!))) / Math.max(...values.map(Math.abs));
}

const sorted = (tensors: ReadonlyMap<string, StoredTensor>) =>
  new Map([...tensors].filter(([key]) => !key.endsWith("num_batches_tracked")).sort());

describe.each(CASES)("a network of one's own in PyTorch: $called", ({ file, make }) => {
  it("gives PyTorch's outputs from its file, whose names are found out", async () => {
    const model = make();
    expect(await distance(model, file)).toBeGreaterThan(0.1);
    const { names, loaded } = await loadWeights(model, at(file));
    expect([names, loaded.length]).toEqual(["torch", allWeights(model).length]);
    expect(await distance(model, file)).toBeLessThan(2e-6); // both compute in float32
  });
  it("is written as PyTorch names it: the same tensors, number by number", async () => {
    const model = make();
    await loadWeights(model, at(file), { names: "torch" });
    await saveWeights(model, out("written"), { names: "torch" });
    expect(sorted((await readSafetensors(out("written"))).tensors)).toEqual(
      sorted((await readWeights(at(file))).tensors),
    );
    expect((await loadWeights(make(), out("written"))).names).toBe("torch");
  });
});

describe("a network of one's own in PyTorch", () => {
  it("lists what is missing, unexpected and misshapen by the file's names", async () => {
    const { tensors } = await readWeights(at("own-plain.pth"));
    const changed = new Map(tensors);
    changed.set("6.weight", tensors.get("5.weight")!);
    changed.set("0.bias", tensors.get("5.bias")!);
    changed.delete("1.running_var");
    await writeSafetensors(out("changed"), { metadata: {}, tensors: changed });
    const model = plain.ours();
    await expect(loadWeights(model, out("changed"))).rejects.toThrow(
      new RangeError(
        [
          `loadWeights: ${out("changed")} must fit ${model.name} under torch's names, got`,
          "missing (1): 1.running_var",
          "unexpected (1): 6.weight",
          "misshapen (1): 0.bias [10], the model's is [8]",
        ].join("\n"),
      ),
    );
  });
  it("says how to name layers where none is named as the file's modules", async () => {
    const model = tf.sequential({ layers: [new Linear({ units: 10, inputShape: [8] })] });
    const error = await loadWeights(model, at("own-plain.pth")).catch(String);
    expect(error).toContain("\nmissing (2): linear_Linear1.weight; linear_Linear1.bias\n");
    expect(error).toContain(
      `\nno name of the file is known: ${model.name} takes those of saccade, torch, ` +
        'where layers have the names of PyTorch\'s modules, here name: "0", "1", "5"',
    );
  });
  it("tells of Keras' epsilon, which gives other outputs than PyTorch's norms have", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    await loadWeights(plain["tf.layers'"](), at("own-plain.pth"));
    expect(warn).not.toHaveBeenCalled();
    await loadWeights(plain["tf.layers'"](1e-3), at("own-plain.pth"));
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^loadWeights: 1 of \S+ has Keras' epsilon 0.001, /)]]);
  });
  it("leaves a layer of one's own its names, as a module's parameters", async () => {
    class Scale extends tf.layers.Layer {
      static readonly className = "OwnNetworkScale";
      private factor!: tf.LayerVariable;
      override build(): void {
        this.factor = this.addWeight("factor", [], "float32", tf.initializers.ones());
        super.build([]);
      }
      override call(x: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.mul((Array.isArray(x) ? x[0]! : x) as tf.Tensor, this.factor.read());
      }
    }
    const model = tf.sequential({ layers: [new Scale({ inputShape: [2], name: "block/scale" } as object)] });
    await saveWeights(model, out("scale"), { names: "torch" });
    const { tensors } = await readSafetensors(out("scale"));
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([["block.scale.factor", []]]);
    expect((await loadWeights(model, out("scale"))).loaded).toEqual(["block/scale/factor"]);
  });
  it("is found by PyTorch's names in patterns too, with our name in the answer", () => {
    expect(() => freeze(flattened["named with slashes"](), "features.0")).toThrow(/; here that is features\/0$/);
  });
  it("refuses two layers of one module's name", async () => {
    const layers = ["a/b", "a.b"].map((name) => L.dense({ units: 2, inputShape: [2], name }));
    await expect(saveWeights(tf.sequential({ layers }), out("twice"), { names: "torch" })).rejects.toThrow(
      new TypeError("saveWeights: under PyTorch's names each weight must have one of its own, got a.b.weight twice"),
    );
  });
});
