import { describe, expect, it, vi } from "vitest";
import { compile, tf } from "../../../lib/backend/index.js";
import { currentBinding } from "../../../lib/backend/register.js";
import { MEGABYTE, memory } from "../memory.js";

type Tensor = import("@tensorflow/tfjs").Tensor;

const glorot = (seed: number) => tf.initializers.glorotUniform({ seed });

/**
 * A small network with what training needs: convolution, batch normalisation with moving statistics, pooling, dropout.
 */
function network(dropRate: number) {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        filters: 4,
        kernelSize: 3,
        padding: "same",
        activation: "relu",
        inputShape: [8, 8, 3],
        kernelInitializer: glorot(1),
      }),
      tf.layers.batchNormalization(),
      tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }),
      tf.layers.flatten(),
      tf.layers.dropout({ rate: dropRate }),
      tf.layers.dense({ units: 3, kernelInitializer: glorot(2) }),
    ],
  });
}

/** Trains six steps of momentum SGD; returns the losses and all weights. */
async function train(
  compileStep: (step: (x: Tensor, y: Tensor) => Tensor) => (x: Tensor, y: Tensor) => Promise<Tensor> | Tensor,
  dropRate = 0,
) {
  const model = network(dropRate);
  const variables = model.trainableWeights.map(
    (weight) => (weight as unknown as { val: import("@tensorflow/tfjs").Variable }).val,
  );
  const momenta = variables.map((variable) => tf.tidy(() => tf.variable(tf.zerosLike(variable), false)));
  const x = tf.randomNormal([16, 8, 8, 3], 0, 1, "float32", 5);
  const y = tf.tidy(() =>
    tf
      .oneHot(
        tf.tensor1d(
          Array.from({ length: 16 }, (_, i) => i % 3),
          "int32",
        ),
        3,
      )
      .toFloat(),
  );
  const step = compileStep((images, labels) => {
    const { value, grads } = tf.variableGrads(
      () => tf.losses.softmaxCrossEntropy(labels, model.apply(images, { training: true }) as Tensor),
      variables,
    );
    variables.forEach((variable, i) => {
      momenta[i]!.assign(momenta[i]!.mul(0.9).add(grads[variable.name]!));
      variable.assign(variable.sub(momenta[i]!.mul(0.05)));
    });
    return value;
  });
  const losses: number[] = [];
  for (let i = 0; i < 6; i++) {
    const loss = await step(x, y);
    losses.push(loss.dataSync()[0]!);
    loss.dispose();
  }
  const weights = model.getWeights().map((weight) => [...weight.dataSync()]);
  tf.dispose([x, y, momenta]);
  model.dispose();
  return { losses, weights };
}

/** float32 sums in another order differ in the seventh digit; six steps let that grow a hundredfold at most. */
function expectClose(
  actual: { losses: number[]; weights: number[][] },
  wanted: { losses: number[]; weights: number[][] },
): void {
  for (const [i, loss] of actual.losses.entries()) expect(Math.abs(loss - wanted.losses[i]!)).toBeLessThan(1e-4);
  for (const [i, weights] of actual.weights.entries()) {
    for (const [j, value] of weights.entries()) expect(Math.abs(value - wanted.weights[i]![j]!)).toBeLessThan(1e-4);
  }
}

describe("a compiled training step", () => {
  it("trains as an eager one does: losses, weights, momentum, batch normalisation's statistics", async () => {
    const eager = await train((step) => (x, y) => tf.tidy(() => step(x, y)));
    expect(eager.losses[5]).toBeLessThan(eager.losses[0]!);
    expectClose(await train((step) => compile(step)), eager);
  });

  it("trains the same with XLA", async () => {
    expectClose(await train((step) => compile(step, { xla: true })), await train((step) => compile(step)));
  });

  it("with dropout: one seed gives one run, bit for bit, and debug the same to rounding", async () => {
    const run = (seed: number, debug = false) => train((step) => compile(step, { seed, debug }), 0.5);
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect((await run(2)).losses).not.toEqual(first.losses);
    expectClose(await run(1, true), first);
  });

  it("takes a tf.train optimizer that has made its variables", async () => {
    const weight = tf.tidy(() => tf.variable(tf.tensor1d([1, -2])));
    const optimizer = tf.train.adam(0.1);
    const step = () =>
      optimizer.minimize(() => weight.square().sum() as import("@tensorflow/tfjs").Scalar, true, [weight])!;
    step().dispose(); // eager: makes Adam's moments
    const compiled = compile(step);
    let last = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) {
      const loss = await compiled();
      expect(loss.dataSync()[0]).toBeLessThan(last);
      last = loss.dataSync()[0]!;
      loss.dispose();
    }
    compiled.dispose();
    optimizer.dispose();
    weight.dispose();
  });

  it("serves inference and evaluation", async () => {
    const model = network(0.5);
    const predict = compile((x: Tensor) => model.predict(x) as Tensor, { name: "predict" });
    const x = tf.randomNormal([4, 8, 8, 3]);
    const [compiled, eager] = [await predict(x), model.predict(x) as Tensor];
    const worst = tf.tidy(() => compiled.sub(eager).abs().max().dataSync()[0]!);
    expect(worst).toBeLessThan(1e-5); // float32 rounding of sums of 64 terms
    tf.dispose([x, compiled, eager]);
    predict.dispose();
    model.dispose();
  });
});

describe("compiled functions leave nothing behind", () => {
  /** Traces a chain of 20 products for rows of so many. */
  const chain = (large: Tensor) => (x: Tensor) => {
    let y = x as import("@tensorflow/tfjs").Tensor2D;
    for (let k = 0; k < 20; k++) y = tf.matMul(y, large as import("@tensorflow/tfjs").Tensor2D).add(tf.scalar(k));
    return y.mean();
  };
  const apart = async (large: Tensor, times: number) => {
    for (let i = 0; i < times; i++) {
      const fn = compile(chain(large));
      (await fn(large)).dispose();
      fn.dispose();
    }
  };
  const together = async (large: Tensor, times: number) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const fn = compile(chain(large), { maxPrograms: 2 });
    for (let i = 0; i < times; i++) {
      const x = tf.ones([1 + (i % 100), 64]); // of 100 forms, each forgotten long before it comes again
      tf.dispose([await fn(x), x]);
    }
    expect(fn.traces).toBe(times);
    expect(warn).toHaveBeenCalledTimes(1);
    fn.dispose();
    warn.mockRestore();
  };

  it.each([
    ["each of a function of its own, disposed", apart],
    ["of one function whose arguments keep changing their form", together],
  ])("a thousand re-traces, %s", async (_, traces) => {
    const large = tf.ones([64, 64]);
    const retrace = (times: number) => traces(large, times);
    await retrace(200);
    const [tensors, before] = [currentBinding()!.getNumOfTensors(), memory()];
    await retrace(1000);
    expect(currentBinding()!.getNumOfTensors()).toBe(tensors);
    // 60 nodes of about 1 KB each, in graph, function and kernels: kept, they would be several hundred megabytes.
    expect(memory() - before).toBeLessThan(100 * MEGABYTE);
    large.dispose();
  });

  it("two thousand steps", async () => {
    const weights = tf.tidy(() => tf.variable(tf.ones([256, 256]))); // 256 KiB
    const step = compile((x: Tensor) => {
      weights.assign(weights.mul(0.999).add(x) as import("@tensorflow/tfjs").Tensor2D);
      return weights.mean();
    });
    const x = tf.ones([256, 256]);
    const run = async (times: number) => {
      for (let i = 0; i < times; i++) (await step(x)).dispose();
    };
    await run(200);
    const [tensors, before] = [currentBinding()!.getNumOfTensors(), memory()];
    await run(2000);
    expect(currentBinding()!.getNumOfTensors()).toBe(tensors);
    expect(memory() - before).toBeLessThan(100 * MEGABYTE); // 500 MB, were each kept
    tf.dispose([weights, x]);
    step.dispose();
  });
});
