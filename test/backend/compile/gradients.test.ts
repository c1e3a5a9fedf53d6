/**
 * Every gradient that tfjs registers of a kernel that TensorFlow's backend has, compiled beside eager: a test over the
 * registry.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, ready, tf } from "../../../lib/backend/index.js";

type Tensor = import("@tensorflow/tfjs").Tensor;
type Rank<N extends 1 | 2 | 3 | 4 | 5> = {
  1: import("@tensorflow/tfjs").Tensor1D;
  2: import("@tensorflow/tfjs").Tensor2D;
  3: import("@tensorflow/tfjs").Tensor3D;
  4: import("@tensorflow/tfjs").Tensor4D;
  5: import("@tensorflow/tfjs").Tensor5D;
}[N];

/** float32 keeps 7 digits; a compiled graph may sum in another order. */
const TOLERANCE = 1e-5;

/** Where an input's numbers lie: in [low, high], none near a whole number or a half, where steps and corners are. */
interface Input {
  readonly shape: readonly number[];
  readonly low?: number;
  readonly high?: number;
  readonly imaginary?: true;
}

interface Case {
  readonly kernel: string;
  readonly inputs: readonly Input[];
  readonly fn: (...inputs: never[]) => Tensor | Tensor[];
}

const vector: Input = { shape: [7] };
const matrix: Input = { shape: [3, 4] };
const image: Input = { shape: [2, 4, 4, 3] };
const volume: Input = { shape: [1, 4, 4, 4, 2] };
const positive: Input = { shape: [7], low: 0.2, high: 3 };
const one = (kernel: string, fn: (x: Tensor) => Tensor | Tensor[], input = vector): Case => ({
  kernel,
  inputs: [input],
  fn: fn as Case["fn"],
});
const two = (
  kernel: string,
  fn: (a: Tensor, b: Tensor) => Tensor,
  inputs: [Input, Input] = [matrix, { ...matrix, shape: [4] }],
): Case => ({ kernel, inputs, fn: fn as Case["fn"] });
const indices = () => tf.tensor1d([2, 0, 2], "int32");

const CASES: readonly Case[] = [
  ...(
    [
      "abs",
      "asinh",
      "atan",
      "ceil",
      "clone",
      "cos",
      "cosh",
      "elu",
      "erf",
      "exp",
      "expm1",
      "floor",
      "isFinite",
      "isInf",
      "isNaN",
      "onesLike",
      "relu",
      "relu6",
      "round",
      "selu",
      "sigmoid",
      "sign",
      "sin",
      "sinh",
      "softplus",
      "square",
      "step",
      "tan",
      "tanh",
      "zerosLike",
    ] as const
  ).map((name) =>
    one({ clone: "Identity", isNaN: "IsNan" }[name as string] ?? name[0]!.toUpperCase() + name.slice(1), (x) =>
      tf[name](x),
    ),
  ),
  ...(["log", "log1p", "reciprocal", "rsqrt", "sqrt"] as const).map((name) =>
    one(name[0]!.toUpperCase() + name.slice(1), (x) => tf[name](x), positive),
  ),
  ...(["acos", "asin", "atanh"] as const).map((name) =>
    one(name[0]!.toUpperCase() + name.slice(1), (x) => tf[name](x), { shape: [7], low: -0.9, high: 0.9 }),
  ),
  one(tf.Acosh, (x) => tf.acosh(x), { shape: [7], low: 1.1, high: 4 }),
  one(tf.Neg, (x) => tf.neg(x)),
  one(tf.ClipByValue, (x) => tf.clipByValue(x, -0.6, 0.7)),
  one(tf.LeakyRelu, (x) => tf.leakyRelu(x, 0.2)),
  one(tf.Cast, (x) => tf.cast(x, "float32")),
  one(tf.ComplexAbs, (x) => tf.abs(x), { shape: [5], imaginary: true }),
  two(tf.Add, tf.add),
  two(tf.Sub, tf.sub),
  two(tf.Multiply, tf.mul),
  two(tf.RealDiv, tf.div),
  // tfjs' gradients of these three do not broadcast
  two(tf.Maximum, tf.maximum, [matrix, matrix]),
  two(tf.Minimum, tf.minimum, [matrix, matrix]),
  two(tf.SquaredDifference, tf.squaredDifference, [matrix, matrix]),
  two(tf.Atan2, tf.atan2),
  two(tf.FloorDiv, tf.floorDiv),
  two(tf.Mod, tf.mod, [
    { shape: [3, 4], low: 0.2, high: 3 },
    { shape: [4], low: 0.6, high: 1.4 },
  ]),
  two(tf.Pow, tf.pow, [
    { shape: [3, 4], low: 0.2, high: 3 },
    { shape: [4], low: 0.2, high: 3 },
  ]),
  two(tf.GreaterEqual, tf.greaterEqual),
  two(tf.Prelu, tf.prelu, [matrix, { shape: [4] }]),
  two(tf.AddN, (a, b) => tf.addN([a, b, a]), [matrix, matrix]),
  two(tf.Select, (a, b) => tf.where(tf.tensor1d([1, 0, 1, 1, 0, 0, 1], "bool"), a, b), [vector, vector]),
  two(tf.BatchMatMul, (a, b) => tf.matMul(a, b, false, true), [{ shape: [2, 3, 4] }, { shape: [2, 5, 4] }]),
  two(tf.Concat, (a, b) => tf.concat([a, b], 1), [matrix, { shape: [3, 2] }]),
  two(tf.Pack, (a, b) => tf.stack([a, b], 1), [matrix, matrix]),
  ...(
    [
      ["ArgMax", tf.argMax],
      ["ArgMin", tf.argMin],
      ["Max", tf.max],
      ["Min", tf.min],
      ["Mean", tf.mean],
      ["Prod", tf.prod],
      ["Sum", tf.sum],
      ["Cumsum", tf.cumsum],
    ] as const
  ).map(([kernel, fn]) => one(kernel, (x) => fn(x, 1), matrix)),
  one(tf.Softmax, (x) => tf.softmax(x), matrix),
  one(tf.Reshape, (x) => tf.reshape(x, [2, 6]), matrix),
  one(tf.ExpandDims, (x) => tf.expandDims(x, 1), matrix),
  one(tf.Transpose, (x) => tf.transpose(x, [1, 0]), matrix),
  one(tf.Reverse, (x) => tf.reverse(x, 0), matrix),
  one(tf.Slice, (x) => tf.slice(x, [1, 0], [2, 3]), matrix),
  one(tf.Tile, (x) => tf.tile(x, [2, 3]), matrix),
  one(
    tf.PadV2,
    (x) =>
      tf.pad(x, [
        [1, 0],
        [0, 2],
      ]),
    matrix,
  ),
  one(
    tf.MirrorPad,
    (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        "reflect",
      ),
    matrix,
  ),
  one(tf.SplitV, (x) => tf.split(x, [1, 3], 1), matrix),
  one(tf.Unpack, (x) => tf.unstack(x, 1), matrix),
  one(tf.GatherV2, (x) => tf.gather(x, indices()), matrix),
  one(tf.UnsortedSegmentSum, (x) => tf.unsortedSegmentSum(x, indices(), 3), matrix),
  one(tf.OneHot, (x) => tf.oneHot(tf.cast(x, "int32"), 3)),
  one(
    tf.SpaceToBatchND,
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    image,
  ),
  one(
    tf.BatchToSpaceND,
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 1],
        ],
      ),
    { shape: [4, 2, 2, 3] },
  ),
  one(tf.AvgPool, (x) => tf.avgPool(x as Rank<4>, 3, 2, "same"), image),
  one(tf.MaxPool, (x) => tf.maxPool(x as Rank<4>, 3, 2, "same"), image),
  one(tf.AvgPool3D, (x) => tf.avgPool3d(x as Rank<5>, 2, 2, "same"), volume),
  one(tf.MaxPool3D, (x) => tf.maxPool3d(x as Rank<5>, 2, 2, "same"), volume),
  one(tf.LRN, (x) => tf.localResponseNormalization(x as Rank<4>, 1, 1, 0.5, 0.75), image),
  one(tf.ResizeBilinear, (x) => tf.image.resizeBilinear(x as Rank<4>, [6, 7]), image),
  one(tf.ResizeNearestNeighbor, (x) => tf.image.resizeNearestNeighbor(x as Rank<4>, [6, 7]), image),
  two(tf.Conv2D, (x, w) => tf.conv2d(x as Rank<4>, w as Rank<4>, 2, "same"), [image, { shape: [3, 3, 3, 5] }]),
  two(tf.Conv2DBackpropInput, (x, w) => tf.conv2dTranspose(x as Rank<4>, w as Rank<4>, [2, 8, 8, 5], 2, "same"), [
    image,
    { shape: [3, 3, 5, 3] },
  ]),
  two(tf.DepthwiseConv2dNative, (x, w) => tf.depthwiseConv2d(x as Rank<4>, w as Rank<4>, 1, "same"), [
    image,
    { shape: [3, 3, 3, 2] },
  ]),
  two(tf.Conv3D, (x, w) => tf.conv3d(x as Rank<5>, w as Rank<5>, 1, "same"), [volume, { shape: [2, 2, 2, 2, 3] }]),
  two(tf.Dilation2D, (x, w) => tf.dilation2d(x as Rank<4>, w as Rank<3>, 1, "same"), [image, { shape: [2, 2, 3] }]),
  {
    kernel: tf.FusedBatchNorm,
    inputs: [image, { shape: [3] }, { shape: [3], low: 0.3, high: 2 }, { shape: [3] }, { shape: [3] }],
    fn: ((x: Rank<4>, mean: Rank<1>, variance: Rank<1>, offset: Rank<1>, scale: Rank<1>) =>
      tf.batchNorm(x, mean, variance, offset, scale, 1e-3)) as Case["fn"],
  },
];

/** Those that are constant between their steps: their gradient is 0. */
const CONSTANT = [
  "ArgMax",
  "ArgMin",
  "Ceil",
  "Floor",
  "GreaterEqual",
  "IsFinite",
  "IsInf",
  "IsNan",
  "OneHot",
  "OnesLike",
  "Round",
  "Sign",
  "Step",
  "ZerosLike",
];

/** Numbers that look drawn, each at least 0.05 from a whole number and a half. */
function inputOf({ shape, low = -2, high = 2, imaginary }: Input, at: number): Tensor {
  const size = shape.reduce((product, each) => product * each, 1);
  const values = (from: number) =>
    Float32Array.from({ length: size }, (_, i) => {
      const value = low + (high - low) * ((0.618_034 * (i + 1) + 0.37 * from) % 1);
      return Math.floor(2 * value) / 2 + 0.05 + 0.4 * ((2 * value) % 1 < 0 ? 1 + ((2 * value) % 1) : (2 * value) % 1);
    });
  const real = tf.tensor(values(at), shape as number[]);
  return imaginary ? tf.complex(real, tf.tensor(values(at + 1), shape as number[])) : real;
}

/** A scalar of all outputs, each number with a weight of its own. */
function scalarOf(outputs: Tensor | Tensor[]): import("@tensorflow/tfjs").Scalar {
  const sums = [outputs].flat().map((output, k) => {
    const weights = tf.tensor(
      Float32Array.from({ length: output.size }, (_, i) => Math.sin(1 + i + 10 * k)),
      output.shape,
    );
    return tf.sum(tf.mul(tf.cast(output, "float32"), weights));
  });
  return tf.addN(sums) as import("@tensorflow/tfjs").Scalar;
}

await ready();
const present = tf.getBackend() === "tensorflow";
if (!present) console.log("skipped: no TensorFlow library here");

describe.runIf(present)("every gradient of tfjs' registry", () => {
  let before: number;
  beforeAll(() => void (before = tf.memory().numTensors));
  afterAll(() => expect(tf.memory().numTensors).toBe(before));

  it("has a case here", () => {
    const names = (Object.values(tf) as unknown[]).filter(
      (value): value is string =>
        typeof value === "string" &&
        tf.getGradient(value) !== undefined &&
        tf.getKernel(value, "tensorflow") !== undefined,
    );
    expect(names.length).toBeGreaterThan(95);
    expect(CASES.map(({ kernel }) => kernel).sort()).toEqual([...new Set(names)].sort());
  });

  it.each(CASES)("$kernel", async ({ kernel, inputs, fn }) => {
    const given = inputs.map((input, at) => tf.tidy(() => inputOf(input, at)));
    const { kernelNames } = await tf.profile(() => tf.tidy(() => void fn(...(given as never[]))));
    expect(kernelNames).toContain(kernel);
    const loss = (...tensors: Tensor[]) => scalarOf(fn(...(tensors as never[])));
    const both = (...tensors: Tensor[]) => {
      const { value, grads } = tf.valueAndGrads(loss)(tensors);
      return [value, ...grads];
    };
    const compiled = compile(both, { name: kernel });
    const [expected, actual] = [tf.tidy(() => both(...given)), (await compiled(...given)) as Tensor[]];
    for (const [i, tensor] of expected.entries()) {
      expect(actual[i]!.shape).toEqual(tensor.shape);
      const [wanted, got] = [[...tensor.dataSync()], [...actual[i]!.dataSync()]];
      const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const error = wanted.reduce((most, value, j) => Math.max(most, Math.abs(value - got[j]!)), 0);
      expect(error).toBeLessThanOrEqual(TOLERANCE * largest);
    }
    const isZero = expected.slice(1).every((tensor) => tensor.dataSync().every((value: number) => value === 0));
    expect(isZero).toBe(CONSTANT.includes(kernel));
    compiled.dispose();
    tf.dispose([given, expected, actual]);
  });
});
