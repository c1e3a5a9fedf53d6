import type { tf } from "../../backend/index.js";
import type { OnnxGraph } from "./onnx-graph.js";
import { isView, whole, type Operand, type Operands, type View } from "./operands.js";
import type { Size, TracedStep } from "./traced.js";

/** Images that were cut into square patches, whose linear map is a convolution. */
export interface Patches {
  /** [B, H, W, C] */
  readonly source: View;
  /** Of a patch, in pixels. */
  readonly side: number;
}

/** Zeros above, left, below and right of an image, in ONNX's order. */
export type Pads = readonly [number, number, number, number];

/** Images with zeros around, which a convolution can put there itself. */
export interface Padded {
  /** [B, H, W, C] */
  readonly source: View;
  readonly pads: Pads;
}

/** What tensors are beside their numbers, by their names. */
export interface Notes {
  readonly patches: Map<string, Patches>;
  readonly padded: Map<string, Padded>;
}

/** One of tfjs' kernels that was called, to be said in ONNX's operators. */
export interface Call {
  readonly graph: OnnxGraph;
  readonly operands: Operands;
  readonly notes: Notes;
  /** In the kernel's order. */
  readonly inputs: ReadonlyMap<string, Operand>;
  readonly attributes: TracedStep["attributes"];
  readonly outputs: TracedStep["outputs"];
  /** For errors: "Conv2D in the layer conv1". */
  readonly where: string;
}

/** What a kernel is in ONNX's operators: a view for each output. */
export type Operation = (call: Call) => View | readonly View[];

/** An input that every call of the kernel has. */
export function input(call: Call, name: string): Operand {
  return call.inputs.get(name)!;
}

/** The inputs of a kernel that takes a list. */
export const listed = ({ inputs }: Call): Operand[] => [...inputs.values()];

/** An input that depends on the model's, as a view. */
export function viewOf(call: Call, name: string): View {
  const operand = input(call, name);
  if (isView(operand)) return operand;
  const { operands } = call;
  const { shape, constant } = operand;
  return whole({ name: operands.plain(operand), shape, dtype: constant.tensor.dtype, channelsFirst: false });
}

/** What the kernel's only output is. */
export function output({ outputs }: Call): { readonly shape: readonly Size[]; readonly dtype: tf.DataType } {
  return outputs[0]!;
}

/** A number among the attributes. */
export const numberOf = ({ attributes }: Call, name: string): number => attributes[name] as number;

/** A pair of numbers, or one for both. */
export function pairOf({ attributes }: Call, name: string): readonly [number, number] {
  const value = attributes[name] as number | readonly [number, number] | null | undefined;
  if (value == null) return [1, 1];
  return typeof value === "number" ? [value, value] : value;
}

/** Axes of a tensor of some rank: 0 or more each, in their order. */
export function axesOf(axes: unknown, rank: number): readonly number[] {
  const list = axes == null ? Array.from({ length: rank }, (_, axis) => axis) : ([axes].flat() as number[]);
  return list.map((axis) => (axis < 0 ? axis + rank : axis)).toSorted((one, other) => one - other);
}

/** @throws TypeError for what a kernel does that ONNX's operators do not say */
export function refuse(call: Call, rule: string, got: unknown): never {
  throw new TypeError(`exportOnnx: ${rule}, got ${JSON.stringify(got)} of ${call.where}`);
}
