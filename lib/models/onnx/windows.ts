import { tf } from "../../backend/index.js";
import { activated, withBias } from "./elementwise.js";
import { input, output, pairOf, refuse, viewOf, type Call, type Operation, type Pads } from "./kernel-call.js";
import type { Attributes, Stored } from "./onnx-graph.js";
import { isView, isWhole, whole, type Operand, type View } from "./operands.js";

/** A window's sizes, strides and dilations: down and across. */
interface Window {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

/** TensorFlow's "same" puts the odd row and column behind. */
function padsOf(call: Call, x: View, { size, strides, dilations }: Window): Pads {
  const pad = call.attributes["pad"] as "same" | "valid" | number | readonly (readonly [number, number])[];
  if (pad === "valid") return [0, 0, 0, 0];
  if (typeof pad === "number") return [pad, pad, pad, pad];
  if (pad !== "same") return [pad[1]![0], pad[2]![0], pad[1]![1], pad[2]![1]];
  const total = ([1, 2] as const).map((axis) => {
    const [length, places] = [x.shape[axis] as number, output(call).shape[axis] as number];
    const reach = (size[axis - 1]! - 1) * dilations[axis - 1]! + 1;
    return Math.max(0, (places - 1) * strides[axis - 1]! + reach - length);
  }) as [number, number];
  const [top, left] = [Math.floor(total[0] / 2), Math.floor(total[1] / 2)];
  return [top, left, total[0] - top, total[1] - left];
}

function windowAttributes({ size, strides, dilations }: Window, pads: Pads): Attributes {
  return {
    kernel_shape: { ints: size },
    strides: { ints: strides },
    ...(dilations.some((each) => each !== 1) && { dilations: { ints: dilations } }),
    ...(pads.some((each) => each !== 0) && { pads: { ints: pads } }),
  };
}

const likeOutput = (call: Call): Omit<Stored, "name"> => ({ ...output(call), channelsFirst: true });

function convolution(call: Call, depthwise: boolean): View {
  const { graph, operands, attributes, notes } = call;
  const { dataFormat = "NHWC" } = attributes as { dataFormat?: string };
  if (dataFormat !== "NHWC") refuse(call, "a convolution must take its channels last", dataFormat);
  const x = viewOf(call, "x");
  const filter = input(call, "filter");
  const [height, width, channels, count] = filter.shape as readonly [number, number, number, number];
  const window = {
    size: [height, width],
    strides: pairOf(call, "strides"),
    dilations: pairOf(call, "dilations"),
  } as const;
  // Zeros of a layer before become the convolution's own.
  const around = isWhole(x) ? notes.padded.get(x.base.name) : undefined;
  const own = padsOf(call, x, window);
  const pads = (around ? own.map((pad, i) => pad + around.pads[i]!) : own) as unknown as Pads;
  const group = depthwise ? channels : 1;
  return whole(
    graph.add(
      "Conv",
      [operands.first(around?.source ?? x), kernelName(call, filter, depthwise, [height, width, channels, count])],
      likeOutput(call),
      {
        ...windowAttributes(window, pads),
        ...(group !== 1 && { group: { int: group } }),
      },
    ),
  );
}

/** [height, width, in, out] → [out, in, height, width]; of a depthwise one → [in·out, 1, height, width]. */
function kernelName(
  { graph, operands }: Call,
  filter: Operand,
  depthwise: boolean,
  sizes: readonly [number, number, number, number],
): string {
  const [height, width, channels, count] = sizes;
  const order = depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1];
  const to = depthwise ? [channels * count, 1, height, width] : [count, channels, height, width];
  if (!isView(filter))
    return operands.constant(filter.constant, order.join(""), (tensor) => tf.transpose(tensor, order), to, sizes);
  const turned = graph.add("Transpose", [operands.plain(filter)], { shape: to }, { perm: { ints: order } });
  return depthwise ? graph.add("Reshape", [turned.name, graph.int64(to)], { shape: to }).name : turned.name;
}

function fusedConvolution(call: Call, depthwise: boolean): View {
  const made = convolution(call, depthwise);
  const bias = call.inputs.get("bias");
  return activated(call, bias ? withBias(call, made, bias) : made);
}

function pooling(call: Call, op: string): View {
  const { graph, operands, notes } = call;
  const window = { size: pairOf(call, "filterSize"), strides: pairOf(call, "strides"), dilations: [1, 1] } as const;
  const x = viewOf(call, "x");
  const own = padsOf(call, x, window);
  const around = op === "MaxPool" && isWhole(x) ? notes.padded.get(x.base.name) : undefined;
  // ONNX's pads are −∞, which counts like zeros around what is 0 or more, as long as no window lies among them alone.
  const counts =
    around &&
    graph.producer(around.source.base.name)?.op === "Relu" &&
    around.pads.every((pad, i) => pad < window.size[i % 2]! && own[i] === 0);
  const pads = counts ? around.pads : own;
  const attributes = windowAttributes(window, pads); // of an average, zeros around do not count: ONNX's default too
  return whole(graph.add(op, [operands.first(counts ? around.source : x)], likeOutput(call), attributes));
}

function resizing(call: Call, mode: "linear" | "nearest"): View {
  const { alignCorners, halfPixelCenters } = call.attributes as { alignCorners?: boolean; halfPixelCenters?: boolean };
  const x = viewOf(call, "images");
  const { graph, operands } = call;
  const factors = ([1, 2] as const).map((axis) => {
    const [from, to] = [x.shape[axis] as number, output(call).shape[axis] as number];
    const factor = Math.fround(to / from);
    if (factor * from !== to) refuse(call, "images must be resized by a factor that is a float32", [from, to]);
    return factor;
  });
  const scales = graph.floats([1, 1, ...factors]);
  const coordinates = halfPixelCenters ? "half_pixel" : "asymmetric";
  const rounding = alignCorners || halfPixelCenters ? "round_prefer_ceil" : "floor";
  return whole(
    graph.add("Resize", [operands.first(x), "", scales], likeOutput(call), {
      mode: { text: mode },
      coordinate_transformation_mode: { text: alignCorners ? "align_corners" : coordinates },
      ...(mode === "nearest" && { nearest_mode: { text: rounding } }),
    }),
  );
}

/** Kernels that slide a window over images. */
export const WINDOWS: Readonly<Record<string, Operation>> = {
  Conv2D: (call) => convolution(call, false),
  FusedConv2D: (call) => fusedConvolution(call, false),
  DepthwiseConv2dNative: (call) => convolution(call, true),
  FusedDepthwiseConv2D: (call) => fusedConvolution(call, true),
  MaxPool: (call) => pooling(call, "MaxPool"),
  AvgPool: (call) => pooling(call, "AveragePool"),
  LRN: (call) => {
    const { depthRadius, bias, alpha, beta } = call.attributes as Record<string, number>;
    const size = 2 * depthRadius! + 1;
    return whole(
      call.graph.add("LRN", [call.operands.first(viewOf(call, "x"))], likeOutput(call), {
        size: { int: size },
        alpha: { float: alpha! * size }, // ONNX divides it by the size, as PyTorch does
        beta: { float: beta! },
        bias: { float: bias! },
      }),
    );
  },
  ResizeBilinear: (call) => resizing(call, "linear"),
  ResizeNearestNeighbor: (call) => resizing(call, "nearest"),
};
