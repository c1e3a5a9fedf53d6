import { afterEach, describe, expect, it, vi } from "vitest";
import { compile, TensorFlowError, tf } from "../../../lib/backend/index.js";
import { failOnLeaks } from "./tensor-count.js";

failOnLeaks();
afterEach(() => {
  vi.restoreAllMocks();
});

/** Reads a tensor and disposes of it. */
function take(tensor: import("@tensorflow/tfjs").Tensor): unknown {
  const values = tensor.arraySync();
  tensor.dispose();
  return values;
}

/** A variable that owns its value alone. */
function variableOf(values: number | number[]): import("@tensorflow/tfjs").Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values)));
}

describe("compile() arguments and results", () => {
  it("nested arrays and records go in and come out", async () => {
    const fn = compile(
      ({
        x,
        pair,
      }: {
        x: import("@tensorflow/tfjs").Tensor;
        pair: [import("@tensorflow/tfjs").Tensor, undefined];
      }) => ({
        sum: x.add(pair[0]),
        parts: [x.neg(), { twice: x.mul(2) }, undefined],
      }),
    );
    const x = tf.tensor1d([1, 2]);
    const y = tf.tensor1d([10, 20]);
    const result = await fn({ x, pair: [y, undefined] });
    expect(take(result.sum)).toEqual([11, 22]);
    const [negative, record, nothing] = result.parts as [
      import("@tensorflow/tfjs").Tensor,
      { twice: import("@tensorflow/tfjs").Tensor },
      undefined,
    ];
    expect([take(negative), take(record.twice), nothing]).toEqual([[-1, -2], [2, 4], undefined]);
    tf.dispose([x, y]);
    fn.dispose();
  });

  it("an argument, an outer tensor and one tensor twice may be returned", async () => {
    const outer = tf.tensor1d([7]);
    const fn = compile((x: import("@tensorflow/tfjs").Tensor) => [x, outer, x]);
    const x = tf.tensor1d([1]);
    const result = await fn(x);
    expect(result.map(take)).toEqual([[1], [7], [1]]);
    expect([outer.isDisposed, x.isDisposed]).toEqual([false, false]);
    tf.dispose([x, outer]);
    fn.dispose();
  });

  it("every dtype goes through", async () => {
    const fn = compile((inputs: import("@tensorflow/tfjs").Tensor[]) => inputs.map((input) => input.reshape([1, -1])));
    const inputs = [
      tf.tensor1d([1.5]),
      tf.tensor1d([2], "int32"),
      tf.tensor1d([true]),
      tf.tensor1d(["é"]),
      tf.complex([1], [2]),
    ];
    const outputs = await fn(inputs);
    expect(outputs.map(({ dtype }) => dtype)).toEqual(["float32", "int32", "bool", "string", "complex64"]);
    expect(outputs.slice(0, 4).map(({ arraySync }, i) => arraySync.call(outputs[i]))).toEqual([
      [[1.5]],
      [[2]],
      [[1]],
      [["é"]],
    ]);
    expect(outputs[4]!.dataSync()).toEqual(Float32Array.of(1, 2));
    tf.dispose([inputs, outputs]);
    fn.dispose();
  });

  it("arguments may be disposed as soon as the call is made", async () => {
    const fn = compile((x: import("@tensorflow/tfjs").Tensor) => x.add(1));
    const x = tf.tensor1d([1]);
    const promise = fn(x);
    x.dispose();
    expect(take(await promise)).toEqual([2]);
    fn.dispose();
  });

  it("a function without arguments and without a result runs", async () => {
    const variable = variableOf(1);
    const fn = compile(() => {
      variable.assign(variable.add(1));
    });
    expect(await fn()).toBeUndefined();
    expect(variable.arraySync()).toBe(2);
    variable.dispose();
    fn.dispose();
  });
});

describe("compile() keeps one program per form of arguments", () => {
  it("traces once for equal shapes and dtypes, again for others", async () => {
    const fn = compile((x: import("@tensorflow/tfjs").Tensor) => x.add(1));
    const inputs = [tf.zeros([2]), tf.ones([2]), tf.zeros([3]), tf.zeros([2], "int32"), tf.ones([3])];
    const results = [];
    for (const input of inputs) results.push(take(await fn(input)));
    expect(results).toEqual([
      [1, 1],
      [2, 2],
      [1, 1, 1],
      [1, 1],
      [2, 2, 2],
    ]);
    expect(fn.traces).toBe(3);
    tf.dispose(inputs);
    fn.dispose();
  });

  it("forgets the program that was used least recently, and warns once of many traces", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const fn = compile((x: import("@tensorflow/tfjs").Tensor) => x.add(1), { maxPrograms: 2, name: "many" });
    const call = async (size: number) => {
      const x = tf.zeros([size]);
      tf.dispose([await fn(x), x]);
    };
    for (const size of [1, 2, 1, 3, 1]) await call(size);
    expect(fn.traces).toBe(3); // 1 stayed, 2 went
    await call(2);
    expect(fn.traces).toBe(4);
    expect(warn).not.toHaveBeenCalled();
    for (let size = 10; size < 20; size++) await call(size);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toContain("compile: many has been traced 9 times");
    fn.dispose();
  });
});

describe("compile() and variables", () => {
  it("reads them anew in every call and assigns them after it", async () => {
    const variable = variableOf([1, 2]);
    const fn = compile((x: import("@tensorflow/tfjs").Tensor) => {
      const old = variable.mul(1);
      variable.assign(variable.add(x));
      return [old, variable.mul(10)];
    });
    const x = tf.tensor1d([1, 1]);
    expect((await fn(x)).map(take)).toEqual([
      [1, 2],
      [20, 30],
    ]);
    expect(variable.arraySync()).toEqual([2, 3]);
    tf.tidy(() => variable.assign(tf.tensor1d([5, 5])));
    expect((await fn(x)).map(take)).toEqual([
      [5, 5],
      [60, 60],
    ]);
    expect(fn.traces).toBe(1);
    tf.dispose([x, variable]);
    fn.dispose();
  });

  it("tells variables apart that started from one tensor", async () => {
    const start = tf.tensor1d([1]);
    const [a, b] = [tf.variable(start), tf.variable(start)];
    const fn = compile(() => {
      a.assign(a.add(b).add(start));
    });
    await fn();
    await fn();
    expect([a.arraySync(), b.arraySync(), start.arraySync()]).toEqual([[5], [1], [1]]);
    tf.dispose([a, b, start]);
    fn.dispose();
  });

  it("leaves them alone while tracing fails", async () => {
    const variable = variableOf(3);
    const fn = compile(() => {
      variable.assign(variable.mul(2));
      throw new Error("on purpose");
    });
    await expect(fn()).rejects.toThrow("on purpose");
    expect(variable.arraySync()).toBe(3);
    variable.dispose();
    fn.dispose();
  });

  it("leaves them as they were when a call fails in TensorFlow, which is named", async () => {
    const [first, second] = [variableOf(1), variableOf([0])];
    const fn = compile(
      (index: import("@tensorflow/tfjs").Tensor1D) => {
        first.assign(first.add(1));
        second.assign(tf.gather(tf.tensor1d([10, 20]), index));
      },
      { name: "pick" },
    );
    const [good, bad] = [tf.tensor1d([1], "int32"), tf.tensor1d([5], "int32")];
    await fn(good);
    await expect(fn(bad)).rejects.toThrow(TensorFlowError);
    await expect(fn(bad)).rejects.toThrow(/^compile: pick: .*indices\[0\] = 5 is not in \[0, 2\)/s);
    expect([first.arraySync(), second.arraySync()]).toEqual([2, [20]]);
    await fn(good); // and it works on
    expect(first.arraySync()).toBe(3);
    tf.dispose([first, second, good, bad]);
    fn.dispose();
  });

  it("calls made together run one after the other, over all functions", async () => {
    const variable = variableOf(1);
    const double = compile(() => variable.assign(variable.mul(2)));
    const increment = compile(() => variable.assign(variable.add(1)));
    await Promise.all([double(), increment(), double(), increment()]);
    expect(variable.arraySync()).toBe(7); // ((1·2) + 1)·2 + 1
    variable.dispose();
    double.dispose();
    increment.dispose();
  });
});

describe("compile() runs off the main thread", () => {
  it("lets other work run before it ends", async () => {
    const fn = compile((x: import("@tensorflow/tfjs").Tensor2D) => {
      let y = x;
      for (let i = 0; i < 20; i++) y = tf.matMul(y, x);
      return y.mean();
    });
    const x = tf.fill([700, 700], 1 / 700) as import("@tensorflow/tfjs").Tensor2D;
    take(await fn(x));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 0);
    expect(take(await fn(x))).toBeCloseTo(1 / 700, 6);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
    x.dispose();
    fn.dispose();
  });

  it("in a notebook, an interrupt rejects the calls that have not started, and state is kept", async () => {
    const signal = Symbol.for("Jupyter.signal");
    const controller = new AbortController();
    const variable = variableOf(0);
    const step = compile(() => variable.assign(variable.add(1)));
    try {
      (globalThis as Record<symbol, unknown>)[signal] = controller.signal;
      await step();
      const calls = [step(), step()];
      controller.abort(new Error("interrupted"));
      await expect(Promise.all(calls)).rejects.toThrow("interrupted");
      await expect(calls[1]).rejects.toThrow("interrupted");
    } finally {
      delete (globalThis as Record<symbol, unknown>)[signal];
    }
    const before = variable.arraySync() as number;
    await step();
    expect(variable.arraySync()).toBe(before + 1);
    variable.dispose();
    step.dispose();
  });
});
