import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../../lib/backend/index.js";
import {
  createModel,
  loadWeights,
  resamplePositions,
  saveWeights,
  type ModelName,
  type WeightNames,
} from "../../../lib/models/index.js";
import { readSafetensors, type Safetensors } from "../../../lib/safetensors/index.js";

// Files as the field's own programs name and save them, and their logits: test/fixtures/weights/make.py.
const at = (name: string) => new URL(`../../fixtures/weights/${name}.safetensors`, import.meta.url).pathname;
const FILES = [
  "cct",
  "cct-sine",
  "cvt",
  "vit-lite",
  "vit-timm",
  "vit-timm-bfloat16",
  "vit-torchvision",
  "resnet-torchvision",
  "resnet50-torchvision",
  "vgg-torchvision",
  "vgg-bn-torchvision",
  "alexnet-torchvision",
];

interface About {
  readonly model: ModelName;
  readonly names: WeightNames;
  readonly config: Record<string, unknown>;
}

/** The network of a fixture, its images, and the logits that the reference gives. */
async function open(name: string, overrides: Record<string, unknown> = {}) {
  const { metadata, tensors } = await readSafetensors(at(`${name}.io`));
  const about = JSON.parse(metadata["about"]!) as About;
  const [images, logits] = [tensors.get("images")!, tensors.get("logits")!];
  const model = createModel(about.model, { ...about.config, ...overrides });
  const predict = () =>
    tf.tidy(() => [
      ...(model.predict(tf.tensor(images.values as Float32Array, [...images.shape])) as tf.Tensor).dataSync(),
    ]);
  return { about, model, predict, logits: [...(logits.values as Float32Array)] };
}

/** Largest difference as a share of the largest number. */
function relativeError(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return NaN;
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!))) / scale;
}

const folder = mkdtempSync(join(tmpdir(), "saccade-weights-"));
beforeAll(ready);
afterEach(() => tf.disposeVariables());
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(FILES)("%s", (name) => {
  it("gives the reference's logits from the reference's file, whose names are found out", async () => {
    const { about, model, predict, logits } = await open(name);
    expect(relativeError(predict(), logits)).toBeGreaterThan(0.1);
    const { names, loaded } = await loadWeights(model, at(name));
    expect(names).toBe(about.names);
    expect([...loaded].sort()).toEqual(model.weights.map((weight) => weight.originalName).sort());
    expect(relativeError(predict(), logits)).toBeLessThan(2e-6); // both compute in float32
  });

  it("is written as the reference names it: the same tensors, number by number", async () => {
    const { about, model } = await open(name);
    await loadWeights(model, at(name));
    const path = join(folder, `${name}.safetensors`);
    await saveWeights(model, path, { names: about.names, dtype: name.endsWith("bfloat16") ? "BF16" : "F32" });
    const sorted = ({ tensors }: Safetensors) =>
      new Map([...tensors].filter(([key]) => !key.endsWith("num_batches_tracked")).sort());
    expect(sorted(await readSafetensors(path))).toEqual(sorted(await readSafetensors(at(name))));
  });

  it("goes through our own names and into another model, which gives the same logits", async () => {
    const first = await open(name);
    const second = await open(name, { seed: 9 });
    await loadWeights(first.model, at(name));
    const path = join(folder, `${name}-ours.safetensors`);
    await saveWeights(first.model, path);
    expect((await loadWeights(second.model, path)).names).toBe("saccade");
    expect(second.predict()).toEqual(first.predict());
  });
});

describe("resamplePositions", () => {
  it("gives what timm's resample_abs_pos_embed gives", async () => {
    const { tensors } = await readSafetensors(at("positions"));
    const cases = [...tensors.keys()].filter((key) => !key.endsWith(".from"));
    expect(cases).toHaveLength(4);
    for (const key of cases) {
      const [name, sides, prefix] = key.split(".") as [string, string, string];
      const [height, width] = sides.split("x").map(Number) as [number, number];
      const { shape, values } = tensors.get(`${name}.from`)!;
      const actual = resamplePositions(values as Float32Array, shape[1]!, shape[2]!, {
        height,
        width,
        prefix: Number(prefix),
      });
      // PyTorch computes the filter in float32
      expect(relativeError([...actual], [...(tensors.get(key)!.values as Float32Array)]), key).toBeLessThan(3e-6);
    }
  });
});
