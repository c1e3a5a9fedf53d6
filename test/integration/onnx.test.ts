/**
 * A network of each family at its full size as ONNX: held to ONNX's checker, its logits to ONNX Runtime's. All of the
 * registry's where SACCADE_ALL_NETWORKS is 1: that takes more than half an hour on two cores.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { createModel, exportOnnx, FAMILIES, registry, type ModelName } from "../../lib/models/index.js";
import { runTool, temporaryFolder } from "./tools.js";

const folder = temporaryFolder();
const [file, given, made] = ["model.onnx", "images.f32", "logits.f32"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
beforeAll(ready);
afterEach(() => tf.disposeVariables());

/** The same bytes as numbers. */
function floats(path: string): Float32Array {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
}

const OF_EACH_FAMILY: readonly ModelName[] = [
  "airbench94",
  "alexnet",
  "cct_2_3x2_32",
  "cnn_self_attention",
  "cvt_7_4_32",
  "mynet",
  "myvit",
  "resnet18",
  "small_vit",
  "vgg16_cifar",
  "vit_lite_7_4_32",
  "vit_tiny_patch16_224",
];
const names = process.env["SACCADE_ALL_NETWORKS"] === "1" ? (Object.keys(registry) as ModelName[]) : OF_EACH_FAMILY;

describe("a network of the registry in Python's ONNX Runtime", () => {
  it("is one of each family at the least", () => {
    expect(new Set(names.map((name) => registry[name].family))).toEqual(new Set(FAMILIES));
  });

  it.each(names)("%s gives the same logits", async (name) => {
    const model = createModel(name, { seed: 1 });
    await exportOnnx(model, file);
    const images = tf.randomNormal([2, ...(model.inputs[0]!.shape.slice(1) as number[])], 0, 1, "float32", 5);
    const expected = (model.predict(images) as tf.Tensor).dataSync();
    writeFileSync(
      given,
      tf.tidy(() => tf.transpose(images, [0, 3, 1, 2]).dataSync<"float32">()),
    );
    const { code, output } = await runTool(
      "python",
      [join("test/fixtures/onnx/run.py"), file, given, made],
      process.cwd(),
    );
    expect(output).toBe("");
    expect(code).toBe(0);
    const actual = floats(made);
    const scale = Math.max(...expected.map(Math.abs));
    const error = Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!))) / scale;
    expect(actual).toHaveLength(expected.length);
    expect(error).toBeLessThan(1e-4); // both compute in float32, in other orders of summing
    for (const path of [file, given, made]) rmSync(path);
  });
});
