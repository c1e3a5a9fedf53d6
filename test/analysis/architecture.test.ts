import { describe, expect, it } from "vitest";
import { architecture, summary } from "../../lib/analysis/index.js";
import { ready, tf } from "../../lib/backend/index.js";
import { createModel } from "../../lib/models/index.js";

await ready();

describe("architecture()", () => {
  it("tells each layer's shape, parameters and inputs, branch by branch", () => {
    const input = tf.input({ shape: [8], name: "in" });
    const left = tf.layers.dense({ units: 4, name: "left" }).apply(input) as tf.SymbolicTensor;
    const right = tf.layers.dense({ units: 4, name: "right" }).apply(input) as tf.SymbolicTensor;
    const deeper = tf.layers.reLU({ name: "relu" }).apply(left) as tf.SymbolicTensor;
    const joined = tf.layers.add({ name: "sum" }).apply([deeper, right]) as tf.SymbolicTensor;
    const { layers, params } = architecture(tf.model({ inputs: input, outputs: joined }));
    expect(layers).toEqual([
      { name: "in", className: "InputLayer", outputShape: [8], params: 0, inputs: [] },
      { name: "left", className: "Dense", outputShape: [4], params: 36, inputs: [0] },
      { name: "relu", className: "ReLU", outputShape: [4], params: 0, inputs: [1] },
      { name: "right", className: "Dense", outputShape: [4], params: 36, inputs: [0] },
      { name: "sum", className: "Add", outputShape: [4], params: 0, inputs: [2, 3] },
    ]);
    expect(params).toBe(72);
  });

  it("opens a model inside, also where it is used again; its parameters count once", () => {
    const inner = tf.sequential({
      name: "inner",
      layers: [tf.layers.dense({ units: 4, inputShape: [8], name: "a" }), tf.layers.dense({ units: 8, name: "b" })],
    });
    const input = tf.input({ shape: [8] });
    const once = inner.apply(input) as tf.SymbolicTensor;
    const twice = inner.apply(once) as tf.SymbolicTensor;
    const { layers, params } = architecture(tf.model({ inputs: input, outputs: twice }));
    expect(layers.map(({ name }) => name).slice(1)).toEqual(["inner/a", "inner/b", "inner/a", "inner/b"]);
    expect(layers.map(({ inputs }) => inputs)).toEqual([[], [0], [1], [2], [3]]);
    expect(layers.map((layer) => layer.params)).toEqual([0, 36, 40, 0, 0]);
    expect(params).toBe(76);
  });

  it.each(["mynet", "resnet18", "cct_2_3x1_32", "cnn_self_attention"])(
    "has all of %s, each after its inputs",
    (name) => {
      const model = createModel(name, {});
      const before = tf.memory().numTensors;
      const { layers, params } = architecture(model);
      expect(tf.memory().numTensors).toBe(before);
      expect(layers.map((layer) => layer.name).sort()).toEqual(model.layers.map((layer) => layer.name).sort());
      expect(params).toBe(summary(model).params);
      for (const [i, { inputs }] of layers.entries()) for (const input of inputs) expect(input).toBeLessThan(i);
      expect(JSON.parse(JSON.stringify(layers))).toEqual(layers);
      model.dispose();
    },
  );
});
