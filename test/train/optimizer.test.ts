import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { compile, ops, ready, tf } from "../../lib/backend/index.js";
import { createOptimizer, type OptimizerConfig } from "../../lib/train/index.js";

interface Row {
  readonly what: string;
  readonly config: OptimizerConfig;
  readonly clipNorm?: number;
  readonly momenta?: number[];
  readonly weights: number[][][];
}
const fixture = JSON.parse(readFileSync(new URL("../fixtures/train/optimizers.json", import.meta.url), "utf8")) as {
  start: number[][];
  gradients: number[][][];
  learningRates: number[];
  rows: Row[];
};
const SHAPES = [[3, 2], [2]];
const tensors = (flat: number[][]) => flat.map((values, i) => tf.tensor(values, SHAPES[i]));

beforeAll(ready);

describe.each(["eager", "compiled"])("optimizers, %s", (how) => {
  it.each(fixture.rows)(
    "are PyTorch's at every step, with another learning rate in each: $what",
    async ({ config, clipNorm, momenta, weights }) => {
      const before = tf.memory().numTensors;
      const variables = tensors(fixture.start).map((value) => {
        const made = tf.variable(value);
        value.dispose();
        return made;
      });
      const optimizer = createOptimizer(variables, config, 1);
      const body = (gradients: tf.Tensor[], learningRate: tf.Tensor, momentum?: tf.Tensor) =>
        tf.tidy(() => {
          optimizer.apply(
            clipNorm ? ops.clipByGlobalNorm(gradients, clipNorm).gradients : gradients,
            learningRate as tf.Scalar,
            momentum as tf.Scalar,
          );
          return tf.scalar(0);
        });
      const compiled = compile(body, { name: "step" });
      const step = how === "eager" ? async (...args: Parameters<typeof body>) => body(...args) : compiled;
      for (const [i, expected] of weights.entries()) {
        const gradients = tensors(fixture.gradients[i]!);
        const rate = tf.scalar(fixture.learningRates[i]!);
        const momentum = momenta && tf.scalar(momenta[i]!);
        tf.dispose(await step(...([gradients, rate, ...(momentum ? [momentum] : [])] as Parameters<typeof body>)));
        tf.dispose([...gradients, rate, ...(momentum ? [momentum] : [])]);
        const off = variables.flatMap((variable, v) =>
          [...variable.dataSync()].map((value, n) => Math.abs(value - expected[v]![n]!)),
        );
        expect(Math.max(...off)).toBeLessThan(2e-6); // float32 beside float64, values of up to 3
      }
      if (how === "compiled") expect(compiled.traces).toBe(1);
      compiled.dispose();
      optimizer.dispose();
      tf.dispose(variables);
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

describe("createOptimizer()", () => {
  it.each([
    [{ name: "lion" }, "createOptimizer: config.name must be one of adam, adamw, sgd, rmsprop, got config.name='lion'"],
    [
      { name: "sgd", beta1: 0.9 },
      "createOptimizer: an option of config must be one of name, momentum, nesterov, weightDecay, " +
        "decayNormsAndBiases, got beta1",
    ],
    [{ name: "sgd", nesterov: true }, "createOptimizer: config.nesterov must have momentum above 0, got momentum=0"],
    [
      { name: "rmsprop", alpha: 1 },
      "createOptimizer: config.alpha must be a number from 0 to below 1, got config.alpha=1",
    ],
    [
      { name: "adamw", weightDecay: -1 },
      "createOptimizer: config.weightDecay must be a number of 0 or more, got config.weightDecay=-1",
    ],
  ])("refuses %o", (config, error) => {
    expect(() => createOptimizer([], config as OptimizerConfig, 0.1)).toThrow(error);
  });

  it.each(["adam", "adamw", "sgd", "rmsprop"] as const)("takes %s by its name alone", (name) => {
    const step = (config: OptimizerConfig | typeof name) => {
      const variable = tf.variable(tf.tensor1d([1, -2]));
      const gradient = tf.tensor1d([0.5, 3]);
      const optimizer = createOptimizer([variable], config, 0.1);
      optimizer.apply([gradient]);
      const values = [...variable.dataSync()];
      optimizer.dispose();
      tf.dispose([variable, gradient]);
      return values;
    };
    expect(step(name)).toEqual(step({ name }));
    expect(step(name)).not.toEqual([1, -2]);
  });
});
