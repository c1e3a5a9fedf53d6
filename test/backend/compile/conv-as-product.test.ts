import { beforeAll, describe, expect, it } from "vitest";
import { compile, ops, ready, tf } from "../../../lib/backend/index.js";
import { profile } from "../../../lib/analysis/index.js";

beforeAll(ready);

type Sizes = readonly [
  images: number,
  height: number,
  width: number,
  channels: number,
  kernel: readonly [number, number],
  filters: number,
];

const output = (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) => ops.conv2d(x, kernel, bias, 1, "same");
/** The output, and the gradients of a sum of it that tells its numbers apart. */
const all = (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) => {
  const weighted = (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) => {
    const y = output(x, kernel, bias);
    return tf.sum(tf.mul(y, tf.reshape(tf.sin(tf.range(0, y.size)), y.shape))) as tf.Scalar;
  };
  return [output(x, kernel, bias), ...tf.grads(weighted)([x, kernel, bias])];
};
const inputs = ([images, height, width, channels, [kernelHeight, kernelWidth], filters]: Sizes) =>
  [
    tf.randomNormal([images, height, width, channels], 0, 1, "float32", 1),
    tf.randomNormal([kernelHeight, kernelWidth, channels, filters], 0, 1, "float32", 2),
    tf.randomNormal([filters], 0, 1, "float32", 3),
  ] as [tf.Tensor, tf.Tensor, tf.Tensor];

async function opsOf(sizes: Sizes): Promise<Set<string>> {
  const args = inputs(sizes);
  const step = compile(output);
  const { ops } = await profile(step, () => args);
  step.dispose();
  tf.dispose(args);
  return new Set(ops.map(({ op }) => (/Conv2D/.test(op) ? "convolution" : /MatMul/.test(op) ? "product" : "other")));
}

describe("a convolution whose kernel is far larger than its images", () => {
  it.each<[Sizes]>([
    [[2, 2, 2, 32, [3, 3], 8]],
    [[1, 1, 1, 16, [3, 3], 4]],
    [[1, 3, 2, 24, [5, 3], 3]],
    [[2, 1, 4, 20, [1, 3], 5]],
  ])("is the same compiled, with its gradients: %j", async (sizes) => {
    const args = inputs(sizes);
    const step = compile(all);
    const [compiled, eager] = [await step(...args), all(...args)];
    for (const [i, one] of compiled.entries()) {
      expect(one.shape).toEqual(eager[i]!.shape);
      const scale = eager[i]!.abs().max().dataSync()[0]!;
      // float32 sums of some hundred numbers
      expect(one.sub(eager[i]!).abs().max().dataSync()[0]! / scale).toBeLessThan(1e-5);
    }
    step.dispose();
    tf.dispose([args, compiled, eager]);
  });

  it("is one matrix product then, and a convolution for more pixels", async () => {
    expect(await opsOf([2, 2, 2, 32, [3, 3], 8])).toContain("product");
    expect(await opsOf([2, 2, 2, 32, [3, 3], 8])).not.toContain("convolution");
    expect(await opsOf([8, 2, 2, 32, [3, 3], 8])).toContain("convolution");
    expect(await opsOf([2, 2, 2, 32, [1, 1], 8])).toContain("convolution"); // a kernel of one pixel gains nothing
  });
});
