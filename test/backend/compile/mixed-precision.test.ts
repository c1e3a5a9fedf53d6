import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { applyAdam, compile, keepInPlace, ops, tf } from "../../../lib/backend/index.js";
import { hasBfloat16 } from "../../../lib/backend/compile/mixed-precision.js";
import { currentBinding } from "../../../lib/backend/register.js";

type Tensor = import("@tensorflow/tfjs").Tensor;
type Variable = import("@tensorflow/tfjs").Variable;

const canGain =
  process.platform === "linux" &&
  currentBinding()?.context.device.type === "CPU" &&
  hasBfloat16(readFileSync("/proc/cpuinfo", "latin1"));
if (!canGain)
  console.log("some are skipped: this processor has no bfloat16 instructions, or TensorFlow's library is not here");

/** bfloat16 keeps 8 binary digits: a product of two rounded numbers is off by 2^-8 of itself at most. */
const TOLERANCE = 2 ** -7;

beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => undefined));
afterEach(() => void vi.restoreAllMocks());

/** A small network with all that training takes, and its step of Adam. */
function network(): {
  readonly variables: Variable[];
  readonly all: Variable[];
  readonly step: (x: Tensor, labels: Tensor) => Tensor;
} {
  const make = (shape: number[], seed: number) =>
    tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, shape.length > 1 ? 0.1 : 0, "float32", seed)));
  const variables = [make([3, 3, 3, 16], 1), make([16], 2), make([8 * 8 * 16, 10], 3)];
  const moments = variables.flatMap(({ shape }) =>
    [make(shape, 0), make(shape, 0)].map((variable) => (tf.tidy(() => variable.assign(tf.zeros(shape))), variable)),
  );
  const count = make([], 0);
  keepInPlace([...variables, ...moments]);
  const step = (x: Tensor, labels: Tensor): Tensor => {
    count.assign(tf.add(count, 1));
    const { value, grads } = tf.variableGrads(() => {
      const features = tf.relu(ops.conv2d(x, variables[0]!, variables[1]!, 2, 1)); // [B, 8, 8, 16]
      return ops.softmaxCrossEntropy(
        tf.matMul(
          tf.reshape(features, [x.shape[0]!, -1]) as import("@tensorflow/tfjs").Tensor2D,
          variables[2] as never,
        ),
        labels,
      );
    }, variables);
    const updates = variables.map((variable, i) => ({
      variable,
      firstMoment: moments[2 * i]!,
      secondMoment: moments[2 * i + 1]!,
      gradient: grads[variable.name]!,
    }));
    applyAdam(updates, { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: count as never });
    return value;
  };
  return { variables, all: [...variables, ...moments, count], step };
}

const batch = () =>
  [tf.randomNormal([32, 16, 16, 3], 0, 1, "float32", 4), tf.randomUniform([32], 0, 10, "int32", 5)] as const;

describe('compile() with mixedPrecision "bfloat16"', () => {
  it.skipIf(!canGain)("rounds what a matrix product takes, and nothing more", async () => {
    const [x, y] = [tf.randomNormal([64, 128], 0, 1, "float32", 1), tf.randomNormal([128, 32], 0, 1, "float32", 2)];
    const product = (x: Tensor, y: Tensor) => tf.matMul(x as never, y as never);
    const [full, mixed] = [compile(product), compile(product, { mixedPrecision: "bfloat16" })];
    const [exact, rounded] = [await full(x, y), await mixed(x, y)];
    const error = tf.tidy(() => (tf.div(tf.norm(tf.sub(rounded, exact)), tf.norm(exact)) as Tensor).dataSync()[0]!);
    expect(rounded.dtype).toBe("float32");
    expect(error).toBeGreaterThan(2 ** -14); // float32 would leave 2^-22
    expect(error).toBeLessThan(TOLERANCE);
    for (const each of [full, mixed]) each.dispose();
    tf.dispose([x, y, exact, rounded]);
  });

  it("leaves other ops in float32", async () => {
    const x = tf.tensor1d([1 + 2 ** -20, 3 + 2 ** -20]);
    const step = compile((x: Tensor) => [x.sum(), x.mul(2), x.exp()], { mixedPrecision: "bfloat16" });
    const results = await step(x);
    const exact = tf.tidy(() => [x.sum(), x.mul(2), x.exp()].map((each) => each.dataSync()));
    expect(
      exact
        .map((values, i) =>
          Math.max(...[...values].map((value, j) => Math.abs(value / results[i]!.dataSync()[j]! - 1))),
        )
        .every((error) => error < 1e-6),
    ).toBe(true);
    step.dispose();
    tf.dispose([x, results]);
  });

  it("trains: losses near float32's and falling, weights and moments float32", async () => {
    const losses: number[][] = [];
    for (const mixedPrecision of [undefined, "bfloat16"] as const) {
      const { all, step } = network();
      const compiled = compile(step, mixedPrecision ? { mixedPrecision } : {});
      const [x, labels] = batch();
      const own: number[] = [];
      for (let i = 0; i < 12; i++) {
        const loss = await compiled(x, labels);
        own.push(loss.dataSync()[0]!);
        loss.dispose();
      }
      losses.push(own);
      expect(all.map(({ dtype }) => dtype)).toEqual(all.map(() => "float32"));
      compiled.dispose();
      tf.dispose([x, labels, all]);
    }
    const [full, mixed] = losses as [number[], number[]];
    expect(mixed.at(-1)!).toBeLessThan(0.5 * mixed[0]!);
    if (canGain) expect(mixed).not.toEqual(full);
    // of the first loss
    for (const [i, loss] of mixed.entries()) expect(Math.abs(loss - full[i]!) / full[0]!).toBeLessThan(2e-2);
  });

  it.each([
    [{ mixedPrecision: "float16" as never }, 'compile: f: mixedPrecision must be "bfloat16", got "float16"'],
    [
      { mixedPrecision: "bfloat16", xla: true },
      'compile: f: mixedPrecision must be left out with xla, which takes the graph as it is, got "bfloat16"',
    ],
  ] as const)("refuses %j", (options, message) => {
    expect(() => compile(function f() {}, options)).toThrow(new RangeError(message));
  });
});

describe("hasBfloat16()", () => {
  it.each([
    ["processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16 sse\n", true],
    ["processor\t: 0\nflags\t\t: fpu avx512f amx_bf16\n", true],
    ["processor\t: 0\nFeatures\t: fp asimd bf16 i8mm\n", true],
    ["processor\t: 0\nflags\t\t: fpu avx512f avx2\nbugs\t\t: avx512_bf16\n", false],
    ["", false],
  ])("%j: %s", (text, expected) => expect(hasBfloat16(text)).toBe(expected));
});
