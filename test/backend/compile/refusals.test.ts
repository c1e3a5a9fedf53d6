import { describe, expect, it } from "vitest";
import { compile, tf } from "../../../lib/backend/index.js";

type Tensor = import("@tensorflow/tfjs").Tensor;

/** Compiles and calls `fn` and expects the given rejection. */
async function refuses(fn: (x: Tensor) => unknown, message: string | RegExp): Promise<void> {
  const x = tf.tensor1d([3, 1, 2]);
  const compiled = compile(fn, { name: "step" });
  try {
    await expect(compiled(x)).rejects.toThrow(TypeError);
    await expect(compiled(x)).rejects.toThrow(message);
  } finally {
    x.dispose();
    compiled.dispose();
  }
}

describe("compile() refuses bad input", () => {
  it("what is no function", () => {
    expect(() => compile(null as never)).toThrow(new TypeError("compile: fn must be a function, got null"));
  });

  it.each([
    [{ seed: 0.5 }, "compile: f: seed must be a whole number of 32 bits, got 0.5"],
    [{ maxPrograms: 0 }, "compile: f: maxPrograms must be a whole number above 0, got 0"],
  ])("options %j", (options, message) => {
    expect(() => compile(function f() {}, options)).toThrow(new RangeError(message));
  });

  it("arguments that are no tensors, by their place", async () => {
    const fn = compile((..._: unknown[]) => undefined, { name: "step" });
    const x = tf.scalar(1);
    await expect(fn(x, { rates: [0.1] })).rejects.toThrow(
      new TypeError("compile: step: arguments[1].rates[0] must be a tensor, or an array or record of tensors, got 0.1"),
    );
    await expect(fn(new Map())).rejects.toThrow("arguments[0] must be a tensor, or an array or record of tensors, got a Map");
    x.dispose();
    await expect(fn(x)).rejects.toThrow(new TypeError("compile: step: arguments[0] is a tensor that was disposed"));
  });

  it("results that are no tensors", () => refuses((x) => [x, 1], "compile: step: the result[1] must be a tensor"));

  it("an async function", () => refuses(async (x) => x, "compile: step: the function must not be async"));

  it("a disposed compiled function", async () => {
    const fn = compile(() => undefined, { name: "step" });
    fn.dispose();
    await expect(fn()).rejects.toThrow("compile: step: the compiled function was disposed");
  });
});

describe("compile() says what cannot be traced, and what to do", () => {
  it("reading a value", () => refuses((x) => tf.scalar(x.dataSync()[0]!), /values were read.*Return the tensor and read it after the call/));

  it("reading a variable's value", async () => {
    const rate = tf.variable(tf.scalar(0.1));
    await refuses((x) => x.mul(rate.dataSync()[0]!), "values were read");
    expect(rate.arraySync()).toBeCloseTo(0.1);
    rate.dispose();
  });

  it("a shape that depends on data", () => refuses((x) => tf.unique(x).values, /Unique.*: the output's shape depends on data \(\[\?\]\)/));

  it("new variables, by name", async () => {
    const before = Object.keys(tf.engine().registeredVariables);
    await refuses((x) => tf.variable(x, true, "made_inside"), /made new variables \(made_inside \[3\]\); make them before/);
    expect(Object.keys(tf.engine().registeredVariables)).toEqual(before);
  });

  it("disposing a variable or a tensor from outside, which stay", async () => {
    const variable = tf.variable(tf.scalar(1), true, "outer_variable");
    await refuses(() => variable.dispose(), "compile: step: the function disposed the variable outer_variable");
    const outer = tf.tensor1d([1, 2]);
    await refuses(() => outer.dispose(), "disposed a tensor of shape [2] that it did not make");
    expect([variable.arraySync(), outer.arraySync()]).toEqual([1, [1, 2]]);
    tf.dispose([variable, outer]);
  });

  it("numbers drawn in JavaScript", () => refuses((x) => x.mul(Math.random()), /random number was drawn in JavaScript.*would be the same in every call/s));

  it("an op that TensorFlow refuses, by name", async () => {
    const x = tf.ones([2, 3]);
    const fn = compile((x: Tensor) => tf.einsum("ij,kj->in", x, x));
    await expect(fn(x)).rejects.toThrow("Einsum");
    x.dispose();
    fn.dispose();
  });

  it("an outer tensor or a variable that was disposed after the trace", async () => {
    const outer = tf.tensor1d([1, 2]);
    const variable = tf.variable(tf.scalar(1), true, "short_lived");
    const [useOuter, useVariable] = [compile(() => outer.mul(2), { name: "a" }), compile(() => variable.mul(2), { name: "b" })];
    tf.dispose([await useOuter(), await useVariable()]);
    tf.dispose([outer, variable]);
    await expect(useOuter()).rejects.toThrow(/compile: a: .*(shape \[2\] from outside that the function uses was disposed)/);
    await expect(useVariable()).rejects.toThrow("compile: b: the variable short_lived was disposed");
    useOuter.dispose();
    useVariable.dispose();
  });

  it("everything works on after a refusal", async () => {
    await refuses((x) => tf.scalar(x.dataSync()[0]!), "values were read");
    expect(tf.tidy(() => tf.tensor1d([1, 2]).add(1).arraySync())).toEqual([2, 3]);
    expect(Math.random()).toBeLessThan(1);
  });
});
