import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { applyAdam, backendInfo, compile, keepInPlace, ops, tf } from "../../../lib/backend/index.js";
import { instructionsIn } from "../../../lib/backend/compile/mixed-precision.js";
import { currentBinding } from "../../../lib/backend/register.js";

type Tensor = import("@tensorflow/tfjs").Tensor;
type Tensor2D = import("@tensorflow/tfjs").Tensor2D;
type Variable = import("@tensorflow/tfjs").Variable;

const canGain =
  process.platform === "linux" &&
  currentBinding()?.context.device.type === "CPU" &&
  instructionsIn(readFileSync("/proc/cpuinfo", "latin1")) !== undefined;
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

  it("adds up in float32 what products in bfloat16 give: 4,096 ones are 4,096", async () => {
    const [x, eye] = [tf.ones([4096, 8]) as Tensor2D, tf.eye(8)];
    const step = (x: Tensor2D, eye: Tensor2D): Tensor[] => {
      const y = tf.matMul(x, eye);
      const [, bias] = tf.grads((y, bias) => tf.matMul(ops.biasAdd(y, bias) as Tensor2D, eye).sum())([
        y,
        tf.zeros([8]),
      ]);
      const rows = tf.grad((rows) => tf.matMul(tf.gather(rows, tf.zeros([4096], "int32")) as Tensor2D, eye).sum())(
        tf.ones([1, 8]),
      );
      const added = tf.grad((bias) => tf.matMul(tf.add(y, bias) as Tensor2D, eye).sum())(tf.zeros([8]));
      const few = tf.mul(tf.addN(tf.unstack(tf.reshape(y, [512, 64]))), 8);
      return [bias!, rows, added, tf.sum(y, 0), tf.mul(tf.mean(y, 0), 4096), few];
    };
    const compiled = compile(step, { mixedPrecision: "bfloat16" });
    const results = await compiled(x, eye);
    expect(results.map((each) => [...new Set(each.dataSync())])).toEqual(results.map(() => [4096]));
    compiled.dispose();
    tf.dispose([x, eye, results]);
  });

  it.skipIf(!canGain)("says so where TensorFlow's optimizer does not do it, once", async () => {
    const x = tf.ones([4, 4]) as Tensor2D;
    vi.stubEnv("TF_AUTO_MIXED_PRECISION_GRAPH_REWRITE_ALLOWLIST_REMOVE", "MatMul"); // read when a graph is rewritten
    const products = compile(
      function products(x: Tensor2D) {
        return tf.matMul(x, x);
      },
      { mixedPrecision: "bfloat16" },
    );
    const sums = compile((x: Tensor2D) => tf.sum(x), { mixedPrecision: "bfloat16" });
    tf.dispose([await products(x), await products(x), await sums(x)]);
    vi.unstubAllEnvs();
    expect(vi.mocked(console.warn).mock.calls).toEqual([
      [
        "saccade: compile: products: mixedPrecision: TensorFlow did not bring the function to bfloat16, and computes " +
          "it in float32; with TF_CPP_MIN_LOG_LEVEL=0 its log says why",
      ],
    ]);
    for (const each of [products, sums]) each.dispose();
    x.dispose();
  });

  it.skipIf(!canGain)("leaves no complaint in TensorFlow's log, whatever ops and functions are called", () => {
    const library = new URL("../../../dist/lib/backend/index.js", import.meta.url);
    const program = `
      import { compile, ops, ready, tf } from "${library}";
      await ready();
      const [x, one, zero] = [tf.ones([8, 4]), tf.ones([4]), tf.zeros([4])];
      const product = (x) => tf.matMul(x, x, false, true).slice([0, 0], [8, 4]);
      const gradients = tf.grads((x, gamma) => ops.layerNorm(product(x), gamma, zero, 1e-5).sum());
      for (const name of ["step", "_step", "été", "1"])
        await compile((x) => gradients([x, one]), { name, mixedPrecision: "bfloat16" })(x);`;
    const { stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "0" },
    });
    expect(status, stderr).toBe(0);
    expect(stderr.match(/Converted [1-9]\d*\/\d+ nodes to bfloat16/g)).toHaveLength(4);
    expect(stderr.split("\n").filter((line) => /^[WE]\d{4} |saccade:/.test(line))).toEqual([]);
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
    [
      { mixedPrecision: "float16" as never },
      "compile: mixedPrecision must be one of bfloat16, got mixedPrecision='float16'; did you mean bfloat16?",
    ],
    [
      { mixedPrecision: "bfloat16", xla: true },
      "compile: mixedPrecision must be left out with xla, which takes the graph as it is, got xla=true",
    ],
  ] as const)("refuses %j", (options, message) => {
    expect(() => compile(function f() {}, options)).toThrow(new RangeError(message));
  });
});

describe("instructionsIn()", () => {
  it.each([
    ["processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16 sse\n", "avx512"],
    ["processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16 amx_bf16\n", "amx"],
    ["processor\t: 0\nFeatures\t: fp asimd bf16 i8mm\n", "arm"],
    ["processor\t: 0\nflags\t\t: fpu avx512f avx2\nbugs\t\t: avx512_bf16\n", undefined],
    ["", undefined],
  ])("%j: %s", (text, expected) => expect(instructionsIn(text)).toBe(expected));
});

describe("backendInfo()", () => {
  it("says why there is no bfloat16, where there is none", () => {
    expect(backendInfo().whyNoBfloat16 === undefined).toBe(canGain);
  });
});
