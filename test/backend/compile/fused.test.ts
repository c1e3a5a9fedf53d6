import { describe, expect, it } from "vitest";
import { profile } from "../../../lib/analysis/index.js";
import { compile, ops, ProfiledStep, tf } from "../../../lib/backend/index.js";
import { canFuse, fused } from "../../../lib/backend/compile/fused.js";
import { currentBinding } from "../../../lib/backend/register.js";

type Tensor = import("@tensorflow/tfjs").Tensor;

const onTensorFlow = currentBinding()?.context.device.type === "CPU";
const needsTensorFlow = it.skipIf(!onTensorFlow);
if (!onTensorFlow) console.log("some are skipped: no TensorFlow library with a CPU here");

/** Counts how often its body is called. */
function counted(name: string): { readonly fn: (...inputs: Tensor[]) => Tensor[]; readonly calls: () => number } {
  let calls = 0;
  const fn = fused(name, (x, y) => {
    calls++;
    return [tf.add(tf.mul(x!, y!), 1), tf.sum(x!, 0)];
  });
  return { fn, calls: () => calls };
}

const take = (tensors: Tensor[]) => tensors.map((tensor) => {
  const values = [...tensor.dataSync()];
  tensor.dispose();
  return values;
});

describe("fused()", () => {
  it("calls the body outside of compiled functions, and leaves nothing behind", () => {
    const { fn, calls } = counted("outside");
    const [x, y] = [tf.tensor2d([[1, 2], [3, 4]]), tf.tensor1d([10, 100])];
    const before = tf.memory().numTensors;
    expect([canFuse(), take(fn(x, y))]).toEqual([false, [[11, 201, 31, 401], [4, 6]]]);
    expect([calls(), tf.memory().numTensors]).toEqual([1, before]);
    tf.dispose([x, y]);
  });

  needsTensorFlow("inside it is one operation, compiled once for equal shapes over all functions", async () => {
    const { fn, calls } = counted("inside");
    const twice = compile((x: Tensor, y: Tensor) => fn(fn(x, y)[0]!, y));
    const again = compile((x: Tensor, y: Tensor) => fn(x, y));
    const [x, y, wide, long] = [tf.tensor2d([[1, 2], [3, 4]]), tf.tensor1d([10, 100]), tf.ones([2, 3]), tf.ones([3])];
    expect(take(await twice(x, y))).toEqual([[111, 20101, 311, 40101], [42, 602]]);
    expect(take(await again(x, y))).toEqual([[11, 201, 31, 401], [4, 6]]);
    expect(calls()).toBe(1);
    expect(take(await again(wide, long))).toEqual([[2, 2, 2, 2, 2, 2], [2, 2, 2]]);
    expect(calls()).toBe(2);
    for (const each of [twice, again]) each.dispose();
    tf.dispose([x, y, wide, long]);
  });

  needsTensorFlow("XLA, which fuses all of a graph, gets the body", async () => {
    const { fn, calls } = counted("xla");
    const step = compile((x: Tensor, y: Tensor) => fn(x, y), { xla: true });
    const [x, y] = [tf.ones([2, 2]), tf.ones([2])];
    expect(take(await step(x, y))).toEqual([[2, 2, 2, 2], [2, 2]]);
    expect(calls()).toBe(1);
    step.dispose();
    tf.dispose([x, y]);
  });

  needsTensorFlow("runs in a profiled step too", async () => {
    const { fn } = counted("profiled");
    const step = compile((x: Tensor, y: Tensor) => fn(x, y));
    const [x, y] = [tf.ones([2, 2]), tf.ones([2])];
    const profiled = new ProfiledStep(step, [x, y]);
    const { results, metadata } = await profiled.run([x, y], true);
    expect(results.map((values) => [...(values as Float32Array)])).toEqual([[2, 2, 2, 2], [2, 2]]);
    expect(Buffer.from(metadata).toString("latin1")).toContain("PartitionedCall");
    profiled.dispose();
    step.dispose();
    tf.dispose([x, y]);
  });

  needsTensorFlow("refuses a body that uses what it is not given", async () => {
    const outer = tf.ones([2]);
    const step = compile((x: Tensor) => fused("captures", (x) => [tf.add(x!, outer)])(x));
    const x = tf.ones([2]);
    await expect(step(x)).rejects.toThrow(/fused_captures_\d+: must take all that it uses as arguments/);
    step.dispose();
    tf.dispose([x, outer]);
  });
});

describe("products of matrices in a compiled function", () => {
  needsTensorFlow("are the ones that TensorFlow fuses the bias with, right whichever side is transposed or larger", async () => {
    const [x, w, b, dy] = [tf.randomNormal([40, 6], 0, 1, "float32", 1), tf.randomNormal([6, 3], 0, 1, "float32", 2), tf.randomNormal([3], 0, 1, "float32", 3), tf.randomNormal([40, 3], 0, 1, "float32", 4)];
    const all = (x: Tensor, w: Tensor, dy: Tensor) => [ops.dense(x, w, b), tf.matMul(x, dy, true), tf.matMul(dy, x, true), tf.matMul(dy, w, false, true), tf.matMul(w, x, true, true)];
    const step = compile(all);
    const [compiled, eager] = [await step(x, w, dy), all(x, w, dy)];
    for (const [i, wanted] of eager.entries()) {
      expect(compiled[i]!.shape).toEqual(wanted.shape);
      expect(tf.tidy(() => tf.max(tf.abs(tf.sub(compiled[i]!, wanted))).dataSync()[0])).toBeLessThan(1e-5); // sums of 40 numbers in float32
    }
    const measured = await profile(step as never, () => [x, w, dy] as never, { warmupSteps: 2 });
    expect(measured.ops.map(({ op }) => op).filter((op) => /BiasAdd/.test(op))).toEqual([]);
    expect(measured.ops.map(({ op }) => op).filter((op) => /FusedMatMul/.test(op))).toHaveLength(1);
    step.dispose();
    tf.dispose([x, w, b, dy, compiled, eager]);
  });
});
