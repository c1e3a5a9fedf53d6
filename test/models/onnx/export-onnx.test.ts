/** Networks of each kind as ONNX, beside the same network here: in ONNX Runtime, and by what the file holds. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../../lib/backend/index.js";
import { generated, imageAt, imageTensor } from "../../../lib/datasets/index.js";
import { createModel, exportOnnx } from "../../../lib/models/index.js";
import { fit, predict } from "../../../lib/train/index.js";
import { smallModel, smallNames } from "../small-models.js";
import { distance, readOnnx, runOnnx } from "./run-onnx.js";

let folder: string;
let path: string;
beforeAll(ready);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-onnx-"));
  path = join(folder, "models/model.onnx");
});
afterEach(() => tf.disposeVariables());
afterAll(() => rmSync(folder, { recursive: true }));

const imagesFor = (model: tf.LayersModel, count: number) =>
  tf.randomNormal([count, ...(model.inputs[0]!.shape.slice(1) as number[])], 0, 1, "float32", 5);

/** Both sum in float32, in other orders. */
const ROUNDING = 1e-4;

describe.each(["NCHW", "NHWC"] as const)("a network's file that takes %s", (layout) => {
  it.each(smallNames)("gives the logits of %s for one image and for several", async (name) => {
    const model = smallModel(name);
    await exportOnnx(model, path, { layout });
    for (const count of [1, 5]) {
      const images = imagesFor(model, count);
      const expected = (model.predict(images) as tf.Tensor).dataSync();
      expect(distance(await runOnnx(path, images, layout), expected)).toBeLessThan(ROUNDING);
    }
  });
});

describe("what is written", () => {
  it("has a convolution's images channels first, a transpose at the start alone", async () => {
    const model = smallModel("resnet34_bias");
    await exportOnnx(model, path);
    expect(readOnnx(path).operators).not.toContain("Transpose");
    await exportOnnx(model, path, { layout: "NHWC" });
    const { operators } = readOnnx(path);
    expect(operators[0]).toBe("Transpose");
    expect(operators.slice(1)).not.toContain("Transpose");
  });

  it("has a transformer's linear maps without reshapes around them, and its patches as a convolution", async () => {
    await exportOnnx(smallModel("vit_tiny_patch16_224"), path);
    const { operators } = readOnnx(path);
    const count = (op: string) => operators.filter((each) => each === op).length;
    expect(count("Conv")).toBe(1);
    expect(count("LayerNormalization")).toBe(5); // two a block, and the last
    expect(count("Reshape")).toBe(6); // patches to tokens, two in each attention, the token to [B, D]
    expect(count("Erf")).toBe(2);
  });

  it("flattens a map without a transpose: the weight's rows are put in its order", async () => {
    await exportOnnx(smallModel("mynet"), path);
    expect(readOnnx(path).operators.slice(-2)).toEqual(["Reshape", "Gemm"]);
    expect(readOnnx(path).operators).not.toContain("Transpose");
  });

  it("has the layers' names, and the weights those of saveWeights", async () => {
    await exportOnnx(smallModel("resnet34_bias"), path);
    const { initializers, inputs, outputs } = readOnnx(path);
    expect(initializers).toContain("head/kernel");
    expect(initializers.filter((name) => name.endsWith("/moving_variance")).length).toBeGreaterThan(2);
    expect([inputs, outputs]).toEqual([["images"], ["logits"]]);
  });

  it("is written whole: what was there stays where a layer cannot be written, and nothing lies beside it", async () => {
    writeFileSync(path, "before");
    const lstm = tf.sequential({
      layers: [tf.layers.permute({ dims: [2, 1, 3], inputShape: [4, 4, 1] }), new Cumulative()],
    });
    await expect(exportOnnx(lstm, path)).rejects.toThrow(
      /^exportOnnx: an operation must be one that is written as ONNX \(Abs, .*\), got Cumsum in the layer cumulative$/,
    );
    expect(readFileSync(path, "utf8")).toBe("before");
    expect(readdirSync(join(folder, "models"))).toEqual(["model.onnx"]);
  });

  it("leaves no tensor behind, whether it can be written or not", async () => {
    const model = smallModel("mynet");
    const other = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 2, 1] }), new Cumulative()] });
    other.build();
    const before = tf.memory().numTensors;
    await exportOnnx(model, path);
    await exportOnnx(other, path).catch(() => undefined);
    expect(tf.memory().numTensors).toBe(before);
  });
});

class Cumulative extends tf.layers.Layer {
  static className = "Cumulative";
  constructor() {
    super({ name: "cumulative" });
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.cumsum([inputs].flat()[0]!, 1);
  }
}

describe("a trained model", () => {
  it("gives train.predict's class and probabilities, with its moving statistics and metadata", async () => {
    const { train: set } = generated({ trainImages: 64, testImages: 2, imageShape: [16, 16, 3] });
    const model = createModel("resnet34_bias", {
      inputShape: [16, 16, 3],
      numClasses: set.classNames.length,
      blocks: [1, 1],
      filters: [4, 8],
      seed: 1,
    });
    const history = await fit(model, set, { epochs: 2, batchSize: 16, seed: 1 });
    expect(history.epochs).toHaveLength(2);
    const ours = await predict(model, imageAt(set, 3));
    await exportOnnx(model, path);
    const { metadata } = readOnnx(path);
    const [classNames, mean, std] = ["classNames", "mean", "std"].map((key) => JSON.parse(metadata[key]!));
    expect(classNames).toEqual(set.classNames);
    expect(metadata["layout"]).toBe("NCHW");
    expect(JSON.parse(metadata["saccade"]!)).toMatchObject({
      model: { name: "resnet34_bias" },
      use: { classNames, mean, std },
    });
    const logits = await runOnnx(path, imageTensor(set, 3, { mean, std }));
    const shares = tf.softmax(tf.tensor1d(logits)).dataSync();
    expect(classNames[shares.indexOf(Math.max(...shares))]).toBe(ours.top[0]!.className);
    expect(distance(shares, ours.probabilities)).toBeLessThan(ROUNDING);
  });
});
