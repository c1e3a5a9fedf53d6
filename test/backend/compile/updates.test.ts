import { describe, expect, it } from "vitest";
import { applyAdam, applyMomentum, compile, keepInPlace, tf } from "../../../lib/backend/index.js";
import { currentBinding } from "../../../lib/backend/register.js";
import { failOnLeaks } from "./tensor-count.js";

type Tensor = import("@tensorflow/tfjs").Tensor;
type Variable = import("@tensorflow/tfjs").Variable;
type Scalar = import("@tensorflow/tfjs").Scalar;

failOnLeaks();

const variableOf = (values: number | number[]): Variable => tf.tidy(() => tf.variable(tf.tensor(values)));
const SETTINGS = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Minimises p₁² + 2p₂² + 3p₃² from [1, −2, 0.5]: three steps of `update`, run by `wrap`. */
async function descend(
  update: (state: { variable: Variable; first: Variable; second: Variable; step: Scalar; gradient: Tensor }) => void,
  wrap: (step: () => void) => () => Promise<void> | void,
  inPlace = true,
): Promise<number[]> {
  const [variable, first, second, count] = [
    variableOf([1, -2, 0.5]),
    variableOf([0, 0, 0]),
    variableOf([0, 0, 0]),
    variableOf(0),
  ];
  if (inPlace) keepInPlace([variable, first, second]);
  const step = wrap(() => {
    const loss = () =>
      variable
        .square()
        .mul(tf.tensor1d([1, 2, 3]))
        .sum() as Scalar;
    const { grads } = tf.variableGrads(loss, [variable]);
    count.assign(count.add(1));
    update({ variable, first, second, step: count as unknown as Scalar, gradient: grads[variable.name]! });
  });
  for (let i = 0; i < 3; i++) await step();
  const values = [...variable.dataSync()];
  tf.dispose([variable, first, second, count]);
  return values;
}

const adam =
  (weightDecay: number) =>
  (state: { variable: Variable; first: Variable; second: Variable; step: Scalar; gradient: Tensor }) =>
    applyAdam(
      [{ variable: state.variable, firstMoment: state.first, secondMoment: state.second, gradient: state.gradient }],
      {
        ...SETTINGS,
        weightDecay,
        step: state.step,
      },
    );
const momentum = ({ variable, first, gradient }: { variable: Variable; first: Variable; gradient: Tensor }) =>
  applyMomentum([{ variable, momentum: first, gradient }], { learningRate: 0.01, decay: 0.9 });

// PyTorch 2.13.0 (CPU): torch.optim.Adam(lr=0.1), AdamW(lr=0.1, weight_decay=0.1), SGD(lr=0.01, momentum=0.9).
const CASES: [string, Parameters<typeof descend>[0], number[]][] = [
  ["applyAdam()", adam(0), [0.7015863, -1.7006234, 0.2048713]],
  ["applyAdam() with weight decay", adam(0.1), [0.6751013, -1.6443686, 0.1934156]],
  ["applyMomentum()", momentum, [0.889712, -1.566432, 0.340232]],
];
const WRAPS: [string, (step: () => void) => () => Promise<void> | void][] = [
  ["eager", (step) => () => tf.tidy(step)],
  ["compiled", (step) => compile(step)],
  ["compiled with XLA", (step) => compile(step, { xla: true })],
];

describe.each(CASES)("%s takes PyTorch's steps", (_, update, wanted) => {
  // Three steps in float32, which has seven digits.
  const expectWanted = (values: number[]) =>
    values.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan(2e-6));

  it.each(WRAPS)("%s", async (_, wrap) => expectWanted(await descend(update, wrap)));

  it("compiled, for variables that keepInPlace() was not told of", async () => {
    expectWanted(await descend(update, (step) => compile(step), false));
  });
});

/** A compiled step of momentum on `variable`, whose gradient is its argument. */
function stepper(variable: Variable, extra: () => Tensor | undefined = () => undefined) {
  const velocity = tf.tidy(() => tf.variable(tf.zerosLike(variable)));
  keepInPlace([variable, velocity]);
  const step = compile((gradient: Tensor) => {
    applyMomentum([{ variable, momentum: velocity, gradient }], { learningRate: 1, decay: 0 });
    return extra();
  });
  return { step, velocity };
}

describe("variables that are updated in place", () => {
  it("keep their memory", async () => {
    const { c, status } = currentBinding()!.context;
    const variable = variableOf([1, 2, 3, 4]);
    const { step, velocity } = stepper(variable);
    const gradient = tf.ones([4]);
    const address = () => {
      const data = (tf.backend() as unknown as { tensorMap: { get(dataId: object): { id: number } } }).tensorMap.get(
        variable.dataId,
      );
      const resource = currentBinding()!.variable("test", data.id);
      const tensor = c.TFE_TensorHandleResolve(resource.read(), status.pointer);
      const pointer: bigint = c.TF_TensorData(tensor);
      c.TF_DeleteTensor(tensor);
      resource.forget();
      return pointer;
    };
    await step(gradient); // the first moves the value
    const before = address();
    await step(gradient);
    expect(address()).toBe(before);
    expect(variable.arraySync()).toEqual([-1, 0, 1, 2]);
    tf.dispose([variable, velocity, gradient]);
    step.dispose();
  });

  it("are read anew by eager ops and by other compiled functions, and take assignments", async () => {
    const variable = variableOf([1, 2]);
    const { step, velocity } = stepper(variable);
    const double = compile(() => variable.mul(2));
    const gradient = tf.ones([2]);
    const read = async () => {
      const compiled = await double();
      const values = [variable.arraySync(), tf.tidy(() => variable.add(10).arraySync()), compiled.arraySync()];
      compiled.dispose();
      return values;
    };
    await step(gradient);
    expect(await read()).toEqual([
      [0, 1],
      [10, 11],
      [0, 2],
    ]);
    tf.tidy(() => variable.assign(tf.tensor1d([5, 5])));
    expect(await read()).toEqual([
      [5, 5],
      [15, 15],
      [10, 10],
    ]);
    await step(gradient);
    expect(await read()).toEqual([
      [4, 4],
      [14, 14],
      [8, 8],
    ]);
    tf.dispose([variable, velocity, gradient]);
    step.dispose();
    double.dispose();
  });

  it("leave a clone, and what was read before, as they were", async () => {
    const variable = variableOf([1, 2]);
    const { step, velocity } = stepper(variable);
    const gradient = tf.ones([2]);
    await step(gradient);
    const [clone, sum] = [variable.clone(), variable.add(0)];
    const read = variable.dataSync();
    await step(gradient);
    expect([clone.arraySync(), sum.arraySync(), [...read], variable.arraySync()]).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
      [-1, 0],
    ]);
    tf.dispose([variable, velocity, gradient, clone, sum]);
    step.dispose();
  });

  it("hold their old values until the call is over", async () => {
    const variable = variableOf([1, 2]);
    const { step, velocity } = stepper(variable, () => variable.mul(1));
    const gradient = tf.ones([2]);
    const seen = (await step(gradient))!;
    expect([seen.arraySync(), variable.arraySync()]).toEqual([
      [1, 2],
      [0, 1],
    ]);
    tf.dispose([variable, velocity, gradient, seen]);
    step.dispose();
  });

  it("are left as they were, all of them, by a call that fails", async () => {
    const [a, b] = [variableOf([1, 2]), variableOf([3, 4])];
    const [va, vb, plain] = [variableOf([0, 0]), variableOf([0, 0]), variableOf(0)];
    keepInPlace([a, b, va, vb]);
    const step = compile((index: Tensor) => {
      plain.assign(plain.add(1));
      applyMomentum([{ variable: a, momentum: va, gradient: tf.ones([2]) }], { learningRate: 1, decay: 0 });
      const picked = tf.gather(tf.tensor1d([10, 20]), index as import("@tensorflow/tfjs").Tensor1D);
      applyMomentum([{ variable: b, momentum: vb, gradient: picked }], { learningRate: 1, decay: 0 });
    });
    const [good, bad] = [tf.tensor1d([0, 1], "int32"), tf.tensor1d([0, 9], "int32")];
    const all = () => [a, b, va, vb, plain].map((variable) => variable.arraySync());
    await step(good);
    const before = all();
    expect(before).toEqual([[0, 1], [-7, -16], [1, 1], [10, 20], 1]);
    for (let i = 0; i < 5; i++) await expect(step(bad)).rejects.toThrow("is not in [0, 2)");
    expect(all()).toEqual(before);
    tf.dispose([a, b, va, vb, plain, good, bad]);
    step.dispose();
  });
});

describe("bad updates", () => {
  it("a gradient of another shape is refused", () => {
    const [variable, velocity] = [variableOf([1, 2]), variableOf([0, 0])];
    const gradient = tf.ones([3]);
    expect(() => applyMomentum([{ variable, momentum: velocity, gradient }], { learningRate: 1, decay: 0 })).toThrow(
      new TypeError("applyMomentum: gradient must have the variable's shape [2], got [3]"),
    );
    tf.dispose([variable, velocity, gradient]);
  });

  it.each([true, false])(
    "a variable that is assigned as well is refused by name (assigned first: %s)",
    async (first) => {
      const variable = tf.tidy(() => tf.variable(tf.zeros([2]), true, `twofold_${first}`));
      const velocity = variableOf([0, 0]);
      const assign = () => variable.assign(variable.add(1));
      const step = compile(() => {
        if (first) assign();
        applyMomentum([{ variable, momentum: velocity, gradient: tf.ones([2]) }], { learningRate: 1, decay: 0 });
        if (!first) assign();
      });
      await expect(step()).rejects.toThrow(
        `compile: anonymous: the variable twofold_${first} is both assigned and updated in place`,
      );
      expect(variable.arraySync()).toEqual([0, 0]);
      tf.dispose([variable, velocity]);
      step.dispose();
    },
  );
});
