import { input, listed, numberOf, output, viewOf, type Call, type Operation } from "./kernel-call.js";
import type { Attributes, OnnxNode } from "./onnx-graph.js";
import {
  isFirst,
  isSameShape,
  isSameSize,
  isView,
  reshaped,
  whole,
  type Constant,
  type Operand,
  type View,
} from "./operands.js";

/** An operator that takes one tensor and leaves its shape: as it lies. */
export function unary(
  call: Call,
  op: string,
  view: View,
  rest: readonly string[] = [],
  attributes: Attributes = {},
): View {
  const { base, shape } = view;
  return { base: call.graph.add(op, [base.name, ...rest], { ...base, dtype: output(call).dtype }, attributes), shape };
}

/** An operator that broadcasts, on tensors as they lie where that fits, and else with channels where most have them. */
export function broadcast(call: Call, op: string, given: readonly Operand[], dtype = output(call).dtype): View {
  const { graph, operands } = call;
  const shape = broadcastShape(given);
  const views = given.filter(isView);
  const { base } = views[0]!;
  const asItLies = given.every((operand) =>
    isView(operand) ? liesAs(operand, views[0]!, shape) : fits(operand, views[0]!),
  );
  if (asItLies) {
    const names = given.map((each) => (isView(each) ? each.base.name : operands.alongChannels(each, base)));
    return { base: graph.add(op, names, { ...base, dtype }), shape };
  }
  const channelsFirst = shape.length === 4 && views.some(isFirst);
  const names = given.map((each) => {
    if (!channelsFirst || each.shape.length === 0) return operands.plain(each);
    return operands.first(reshaped(each, [1, 1, 1, 1].slice(each.shape.length).concat(each.shape as number[])));
  });
  return whole(graph.add(op, names, { shape, dtype, channelsFirst }));
}

/** The shape of the result. */
function broadcastShape(given: readonly Operand[]): Operand["shape"] {
  const rank = Math.max(...given.map(({ shape }) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = given.map(({ shape }) => shape[axis - rank + shape.length] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

/** Whether a view can be taken as it lies beside another one. */
function liesAs(view: View, other: View, shape: Operand["shape"]): boolean {
  const { base } = view;
  return (
    isSameShape(view.shape, shape) &&
    isSameShape(base.shape, other.base.shape) &&
    base.channelsFirst === other.base.channelsFirst
  );
}

/** Whether a constant is one number, or one for each channel of a tensor as it lies. */
function fits({ shape }: Constant, { base, shape: read }: View): boolean {
  if (shape.every((size) => size === 1)) return shape.length <= read.length;
  const channels = base.shape.at(-1);
  return (
    shape.slice(0, -1).every((size) => size === 1) &&
    shape.length <= read.length &&
    isSameSize(shape.at(-1), channels) &&
    isSameSize(read.at(-1), channels)
  );
}

const one =
  (op: string, attributes: (call: Call) => Attributes = () => ({})): Operation =>
  (call) =>
    unary(call, op, viewOf(call, "x"), [], attributes(call));

const two =
  (op: string): Operation =>
  (call) =>
    broadcast(call, op, [input(call, "a"), input(call, "b")]);

const clipped =
  (least: (call: Call) => number, most: (call: Call) => number): Operation =>
  (call) =>
    unary(call, "Clip", viewOf(call, "x"), [call.graph.float(least(call)), call.graph.float(most(call))]);

/** x + bias [C]: as the third input of the convolution or product before it. */
export function withBias(call: Call, x: View, bias: Operand): View {
  const { graph, operands } = call;
  const node = graph.producer(x.base.name);
  if (isView(bias) || !fits(bias, x) || !node || !takesBias(node, x, bias)) return broadcast(call, "Add", [x, bias]);
  const name = operands.alongChannels(reshaped(bias, [bias.shape.at(-1)!]) as Constant, {
    ...x.base,
    channelsFirst: false,
  });
  const op = node.op === "MatMul" ? "Gemm" : node.op;
  return { base: graph.add(op, [...node.inputs, name], x.base, node.attributes), shape: x.shape };
}

function takesBias({ op, inputs }: OnnxNode, { base }: View, { shape }: Constant): boolean {
  if (inputs.length !== 2 || !isSameSize(base.shape.at(-1), shape.at(-1))) return false;
  return op === "Conv" || (op === "MatMul" && base.shape.length === 2);
}

const addition: Operation = (call) => {
  const [a, b] = [input(call, "a"), input(call, "b")];
  if (isView(a) && isView(b)) return geluOf(call, a, b) ?? broadcast(call, "Add", [a, b]);
  return isView(a) ? withBias(call, a, b) : withBias(call, b as View, a);
};

/**
 * x/2 + x/2 · erf(x / √2) in the form that runtimes know and fuse: x · (1 + erf(x / √2)) / 2. Undefined for another
 * sum.
 */
function geluOf({ graph }: Call, half: View, product: View): View | undefined {
  const taken = (name: string, op: string): readonly string[] => {
    const node = graph.producer(name);
    return node?.op === op ? node.inputs : [];
  };
  const [x, factor] = taken(half.base.name, "Mul");
  const [again, error] = taken(product.base.name, "Mul");
  const [scaled] = taken(error ?? "", "Erf");
  const [inner, root] = taken(scaled ?? "", "Mul");
  const isGelu =
    x !== undefined &&
    again === half.base.name &&
    inner === x &&
    graph.scalar(factor!) === 0.5 &&
    graph.scalar(root!) === Math.fround(Math.SQRT1_2);
  if (!isGelu) return undefined;
  const next = (op: string, ...inputs: readonly string[]) => graph.add(op, inputs, half.base);
  const erf = next("Erf", next("Div", x, graph.float(Math.SQRT2)).name);
  const shares = next("Mul", x, next("Add", erf.name, graph.float(1)).name);
  return { base: next("Mul", shares.name, graph.float(0.5)), shape: half.shape };
}

const square = (call: Call, view: View): View => broadcast(call, "Mul", [view, view]);

const chained =
  (...ops: readonly string[]): Operation =>
  (call) =>
    ops.reduce((view, op) => unary(call, op, view), viewOf(call, "x"));

/** What an activation of a fused kernel is. */
export function activated(call: Call, x: View): View {
  const activation = (call.attributes["activation"] as string | undefined) ?? "linear";
  switch (activation) {
    case "linear":
      return x;
    case "relu6":
      return unary(call, "Clip", x, [call.graph.float(0), call.graph.float(6)]);
    case "leakyrelu":
      return unary(call, "LeakyRelu", x, [], { alpha: { float: numberOf(call, "leakyreluAlpha") } });
    case "prelu":
      return broadcast(call, "PRelu", [x, input(call, "preluActivationWeights")]);
    default:
      return unary(call, { relu: "Relu", elu: "Elu", sigmoid: "Sigmoid" }[activation]!, x);
  }
}

/** Kernels that compute number by number. */
export const ELEMENTWISE: Readonly<Record<string, Operation>> = {
  ...Object.fromEntries(
    ["Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Cos", "Cosh", "Elu", "Erf", "Exp", "Floor"]
      .concat([
        "Log",
        "Neg",
        "Reciprocal",
        "Relu",
        "Round",
        "Sigmoid",
        "Sign",
        "Sin",
        "Sinh",
        "Softplus",
        "Sqrt",
        "Tan",
      ])
      .concat(["Tanh"])
      .map((op) => [op, one(op)]),
  ),
  ...Object.fromEntries(["Equal", "Greater", "Less", "Pow"].map((op) => [op, two(op)])),
  GreaterEqual: two("GreaterOrEqual"),
  LessEqual: two("LessOrEqual"),
  Add: addition,
  BiasAdd: (call) => withBias(call, viewOf(call, "x"), input(call, "bias")),
  Sub: two("Sub"),
  Multiply: two("Mul"),
  RealDiv: two("Div"),
  Maximum: two("Max"),
  Minimum: two("Min"),
  LogicalAnd: two("And"),
  LogicalOr: two("Or"),
  LogicalNot: one("Not"),
  AddN: (call) => broadcast(call, "Sum", listed(call)),
  SquaredDifference: (call) => square(call, broadcast(call, "Sub", [input(call, "a"), input(call, "b")])),
  Square: (call) => square(call, viewOf(call, "x")),
  Rsqrt: chained("Sqrt", "Reciprocal"),
  LeakyRelu: one("LeakyRelu", (call) => ({ alpha: { float: numberOf(call, "alpha") } })),
  // The constants of tfjs' program, which are ONNX's too.
  Selu: one("Selu"),
  Relu6: clipped(
    () => 0,
    () => 6,
  ),
  ClipByValue: clipped(
    (call) => numberOf(call, "clipValueMin"),
    (call) => numberOf(call, "clipValueMax"),
  ),
  Prelu: (call) => broadcast(call, "PRelu", [input(call, "x"), input(call, "alpha")]),
  Select: (call) => broadcast(call, "Where", [input(call, "condition"), input(call, "t"), input(call, "e")]),
  Cast: (call) => {
    const { dtype } = output(call);
    const to = { float32: 1, int32: 6, bool: 9 }[dtype as "float32"];
    return unary(call, "Cast", viewOf(call, "x"), [], { to: { int: to } });
  },
  Identity: (call) => viewOf(call, "x"),
};
