/** Layers of ours as a user writes them first: in tf.sequential, with nothing but sizes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import * as layers from "../../lib/layers/index.js";

beforeAll(ready);
afterEach(() => tf.disposeVariables());

const IMAGE = { inputShape: [8, 8, 8] };
const TOKENS = { inputShape: [5, 8] };
const FIRST: Record<string, () => tf.layers.Layer> = {
  AdaptiveAveragePool: () => new layers.AdaptiveAveragePool({ size: 2, ...IMAGE }),
  BatchNorm: () => new layers.BatchNorm(IMAGE),
  ClassToken: () => new layers.ClassToken(TOKENS),
  Conv2d: () => new layers.Conv2d({ filters: 4, kernelSize: 3, ...IMAGE }),
  Dropout: () => new layers.Dropout({ rate: 0.5, ...TOKENS }),
  DropPath: () => new layers.DropPath({ rate: 0.5, ...TOKENS }),
  Gelu: () => new layers.Gelu(TOKENS),
  ImageRows: () => new layers.ImageRows({ rowLength: 16, ...IMAGE }),
  LayerNorm: () => new layers.LayerNorm(TOKENS),
  Linear: () => new layers.Linear({ units: 10, inputShape: [8] }),
  LocalResponseNorm: () => new layers.LocalResponseNorm(IMAGE),
  MultiHeadSelfAttention: () => new layers.MultiHeadSelfAttention({ numHeads: 2, ...TOKENS }),
  Patches: () => new layers.Patches({ patchSize: 4, ...IMAGE }),
  PositionalEmbedding: () => new layers.PositionalEmbedding(TOKENS),
  SelectToken: () => new layers.SelectToken(TOKENS),
  SequencePooling: () => new layers.SequencePooling(TOKENS),
  SinusoidalEmbedding: () => new layers.SinusoidalEmbedding(TOKENS),
  SpatialSelfAttention: () => new layers.SpatialSelfAttention(IMAGE),
  UnfoldConv2d: () => new layers.UnfoldConv2d({ filters: 4, kernelSize: 3, ...IMAGE }),
};

it("every layer of ours is tried here", () => {
  const classes = Object.entries(layers).filter(
    ([, value]) => (value as { readonly prototype?: unknown }).prototype instanceof tf.layers.Layer,
  );
  expect(Object.keys(FIRST).sort()).toEqual(classes.map(([name]) => name).sort());
});

describe.each(Object.entries(FIRST))("%s", (_, make) => {
  it("is the first of a tf.sequential, which gives the same after it is saved and loaded", async () => {
    const folder = mkdtempSync(join(tmpdir(), "saccade-sequential-"));
    try {
      const model = tf.sequential({ layers: [make()] });
      const input = tf.randomNormal([2, ...(model.inputs[0]!.shape.slice(1) as number[])], 0, 1, "float32", 3);
      await model.save(`file://${folder}`);
      const loaded = await tf.loadLayersModel(`file://${folder}/model.json`);
      const [expected, actual] = [model, loaded].map((each) => (each.predict(input) as tf.Tensor).dataSync());
      expect(actual).toEqual(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses an inputShape that is none", () => {
    const Layer = make().constructor as new (args: object) => tf.layers.Layer;
    const args = { ...make().getConfig(), batchInputShape: undefined, inputShape: [0.5] };
    expect(() => new Layer(args)).toThrow(/inputShape\[0\] must be a whole number of 1 or more/);
  });
});

const weightsOf = (layer: tf.layers.Layer): Record<string, Float32Array> => {
  const model = tf.sequential({ layers: [layer] });
  return Object.fromEntries(
    model.weights.map((weight) => [weight.originalName.replace(/^.*\//, ""), weight.read().dataSync() as Float32Array]),
  );
};
const largest = (values: Float32Array) => Math.max(...values.map(Math.abs));

describe("defaults of the weights", () => {
  // n even numbers leave the last fiftieth of their range empty with a chance of 0.98^n: below 1e-5 from 600 on.
  it("are nn.Linear's for Linear: U(-1/√in, 1/√in), the bias too", () => {
    const { kernel, bias } = weightsOf(new layers.Linear({ units: 800, inputShape: [16] }));
    for (const values of [kernel!, bias!]) {
      expect(largest(values)).toBeLessThanOrEqual(0.25);
      expect(largest(values)).toBeGreaterThan(0.98 * 0.25);
    }
  });

  it("are nn.Conv2d's for Conv2d: U(-1/√fanIn, 1/√fanIn), the bias too", () => {
    const { kernel, bias } = weightsOf(new layers.Conv2d({ filters: 800, kernelSize: 2, inputShape: [4, 4, 4] }));
    for (const values of [kernel!, bias!]) {
      expect(largest(values)).toBeLessThanOrEqual(0.25);
      expect(largest(values)).toBeGreaterThan(0.98 * 0.25);
    }
  });

  it("are nn.MultiheadAttention's for MultiHeadSelfAttention: Xavier, a linear map's, biases 0", () => {
    const weights = weightsOf(new layers.MultiHeadSelfAttention({ numHeads: 2, inputShape: [3, 32] }));
    const xavier = Math.sqrt(6 / (32 + 96));
    expect(largest(weights["qkv_kernel"]!)).toBeLessThanOrEqual(xavier);
    expect(largest(weights["qkv_kernel"]!)).toBeGreaterThan(0.98 * xavier);
    expect(largest(weights["out_kernel"]!)).toBeLessThanOrEqual(1 / Math.sqrt(32));
    expect(largest(weights["out_kernel"]!)).toBeGreaterThan(0.98 / Math.sqrt(32));
    expect([largest(weights["qkv_bias"]!), largest(weights["out_bias"]!)]).toEqual([0, 0]);
  });

  it("are drawn anew for each layer", () => {
    const [a, b] = [0, 1].map(() => weightsOf(new layers.Linear({ units: 4, inputShape: [4] })));
    expect(a!["kernel"]).not.toEqual(b!["kernel"]);
  });
});
