import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";

const LIBRARY = pathToFileURL(new URL("../../dist/lib/index.js", import.meta.url).pathname).href;

/** Prints, for each case, the gradients of a weighted sum of an op's output by all of its inputs. */
const PROGRAM = `
  import { tf } from ${JSON.stringify(LIBRARY)};
  const normal = (shape, seed, mean = 0) => tf.randomNormal(shape, mean, 1, "float32", seed);
  const x = normal([2, 9, 8, 3], 1), w = normal([3, 2, 3, 4], 2), square = normal([3, 3, 3, 4], 2);
  const dw = normal([3, 3, 3, 2], 3), volume = normal([1, 4, 4, 4, 2], 4, -3);
  const dense = normal([5, 7], 5), kernel = normal([7, 6], 6);
  const cases = {
    ...Object.fromEntries([[1, "same"], [1, "valid"], [2, "same"], [[2, 1], "valid"]].map(([strides, pad]) =>
      ["conv2d, strides " + strides + ", pad " + pad, [(x, w) => tf.conv2d(x, w, strides, pad), x, w]])),
    // tfjs computes a wrong output size for a number as padding when the filter is not square.
    "conv2d, strides 2, pad 1": [(x, w) => tf.conv2d(x, w, 2, 1), x, square],
    "depthwiseConv2d": [(x, w) => tf.depthwiseConv2d(x, w, 1, "same"), x, dw],
    "maxPool of values below zero": [(x) => tf.maxPool(x, 2, 2, "valid"), normal([2, 4, 4, 2], 7, -3)],
    "maxPool of zeros": [(x) => tf.maxPool(x, 2, 2, "same"), tf.zeros([1, 4, 4, 1])],
    "maxPool3d of values below zero": [(x) => tf.maxPool3d(x, 2, 2, "valid"), volume],
    "avgPool": [(x) => tf.avgPool(x, 2, 2, "valid"), x],
    "matMul": [(a, b) => tf.matMul(a, b), dense, kernel],
    "relu": [tf.relu, x], "gelu's erf": [tf.erf, x], "sigmoid": [tf.sigmoid, x], "tanh": [tf.tanh, x],
    "softmax": [tf.softmax, dense], "logSoftmax": [tf.logSoftmax, dense],
    "mean and variance": [(x) => tf.concat([tf.moments(x, [0, 1, 2]).mean, tf.moments(x, [0, 1, 2]).variance]), x],
    "batchNorm": [
      (x, m, v) => tf.batchNorm(x, m, v, tf.ones([3]), tf.ones([3]), 1e-3),
      x, tf.fill([3], 0.1), tf.fill([3], 1.5),
    ],
    "gather": [(x) => tf.gather(x, tf.tensor1d([1, 1, 4], "int32")), dense],
    "transpose, slice, concat, tile": [
      (x) => tf.tile(tf.concat([tf.slice(tf.transpose(x), [1, 0], [3, 5]), tf.ones([1, 5])]), [2, 1]),
      dense,
    ],
    "einsum": [(a, b) => tf.einsum("ij,jk->ik", a, b), dense, kernel, "forward only"],
    "resizeBilinear": [(x) => tf.image.resizeBilinear(x, [5, 5]), normal([1, 6, 6, 2], 8)],
  };
  const result = {};
  for (const [name, [fn, ...inputs]] of Object.entries(cases)) {
    if (inputs.at(-1) === "forward only") {
      result[name] = [Array.from(fn(...inputs.slice(0, -1)).dataSync())];
      continue;
    }
    const value = fn(...inputs);
    const weight = normal(value.shape, 9);
    const gradients = tf.grads((...given) => fn(...given).mul(weight).sum())(inputs);
    result[name] = [value, ...gradients].map((tensor) => Array.from(tensor.dataSync()));
  }
  console.log(JSON.stringify(result));`;

type Results = Record<string, number[][]>;

function run(backend: string): Results {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", PROGRAM], {
    encoding: "utf8",
    env: { ...process.env, SACCADE_BACKEND: backend },
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`on ${backend}: ${stderr}`);
  return JSON.parse(stdout) as Results;
}

describe("values and gradients on WebAssembly are those of plain JavaScript", () => {
  let wasm: Results;
  let plain: Results;

  beforeAll(() => {
    [wasm, plain] = [run("wasm"), run("cpu")];
  });

  it("for every case that training uses", () => {
    expect(Object.keys(wasm)).toEqual(Object.keys(plain));
    expect(Object.keys(wasm).length).toBeGreaterThan(20);
    for (const [name, tensors] of Object.entries(plain)) {
      tensors.forEach((values, which) => {
        const scale = Math.max(1, ...values.map(Math.abs));
        const worst = Math.max(...values.map((value, i) => Math.abs(value - wasm[name]![which]![i]!)));
        // float32 sums of up to 150 terms in another order.
        expect(worst / scale, `${name}, ${which === 0 ? "value" : `gradient ${which - 1}`}`).toBeLessThan(1e-5);
      });
    }
  });
});
