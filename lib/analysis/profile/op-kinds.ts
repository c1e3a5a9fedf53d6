import type { TensorSpec } from "./graph-nodes.js";
import type { ProfiledOp } from "./step-stats.js";

/** What an op does, as a roofline groups them. */
export const OP_KINDS = [
  "convolution",
  "matrix product",
  "normalization",
  "reduction",
  "elementwise",
  "optimizer",
  "data movement",
] as const;
/** One of them. */
export type OpKind = (typeof OP_KINDS)[number];

/** Numbers in a tensor. */
export const count = ({ shape }: TensorSpec): number => shape.reduce((all, size) => all * size, 1);

/** Bytes of a number, by the dtype's name. */
function widthOf(dtype: string): number {
  if (dtype === "bool") return 1;
  const bits = Number(/\d+$/.exec(dtype)?.[0] ?? 0);
  return bits / 8;
}

/** Bytes of tensors. */
export const bytesOf = (specs: readonly TensorSpec[]): number =>
  specs.reduce((sum, spec) => sum + count(spec) * widthOf(spec.dtype), 0);

/** An op whose tensors are all known. */
export interface KnownOp {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly attributes: ProfiledOp["attributes"];
}

/**
 * TensorFlow's own name of a kind of op: "Conv2D" of "_MklNativeFusedConv2D", which is the same with the bias and the
 * activation that follow.
 */
export function plainType(op: string): string {
  return op
    .replace(/^_(?:Mkl)?(?:Native)?/, "")
    .replace(/^PadWith/, "")
    .replace(/^Fused(?=Conv|MatMul|BatchMatMul|Depthwise)/, "")
    .replace(/(?:WithBias|Ex)$/, "");
}
