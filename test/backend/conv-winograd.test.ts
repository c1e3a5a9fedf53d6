/** Convolutions in tiles: the same as plain ones, as exact, and only where they are worth it. */
import { beforeAll, describe, expect, it } from "vitest";
import { compile, ops, ready, tf } from "../../lib/backend/index.js";
import { mixedPrecisionConfig } from "../../lib/backend/compile/mixed-precision.js";
import { currentBinding } from "../../lib/backend/register.js";
import { convolveInTiles, isBetterInTiles } from "../../lib/backend/ops/conv-winograd.js";

beforeAll(ready);

type Shape4 = [number, number, number, number];
const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, "float32", seed);
const hasLibrary = (): boolean => tf.getBackend() === "tensorflow";

/** Largest difference over the largest entry. */
function difference(one: tf.Tensor, other: tf.Tensor): number {
  return tf.tidy(() => tf.div(tf.max(tf.abs(tf.sub(one, other))), tf.max(tf.abs(other))).dataSync()[0]!);
}

/** A convolution of one image, its size kept: products summed one after the other, each rounded and each sum too. */
function sums(
  image: ArrayLike<number>,
  weights: ArrayLike<number>,
  side: number,
  channels: number,
  filters: number,
  rounded: (value: number) => number,
): Float64Array {
  const sums = new Float64Array(side * side * filters);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++)
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) {
          const [r, c] = [row + i - 1, column + j - 1];
          if (r < 0 || c < 0 || r >= side || c >= side) continue;
          for (let channel = 0; channel < channels; channel++)
            for (let filter = 0, to = (row * side + column) * filters; filter < filters; filter++, to++) {
              sums[to] = rounded(
                sums[to]! +
                  rounded(
                    image[(r * side + c) * channels + channel]! *
                      weights[((i * 3 + j) * channels + channel) * filters + filter]!,
                  ),
              );
            }
        }
  return sums;
}

/** The root of the mean squared difference, over that of the squares. */
function errorOf(values: ArrayLike<number>, exact: Float64Array): number {
  const squares = (of: (value: number, i: number) => number) =>
    exact.reduce((sum, value, i) => sum + of(value, i) ** 2, 0);
  return Math.sqrt(squares((value, i) => value - values[i]!) / squares((value) => value));
}

describe("convolveInTiles()", () => {
  it.each([
    { x: [2, 8, 12, 5] as Shape4, filters: 3, bias: true },
    { x: [1, 4, 4, 1] as Shape4, filters: 2, bias: false },
    { x: [3, 16, 8, 64] as Shape4, filters: 70, bias: true },
  ])(
    "gives tf.conv2d's result and gradients of $x to $filters filters, bias: $bias",
    async ({ x: shape, filters, bias }) => {
      const [x, kernel, b] = [random(shape, 1), random([3, 3, shape[3], filters], 2), random([filters], 3)];
      const dy = random([...shape.slice(0, 3), filters], 4);
      const inputs = bias ? [x, kernel, b] : [x, kernel];
      const withGradients =
        (f: (...inputs: tf.Tensor[]) => tf.Tensor) =>
        (...given: tf.Tensor[]) => [f(...given), ...tf.grads(f)(given, dy)];
      const tiles = withGradients((x, kernel, b) => convolveInTiles(x as tf.Tensor4D, kernel as tf.Tensor4D, b));
      const plain = withGradients((x, kernel, b) =>
        b
          ? ops.biasAdd(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, "same"), b)
          : tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, "same"),
      );
      const expected = tf.tidy(() => plain(...inputs));
      for (const results of [tf.tidy(() => tiles(...inputs)), await compile(tiles)(...inputs)]) {
        expect(results.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
        results.forEach((result, i) => expect(difference(result, expected[i]!)).toBeLessThan(1e-5));
        tf.dispose(results);
      }
      tf.dispose([x, kernel, b, dy, ...expected]);
    },
  );

  /**
   * In the points' space a result of variance 1 is a sum of terms whose variances are 5.14² together (10.8² with 0, ±1,
   * ±2 for points), and so much more their errors count: of sums over channels what this processor's own products have,
   * and roundings, evenly spread up to 2^-24: 18 of a patch, 18 of a kernel and 22 of the way back, in two passes each.
   */
  it(
    "is off by no more than 5.14 times what this processor's own sums and 58 roundings are, and three " +
      "times what a plain sum is",
    async () => {
      const [side, channels, filters] = [16, 64, 64];
      const tiles = side ** 2 / 16;
      const [x, kernel] = [random([1, side, side, channels], 5), random([3, 3, channels, filters], 6)];
      const product = (x: tf.Tensor, kernel: tf.Tensor) =>
        tf.matMul(tf.reshape(x, [-1, channels]), tf.reshape(tf.slice(kernel, [1, 1], [1, 1]), [channels, filters]));
      const inTiles = (x: tf.Tensor, kernel: tf.Tensor) => convolveInTiles(x as tf.Tensor4D, kernel as tf.Tensor4D);
      // as many as one point's product takes
      const rows = tf.slice(tf.reshape(x, [-1, 1, 1, channels]), 0, tiles) as tf.Tensor4D;
      const [own, result] = [await compile(product)(rows, kernel), await compile(inTiles)(x, kernel)];
      const [images, weights] = [await x.data(), await kernel.data()];
      const exact = sums(images, weights, side, channels, filters, Number);
      const ofPoint = Float64Array.from({ length: tiles * filters }, (_, i) =>
        Array.from(
          { length: channels },
          (__, channel) =>
            images[Math.floor(i / filters) * channels + channel]! *
            weights[(4 * channels + channel) * filters + (i % filters)]!,
        ).reduce((sum, term) => sum + term, 0),
      );
      const error = errorOf(await result.data(), exact);
      expect(error).toBeLessThan(5.14 * Math.sqrt(errorOf(await own.data(), ofPoint) ** 2 + (58 / 3) * 2 ** -48));
      expect(error).toBeLessThan(3 * errorOf(sums(images, weights, side, channels, filters, Math.fround), exact));
      tf.dispose([x, kernel, rows, own, result]);
    },
  );
});

describe("isBetterInTiles()", () => {
  const large: Shape4 = [16, 32, 32, 64];
  /** What it says while a function is traced. */
  async function says(
    x: Shape4,
    kernel: Shape4,
    strides: number | [number, number] = 1,
    padding: "same" | "valid" = "same",
    options: Parameters<typeof compile>[1] = {},
  ): Promise<boolean> {
    let said: boolean | undefined;
    const probe = compile((one: tf.Tensor) => {
      said = isBetterInTiles(tf.zeros(x) as tf.Tensor4D, tf.zeros(kernel) as tf.Tensor4D, strides, padding);
      return tf.add(one, 1);
    }, options);
    const one = tf.ones([1]);
    tf.dispose([await probe(one), one]);
    return said!;
  }

  it("takes large convolutions of 3 × 3 in a compiled function, where TensorFlow's library runs on a CPU", async () => {
    expect(await says(large, [3, 3, 64, 128])).toBe(hasLibrary());
    expect(isBetterInTiles(tf.zeros(large) as tf.Tensor4D, tf.zeros([3, 3, 64, 128]) as tf.Tensor4D, 1, "same")).toBe(
      false,
    ); // eager
    expect(await says(large, [3, 3, 64, 128], 1, "same", { xla: true })).toBe(false);
  });

  it("takes smaller ones where gradients are taken", async () => {
    // 2^21 products of tiles, channels and filters
    const [x, kernel] = [[32, 8, 8, 128] as Shape4, [3, 3, 128, 128] as Shape4];
    const said: boolean[] = [];
    const ask = (scale: tf.Tensor) => {
      said.push(isBetterInTiles(tf.zeros(x) as tf.Tensor4D, tf.zeros(kernel) as tf.Tensor4D, 1, "same"));
      return tf.sum(scale) as tf.Scalar;
    };
    const probe = compile((scale: tf.Tensor) => [ask(scale), tf.grad(ask)(scale)]);
    const one = tf.ones([1]);
    tf.dispose([await probe(one), one]);
    expect(said).toEqual([false, hasLibrary()]);
  });

  it.each<[string, Shape4, Shape4, (number | [number, number])?, ("same" | "valid")?]>([
    ["a stride", large, [3, 3, 64, 128], 2],
    ["two strides", large, [3, 3, 64, 128], [1, 2]],
    ["no padding", large, [3, 3, 64, 128], 1, "valid"],
    ["another kernel", large, [5, 5, 64, 128]],
    ["images of broken tiles", [8, 30, 32, 64], [3, 3, 64, 128]],
    ["few channels", [64, 32, 32, 32], [3, 3, 32, 256]],
    ["few tiles", [2, 4, 4, 512], [3, 3, 512, 512]],
    ["little work", [16, 8, 8, 128], [3, 3, 128, 128]],
  ])("leaves %s to TensorFlow", async (_, x, kernel, strides = 1, padding = "same") => {
    expect(await says(x, kernel, strides, padding)).toBe(false);
  });

  it("leaves products in bfloat16 to TensorFlow", async () => {
    const gains = mixedPrecisionConfig(currentBinding()?.context) !== undefined; // elsewhere it computes in float32
    expect(await says(large, [3, 3, 64, 128], 1, "same", { mixedPrecision: "bfloat16" })).toBe(hasLibrary() && !gains);
  });

  it("is what ops.conv2d goes by", async () => {
    const [x, kernel, bias] = [random(large, 7), random([3, 3, 64, 128], 8), random([128], 9)];
    const call = compile((x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) => [
      ops.conv2d(x, kernel, bias, 1, 1),
      convolveInTiles(x as tf.Tensor4D, kernel as tf.Tensor4D, bias),
    ]);
    const [y, tiles] = (await call(x, kernel, bias)) as [tf.Tensor, tf.Tensor];
    if (hasLibrary()) expect(difference(y, tiles)).toBe(0);
    expect(
      difference(
        y,
        tf.tidy(() => ops.conv2d(x, kernel, bias, 1, 1)),
      ),
    ).toBeLessThan(1e-5);
    tf.dispose([x, kernel, bias, y, tiles]);
  });
});
