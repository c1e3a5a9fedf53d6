import { beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import {
  calculateGain,
  createInitializer,
  Linear,
  torchUniform,
  type Initializer,
  type InitializerName,
  type InitializerOptions,
} from "../../lib/layers/index.js";

beforeAll(ready);

const DENSE = [300, 200]; // fan in 300, fan out 200
const CONV = [3, 3, 40, 60]; // fan in 360, fan out 540

/** Error function. Source: Abramowitz & Stegun 7.1.26, to 1.5e-7. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  return (
    Math.sign(x) *
    (1 -
      t *
        (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
        Math.exp(-(x ** 2)))
  );
}
const phi = (x: number) => (1 + erf(x / Math.SQRT2)) / 2;

type Distribution = (value: number) => number;
const uniform =
  (bound: number): Distribution =>
  (value) =>
    Math.min(1, Math.max(0, (value + bound) / (2 * bound)));
const normal =
  (std: number): Distribution =>
  (value) =>
    phi(value / std);
const cut =
  (std: number, low: number, high: number, mean = 0): Distribution =>
  (value) => {
    const at = (x: number) => phi((x - mean) / std);
    return Math.min(1, Math.max(0, (at(value) - at(low)) / (at(high) - at(low))));
  };
/** Keras' own: of variance `variance` after the cut at two deviations. */
const kerasNormal = (variance: number): Distribution => {
  const std = Math.sqrt(variance) / 0.87962566103423978;
  return cut(std, -2 * std, 2 * std);
};

/** The formulas of PyTorch's and Keras' documentation, written out for the two shapes. */
const rows: readonly [InitializerName, InitializerOptions, number[], Distribution][] = [
  ["xavier_uniform", {}, DENSE, uniform(Math.sqrt(6 / 500))],
  ["xavier_uniform", { gain: 5 / 3 }, CONV, uniform((5 / 3) * Math.sqrt(6 / 900))],
  ["xavier_normal", {}, CONV, normal(Math.sqrt(2 / 900))],
  ["xavier_normal", { gain: 2 }, DENSE, normal(2 * Math.sqrt(2 / 500))],
  ["kaiming_uniform", {}, DENSE, uniform(Math.SQRT2 * Math.sqrt(3 / 300))],
  ["kaiming_uniform", { negativeSlope: Math.sqrt(5) }, CONV, uniform(1 / Math.sqrt(360))],
  ["kaiming_uniform", { mode: "fan_out", nonlinearity: "relu" }, CONV, uniform(Math.SQRT2 * Math.sqrt(3 / 540))],
  ["kaiming_normal", { nonlinearity: "relu" }, CONV, normal(Math.sqrt(2 / 360))],
  ["kaiming_normal", { mode: "fan_out", nonlinearity: "tanh" }, DENSE, normal(5 / 3 / Math.sqrt(200))],
  ["torch_default", {}, CONV, uniform(1 / Math.sqrt(360))],
  ["trunc_normal", {}, DENSE, cut(1, -2, 2)],
  ["trunc_normal", { std: 0.02 }, DENSE, normal(0.02)],
  ["trunc_normal", { mean: 1, std: 2, lower: 2, upper: 7 }, DENSE, cut(2, 2, 7, 1)],
  ["trunc_normal", { std: 1, lower: -0.1, upper: 0.3 }, DENSE, cut(1, -0.1, 0.3)],
  ["trunc_normal", { std: 1, lower: -Infinity, upper: -1.5 }, [100, 50], cut(1, -Infinity, -1.5)],
  ["trunc_normal", { std: 1, lower: 3, upper: 4 }, [100, 50], cut(1, 3, 4)],
  ["trunc_normal", { mean: 1, std: 1, lower: 1, upper: Infinity }, DENSE, cut(1, 1, Infinity, 1)],
  ["glorot_uniform", {}, CONV, uniform(Math.sqrt(6 / 900))],
  ["glorot_normal", {}, DENSE, kerasNormal(2 / 500)],
  ["he_uniform", {}, DENSE, uniform(Math.sqrt(6 / 300))],
  ["he_normal", {}, CONV, kerasNormal(2 / 360)],
  ["lecun_uniform", {}, CONV, uniform(Math.sqrt(3 / 360))],
  ["lecun_normal", {}, DENSE, kerasNormal(1 / 300)],
  ["truncated_normal", { mean: 1, std: 0.1 }, DENSE, cut(0.1, 0.8, 1.2, 1)],
];

function valuesOf(initializer: Initializer, shape: number[]): Float32Array {
  return tf.tidy(() => (initializer.apply(shape, "float32") as tf.Tensor).dataSync() as Float32Array);
}

/** Largest distance of the sample's distribution from the one it should have (Kolmogorov and Smirnov). */
function distance(values: Float32Array, distribution: Distribution): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.reduce(
    (most, value, i) =>
      Math.max(
        most,
        Math.abs(distribution(value) - i / sorted.length),
        Math.abs(distribution(value) - (i + 1) / sorted.length),
      ),
    0,
  );
}

/** Mean, variance and fourth central moment of a distribution function: ∫ (x − mean)ⁿ dF, by ten thousand steps. */
function momentsOf(distribution: Distribution, first: number, last: number): [number, number, number] {
  const steps = Array.from({ length: 10_000 }, (_, i) => {
    const [from, to] = [i, i + 1].map((step) => first + ((last - first) * step) / 10_000) as [number, number];
    return { place: (from + to) / 2, share: distribution(to) - distribution(from) };
  });
  const mean = steps.reduce((sum, { place, share }) => sum + place * share, 0);
  const central = (power: number) => steps.reduce((sum, { place, share }) => sum + (place - mean) ** power * share, 0);
  return [mean, central(2), central(4)];
}

describe("createInitializer()", () => {
  it.each(rows)("%s %o of [%s] has its distribution", (name, options, shape, distribution) => {
    const values = valuesOf(createInitializer(name, 7, options), shape);
    // One sample in a thousand of this size is further away; a deviation off by 2 % is ten times as far in half of the
    // rows.
    expect(distance(values, distribution)).toBeLessThan(1.95 / Math.sqrt(values.length));
    expect(
      distance(
        values.map((value) => 1.05 * value),
        distribution,
      ),
    ).toBeGreaterThan(1.95 / Math.sqrt(values.length));
  });

  it.each(rows)("%s %o of [%s] has its mean and its variance", (name, options, shape, distribution) => {
    const values = valuesOf(createInitializer(name, 11, options), shape);
    const [first, last] = [Math.min(...values), Math.max(...values)].map(
      (value, i, [low, high]) => value + (i === 0 ? -0.5 : 0.5) * (high! - low!),
    ) as [number, number];
    const [mean, variance, fourth] = momentsOf(distribution, first, last);
    const moment = (power: number) => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length;
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(variance / values.length)); // four standard errors
    // of the variance, too
    expect(Math.abs(moment(2) - variance)).toBeLessThan(4 * Math.sqrt((fourth - variance ** 2) / values.length));
  });

  it.each([[[64, 24]], [[24, 64]], [[30, 30]], [[3, 3, 8, 16]], [[3, 3, 2, 40]]])(
    "orthogonal of [%s] has orthonormal columns, or rows where they are fewer",
    (shape) => {
      const values = valuesOf(createInitializer("orthogonal", 3, { gain: 2 }), shape);
      const columns = shape.at(-1)!;
      tf.tidy(() => {
        const matrix = tf.tensor2d(values, [values.length / columns, columns]);
        const product = tf.matMul(matrix, matrix, matrix.shape[0] >= columns, matrix.shape[0] < columns);
        const off = tf.max(tf.abs(tf.sub(product, tf.mul(4, tf.eye(product.shape[0]!))))).dataSync()[0]!;
        expect(off).toBeLessThan(1e-5); // float32 sums of at most 72 products
      });
    },
  );

  it("orthogonal is drawn evenly: each entry has mean 0 and variance 1 / n, the determinant both signs", () => {
    const n = 4;
    const matrices = Array.from({ length: 2000 }, (_, i) => valuesOf(createInitializer("orthogonal", i + 1), [n, n]));
    for (let entry = 0; entry < n * n; entry++) {
      const own = matrices.map((values) => values[entry]!);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      const square = own.reduce((sum, value) => sum + value ** 2, 0) / own.length;
      expect(Math.abs(mean)).toBeLessThan(4.5 * Math.sqrt(1 / n / own.length)); // 4.5 standard errors, 16 entries
      // Var(x²) = 3 / (n(n + 2)) − 1 / n² = 1/16 for n = 4.
      expect(Math.abs(square - 1 / n)).toBeLessThan(4.5 * Math.sqrt(1 / 16 / own.length));
    }
  });

  it(
    "orthogonal of a large weight takes as few operations as of a small one, and its columns have length " + "1",
    async () => {
      const kernelsOf = async (shape: number[]) =>
        (await tf.profile(() => createInitializer("orthogonal", 1).apply(shape, "float32") as tf.Tensor)).kernels
          .length;
      expect(await kernelsOf([600, 60])).toBe(await kernelsOf([4, 2]));
      const values = valuesOf(createInitializer("orthogonal", 1), [600, 60]);
      expect(values.reduce((sum, value) => sum + value ** 2, 0)).toBeCloseTo(60, 3);
    },
  );

  it("gives the same numbers for the same seed, others for another", () => {
    for (const [name, options] of [...rows, ["orthogonal", {}] as const]) {
      const [first, again, other] = [5, 5, 6].map((seed) => valuesOf(createInitializer(name, seed, options), [8, 8]));
      expect(again).toEqual(first);
      expect(other).not.toEqual(first);
    }
  });

  it.each([["xavier_normal"], ["orthogonal"], ["trunc_normal"]] as const)(
    "%s serves layers, also tfjs' own, and survives a model's saving",
    async (name) => {
      const image = tf.input({ shape: [6] });
      const kernelInitializer = createInitializer(name, 2);
      const hidden = new Linear({ units: 5, kernelInitializer }).apply(image);
      const model = tf.model({
        inputs: image,
        outputs: tf.layers.dense({ units: 3, kernelInitializer }).apply(hidden) as tf.SymbolicTensor,
      });
      const again = await tf.models.modelFromJSON(
        JSON.parse(JSON.stringify({ modelTopology: model.toJSON(null, false) })),
      );
      again.weights.forEach((weight, i) =>
        expect(weight.read().dataSync()).toEqual(model.weights[i]!.read().dataSync()),
      );
      model.dispose();
      again.dispose();
    },
  );

  it("leaves no tensor behind", () => {
    const before = tf.memory().numTensors;
    for (const [name, options] of rows) valuesOf(createInitializer(name, 1, options), [6, 4]);
    valuesOf(createInitializer("orthogonal", 1), [6, 4]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each<[string, number, object, string]>([
    ["xavier", 1, {}, "createInitializer: name must be one of xavier_uniform, xavier_normal,"],
    ["he_normal", 1, { gain: 2 }, "createInitializer: an option of he_normal must be none, got gain"],
    ["orthogonal", 1, { std: 2 }, "createInitializer: an option of orthogonal must be one of gain, got std"],
    ["xavier_normal", 0, {}, "createInitializer: seed must be a whole number but 0, got seed=0"],
    ["xavier_normal", 1, { gain: 0 }, "createInitializer: gain must be a number above 0, got gain=0"],
    [
      "kaiming_normal",
      1,
      { mode: "fan_avg" },
      "createInitializer: mode must be one of fan_in, fan_out, got mode='fan_avg'",
    ],
    [
      "kaiming_normal",
      1,
      { nonlinearity: "gelu" },
      "createInitializer: nonlinearity must be one of linear, sigmoid, tanh, relu, leaky_relu, selu, got nonlinearity",
    ],
    ["trunc_normal", 1, { lower: NaN }, "createInitializer: lower must be below upper, got lower=NaN, upper=2"],
    ["trunc_normal", 1, { lower: 2 }, "createInitializer: lower must be below upper, got lower=2, upper=2"],
  ])("refuses %s, %i, %o", (name, seed, options, error) => {
    expect(() => createInitializer(name as InitializerName, seed, options)).toThrow(error);
    expect(() => createInitializer(name as InitializerName, seed, options)).toThrow(RangeError);
  });

  it.each([["orthogonal"], ["xavier_normal"]] as const)("%s refuses a weight of one axis", (name) => {
    expect(() => createInitializer(name, 1).apply([5])).toThrow("a weight must have two axes or more, got [5]");
  });
});

describe("calculateGain()", () => {
  it("is PyTorch's", () => {
    // torch.nn.init.calculate_gain of PyTorch 2.13
    const gains = {
      linear: 1,
      sigmoid: 1,
      tanh: 1.6666666666666667,
      relu: 1.4142135623730951,
      leaky_relu: 1.4141428569978354,
      selu: 0.75,
    };
    for (const [name, gain] of Object.entries(gains)) expect(calculateGain(name as "relu")).toBeCloseTo(gain, 14);
    expect(calculateGain("leaky_relu", 0.2)).toBeCloseTo(1.3867504905630728, 14);
  });
});

describe("torchUniform()", () => {
  it("is even between −1/√fanIn and 1/√fanIn", () => {
    const values = valuesOf(torchUniform(300, 5), DENSE);
    expect(distance(values, uniform(1 / Math.sqrt(300)))).toBeLessThan(1.95 / Math.sqrt(values.length));
  });
});

describe("dirac", () => {
  const through = (filters: number, remainder?: "zeros" | "torch_default") =>
    tf.tidy(() => {
      const kernel = createInitializer("dirac", 3, remainder && { remainder }).apply([3, 3, 4, filters]) as tf.Tensor4D;
      const images = tf.randomUniform<tf.Rank.R4>([2, 5, 5, 4], -1, 1, "float32", 1);
      const passed = tf.slice(tf.conv2d(images, kernel, 1, "same"), [0, 0, 0, 0], [-1, -1, -1, Math.min(4, filters)]);
      const own = tf.slice(images, [0, 0, 0, 0], [-1, -1, -1, Math.min(4, filters)]);
      const rest = filters > 4 ? tf.slice(kernel, [0, 0, 0, 4], [-1, -1, -1, -1]).dataSync() : [];
      return { off: tf.max(tf.abs(tf.sub(passed, own))).dataSync()[0]!, rest: [...rest] };
    });

  it("passes each input channel on, with fewer filters too, and is 0 beyond, as PyTorch's dirac_", () => {
    for (const filters of [4, 3, 6]) {
      const { off, rest } = through(filters);
      expect(off).toBeLessThan(1e-6); // a convolution in Winograd's tiles rounds
      expect(rest).toEqual(filters === 6 ? Array.from({ length: 72 }, () => 0) : []);
    }
  });

  it("draws the filters beyond as torch_default does, where that is asked for", () => {
    const { off, rest } = through(6, "torch_default");
    expect(off).toBeLessThan(1e-6);
    expect(Math.max(...rest.map(Math.abs))).toBeLessThanOrEqual(1 / 6); // 1 / √36
    expect(new Set(rest).size).toBeGreaterThan(60);
  });

  it("is of a convolution's kernel alone", () => {
    expect(() => createInitializer("dirac", 1).apply([4, 6])).toThrow(
      "dirac: a weight must be a convolution's kernel [height, width, in, out], got [4, 6]",
    );
  });
});
