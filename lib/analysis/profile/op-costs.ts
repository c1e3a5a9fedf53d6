import type { TensorSpec } from "./graph-nodes.js";
import { FLOPS } from "./op-flops.js";
import { bytesOf, plainType, type KnownOp, type OpKind } from "./op-kinds.js";
import type { ProfiledOp } from "./step-stats.js";

/** What an op costs by its tensors' sizes. */
export interface OpCost {
  /** null for a kind of op that has no formula. */
  readonly kind: OpKind | null;
  /** Floating-point operations; null where there is no formula, or a tensor's size is not known. */
  readonly flops: number | null;
  /** What has to be read and written at least; null where a tensor's size is not known. */
  readonly bytes: number | null;
}

/** Ops that neither compute nor move anything: they name, hand on or reshape. */
const VIEWS = new Set(
  (
    "Const _Arg _Retval _SOURCE _SINK NoOp ControlTrigger VarHandleOp ReadVariableOp EnsureShape Identity IdentityN " +
    "Reshape ExpandDims Squeeze Shape ShapeN Size Rank StopGradient PreventGradient Placeholder " +
    "PlaceholderWithDefault _HostSend _HostRecv _Send _Recv BroadcastGradientArgs Snapshot"
  ).split(" "),
);

/** Whether an op only hands on what it is given. */
export function isView({ op, attributes }: Pick<ProfiledOp, "op" | "attributes">): boolean {
  // TensorFlow gives out the parts of a tensor's first axis where they lie.
  return VIEWS.has(op) || (op === "Unpack" && attributes["axis"] === 0);
}

/** Bytes of ops that do not read each input and write each output once. */
const BYTES: Readonly<Record<string, (op: KnownOp) => number>> = {
  // read in a part as large as what is written
  ...Object.fromEntries(
    ["Slice", "StridedSlice", "GatherV2", "GatherNd", "ResizeNearestNeighbor"].map((name) => [
      name,
      ({ outputs }: KnownOp) => 2 * bytesOf(outputs),
    ]),
  ),
  ...Object.fromEntries(
    ["Fill", "ZerosLike", "OnesLike", "Range", "OneHot"].map((name) => [name, ({ outputs }) => bytesOf(outputs)]),
  ),
  // the variable and its moments are read and written, the gradient is read
  ResourceApplyAdam: ({ inputs }) => 2 * bytesOf(inputs.slice(0, 3)) + bytesOf(inputs.slice(3)),
  ResourceApplyMomentum: ({ inputs }) => 2 * bytesOf(inputs.slice(0, 2)) + bytesOf(inputs.slice(2)),
  ResourceApplyKerasMomentum: ({ inputs }) => 2 * bytesOf(inputs.slice(0, 2)) + bytesOf(inputs.slice(2)),
  ResourceApplyGradientDescent: ({ inputs }) => 2 * bytesOf(inputs.slice(0, 1)) + bytesOf(inputs.slice(1)),
  ResourceApplyRMSProp: ({ inputs }) => 2 * bytesOf(inputs.slice(0, 3)) + bytesOf(inputs.slice(3)),
  AssignAddVariableOp: ({ inputs }) => 2 * bytesOf(inputs.slice(0, 1)) + bytesOf(inputs.slice(1)),
  AssignSubVariableOp: ({ inputs }) => 2 * bytesOf(inputs.slice(0, 1)) + bytesOf(inputs.slice(1)),
  AssignVariableOp: ({ inputs }) => 2 * bytesOf(inputs.slice(1)),
};

/** The cost of one op by its kind and the sizes of its tensors. */
export function costOf({ op, inputs, outputs, attributes }: ProfiledOp): OpCost {
  const type = plainType(op);
  const [kind, flops] = FLOPS.get(type) ?? [null, undefined];
  const isKnown = (specs: readonly (TensorSpec | null)[]): specs is readonly TensorSpec[] =>
    specs.every((spec) => spec !== null);
  if (!isKnown(inputs) || !isKnown(outputs) || inputs.length + outputs.length === 0)
    return { kind, flops: null, bytes: null };
  const known: KnownOp = { inputs, outputs, attributes };
  return {
    kind,
    flops: flops?.(known) ?? null,
    bytes: BYTES[type]?.(known) ?? bytesOf(inputs) + bytesOf(outputs),
  };
}
