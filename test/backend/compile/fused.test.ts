import { describe, expect, it } from "vitest";
import { profile } from "../../../lib/analysis/index.js";
import { compile, ops, ProfiledStep, tf } from "../../../lib/backend/index.js";
import { canFuse, compileFused, fused, later } from "../../../lib/backend/compile/fused.js";
import { cpuInfo, hasInstructions } from "../../../lib/backend/processor.js";
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

const take = (tensors: Tensor[]) =>
  tensors.map((tensor) => {
    const values = [...tensor.dataSync()];
    tensor.dispose();
    return values;
  });

describe("fused()", () => {
  it("calls the body outside of compiled functions, and leaves nothing behind", () => {
    const { fn, calls } = counted("outside");
    const [x, y] = [
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
      tf.tensor1d([10, 100]),
    ];
    const before = tf.memory().numTensors;
    expect([canFuse(), take(fn(x, y))]).toEqual([
      false,
      [
        [11, 201, 31, 401],
        [4, 6],
      ],
    ]);
    expect([calls(), tf.memory().numTensors]).toEqual([1, before]);
    tf.dispose([x, y]);
  });

  needsTensorFlow("inside it is one operation, compiled once for equal shapes over all functions", async () => {
    const { fn, calls } = counted("inside");
    const twice = compile((x: Tensor, y: Tensor) => fn(fn(x, y)[0]!, y));
    const again = compile((x: Tensor, y: Tensor) => fn(x, y));
    const [x, y, wide, long] = [
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
      tf.tensor1d([10, 100]),
      tf.ones([2, 3]),
      tf.ones([3]),
    ];
    expect(take(await twice(x, y))).toEqual([
      [111, 20101, 311, 40101],
      [42, 602],
    ]);
    expect(take(await again(x, y))).toEqual([
      [11, 201, 31, 401],
      [4, 6],
    ]);
    expect(calls()).toBe(1);
    expect(take(await again(wide, long))).toEqual([
      [2, 2, 2, 2, 2, 2],
      [2, 2, 2],
    ]);
    expect(calls()).toBe(2);
    for (const each of [twice, again]) each.dispose();
    tf.dispose([x, y, wide, long]);
  });

  needsTensorFlow("XLA, which fuses all of a graph, gets the body", async () => {
    const { fn, calls } = counted("xla");
    const step = compile((x: Tensor, y: Tensor) => fn(x, y), { xla: true });
    const [x, y] = [tf.ones([2, 2]), tf.ones([2])];
    expect(take(await step(x, y))).toEqual([
      [2, 2, 2, 2],
      [2, 2],
    ]);
    expect(calls()).toBe(1);
    step.dispose();
    tf.dispose([x, y]);
  });

  needsTensorFlow("runs in a profiled step too", async () => {
    const { fn } = counted("profiled");
    const step = compile((x: Tensor, y: Tensor) => fn(x, y));
    const [x, y] = [tf.ones([2, 2]), tf.ones([2])];
    const profiled = new ProfiledStep(step, [x, y]);
    const { results, metadata } = await profiled.run([x, y], "trace");
    expect(results.map((values) => [...(values as Float32Array)])).toEqual([
      [2, 2, 2, 2],
      [2, 2],
    ]);
    expect(Buffer.from(metadata).toString("latin1")).toContain("PartitionedCall");
    profiled.dispose();
    step.dispose();
    tf.dispose([x, y]);
  });

  needsTensorFlow("has XLA compile before a program's first run what was traced since, once", async () => {
    const eager = currentBinding()!;
    const { fn } = counted("ahead");
    const step = compile((x: Tensor, y: Tensor) => fn(x, y));
    const [x, y, wide, long] = [tf.ones([2, 2]), tf.ones([2, 2]), tf.ones([2, 5]), tf.ones([5])];
    new ProfiledStep(step, [x, y]).dispose(); // traced alone
    const before = [tf.memory().numTensors, eager.getNumOfTensors()];
    expect([await compileFused(eager), await compileFused(eager)]).toEqual([true, false]);
    expect([tf.memory().numTensors, eager.getNumOfTensors()]).toEqual(before);
    expect(take(await step(wide, long))).toEqual([Array(10).fill(2), Array(5).fill(2)]);
    expect(await compileFused(eager)).toBe(false);
    step.dispose();
    tf.dispose([x, y, wide, long]);
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

describe("later()", () => {
  it("gives the tensor itself outside of compiled functions", () => {
    const [x, y] = [tf.ones([2]), tf.zeros([1])];
    expect(later(x, y)).toBe(x);
    tf.dispose([x, y]);
  });

  needsTensorFlow("makes what uses it wait: where the other fails, it never runs", async () => {
    const divided = (wait: boolean) =>
      compile((x: Tensor, divisor: Tensor) => {
        const quotient = tf.floorDiv(tf.onesLike(divisor), divisor); // of whole numbers: it fails for 0
        return tf.mul(wait ? later(x, quotient) : x, 2);
      });
    const [x, zero, one] = [tf.tensor1d([1, 2]), tf.zeros([1], "int32"), tf.ones([1], "int32")];
    const [waits, goesOn] = [divided(true), divided(false)];
    expect(take([await waits(x, one)])).toEqual([[2, 4]]);
    expect(take([await goesOn(x, zero)])).toEqual([[2, 4]]);
    await expect(waits(x, zero)).rejects.toThrow(/division by zero/);
    for (const each of [waits, goesOn]) each.dispose();
    tf.dispose([x, zero, one]);
  });
});

describe("products of matrices in a compiled function", () => {
  needsTensorFlow("of many rows are right for every width, whichever side is the wider one", async () => {
    const x = [200, 256, 512, 768, 1100].map((columns) => tf.randomNormal([600, columns], 0, 1, "float32", columns));
    const all = (x: Tensor[]) => x.flatMap((left) => x.map((right) => tf.matMul(left, right, true)));
    const step = compile(all);
    const [compiled, eager] = [await step(x), all(x)];
    for (const [i, wanted] of eager.entries()) {
      expect(compiled[i]!.shape).toEqual(wanted.shape);
      // sums of 600 numbers in float32, up to 700
      expect(tf.tidy(() => tf.max(tf.abs(tf.sub(compiled[i]!, wanted))).dataSync()[0])).toBeLessThan(5e-4);
    }
    step.dispose();
    tf.dispose([x, compiled, eager]);
  });

  needsTensorFlow(
    "have the factor turned first whose rows lie a high power of two apart, and are profiled as they are called",
    async ({ skip }) => {
      skip(
        process.arch !== "x64" || hasInstructions(["avx512f"], cpuInfo()),
        "nothing is turned first on this processor",
      );
      const [x, y] = [512, 256].map((columns) => tf.randomNormal([600, columns]));
      const step = compile((x: Tensor, y: Tensor) => tf.matMul(x, y, true));
      const { ops: run } = await profile(step, () => [x!, y!]);
      // a session's optimizer would have the product turn it while reading
      expect(run.filter(({ op }) => op.endsWith("Transpose"))).toHaveLength(1);
      step.dispose();
      tf.dispose([x!, y!]);
    },
  );

  needsTensorFlow(
    "are MatMul, right whichever side is transposed or larger; BatchMatMul where it is the second",
    async () => {
      const [x, w, b, dy] = [
        tf.randomNormal([40, 6], 0, 1, "float32", 1),
        tf.randomNormal([6, 3], 0, 1, "float32", 2),
        tf.randomNormal([3], 0, 1, "float32", 3),
        tf.randomNormal([40, 3], 0, 1, "float32", 4),
      ];
      const all = (x: Tensor, w: Tensor, dy: Tensor) => [
        ops.dense(x, w, b),
        tf.matMul(x, dy, true),
        tf.matMul(dy, x, true),
        tf.matMul(dy, w, false, true),
        tf.matMul(w, x, true, true),
      ];
      const step = compile(all);
      const [compiled, eager] = [await step(x, w, dy), all(x, w, dy)];
      for (const [i, wanted] of eager.entries()) {
        expect(compiled[i]!.shape).toEqual(wanted.shape);
        // sums of 40 numbers in float32
        expect(tf.tidy(() => tf.max(tf.abs(tf.sub(compiled[i]!, wanted))).dataSync()[0])).toBeLessThan(1e-5);
      }
      const measured = await profile(step as never, () => [x, w, dy] as never, { warmupSteps: 2 });
      expect(measured.ops.map(({ op }) => op).filter((op) => /BiasAdd/.test(op))).toHaveLength(1);
      expect(measured.ops.map(({ op }) => op).filter((op) => /BatchMatMul/.test(op))).toHaveLength(2);
      step.dispose();
      tf.dispose([x, w, b, dy, compiled, eager]);
    },
  );
});
