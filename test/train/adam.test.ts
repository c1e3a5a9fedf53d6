import { beforeAll, describe, expect, it } from "vitest";
import { compile, ready, tf } from "../../lib/backend/index.js";
import { adam, adamW, sgd, softmaxCrossEntropy } from "../../lib/train/index.js";

beforeAll(ready);

describe("adam()", () => {
  it("adds epsilon outside the corrected root, as PyTorch does", () => {
    // A constant gradient g: m̂ = g and v̂ = g² at every step, so each step is lr · g / (|g| + epsilon).
    const gradient = 1e-8;
    const variable = tf.variable(tf.tensor1d([1]));
    const optimizer = adam([variable], { learningRate: 0.1, epsilon: 1e-8 });
    const changes = [1, 2, 3].map(() => {
      const before = variable.dataSync()[0]!;
      const grads = [tf.tensor1d([gradient])];
      optimizer.apply(grads);
      tf.dispose(grads);
      return before - variable.dataSync()[0]!;
    });
    for (const change of changes) expect(change).toBeCloseTo(0.05, 5); // float32 near 1 has steps of 6e-8
    optimizer.dispose();
    variable.dispose();
  });

  it("leaves its gradients and nothing else behind", () => {
    const variable = tf.variable(tf.ones([3]));
    const gradient = tf.ones([3]);
    const before = tf.memory().numTensors;
    const optimizer = adam([variable]);
    optimizer.apply([gradient]);
    optimizer.apply([gradient]);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([variable, gradient]);
  });

  it.each([
    [{ beta1: 1 }, "adam: beta1 must be a number from 0 to below 1, got beta1=1"],
    [{ epsilon: NaN }, "adam: epsilon must be a number above 0, got epsilon=NaN"],
  ])("refuses %o", (config, error) => {
    expect(() => adam([], config)).toThrow(error);
  });

  it("adamW() and sgd() refuse what is out of range", () => {
    expect(() => adamW([], { weightDecay: -1 })).toThrow(
      "adamW: weightDecay must be a number of 0 or more, got weightDecay=-1",
    );
    expect(() => sgd([], { momentum: 1 })).toThrow("sgd: momentum must be a number from 0 to below 1, got momentum=1");
    expect(() => sgd([])).toThrow("sgd: there must be at least one variable, got none");
  });
});

describe.each(["eager", "compiled"])("optimizers, %s", (how) => {
  /** The variable's values after each of three steps with one gradient. */
  async function after(
    make: (variables: tf.Variable[]) => ReturnType<typeof adam>,
    start: number,
    gradient: number,
  ): Promise<number[]> {
    const variable = tf.variable(tf.tensor1d([start]));
    const optimizer = make([variable]);
    const given = tf.tensor1d([gradient]);
    const step = compile(
      (gradient: tf.Tensor) => {
        optimizer.apply([gradient]);
        return gradient.clone();
      },
      { debug: how === "eager" },
    );
    const values: number[] = [];
    for (let i = 0; i < 3; i++) {
      (await step(given)).dispose();
      values.push(variable.dataSync()[0]!);
    }
    step.dispose();
    optimizer.dispose();
    tf.dispose([variable, given]);
    return values;
  }

  it("adamW() shrinks the variable first, then takes Adam's step of lr", async () => {
    const values = await after((variables) => adamW(variables, { learningRate: 0.1, weightDecay: 0.5 }), 2, 3);
    const expected = [2, 0, 0, 0];
    // a constant gradient: m̂ / √v̂ = 1
    for (let i = 0; i < 3; i++) expected[i + 1] = expected[i]! * (1 - 0.1 * 0.5) - 0.1;
    for (let i = 0; i < 3; i++) expect(values[i]).toBeCloseTo(expected[i + 1]!, 5);
  });

  it("sgd() sums gradients with momentum", async () => {
    const values = await after((variables) => sgd(variables, { learningRate: 0.1, momentum: 0.5 }), 1, 2);
    for (const [i, expected] of [0.8, 0.5, 0.15].entries()) expect(values[i]).toBeCloseTo(expected, 5); // b = 2, 3, 3.5
  });
});

describe("softmaxCrossEntropy()", () => {
  it("is the mean of −log of the label's share", () => {
    const logits = tf.tensor2d([
      [0, Math.log(3)],
      [Math.log(4), 0],
    ]);
    const labels = tf.tensor1d([1, 1], "int32");
    expect(softmaxCrossEntropy(logits, labels).dataSync()[0]).toBeCloseTo((Math.log(4 / 3) + Math.log(5)) / 2, 6);
  });

  it("has the gradient (softmax − onehot) / B", () => {
    const labels = tf.tensor1d([1, 1], "int32");
    const gradient = tf.grad((logits) => softmaxCrossEntropy(logits, labels))(
      tf.tensor2d([
        [0, Math.log(3)],
        [Math.log(4), 0],
      ]),
    );
    const expected = [0.125, -0.125, 0.4, -0.4];
    expect([...gradient.dataSync()].map((value, i) => Math.abs(value - expected[i]!) < 1e-6)).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  it("stays finite for logits of a thousand", () => {
    expect(softmaxCrossEntropy(tf.tensor2d([[1000, -1000]]), tf.tensor1d([1], "int32")).dataSync()[0]).toBeCloseTo(
      2000,
      3,
    );
  });
});
