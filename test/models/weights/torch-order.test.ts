import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../../lib/backend/index.js";
import { saveWeights } from "../../../lib/models/index.js";

const folder = mkdtempSync(join(tmpdir(), "saccade-order-"));
const out = (name: string) => join(folder, `${name}.safetensors`);
const L = tf.layers;
beforeAll(ready);
afterEach(() => tf.disposeVariables());
afterAll(() => rmSync(folder, { recursive: true }));

describe("features whose order in PyTorch cannot be known", () => {
  const dense = (name = "fc") => L.dense({ units: 4, name });
  const map = () => tf.input({ shape: [2, 3, 4] });
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(x) as tf.SymbolicTensor;
  class OwnFlatten extends tf.layers.Layer {
    static readonly className = "OwnNetworkFlatten";
    override computeOutputShape(): tf.Shape {
      return [null, 24];
    }
  }
  it.each<[string, (x: tf.SymbolicTensor) => tf.SymbolicTensor, RegExp]>([
    [
      "two flattened maps side by side",
      (x) =>
        apply(
          dense(),
          apply(
            L.concatenate({ name: "both" }),
            [1, 2].map(() => apply(L.flatten(), x)),
          ),
        ),
      /fc\/kernel .*, got features behind both, which takes or makes flattened maps$/,
    ],
    [
      "a flatten of one's own",
      (x) => apply(dense(), apply(new OwnFlatten({ name: "mine" }), x)),
      /fc\/kernel .*, got features behind mine,/,
    ],
    [
      "axes that a permute has changed",
      (x) => apply(dense(), apply(L.flatten({ name: "flat" }), apply(L.permute({ dims: [2, 1, 3] }), x))),
      /fc\/kernel .*, got features that flat flattens, whose axes can have another order$/,
    ],
    [
      "rows of pixels",
      (x) => apply(dense(), apply(L.reshape({ targetShape: [2, 12], name: "rows" }), x)),
      /fc\/kernel .*, got features behind rows, which puts places and channels together$/,
    ],
    [
      "a linear map whose outputs become an image",
      (x) =>
        apply(
          L.reshape({ targetShape: [2, 3, 4], name: "image" }),
          apply(L.reLU(), apply(L.dense({ units: 24, name: "fc" }), apply(L.globalAveragePooling2d({}), x))),
        ),
      /fc\/kernel .*, got features that image makes a map of: PyTorch's has the channels first$/,
    ],
    [
      "a layer that is used for both",
      (x) => {
        const shared = dense();
        const other = apply(L.dense({ units: 24 }), apply(L.globalAveragePooling2d({}), x));
        return apply(L.add(), [apply(shared, apply(L.flatten(), x)), apply(shared, other)]);
      },
      /fc\/kernel .*, got features that have one order in one use of the layer, and another in the next$/,
    ],
  ])("are refused: %s", async (_, build, message) => {
    const inputs = map();
    const model = tf.model({ inputs, outputs: build(inputs) });
    const save = saveWeights(model, out("unknown"), { names: "torch" });
    await expect(save).rejects.toThrow(TypeError);
    await expect(save).rejects.toThrow(message);
    await saveWeights(model, out("unknown")); // under our own names all is known
  });
});
