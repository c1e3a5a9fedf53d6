import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, ops, ready, tf } from "../../lib/backend/index.js";
import { Program } from "../../lib/backend/compile/program.js";
import { flatten } from "../../lib/backend/compile/structure.js";
import { currentBinding } from "../../lib/backend/register.js";
import { Fixture, relativeError } from "../fixtures/safetensors.js";

// float32 keeps 7 digits; sums of a few hundred numbers of both signs leave 5 of a tensor's largest entry.
const TOLERANCE = 1e-5;

type Config = Record<string, any>; // JSON of the fixture's script
interface Case {
  readonly name: string;
  /** The inputs that have a gradient, in the function's order. */
  readonly inputs: readonly string[];
  /** Inputs without one. */
  readonly fixed?: readonly string[];
  readonly run: (config: Config, ...tensors: tf.Tensor[]) => tf.Tensor;
}

const CASES: readonly Case[] = [
  { name: "bias-add", inputs: ["x", "bias"], run: (_, x, bias) => ops.biasAdd(x!, bias!) },
  {
    name: "layer-norm",
    inputs: ["x", "gamma", "beta"],
    run: ({ epsilon }, x, gamma, beta) => ops.layerNorm(x!, gamma!, beta!, epsilon),
  },
  { name: "gelu-exact", inputs: ["x"], run: (_, x) => ops.gelu(x!) },
  { name: "gelu-tanh", inputs: ["x"], run: (_, x) => ops.gelu(x!, "tanh") },
  ...["0", "0.1"].map((smoothing): Case => ({
    name: `cross-entropy-${smoothing}`,
    inputs: ["logits"],
    fixed: ["labels"],
    run: ({ labelSmoothing }, logits, labels) => ops.softmaxCrossEntropy(logits!, labels!, labelSmoothing),
  })),
  { name: "attention", inputs: ["q", "k", "v"], run: (_, q, k, v) => ops.attention(q!, k!, v!) },
  {
    name: "local-response-norm",
    inputs: ["x"],
    run: (config, x) => ops.localResponseNorm(x!, config as ops.LocalResponseNormOptions),
  },
  {
    name: "batch-norm",
    inputs: ["x", "gamma", "beta"],
    run: ({ epsilon }, x, gamma, beta) => ops.batchNormTraining(x!, gamma!, beta!, epsilon).y,
  },
];

const backends = ["default", "wasm", "cpu"];

beforeAll(ready);

describe.each(backends)("on the %s backend", (backend) => {
  let before: string;
  beforeAll(async () => {
    before = tf.getBackend();
    if (backend !== "default") await tf.setBackend(backend);
  });
  afterAll(async () => void (await tf.setBackend(before)));

  describe.each(CASES)("$name", ({ name, inputs, fixed = [], run }) => {
    const stored = new Fixture(`op-${name}`);
    const load = (keys: readonly string[]) => keys.map((key) => stored.tensor(key));
    const withGradients = (tensors: tf.Tensor[], others: tf.Tensor[], dy: tf.Tensor) => {
      const value = run(stored.config, ...tensors, ...others);
      return [value, ...tf.grads((...given) => run(stored.config, ...given, ...others))(tensors, dy)];
    };

    it("gives PyTorch's output and gradients", () => {
      tf.tidy(() => {
        const [y, ...gradients] = withGradients(load(inputs), load(fixed), stored.tensor("dy"));
        expect(relativeError(y!, stored.get("y"))).toBeLessThan(TOLERANCE);
        for (const [i, gradient] of gradients.entries()) {
          expect([inputs[i], relativeError(gradient, stored.get(`gradient/${inputs[i]}`))]).toSatisfy(
            ([, error]) => error < TOLERANCE,
          );
        }
      });
    });

    it("has the gradient that finite differences have", () => {
      tf.tidy(() => {
        const tensors = load(inputs);
        const others = load(fixed);
        const dy = stored.tensor("dy");
        const [, ...gradients] = withGradients(tensors, others, dy);
        const along = (step: number, at: number, direction: tf.Tensor) => {
          const moved = tensors.map((tensor, i) => (i === at ? tf.add(tensor, tf.mul(direction, step)) : tensor));
          return tf.sum(tf.mul(run(stored.config, ...moved, ...others), dy)).dataSync()[0]!;
        };
        for (const [at, gradient] of gradients.entries()) {
          const direction = tf.randomUniform(gradient.shape, -1, 1, "float32", at + 1);
          const step = 1e-2;
          const difference = (along(step, at, direction) - along(-step, at, direction)) / (2 * step);
          const product = tf.sum(tf.mul(gradient, direction)).dataSync()[0]!;
          // The difference is off by step² times a third derivative, and by rounding / step.
          const scale = tf.norm(gradient).dataSync()[0]! * Math.sqrt(gradient.size);
          expect(Math.abs(difference - product) / scale).toBeLessThan(2e-3);
        }
      });
    });

    it.for([false, true])("gives the same compiled as eager, XLA: %s", async (xla, { skip }) => {
      skip(xla && name === "local-response-norm" && tf.getBackend() === "tensorflow", "XLA has no LRNGrad");
      const tensors = load(inputs);
      const others = load(fixed);
      const dy = stored.tensor("dy");
      const compiled = compile(
        (all: tf.Tensor[], dy: tf.Tensor) => withGradients(all.slice(0, inputs.length), all.slice(inputs.length), dy),
        { xla },
      );
      const [expected, actual] = [
        tf.tidy(() => withGradients(tensors, others, dy)),
        await compiled([...tensors, ...others], dy),
      ];
      for (const [i, tensor] of expected.entries()) {
        expect(
          relativeError(actual[i]!, { shape: tensor.shape, values: tensor.dataSync() as Float32Array }),
        ).toBeLessThan(TOLERANCE);
      }
      compiled.dispose();
      tf.dispose([tensors, others, dy, expected, actual]);
    });

    it("leaves nothing behind", () => {
      const tensors = load(inputs);
      const others = load(fixed);
      const dy = stored.tensor("dy");
      tf.dispose(tf.tidy(() => withGradients(tensors, others, dy)));
      const counted = tf.memory().numTensors;
      tf.dispose(tf.tidy(() => withGradients(tensors, others, dy)));
      expect(tf.memory().numTensors).toBe(counted);
      tf.dispose([tensors, others, dy]);
    });
  });
});

describe("ops", () => {
  it("batchNormTraining() gives the batch's mean and unbiased variance", () => {
    const stored = new Fixture("op-batch-norm");
    tf.tidy(() => {
      const { mean, variance } = ops.batchNormTraining(
        stored.tensor("x"),
        stored.tensor("gamma"),
        stored.tensor("beta"),
        1e-5,
      );
      for (const [actual, expected] of [
        [mean, stored.config.mean],
        [variance, stored.config.variance],
      ]) {
        expect(relativeError(actual, { shape: [expected.length], values: Float32Array.from(expected) })).toBeLessThan(
          TOLERANCE,
        );
      }
    });
  });

  it("attention() gives its probabilities where asked, rows that sum to 1", () => {
    const stored = new Fixture("op-attention");
    tf.tidy(() => {
      const [q, k, v] = ["q", "k", "v"].map((key) => stored.tensor(key)) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const [output, probabilities] = ops.attention(q, k, v, { returnProbabilities: true });
      expect(relativeError(output, stored.get("y"))).toBeLessThan(TOLERANCE);
      const sums = tf.sum(probabilities, -1);
      expect(relativeError(sums, { shape: sums.shape, values: new Float32Array(sums.size).fill(1) })).toBeLessThan(
        TOLERANCE,
      );
    });
  });

  it("clipByGlobalNorm() shortens what is longer and leaves the rest", () => {
    tf.tidy(() => {
      const given = [tf.tensor1d([3, 0]), tf.tensor2d([[4]])];
      const short = ops.clipByGlobalNorm(given, 1);
      expect(short.norm.dataSync()[0]).toBeCloseTo(5, 6);
      expect(
        short.gradients.flatMap((each) => [...each.dataSync()]).map((value) => Math.round(value * 1e5) / 1e5),
      ).toEqual([0.6, 0, 0.8]);
      expect(ops.clipByGlobalNorm(given, 6).gradients.flatMap((each) => [...each.dataSync()])).toEqual([3, 0, 4]);
    });
  });

  it.each([
    ["dropout", [64, 128]],
    ["dropPath", [4096, 2]],
  ] as const)(
    "%s() keeps its share, scaled so that the mean stays, and sends the gradient the same way",
    async (name, shape) => {
      const x = tf.ones(shape as unknown as number[]);
      const rate = 0.25;
      const both = compile(
        (x: tf.Tensor) => {
          const { value, grad } = tf.valueAndGrad((x) => ops[name](x, rate))(x);
          return [value, grad];
        },
        { seed: 1 },
      );
      const [value, gradient] = await both(x);
      const [again] = await both(x);
      const values = [...value!.dataSync()];
      expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
      expect([...gradient!.dataSync()]).toEqual(values);
      expect([...again!.dataSync()]).not.toEqual(values);
      const draws = name === "dropout" ? 64 * 128 : 4096;
      const kept = values.filter((each) => each > 0).length / values.length;
      expect(Math.abs(kept - 0.75)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / draws)); // five standard errors
      if (name === "dropPath") expect(values.every((each, i) => each === values[i - (i % 2)])).toBe(true);
      both.dispose();
      tf.dispose([x, value!, gradient!, again!]);
    },
  );

  it("attention() that drops probabilities has the gradient that finite differences have", async () => {
    const stored = new Fixture("op-attention");
    const inputs = ["q", "k", "v"].map((key) => stored.tensor(key));
    const dy = stored.tensor("dy");
    const run = (...[q, k, v]: tf.Tensor[]) => tf.sum(tf.mul(ops.attention(q!, k!, v!, { dropRate: 0.3 }), dy));
    /** The first call of a function of one seed: it always drops the same. */
    const once = async <Result>(fn: () => Result): Promise<Result> => {
      const compiled = compile(fn, { seed: 5 });
      const result = await compiled();
      compiled.dispose();
      return result;
    };
    const gradients = await once(() => tf.grads(run)(inputs));
    const whole = await once(() => run(...inputs));
    const plain = tf.tidy(() => tf.sum(tf.mul(ops.attention(inputs[0]!, inputs[1]!, inputs[2]!), dy)));
    expect(Math.abs(whole.dataSync()[0]! - plain.dataSync()[0]!)).toBeGreaterThan(1e-3); // something was dropped
    for (const [at, gradient] of gradients.entries()) {
      const direction = tf.randomUniform(gradient.shape, -1, 1, "float32", at + 1);
      const along = async (step: number) => {
        const value = await once(() =>
          run(...inputs.map((input, i) => (i === at ? tf.add(input, tf.mul(direction, step)) : input))),
        );
        return value.dataSync()[0]!;
      };
      const step = 1e-2; // as above
      const difference = ((await along(step)) - (await along(-step))) / (2 * step);
      const product = tf.tidy(() => tf.sum(tf.mul(gradient, direction)).dataSync()[0]!);
      const scale = tf.tidy(() => tf.norm(gradient).dataSync()[0]!) * Math.sqrt(gradient.size);
      expect(Math.abs(difference - product) / scale).toBeLessThan(2e-3);
      direction.dispose();
    }
    tf.dispose([inputs, dy, gradients, whole, plain]);
  });

  it("layerNorm() with its gradient is under 30 operations of a graph", ({ skip }) => {
    const binding = currentBinding();
    if (!binding) return skip("no TensorFlow library here");
    const inputs = [tf.ones([2, 5, 8]), tf.ones([8]), tf.ones([8])];
    const step = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) =>
      tf.grads((x, gamma, beta) => ops.layerNorm(x!, gamma!, beta!, 1e-5))([x, gamma, beta]);
    const program = new Program(step, flatten("test", inputs), binding, { name: "norm", xla: false });
    expect(program.operations).toBeLessThan(30);
    program.dispose();
    tf.dispose(inputs);
  });

  it("are single kernels", async ({ skip }) => {
    skip(tf.getBackend() !== "tensorflow", "no TensorFlow library here");
    const bias = tf.ones([2]);
    const { kernelNames } = await tf.profile(() => tf.grad((bias) => ops.biasAdd(tf.ones([3, 2]), bias))(bias));
    expect(kernelNames).toEqual(expect.arrayContaining(["BiasAdd", "BiasAddGrad"]));
  });

  it.each<[() => unknown, string]>([
    [() => ops.biasAdd(tf.ones([2, 3]), tf.ones([2])), "biasAdd: bias must have the shape [3], got [2]"],
    [
      () => ops.layerNorm(tf.ones([2, 3]), tf.ones([3]), tf.ones([1, 3]), 1e-5),
      "layerNorm: beta must have the shape [3], got [1, 3]",
    ],
    [() => ops.gelu(tf.ones([2], "int32")), "gelu: x must be float32, got int32"],
    [() => ops.gelu(tf.ones([2]), "erf" as never), "gelu: form must be one of exact, tanh, got form='erf'"],
    [
      () => ops.softmaxCrossEntropy(tf.ones([2, 3]), tf.zeros([2], "int32"), 1),
      "softmaxCrossEntropy: labelSmoothing must be a number from 0 to below 1, got labelSmoothing=1",
    ],
    [
      () => ops.softmaxCrossEntropy(tf.ones([2, 3]), tf.zeros([3], "int32")),
      "softmaxCrossEntropy: labels must have the shape [2], got [3]",
    ],
    [
      () => ops.attention(tf.ones([2, 3]), tf.ones([2, 4]), tf.ones([2, 4])),
      "attention: q [..., N, d], k [..., M, d] and v [..., M, e] must fit, got [2,3], [2,4], [2,4]",
    ],
    [
      () => ops.localResponseNorm(tf.ones([1, 2, 2, 4]), { size: 4 }),
      "localResponseNorm: size must be an odd whole number above 0, got size=4",
    ],
    [
      () => ops.batchNormTraining(tf.ones([1, 2, 2, 4]), tf.ones([3]), tf.ones([4]), 1e-5),
      "batchNormTraining: gamma must have the shape [4], got [3]",
    ],
    [() => ops.dropPath(tf.ones([1]), 1), "dropPath: rate must be a number from 0 to below 1, got rate=1"],
    [
      () => ops.clipByGlobalNorm([tf.ones([1])], 0),
      "clipByGlobalNorm: maxNorm must be a number above 0, got maxNorm=0",
    ],
  ])("refuse what does not fit, %#", (call, message) => {
    tf.tidy(() => void expect(call).toThrow(message));
  });
});
