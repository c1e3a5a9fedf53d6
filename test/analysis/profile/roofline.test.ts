import { describe, expect, it } from "vitest";
import {
  countMacs,
  measurePeaks,
  profile,
  roofline,
  type MachinePeaks,
  type ProfiledOp,
  type StepProfile,
} from "../../../lib/analysis/index.js";
import { compile, ready, tf } from "../../../lib/backend/index.js";
import { createModel } from "../../../lib/models/index.js";
import { adam, softmaxCrossEntropy } from "../../../lib/train/index.js";

type Tensor = import("@tensorflow/tfjs").Tensor;

await ready();
const present = tf.getBackend() === "tensorflow";

const rate = (best: number) => ({ best, median: best / 2, worst: best / 4, runs: 8 });
const peaks: MachinePeaks = {
  processor: "a processor",
  device: "CPU",
  threads: 2,
  library: "TensorFlow",
  measuredAt: "2026-01-01T00:00:00.000Z",
  compute: [
    { dtype: "float32", size: 1024, gflopsPerSecond: rate(100) },
    { dtype: "bfloat16", size: 1024, gflopsPerSecond: rate(200) },
  ],
  memory: { bytes: 1, gbPerSecond: rate(10) },
  notMeasured: [],
};

const floats = (...shape: number[]) => ({ dtype: "float32", shape });
const ran = (op: string, durationUs: number, more: Partial<ProfiledOp> = {}): ProfiledOp => ({
  name: op,
  op,
  layer: "a",
  pass: "forward",
  device: "/device:CPU:0",
  row: 0,
  startUs: 0,
  durationUs,
  bytes: 0,
  inputs: [],
  outputs: [],
  attributes: {},
  ...more,
});
/** 2 · 100³ operations, 3 · 40,000 bytes: 16.7 for a byte. */
const matrices = { inputs: [floats(100, 100), floats(100, 100)], outputs: [floats(100, 100)] };
/** 10,000 operations, 120,000 bytes. */
const sum = ran("AddV2", 24, matrices);

describe("roofline()", () => {
  const step = {
    stepUs: 200,
    ops: [ran("MatMul", 40, matrices), sum, ran("Reshape", 2), ran("Unheard", 30, matrices)],
  };

  it("puts an op under the roof of the processor where its intensity is high: 2 MFLOP in 40 µs of 20 at best", () => {
    const [product] = roofline(step, peaks).ops;
    expect(product).toMatchObject({ kind: "matrix product", flops: 2e6, bytes: 120_000, share: 0.2, dtype: "float32" });
    expect(product).toMatchObject({ intensity: 2e6 / 120_000, gflopsPerSecond: 50, gbPerSecond: 3 });
    expect(product).toMatchObject({ boundBy: "compute", roofGflopsPerSecond: 100, roofShare: 0.5 });
  });

  it("puts it under the roof of the memory where it is low: 120 kB in 24 µs of 12 at best", () => {
    const found = roofline(step, peaks).ops.find(({ op }) => op === "AddV2")!;
    expect(found).toMatchObject({ boundBy: "memory", gbPerSecond: 5, roofShare: 0.5 });
    expect(found.roofGflopsPerSecond).toBeCloseTo(10 / 12, 12); // 10 GB/s at a twelfth of an operation for each byte
  });

  it("names what it does not count with its time, and adds up the rest", () => {
    const found = roofline(step, peaks);
    expect(found.notCounted).toEqual([
      { op: "Unheard", why: "no formula", count: 1, durationUs: 30, share: 0.15 },
      { op: "Reshape", why: "moves nothing", count: 1, durationUs: 2, share: 0.01 },
    ]);
    expect(found).toMatchObject({ flops: 2_010_000, productFlops: 2e6, bytes: 360_000 });
    expect(found.ops.find(({ op }) => op === "Unheard")).toMatchObject({ flops: null, roofShare: null, boundBy: null });
    expect(roofline({ stepUs: 9, ops: [ran("MatMul", 3)] }, peaks).notCounted[0]!.why).toBe("size not known");
  });

  it("takes the processor's peak for an op's own dtype", () => {
    const halves = {
      inputs: [{ dtype: "bfloat16", shape: [100, 100] }],
      outputs: [{ dtype: "bfloat16", shape: [1, 1] }],
    };
    const one = ran("MatMul", 1, { inputs: [halves.inputs[0]!, halves.inputs[0]!], outputs: [halves.inputs[0]!] });
    expect(roofline({ stepUs: 1, ops: [one] }, peaks).ops[0]).toMatchObject({ dtype: "bfloat16", roofShare: 10 });
  });

  it("takes a GPU's time of an op from its kernels", () => {
    const ops = [
      ran("MatMul", 4, { ...matrices, name: "a/MatMul", device: "/device:GPU:0" }),
      ran("MatMul", 30, { name: "a/MatMul:MatMul", device: "/device:GPU:0/stream:all" }),
      ran("MatMul", 10, { name: "a/MatMul:MatMul", device: "/device:GPU:0/stream:all" }),
      ran("MatMul", 40, { name: "a/MatMul:MatMul", device: "/device:GPU:0/stream:13" }),
    ];
    expect(roofline({ stepUs: 50, ops }, peaks).ops.map(({ durationUs }) => durationUs)).toEqual([40]);
  });

  it("shows itself as a table of kinds of op, with what is not counted above it", () => {
    const shown = roofline(step, peaks) as unknown as Record<symbol, () => Record<string, string>>;
    const text = shown[Symbol.for("Jupyter.display")]!()["text/plain"]!;
    expect(text).toContain("operations not counted: ops of 15.0 % of the step");
    expect(text).toMatch(/^MatMul +1 +0\.04 +20\.0 % +0\.002 +0\.12 +16\.7 +50 +3 +50\.0 %$/m);
    expect(text).toMatch(/^Reshape \(moves nothing\) +1/m);
  });
});

/** A profile of a training step of a model of 2 images. */
async function profiled(model: tf.LayersModel, steps: number): Promise<StepProfile> {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const optimizer = adam(variables);
  const step = compile((images: Tensor, labels: Tensor) => {
    const loss = () => softmaxCrossEntropy(model.apply(images, { training: true }) as Tensor, labels);
    const { value, grads } = tf.variableGrads(loss, variables);
    optimizer.apply(variables.map((variable) => grads[variable.name]!));
    return value;
  });
  const images = tf.ones([2, ...model.inputs[0]!.shape.slice(1)] as number[]);
  const labels = tf.tensor1d([0, 1], "int32");
  try {
    return await profile(step, () => [images, labels], { warmupSteps: 1, steps });
  } finally {
    step.dispose();
    optimizer.dispose();
    tf.dispose([images, labels]);
  }
}

const MODELS = {
  "convolutions and a dense layer": () => createModel("mynet", { inputShape: [16, 16, 3] }),
  "a residual network with batch norm": () => createModel("resnet18", { inputShape: [32, 32, 3] }),
  "a transformer": () => createModel("cct_2_3x1_32", {}),
};

describe.runIf(present)("roofline() of a training step", () => {
  it.each(Object.entries(MODELS))("counts 2 · countMacs for the forward products: %s", async (_, make) => {
    const model = make();
    const step = await profiled(model, 1);
    const { ops, notCounted, productFlops } = roofline(step, peaks);
    const products = ops.filter(({ kind }) => kind === "convolution" || kind === "matrix product");
    const forward = products.filter(({ pass }) => pass === "forward").reduce((sum, { flops }) => sum + flops!, 0);
    const expected = 2 * 2 * countMacs(model).total; // two images, a product and a sum each
    expect(forward).toBe(expected);
    // twice that in the backward pass, without the gradient by the images
    expect(productFlops).toBeGreaterThan(2 * expected);
    expect(productFlops).toBeLessThan(3 * expected);
    const unknown = notCounted.filter(({ why }) => why !== "moves nothing").map(({ op }) => op);
    expect(unknown.filter((op) => !op.startsWith("StatelessRandom"))).toEqual([]);
    const all = [...ops.filter(({ flops }) => flops !== null), ...notCounted];
    const time = all.reduce((sum, { durationUs }) => sum + durationUs, 0);
    expect(time).toBeCloseTo(
      step.ops.reduce((sum, { durationUs }) => sum + durationUs, 0),
      3,
    );
    model.dispose();
  });

  it("tells each op's tensors: the first convolution's images, kernel and result", async () => {
    const model = createModel("mynet", { inputShape: [16, 16, 3] });
    const { ops, mean } = await profiled(model, 3);
    const first = ops.find(({ op, layer, pass }) => /Conv2D/.test(op) && layer === "conv1" && pass === "forward")!;
    expect(first.inputs.slice(0, 2)).toEqual([floats(2, 16, 16, 3), floats(3, 3, 3, 16)]);
    expect(first.outputs[0]).toEqual(floats(2, 16, 16, 16));
    expect(first.attributes).toMatchObject({ padding: "SAME", strides: [1, 1, 1, 1] });
    const update = ops.find(({ op, inputs }) => op === "ResourceApplyAdam" && inputs[0]!.shape.length === 4)!;
    expect(update.inputs[0]).toEqual(update.inputs.at(-1)); // the variable's numbers, and its gradient's
    expect(mean.steps).toBe(3);
    expect(Object.values(mean.breakdown).reduce((sum, part) => sum + part, 0)).toBeCloseTo(mean.stepUs, 3);
    expect(mean.stdUs).toBeGreaterThan(0);
    model.dispose();
  });
});

describe.runIf(present)("measurePeaks()", () => {
  it("measures each rate several times, best first, and names the machine", async () => {
    const before = tf.memory().numTensors;
    const said: string[] = [];
    const found = await measurePeaks({ runs: 2, size: 64, bytes: 2 ** 16, onProgress: (text) => said.push(text) });
    expect(tf.memory().numTensors).toBe(before);
    expect(found.compute.map(({ dtype }) => dtype)).toContain("float32");
    for (const { best, median, worst, runs } of [
      ...found.compute.map(({ gflopsPerSecond }) => gflopsPerSecond),
      found.memory.gbPerSecond,
    ]) {
      expect(worst).toBeGreaterThan(0);
      expect([worst, median, best]).toEqual([worst, median, best].sort((a, b) => a - b));
      expect(runs).toBe(16);
    }
    expect(found.memory.bytes).toBe(2 ** 16);
    expect(found.compute.length + found.notMeasured.length).toBe(2); // bfloat16, or why not
    expect(said).toContain("64 × 64 matrices of float32: 2 of 2");
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    expect(found.processor).not.toBe("");
  });

  it("ends when it is told to", async () => {
    await expect(measurePeaks({ size: 8, bytes: 64, signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
  });
});
