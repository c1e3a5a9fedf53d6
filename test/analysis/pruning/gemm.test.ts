import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { analysis, backend, layers, models, tf } from "../../../lib/index.js";
import { logitsOf } from "../../../lib/layers/forward.js";
import { difference, outputsOf, shake } from "./networks.js";

beforeAll(backend.ready);
afterEach(() => tf.disposeVariables());

/** Sums of some hundred float32 products, in another order. */
const ROUNDING = 1e-5;

const windows = (["same", "valid"] as const).flatMap((padding) =>
  [1, [2, 3]].flatMap((strides) =>
    [3, 1, [2, 5]].map((kernelSize) => ({ padding, strides, kernelSize, dilationRate: 1 })),
  ),
);
const dilated = [2, [1, 3]].flatMap((dilationRate) =>
  (["same", "valid"] as const).map((padding) => ({ padding, strides: 1, kernelSize: 3, dilationRate })),
);

/** A convolution of tf.layers, alone. */
function convolution(args: object): tf.LayersModel {
  const model = tf.sequential();
  model.add(tf.layers.conv2d({ ...args, filters: 4, inputShape: [9, 8, 3], activation: "tanh" } as never));
  return shake(model);
}

describe("convolutionsAsGemm()", () => {
  it.each([...windows, ...dilated])("%o: a convolution's numbers, and its gradients", ({ dilationRate, ...window }) => {
    const args = { dilationRate, ...window };
    const model = convolution(args);
    const gemm = analysis.convolutionsAsGemm(model);
    expect(gemm.layers[0]!.getClassName()).toBe("UnfoldConv2d");
    expect(gemm.outputs[0]!.shape).toEqual(model.outputs[0]!.shape);
    expect(difference(outputsOf(model), outputsOf(gemm))).toBeLessThan(ROUNDING);
    if (dilationRate !== 1) return; // tfjs has no gradient of that
    const [expected, found] = [model, gemm].map(gradientsOf);
    expect(expected!.length).toBe(found!.length);
    expected!.forEach((each, i) => expect(difference(each, found![i]!)).toBeLessThan(ROUNDING));
  });

  it("pads by pixels, as our Conv2d", () => {
    const layer = (strides: number, padding: number) =>
      new layers.Conv2d({ filters: 4, kernelSize: 5, strides, padding, activation: "relu", inputShape: [9, 8, 3] });
    for (const [strides, padding] of [
      [1, 2],
      [2, 1],
      [3, 2],
      [2, 0],
    ] as const) {
      const model = shake(tf.sequential({ layers: [layer(strides, padding)] }));
      const gemm = analysis.convolutionsAsGemm(model);
      expect(difference(outputsOf(model), outputsOf(gemm))).toBeLessThan(ROUNDING);
    }
  });

  const residual = { inputShape: [16, 16, 3], numClasses: 5, blocks: [1, 1], filters: [4, 6] } as const;
  it.each<[string, () => tf.LayersModel, string]>([
    ["study 6's network", () => models.createModel("fashion_cnn", { filters: [3, 24], hidden: [6] }), "conv1"],
    ["a residual network", () => models.resnet(residual), "stage1/block1/conv1"],
  ])("%s: equal outputs, the same weights under the same names, and the same multiply-adds", (_, make, inner) => {
    const model = shake(make());
    const before = tf.memory().numTensors;
    const gemm = analysis.convolutionsAsGemm(model);
    expect(tf.memory().numTensors).toBe(before + gemm.weights.length);
    expect(difference(outputsOf(model), outputsOf(gemm))).toBeLessThan(ROUNDING);
    expect(gemm.weights.map(({ originalName }) => originalName)).toEqual(
      model.weights.map(({ originalName }) => originalName),
    );
    expect(analysis.countMacs(gemm).total).toBe(analysis.countMacs(model).total);
    const pruned = analysis.prune(gemm, { [inner]: [1] }); // as that of a convolution
    expect(difference(outputsOf(analysis.prune(model, { [inner]: [1] })), outputsOf(pruned))).toBeLessThan(ROUNDING);
  });

  it("is asked and looked into as the convolutions that it was", async () => {
    const model = shake(
      tf.sequential({
        layers: [
          new layers.Conv2d({ name: "a", filters: 4, kernelSize: 3, strides: 2, padding: 1, inputShape: [9, 8, 3] }),
          tf.layers.conv2d({ name: "b", filters: 3, kernelSize: [5, 4], activation: "softmax" }),
          tf.layers.flatten(),
        ],
      }),
    );
    const gemm = analysis.convolutionsAsGemm(model);
    const images = tf.randomUniform([2, 9, 8, 3], -1, 1, "float32", 7);
    const asked = (of: tf.LayersModel) => logitsOf(of, images, { training: false }).dataSync() as Float32Array;
    expect(difference(asked(model), asked(gemm))).toBeLessThan(ROUNDING);
    expect(Math.min(...asked(model))).toBeLessThan(0); // no probabilities
    const fields = (of: tf.LayersModel) =>
      analysis.receptiveFields(of).map(({ layer, size, stride, offset }) => ({ layer, size, stride, offset }));
    expect(fields(gemm)).toEqual(fields(model));
    const maps = await analysis.featureMaps(gemm, images);
    expect(maps.map(({ layer, shape }) => [layer, shape])).toEqual([
      ["a", [2, 5, 4, 4]],
      ["b", [2, 1, 1, 3]],
    ]);
  });

  it("refuses a model without a convolution", () => {
    const dense = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    expect(() => analysis.convolutionsAsGemm(dense)).toThrow("the model must have a convolution (Conv2D, Conv2d), got");
  });
});

describe("compareCost()", () => {
  it("measures each model in turn as often as asked, on this machine, and counts what it costs", async () => {
    const model = models.createModel("fashion_cnn", { filters: [8, 32], hidden: [50] });
    const pruned = analysis.prune(model, { conv1: [0, 1, 2, 3] });
    const images = tf.zeros([2, 28, 28, 1]);
    const before = tf.memory().numTensors;
    const told: string[] = [];
    const onProgress = (text: string) => void told.push(text);
    const result = await analysis.compareCost({ model, pruned }, images, { rounds: 5, warmupRounds: 1, onProgress });
    expect([told.length, told[0], told.at(-1)]).toEqual([6, "warming up: 0 more", "round 5 of 5"]);
    expect(tf.memory().numTensors).toBe(before);
    const [first, second] = result.models as [analysis.ModelCost, analysis.ModelCost];
    expect([first.name, first.relative, first.timesMs.length]).toEqual(["model", 1, 5]);
    expect([second.name, second.params, second.macs]).toEqual([
      "pruned",
      pruned.countParams(),
      analysis.countMacs(pruned).total,
    ]);
    const sorted = second.timesMs.toSorted((a, b) => a - b);
    expect([second.quartilesMs[0], second.medianMs, second.quartilesMs[1]]).toEqual(sorted.slice(1, 4));
    expect(result.batchSize).toBe(2);
    expect(result.machine).toMatch(/^\d+ cores \(.+\), \S/);
  });

  it("refuses images of another size, and ends on a signal", async () => {
    const model = models.createModel("fashion_cnn");
    const images = (shape: number[]) => tf.zeros(shape);
    await expect(analysis.compareCost({ model }, images([1, 32, 32, 3]))).rejects.toThrow(
      "compareCost: images must be [B, 28, 28, 1], as model takes them, got images of [1, 32, 32, 3]",
    );
    await expect(analysis.compareCost({}, images([1, 2]))).rejects.toThrow("models must have one model or more");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(analysis.compareCost({ model }, images([1, 28, 28, 1]), { signal })).rejects.toThrow("enough");
  });
});

/** Of the sum of squared outputs by each weight. */
function gradientsOf(model: tf.LayersModel): Float32Array[] {
  return tf.tidy(() => {
    const images = tf.randomUniform([2, 9, 8, 3], -1, 1, "float32", 7);
    const loss = () => tf.sum(tf.square(model.apply(images) as tf.Tensor)) as tf.Scalar;
    const variables = model.weights.map((weight) => weight.read() as tf.Variable);
    const { grads } = tf.variableGrads(loss, variables);
    return variables.map(({ name }) => grads[name]!.dataSync() as Float32Array);
  });
}
