import { describe, expect, it } from "vitest";
import { profile } from "../../../lib/analysis/index.js";
import { compile, tf } from "../../../lib/backend/index.js";
import { cpuInfo, hasInstructions } from "../../../lib/backend/processor.js";

const product = (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D, true, false);
const factors = (rows: number, columns: number, others: number) => [tf.randomNormal([rows, columns], 0, 1, "float32", 1), tf.randomNormal([rows, others], 0, 1, "float32", 2)] as const;

describe("xᵀ·y in a compiled function", () => {
  it.each([[600, 512, 256], [600, 256, 512], [600, 256, 768], [600, 768, 256], [520, 1024, 200], [600, 256, 256], [600, 512, 512], [300, 512, 256], [64, 3, 700], [64, 700, 3]])("is eager's: %i rows of %i and %i numbers", async (rows, columns, others) => {
    const [x, y] = factors(rows, columns, others);
    const compiled = compile(product);
    const [actual, expected] = [await compiled(x, y), product(x, y)];
    expect(actual.shape).toEqual([columns, others]);
    expect(tf.tidy(() => tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]!)).toBeLessThan(2e-4); // float32, sums of 600 terms around 25
    tf.dispose([x, y, actual, expected]);
    compiled.dispose();
  });

  it("turns the factor whose rows lie a high power of two apart by itself", async () => {
    if (process.arch !== "x64" || hasInstructions(["avx512f"], cpuInfo())) return void console.log("nothing is turned first on this processor");
    const [x, y] = factors(600, 512, 256);
    const compiled = compile(product);
    const { ops } = await profile(compiled, () => [x, y]);
    expect(ops.filter(({ op }) => op.endsWith("Transpose"))).toHaveLength(1); // folded into the product there would be none
    tf.dispose([x, y]);
    compiled.dispose();
  });
});
