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
    expect(() => compile(null as never)).toThrow(new TypeError("compile: fn must be a function, got fn=null"));
  });

  it.each([
    [{ seed: 0.5 }, "compile: seed must be a whole number of 32 bits, got seed=0.5"],
    [{ maxPrograms: 0 }, "compile: maxPrograms must be a whole number above 0, got maxPrograms=0"],
  ])("options %j", (options, message) => {
    expect(() => compile(function f() {}, options)).toThrow(new RangeError(message));
  });

  it("arguments that are no tensors, by their place", async () => {
    const fn = compile((..._: unknown[]) => undefined, { name: "step" });
    const x = tf.scalar(1);
    await expect(fn(x, { rates: [0.1] })).rejects.toThrow(
      new TypeError("compile: step: arguments[1].rates[0] must be a tensor, or an array or record of tensors, got 0.1"),
    );
    await expect(fn(new Map())).rejects.toThrow(
      "arguments[0] must be a tensor, or an array or record of tensors, got a Map",
    );
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
  it("reading a value", () =>
    refuses((x) => tf.scalar(x.dataSync()[0]!), /values were read.*Return the tensor and read it after the call/));

  it("reading a variable's value", async () => {
    const rate = tf.variable(tf.scalar(0.1));
    await refuses((x) => x.mul(rate.dataSync()[0]!), "values were read");
    expect(rate.arraySync()).toBeCloseTo(0.1);
    rate.dispose();
  });

  it("a shape that depends on data", () =>
    refuses((x) => tf.unique(x).values, /Unique.*: the output's shape depends on data \(\[\?\]\)/));

  it("a shape or dtype that an op does not take, with what the function was traced for", async () => {
    const step = compile((x: Tensor, { y }: { y: Tensor }) => x.add(y), { name: "step" });
    const many = compile((...all: Tensor[]) => all[0]!.reshape([3]), { name: "many" });
    const [x, y] = [tf.ones([3]), tf.ones([2, 5])];
    await expect(step(x, { y })).rejects.toThrow(
      "compile: step: traced for float32[3], float32[2, 5]: Add: Dimensions must be equal, but are 3 and 5",
    );
    await expect(many(y, x, x, x, x, x, x, x)).rejects.toThrow(
      /^compile: many: traced for float32\[2, 5\], (float32\[3\](, )?){5} and 2 more: /,
    );
    tf.dispose([x, y]);
    for (const each of [step, many]) each.dispose();
  });

  it("where: the error's stack leads to the line, through the calls of tfjs", async () => {
    const read = compile((x: Tensor) => tf.tidy(() => tf.tidy(() => theLineThatReads(x))), { name: "step" });
    const unique = compile((x: Tensor) => theLineThatIsUnique(x), { name: "step" });
    const wrong = compile((x: Tensor) => theLineThatIsWrong(x), { name: "step" });
    const x = tf.ones([3]);
    const stackOf = async (fn: typeof read) => ((await fn(x).catch((error: Error) => error)) as Error).stack!;
    const stacks = [await stackOf(read), await stackOf(unique), await stackOf(wrong)];
    expect(stacks[0]).toMatch(/^TypeError: compile: step: a tensor's values were read.*theLineThatReads/s);
    expect(stacks[1]).toMatch(
      /^TypeError: compile: step: Unique\w*: the output's shape depends on data.*theLineThatIsUnique/s,
    );
    expect(stacks[2]).toMatch(
      /^Error: compile: step: traced for float32\[3\]: Input 0 is incompatible.*theLineThatIsWrong/s,
    );
    expect(Error.stackTraceLimit).toBeLessThan(60);
    x.dispose();
    for (const each of [read, unique, wrong]) each.dispose();
  });

  it("a thrown value that is no error, or cannot be changed, goes through", async () => {
    const frozen = Object.freeze(new Error("frozen"));
    const [one, other] = [
      compile(() => {
        throw "text";
      }),
      compile(() => {
        throw frozen;
      }),
    ];
    await expect(one()).rejects.toBe("text");
    await expect(other()).rejects.toBe(frozen);
    for (const each of [one, other]) each.dispose();
  });

  it("new variables, by name", async () => {
    const before = Object.keys(tf.engine().registeredVariables);
    await refuses(
      (x) => tf.variable(x, true, "made_inside"),
      /made new variables \(made_inside \[3\]\); make them before/,
    );
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

  it("numbers drawn in JavaScript", () =>
    refuses((x) => x.mul(Math.random()), /random number was drawn in JavaScript.*would be the same in every call/s));

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
    const [useOuter, useVariable] = [
      compile(() => outer.mul(2), { name: "a" }),
      compile(() => variable.mul(2), { name: "b" }),
    ];
    tf.dispose([await useOuter(), await useVariable()]);
    tf.dispose([outer, variable]);
    await expect(useOuter()).rejects.toThrow(
      /compile: a: .*(shape \[2\] from outside that the function uses was disposed)/,
    );
    await expect(useVariable()).rejects.toThrow("compile: b: the variable short_lived was disposed");
    useOuter.dispose();
    useVariable.dispose();
  });

  it(
    "an outer tensor or a variable that was disposed before the trace, and one that the function " + "disposed itself",
    async () => {
      const outer = tf.tensor1d([1, 2]);
      const variable = tf.variable(tf.scalar(1), true, "gone");
      tf.dispose([outer, variable]);
      const outside = "compile: step: a tensor of shape [2] from outside that the function uses was disposed";
      const gone = new RegExp(`^${outside.replace(/[[\]]/g, "\\$&")}; keep it, or pass it as an argument$`);
      await refuses((x) => tf.mul(outer, x), gone);
      await refuses(() => outer.square(), gone);
      await refuses((x) => x.mul(variable), /^compile: step: the variable gone was disposed$/);
      const early = (x: Tensor) => {
        const y = x.add(1);
        y.dispose();
        return tf.mul(y, 2);
      };
      await refuses(early, /^compile: step: a tensor of shape \[3\] is used that the function disposed before/);
      expect(() => outer.square()).toThrow("Tensor is disposed");
    },
  );

  it("everything works on after a refusal", async () => {
    await refuses((x) => tf.scalar(x.dataSync()[0]!), "values were read");
    expect(tf.tidy(() => tf.tensor1d([1, 2]).add(1).arraySync())).toEqual([2, 3]);
    expect(Math.random()).toBeLessThan(1);
  });
});

function theLineThatReads(x: Tensor): Tensor {
  return tf.scalar(x.dataSync()[0]!);
}

function theLineThatIsUnique(x: Tensor): Tensor {
  return tf.unique(x).values;
}

function theLineThatIsWrong(x: Tensor): Tensor {
  return tf.layers.conv2d({ filters: 1, kernelSize: 3 }).apply(x) as Tensor;
}
