import { axesOf, input, numberOf, output, viewOf, type Call, type Operation } from "./kernel-call.js";
import { broadcast, unary } from "./elementwise.js";
import type { Stored } from "./onnx-graph.js";
import { isFirst, isView, isWhole, TO_FIRST, whole, type Constant, type Operand, type View } from "./operands.js";
import type { Size } from "./traced.js";

/** A value as rows of its last axis: as it lies where it has the same, else by its own shape. */
function asRows({ operands }: Call, view: View): Stored {
  const { base, shape } = view;
  if (base.shape.at(-1) !== shape.at(-1)) return { ...base, name: operands.plain(view), shape, channelsFirst: false };
  return base.channelsFirst ? { ...base, name: operands.plain(whole(base)), channelsFirst: false } : base;
}

function layerNorm(call: Call): View {
  const view = viewOf(call, "x");
  const rows = asRows(call, view);
  const weights = ["gamma", "beta"].map((name) => call.operands.plain(input(call, name)));
  const attributes = { axis: { int: -1 }, epsilon: { float: numberOf(call, "epsilon") } };
  return { base: call.graph.add("LayerNormalization", [rows.name, ...weights], rows, attributes), shape: view.shape };
}

/** ONNX Runtime folds the operator into the convolution before it. */
function batchNorm(call: Call): View {
  const x = viewOf(call, "x");
  const names = ["scale", "offset", "mean", "variance"] as const;
  const [scale, offset, mean, variance] = names.map((name) => call.inputs.get(name));
  const channels = x.base.shape.at(-1);
  const isSimple =
    [scale, offset, mean, variance].every(
      (each) => each === undefined || (!isView(each) && isVector(each, channels)),
    ) &&
    x.shape.at(-1) === channels &&
    (x.base.shape.length === 2 || (x.base.shape.length === 4 && isWhole(x)));
  if (!isSimple) return normalized(call, x);
  const { graph, operands } = call;
  const size = channels as number;
  const vector = (operand: Operand | undefined, otherwise: number): string =>
    operand
      ? operands.constant((operand as Constant).constant, "", (tensor) => tensor, [size])
      : graph.filled(otherwise, size);
  const isMap = x.base.shape.length === 4;
  const name = isMap ? operands.first(x) : x.base.name;
  const inputs = [name, vector(scale, 1), vector(offset, 0), vector(mean, 0), vector(variance, 1)];
  const attributes = { epsilon: { float: numberOf(call, "varianceEpsilon") } };
  return {
    base: graph.add("BatchNormalization", inputs, { ...x.base, channelsFirst: isMap }, attributes),
    shape: x.shape,
  };
}

/** Whether a constant is one number for each of so many channels. */
function isVector({ shape }: Constant, channels: Size | undefined): boolean {
  return shape.at(-1) === channels && shape.slice(0, -1).every((size) => size === 1);
}

/** (x − mean) / √(variance + epsilon) · scale + offset, operator by operator. */
function normalized(call: Call, x: View): View {
  const { graph } = call;
  const [scale, offset] = [call.inputs.get("scale"), call.inputs.get("offset")];
  const centred = broadcast(call, "Sub", [x, input(call, "mean")]);
  const epsilon = numberOf(call, "varianceEpsilon");
  const variance = viewOf(call, "variance");
  const raised = {
    ...variance.base,
    name: graph.add("Add", [variance.base.name, graph.float(epsilon)], variance.base).name,
  };
  const deviation = unary(call, "Sqrt", { base: raised, shape: variance.shape });
  let y = broadcast(call, "Div", [centred, deviation]);
  if (scale) y = broadcast(call, "Mul", [y, scale]);
  return offset ? broadcast(call, "Add", [y, offset]) : y;
}

function softmax(call: Call, op: string): View {
  const x = viewOf(call, "logits");
  if (isFirst(x)) {
    const base = call.graph.add(op, [x.base.name], x.base, { axis: { int: 1 } });
    return { base, shape: x.shape };
  }
  const rows = asRows(call, x);
  return { base: call.graph.add(op, [rows.name], rows, { axis: { int: -1 } }), shape: x.shape };
}

/** @param axesAsInput since ONNX 13 for sums, since ONNX 18 for others */
const reduction =
  (op: string, axesName: string, axesAsInput = false): Operation =>
  (call) => {
    const x = viewOf(call, "x");
    const { graph, operands } = call;
    const axes = axesOf(call.attributes[axesName], x.shape.length);
    const { shape, dtype } = output(call);
    const keepDims = shape.length === x.shape.length;
    const channelsFirst = isFirst(x);
    const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    if (channelsFirst && op === "ReduceMean" && axes.join() === "1,2")
      return { base: graph.add("GlobalAveragePool", [x.base.name], { shape: kept, channelsFirst }), shape };
    const places = channelsFirst ? axes.map((axis) => TO_FIRST.indexOf(axis)) : axes;
    const name = channelsFirst ? x.base.name : operands.plain(x);
    const keeps = channelsFirst || keepDims;
    const made = graph.add(
      op,
      axesAsInput ? [name, graph.int64(places)] : [name],
      { shape: keeps ? kept : shape, dtype, channelsFirst },
      { keepdims: { int: keeps ? 1 : 0 }, ...(!axesAsInput && { axes: { ints: places } }) },
    );
    return { base: made, shape };
  };

/** Kernels that sum over axes, and what is normalised by sums. */
export const NORMS: Readonly<Record<string, Operation>> = {
  LayerNorm: layerNorm,
  FusedBatchNorm: batchNorm,
  Softmax: (call) => softmax(call, "Softmax"),
  LogSoftmax: (call) => softmax(call, "LogSoftmax"),
  Mean: reduction("ReduceMean", "axis"),
  Sum: reduction("ReduceSum", "axis", true),
  Prod: reduction("ReduceProd", "axis"),
  Max: reduction("ReduceMax", "reductionIndices"),
  Min: reduction("ReduceMin", "axis"),
};
