import { readFileSync } from "node:fs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import type { ImageSet } from "../../lib/datasets/types.js";
import { createModel } from "../../lib/models/index.js";
import { fit, type FitConfig } from "../../lib/train/index.js";

interface Recipe {
  readonly what: string;
  readonly config: Partial<FitConfig>;
  readonly losses: number[];
  readonly weights: Record<string, number[]>;
}
const fixture = JSON.parse(readFileSync(new URL("../fixtures/train/recipes.json", import.meta.url), "utf8")) as {
  side: number;
  classes: number;
  batchSize: number;
  epochs: number;
  width: number;
  heads: number;
  mean: number[];
  std: number[];
  images: number[];
  labels: number[];
  start: Record<string, number[]>;
  recipes: Recipe[];
};
const { side, classes, batchSize, epochs, mean, std } = fixture;
const set: ImageSet = {
  name: "noise",
  split: "train",
  images: Uint8Array.from(fixture.images),
  labels: Int32Array.from(fixture.labels),
  imageShape: [side, side, 3],
  classNames: Array.from({ length: classes }, (_, i) => `class ${i}`),
  provenance: { kind: "generated", label: "noise", archives: [] },
};
let model: tf.LayersModel;

beforeAll(ready);
beforeEach(() => {
  model = createModel("cct_2_3x2_32", {
    inputShape: [side, side, 3],
    numClasses: classes,
    convLayers: 1,
    embedDim: fixture.width,
    depth: 2,
    numHeads: fixture.heads,
    mlpRatio: 2,
    attnDropRate: 0,
    dropPathRate: 0,
  });
  for (const weight of model.weights) {
    const values = fixture.start[weight.originalName];
    if (!values)
      throw new Error(`the fixture lacks ${weight.originalName}; it has ${Object.keys(fixture.start).join(", ")}`);
    tf.tidy(() => void weight.write(tf.tensor(values, weight.shape as number[])));
  }
});
afterEach(() => model.dispose());

/** Largest difference of any weight from PyTorch's, of those that have a gradient. */
function furthest(expected: Recipe["weights"]): { name: string; off: number } {
  expect(model.weights.map(({ originalName }) => originalName).sort()).toEqual(Object.keys(expected).sort());
  const each = model.weights.map((weight) => {
    const values = weight.read().dataSync();
    return {
      name: weight.originalName,
      off: Math.max(...expected[weight.originalName]!.map((value, n) => Math.abs(value - values[n]!))),
    };
  });
  // What pooling adds to every token's score alike changes no softmax: its gradient is rounding, which Adam makes
  // large.
  return each.filter(({ name }) => name !== "pool/bias").sort((a, b) => b.off - a.off)[0]!;
}

describe.each(fixture.recipes)("fit() trains a CCT as PyTorch does: $what", ({ config, losses, weights }) => {
  const options = { ...config, epochs, batchSize, mean, std, shuffle: false, lossEvery: 1, progress: false } as const;

  it("with the same loss at every step, and the same weights after the last", async () => {
    const history = await fit(model, set, options);
    const off = history.losses.map(({ loss }, step) => Math.abs(loss - losses[step]!));
    expect(off).toHaveLength(losses.length);
    expect(Math.max(...off)).toBeLessThan(2e-6); // float32 beside float64, over twelve steps: 2e-7 was seen
    expect(furthest(weights).off).toBeLessThan(1e-5); // of weights up to 3: 7e-7 was seen
    expect(furthest(fixture.start).off).toBeGreaterThan(0.01); // twelve steps that did something
  });

  it("and with another option does not: the comparison can fail", async () => {
    const other = config.clipNorm
      ? { clipNorm: null }
      : config.labelSmoothing
        ? { labelSmoothing: 0.1 }
        : { schedule: { ...config.schedule, cycleMomentum: false } };
    const history = await fit(model, set, { ...options, ...other });
    const off = history.losses.map(({ loss }, step) => Math.abs(loss - losses[step]!));
    expect(Math.max(...off)).toBeGreaterThan(1e-3);
  });
});
