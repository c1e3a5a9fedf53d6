/**
 * Networks of the published sizes, by timm, torchvision and vit-pytorch without weights: their files loaded here give
 * their logits.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { hasReference } from "../../lib/setup/reference.js";
import { createModel, loadWeights, type ModelName } from "../../lib/models/index.js";
import { readSafetensors } from "../../lib/safetensors/index.js";

const ROOT = new URL("../..", import.meta.url).pathname;
const there = hasReference(ROOT);
if (!there)
  console.log(
    "test/integration/weights: nothing is compared, timm, torchvision and vit-pytorch could not be " +
      "installed in .venv-bench",
  );

const folder = mkdtempSync(join(tmpdir(), "saccade-reference-"));
beforeAll(ready);
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!there)("a network of the published size", () => {
  it.each([
    ...["vit_tiny_patch16_224", "vit_small_patch16_224", "vit_base_patch16_224"],
    ...["vit_small_patch32_224", "vit_base_patch32_224"],
    ...["vit_b_16", "vit_b_32", "alexnet", "vgg16", "vgg16_bn", "resnet18", "resnet34", "resnet50"],
    "cct_7_3x1_32-vit-pytorch",
  ])("%s gives the reference's logits", async (name) => {
    const python = join(ROOT, ".venv-bench/bin/python");
    const make = join(ROOT, "test/fixtures/weights/make.py");
    execFileSync(python, ["-W", "ignore", make, folder, "--full", name], { stdio: "inherit" });
    const { metadata, tensors } = await readSafetensors(join(folder, `${name}.io.safetensors`));
    const {
      model: ours,
      names,
      config,
    } = JSON.parse(metadata["about"]!) as { model: ModelName; names: string; config: object };
    const model = createModel(ours, config);
    expect((await loadWeights(model, join(folder, `${name}.safetensors`))).names).toBe(names);
    const [images, logits] = [tensors.get("images")!, tensors.get("logits")!];
    const actual = (model.predict(tf.tensor(images.values as Float32Array, [...images.shape])) as tf.Tensor).dataSync();
    const expected = logits.values as Float32Array;
    const scale = Math.max(...expected.map(Math.abs));
    const error = Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!))) / scale;
    console.log(
      `${name}: ${expected.length} logits up to ${scale.toPrecision(3)}, off by ${error.toExponential(1)} ` +
        "of that at most",
    );
    expect(error).toBeLessThan(1e-5); // both compute in float32, up to 18 layers deep, in other orders of summing
    model.dispose();
    for (const file of [`${name}.safetensors`, `${name}.io.safetensors`]) rmSync(join(folder, file));
  });
});
