/** `compile`'s freeze: weights as constants, batch norms folded, and a program that never answers with old weights. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { applyMomentum, compile, keepInPlace, ops, ready, tf } from "../../../lib/backend/index.js";
import { profile } from "../../../lib/analysis/index.js";
import { failOnLeaks } from "./tensor-count.js";

beforeAll(ready);
failOnLeaks();

const drawn = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 1, "float32", seed);

/** The variables of a convolution and of a batch norm behind it, none of them as they start. */
function weights(): Readonly<Record<"kernel" | "bias" | "gamma" | "beta" | "mean" | "variance", tf.Variable>> {
  return tf.tidy(() => ({
    kernel: tf.variable(drawn([3, 3, 4, 6], 1)),
    bias: tf.variable(drawn([6], 2)),
    gamma: tf.variable(drawn([6], 3)),
    beta: tf.variable(drawn([6], 4)),
    mean: tf.variable(drawn([6], 5)),
    variance: tf.variable(tf.add(tf.square(drawn([6], 6)), 0.1)),
  }));
}

const variable = (...values: number[]): tf.Variable => tf.tidy(() => tf.variable(tf.tensor1d(values)));

type Weights = ReturnType<typeof weights>;
const norm = (y: tf.Tensor, { gamma, beta, mean, variance }: Weights): tf.Tensor =>
  tf.batchNorm(
    y as tf.Tensor4D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    beta as tf.Tensor1D,
    gamma as tf.Tensor1D,
    1e-3,
  );

const networks: Readonly<Record<string, (x: tf.Tensor, w: Weights) => tf.Tensor>> = {
  "with a bias": (x, w) => tf.relu(norm(ops.conv2d(x, w.kernel, w.bias, 1, "same"), w)),
  "without one": (x, w) => norm(ops.conv2d(x, w.kernel, undefined, [2, 1], "valid"), w),
  "whose own result is used too": (x, w) => {
    const y = ops.conv2d(x, w.kernel, w.bias, 1, 1);
    return tf.add(norm(y, w), y);
  },
};

async function difference(one: tf.Tensor, other: tf.Tensor): Promise<number> {
  const [difference, scale] = tf.tidy(() => [tf.max(tf.abs(tf.sub(one, other))), tf.max(tf.abs(other))]);
  const [[most], [largest]] = [await difference!.data(), await scale!.data()];
  tf.dispose([one, other, difference!, scale!]);
  return most! / largest!;
}

describe("a convolution and a batch norm, frozen", () => {
  it.for(Object.keys(networks).flatMap((name) => [false, true].map((xla) => [name, xla] as const)))(
    "%s are what they are op by op; with xla: %s",
    async ([name, xla]) => {
      const [w, x] = [weights(), drawn([2, 5, 6, 4], 7)];
      const run = compile((images: tf.Tensor) => networks[name]!(images, w), { freeze: true, xla });
      const eager = tf.tidy(() => networks[name]!(x, w));
      expect(await difference(await run(x), eager)).toBeLessThan(1e-5); // sums of 37 float32 products, in another order
      run.dispose();
      tf.dispose([x, Object.values(w)]);
    },
  );

  it.runIf(tf.getBackend() !== "wasm")("become one op, and stay two where nothing is frozen", async () => {
    const [w, x] = [weights(), drawn([2, 5, 6, 4], 7)];
    const normsOf = async (freeze: boolean): Promise<number> => {
      const run = compile((images: tf.Tensor) => networks["with a bias"]!(images, w), { freeze });
      const { ops: ran } = await profile(run, () => [x]);
      run.dispose();
      return ran.filter(({ op }) => /BatchNorm/.test(op)).length;
    };
    expect([await normsOf(false), await normsOf(true)]).toEqual([1, 0]);
    tf.dispose([x, Object.values(w)]);
  });
});

describe("a frozen function", () => {
  it("is traced anew once a variable has been assigned, and not before", async () => {
    const [v, x] = [variable(2), tf.scalar(3)];
    const run = compile((a: tf.Tensor) => tf.mul(a, v), { freeze: true });
    const next = async (): Promise<number> => {
      const y = await run(x);
      const [value] = await y.data();
      y.dispose();
      return value!;
    };
    expect([await next(), await next(), run.traces]).toEqual([6, 6, 1]);
    const five = tf.tensor1d([5]);
    v.assign(five);
    expect([await next(), await next(), run.traces]).toEqual([15, 15, 2]);
    run.dispose();
    tf.dispose([v, x, five]);
  });

  it("is traced anew once a compiled step has changed a variable in place", async () => {
    const [v, momentum, x] = [variable(2), variable(0), tf.tensor1d([3])];
    keepInPlace([v, momentum]);
    const step = compile(
      (gradient: tf.Tensor) => applyMomentum([{ variable: v, momentum, gradient }], { learningRate: 0.5, decay: 0 }),
      { name: "step" },
    );
    const run = compile((a: tf.Tensor) => tf.mul(a, v), { freeze: true });
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      const y = await run(x);
      seen.push((await y.data())[0]!);
      y.dispose();
      await step(x); // v loses 0.5 · 3
    }
    expect(seen).toEqual([6, 1.5, -3]);
    run.dispose();
    step.dispose();
    tf.dispose([v, momentum, x]);
  });

  it("says so once where its weights change again and again", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const [v, x] = [variable(2), tf.tensor1d([3])];
    const run = compile((a: tf.Tensor) => tf.mul(a, v), { name: "busy", freeze: true });
    try {
      for (let i = 0; i < 12; i++) {
        tf.tidy(() => v.assign(tf.add(v, 1)));
        tf.dispose(await run(x));
      }
      expect(warn.mock.calls).toEqual([
        [
          "saccade: compile: busy has been traced 9 times, as its weights changed; each costs time. Leave freeze out " +
            "while a network is trained",
        ],
      ]);
    } finally {
      warn.mockRestore();
      run.dispose();
      tf.dispose([v, x]);
    }
  });

  it("may assign no variable", async () => {
    const [v, x] = [variable(2), tf.scalar(3)];
    const run = compile(
      (a: tf.Tensor) => {
        v.assign(tf.add(v, a));
        return tf.mul(a, 2);
      },
      { name: "counts", freeze: true },
    );
    await expect(run(x)).rejects.toThrow("compile: counts: with freeze the function must leave variables as they are");
    expect((await v.data())[0]).toBe(2);
    run.dispose();
    tf.dispose([v, x]);
  });

  it("that is short still lets events in", async () => {
    const x = tf.scalar(3);
    const run = compile((a: tf.Tensor) => tf.mul(a, 2), { freeze: true });
    for (let i = 0; i < 5; i++) (await run(x)).dispose(); // so that its time is known
    let came = false;
    setImmediate(() => (came = true));
    for (let i = 0; i < 100_000 && !came; i++) (await run(x)).dispose();
    expect(came).toBe(true);
    run.dispose();
    x.dispose();
  });

  it("must be asked for with true or false", () => {
    expect(() => compile((a: tf.Tensor) => a, { freeze: 1 as never })).toThrow(/compile: freeze must be/);
  });
});
