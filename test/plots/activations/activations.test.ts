/** Activation functions and their derivatives, as PyTorch computes them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ACTIVATIONS, type ActivationName } from "../../../lib/plots/activations/activation-functions.js";
import { activations, type ActivationsOptions } from "../../../lib/plots/index.js";

const REFERENCE = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../fixtures/activations/reference.json"), "utf8"),
) as {
  readonly inputs: readonly number[];
  readonly functions: Readonly<Record<string, { readonly values: number[]; readonly derivatives: number[] }>>;
};

/** Rounding of float64 in numbers of up to 800, and one more digit. */
const APART = 1e-12;

describe("an activation function", () => {
  it("is known for each of the reference's, and for no other", () => {
    expect(Object.keys(ACTIVATIONS)).toEqual(Object.keys(REFERENCE.functions));
  });

  it.each(Object.keys(REFERENCE.functions))("%s has PyTorch's values and derivatives", (name) => {
    const { value, derivative } = ACTIVATIONS[name as ActivationName];
    const { values, derivatives } = REFERENCE.functions[name]!;
    const apart = (ours: number, theirs: number): number => Math.abs(ours - theirs) / Math.max(1, Math.abs(theirs));
    REFERENCE.inputs.forEach((x, i) => {
      expect(apart(value(x), values[i]!), `${name}(${x})`).toBeLessThan(APART);
      expect(apart(derivative(x), derivatives[i]!), `${name}′(${x})`).toBeLessThan(APART);
    });
  });

  it("has at 0 the derivative that PyTorch takes there", () => {
    const at = REFERENCE.inputs.indexOf(0);
    expect(REFERENCE.functions["relu"]!.derivatives[at]).toBe(0);
    expect([ACTIVATIONS.relu.derivative(0), ACTIVATIONS.leaky_relu.derivative(0)]).toEqual([0, 0.01]);
  });
});

const OPTIONS: ActivationsOptions = { title: "t", functions: ["sigmoid", "tanh", "relu", "gelu"] };
type Trace = { readonly name: string; readonly x: number[]; readonly y: (number | null)[]; readonly yaxis?: string };
const tracesOf = (options: ActivationsOptions): Trace[] => activations(options).data as unknown as Trace[];

describe("activations()", () => {
  it("draws the functions above and their derivatives below, over the same inputs", () => {
    const traces = tracesOf(OPTIONS);
    expect(traces.map(({ name }) => name)).toEqual([
      ...["sigmoid", "tanh", "ReLU", "GELU"],
      ...["sigmoid, derivative", "tanh, derivative", "ReLU, derivative", "GELU, derivative"],
    ]);
    expect(traces.map(({ yaxis = "y" }) => yaxis)).toEqual([..."yyyy", ...["y2", "y2", "y2", "y2"]]);
    for (const [i, one] of traces.entries()) {
      expect([one.x[0], one.x.at(-1)], one.name).toEqual([-5, 5]);
      expect(one.x).toEqual(traces[(i + 4) % 8]!.x);
    }
  });

  it.each([
    [-5, 5],
    [-3, 7.7],
    [0, 1],
    [-1, 0],
  ] as const)("over %d to %d has ReLU's corner at 0 itself, and its derivative 0 there and 1 beside it", (from, to) => {
    const [value, slope] = tracesOf({ ...OPTIONS, functions: ["relu"], range: [from, to] });
    const at = value!.x.indexOf(0);
    expect(value!.y[at]).toBe(0);
    expect(slope!.y.slice(at, at + 2)).toEqual(to > 0 ? [0, 1] : [0]);
    if (to > 0) expect(slope!.x[at + 1]).toBeLessThan((to - from) / 1000);
  });

  it("draws a function of one's own, its derivative by differences or as given", () => {
    const own = { name: "square", values: [4, 1, 0, 1, 4] };
    const [, slope] = tracesOf({ ...OPTIONS, functions: [own], range: [-2, 2] });
    expect(slope).toMatchObject({ x: [-2, -1, 0, 1, 2], y: [-3, -2, 0, 2, 3] });
    const [, given] = tracesOf({
      ...OPTIONS,
      functions: [{ ...own, derivatives: [-4, -2, 0, 2, 4] }],
      range: [-2, 2],
    });
    expect(given!.y).toEqual([-4, -2, 0, 2, 4]);
    const [gap] = tracesOf({ ...OPTIONS, functions: [{ name: "log", values: [NaN, null, 0, 1] }] });
    expect(gap!.y).toEqual([null, null, 0, 1]);
  });

  it("lists the names that it knows, and the nearest", () => {
    const asked = (functions: unknown) => () => activations({ ...OPTIONS, functions } as ActivationsOptions);
    expect(asked(["leakyRelu"])).toThrow(
      /^activations: functions\[0\] must be one of sigmoid, tanh, relu, leaky_relu, .*got .*did you mean leaky_relu\?$/,
    );
    expect(asked(["swich"])).toThrow(RangeError);
    expect(asked([{ name: "a", values: [1] }])).toThrow('values must hold two or more, got 1 in "a"');
    expect(asked([{ name: "a", values: [1, 2], derivatives: [1] }])).toThrow("one entry for each of the 2 values");
    expect(() => activations({ ...OPTIONS, range: [1, 1] })).toThrow("range must be [from, to], from below to");
  });

  it("writes both as text", () => {
    const text = String(activations({ ...OPTIONS, functions: ["relu"] }));
    expect(text.match(/│/g)).toHaveLength(24);
    expect(text).toMatch(/^t\n  function\n5 │ +●+\n/);
    expect(text).toContain("derivative\n1 │");
  });
});
