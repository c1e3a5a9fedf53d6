/** Layers of tf.layers, and of one's own, as ONNX: what ONNX Runtime computes is what they compute here. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../../lib/backend/index.js";
import { exportOnnx } from "../../../lib/models/index.js";
import { onnxFile } from "../../../lib/models/onnx/onnx-file.js";
import { GRAPHS, modelOf, own, through, tokens } from "./graphs.js";
import { distance, readOnnx, runOnnx } from "./run-onnx.js";

let folder: string;
let path: string;
beforeAll(ready);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-onnx-layers-"));
  path = join(folder, "layers.onnx");
});
afterEach(() => tf.disposeVariables());
afterAll(() => rmSync(folder, { recursive: true }));

const { layers } = tf;

/** Both sum in float32, in other orders. */
const ROUNDING = 1e-5;

describe("exportOnnx: what ONNX Runtime computes", () => {
  it.each(Object.keys(GRAPHS))("%s", async (name) => {
    const [shape, graph] = GRAPHS[name]!;
    const model = modelOf(shape, graph);
    const batch = tf.randomNormal([3, ...shape], 0, 1, "float32", 5);
    const expected = (model.predict(batch) as tf.Tensor).dataSync();
    for (const layout of ["NCHW", "NHWC"] as const) {
      await exportOnnx(model, path, { layout });
      expect(distance(await runOnnx(path, batch, layout), expected)).toBeLessThan(ROUNDING);
    }
  });
});

describe("exportOnnx: what is refused", () => {
  const refused: Readonly<Record<string, readonly [() => tf.LayersModel, RegExp]>> = {
    "random numbers": [
      () =>
        modelOf(
          tokens,
          own((x) => tf.add(x, tf.randomNormal([8]))),
        ),
      /^exportOnnx: a model must be one that computes the same each time, .* got another in the layer own$/,
    ],
    "a batch that is looked at as a whole": [
      () =>
        modelOf(
          tokens,
          own((x) => tf.slice(x, [0, 0, 0], [1, -1, -1])),
        ),
      /^exportOnnx: images must be taken with their whole batch, got \[0,0,0\] of Slice in the layer own$/,
    ],
    "a free height": [
      () => modelOf([null as unknown as number, 4, 3], through(layers.conv2d({ filters: 2, kernelSize: 3 }))),
      /^exportOnnx: a model's input must have all sizes but the batch's, got \[B, \?, 4, 3\]$/,
    ],
    "two inputs": [
      () => {
        const inputs = [tf.input({ shape: [2] }), tf.input({ shape: [2] })];
        return tf.model({ inputs, outputs: layers.add().apply(inputs) });
      },
      /^exportOnnx: a model must have one input, got 2$/,
    ],
  };
  it.each(Object.keys(refused))("%s", async (name) => {
    const [make, message] = refused[name]!;
    await expect(exportOnnx(make(), path)).rejects.toThrow(message);
  });

  it("another ending, and a wrong number of class names", async () => {
    const model = modelOf([2], through(layers.dense({ units: 3 })));
    await expect(exportOnnx(model, "model.pt")).rejects.toThrow('exportOnnx: path must end in .onnx, got "model.pt"');
    await expect(exportOnnx(model, path, { classNames: ["a"] })).rejects.toThrow(
      "exportOnnx: classNames must name the model's 3 classes, got 1",
    );
  });
});

describe("onnxFile()", () => {
  it("refuses 2 GiB before any weight is read", () => {
    const initializer = (count: number) => ({
      ...{ name: "weight", dtype: "float32" as const, shape: [count] },
      bytes: () => expect.fail("was read"),
    });
    const fileOf = (count: number) => () => onnxFile({ ...EMPTY, initializers: [initializer(count)] });
    expect(fileOf(2 ** 29 - 100)).not.toThrow();
    expect(fileOf(2 ** 29)).toThrow(
      "exportOnnx: a model must be below 2 GiB, which a file of ONNX's holds, got 2.00 GiB",
    );
  });
});

const EMPTY = { name: "empty", producerVersion: "0", nodes: [], inputs: [], outputs: [], metadata: {} };

describe("exportOnnx: ends", () => {
  it("calls what ends in a softmax probabilities, and several outputs by their layers", async () => {
    await exportOnnx(modelOf([2], through(layers.dense({ units: 3, activation: "softmax" }))), path);
    expect(readOnnx(path)).toMatchObject({ inputs: ["input"], outputs: ["probabilities"] });
    const input = tf.input({ shape: [2] });
    const outputs = ["a", "b"].map((name) => layers.dense({ name, units: 3 }).apply(input));
    await exportOnnx(tf.model({ inputs: input, outputs }), path);
    expect(readOnnx(path).outputs).toEqual(["a", "b"]);
  });
});
