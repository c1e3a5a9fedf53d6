import { tf } from "../../backend/index.js";
import { activated, withBias } from "./elementwise.js";
import { input, output, type Call, type Operation, type Patches } from "./kernel-call.js";
import type { Stored } from "./onnx-graph.js";
import {
  isSameShape,
  isSameSize,
  isView,
  reshaped,
  TO_FIRST,
  whole,
  type Constant,
  type Operand,
  type View,
} from "./operands.js";
import { patchesBehind } from "./cut-patches.js";
import type { Size } from "./traced.js";

/** a·b of matrices, or of equally many matrices. */
function product(call: Call): View {
  const [a, b] = [input(call, "a"), input(call, "b")];
  const { transposeA, transposeB } = call.attributes as { transposeA?: boolean; transposeB?: boolean };
  if (isView(a) && !isView(b) && b.shape.length === 2 && !transposeA) return linear(call, a, b, transposeB ?? false);
  const names = [turned(call, a, transposeA ?? false), turned(call, b, transposeB ?? false)];
  return whole(call.graph.add("MatMul", names, output(call)));
}

function turned({ graph, operands }: Call, operand: Operand, transpose: boolean): string {
  const name = operands.plain(operand);
  if (!transpose) return name;
  const rank = operand.shape.length;
  const order = [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2];
  const shape = order.map((axis) => operand.shape[axis]!);
  return graph.add("Transpose", [name], { shape }, { perm: { ints: order } }).name;
}

/** x [..., in] times a weight [in, out]: on x as it lies, so that no reshaping is left between the layers. */
function linear(call: Call, x: View, weight: Constant, transpose: boolean): View {
  const { graph, operands } = call;
  const { base, shape } = x;
  const from = weight.shape as readonly [number, number];
  const [features, units] = transpose ? [from[1], from[0]] : from;
  const kernel = (tensor: tf.Tensor) => (transpose ? tf.transpose(tensor) : tensor); // [in, out]
  const as = (key: string, form: (kernel: tf.Tensor) => tf.Tensor, to: readonly number[]) =>
    operands.constant(weight.constant, `${key}${transpose}`, (tensor) => form(kernel(tensor)), to, from);
  const result = (at: Stored, inputs: readonly string[]): View => ({
    base: graph.add("MatMul", inputs, { shape: [...at.shape.slice(0, -1), units] }),
    shape: output(call).shape,
  });
  const patches = patchesBehind(call, x);
  if (patches) return patchMap(call, patches, units, (form, to) => as("patches", form, to));
  if (base.channelsFirst && shape.length === 2 && isSameSize(shape[0], base.shape[0])) {
    // Flattened images: the weight's rows are put in the order in which they lie.
    const sizes = base.shape.slice(1) as number[];
    const order = (tensor: tf.Tensor) => tf.transpose(tf.reshape(tensor, [1, ...sizes, units]), [...TO_FIRST, 4]);
    const rows = operands.plain(reshaped(whole({ ...base, channelsFirst: false }), shape));
    return result({ ...base, shape }, [rows, as(`rows${sizes.join()}`, order, [features, units])]);
  }
  if (base.channelsFirst && base.shape.at(-1) === features) {
    const name = as("1x1", tf.transpose, [units, features, 1, 1]);
    const made = graph.add(
      "Conv",
      [base.name, name],
      { ...base, shape: [...base.shape.slice(0, -1), units] },
      { kernel_shape: { ints: [1, 1] } },
    );
    return { base: made, shape: output(call).shape };
  }
  const name = as("", (tensor) => tensor, [features, units]);
  const isOneRow = shape.length === 2 && isSameSize(shape[0], base.shape[0]);
  const rows = isOneRow ? shape : rowsOf(base.shape, features);
  if (!base.channelsFirst && rows && isSameShape(rows, base.shape)) return result(base, [base.name, name]);
  const to = rows ?? shape;
  return result({ ...base, shape: to }, [operands.plain(reshaped(x, to)), name]);
}

/**
 * A linear map of patches as a convolution of their size and stride.
 *
 * @param kernelName writes the weight [P·P·C, D] in another form
 */
function patchMap(
  call: Call,
  { source, side }: Patches,
  units: number,
  kernelName: (form: (kernel: tf.Tensor) => tf.Tensor, to: readonly number[]) => string,
): View {
  const [batch, height, width, channels] = source.shape as readonly [Size, number, number, number];
  const toConv = (kernel: tf.Tensor) => tf.transpose(tf.reshape(kernel, [side, side, channels, units]), [3, 2, 0, 1]);
  const base = call.graph.add(
    "Conv",
    [call.operands.first(source), kernelName(toConv, [units, channels, side, side])],
    { shape: [batch, height / side, width / side, units], channelsFirst: true },
    { kernel_shape: { ints: [side, side] }, strides: { ints: [side, side] } },
  );
  return { base, shape: output(call).shape };
}

/** A shape with the last axes taken together to so many: [B, N, heads, headDim] → [B, N, D]. */
function rowsOf(shape: readonly Size[], features: number): readonly Size[] | undefined {
  let product = 1;
  for (let axis = shape.length - 1; axis > 0 && product < features; axis--) {
    product *= shape[axis] as number;
    if (product === features) return [...shape.slice(0, axis), features];
  }
  return undefined;
}

/** Kernels that are matrix products. */
export const PRODUCTS: Readonly<Record<string, Operation>> = {
  BatchMatMul: product,
  _FusedMatMul: (call) => {
    const made = product(call);
    const bias = call.inputs.get("bias");
    return activated(call, bias ? withBias(call, made, bias) : made);
  },
};
