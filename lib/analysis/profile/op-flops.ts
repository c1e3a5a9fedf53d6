import { count, type KnownOp, type OpKind } from "./op-kinds.js";

/** Floating-point operations of an op; undefined where they cannot be told from its tensors. */
type Flops = (op: KnownOp) => number | undefined;

const last = (shape: readonly number[], from = 1): number => shape.at(-from) ?? 1;
const window = ({ attributes }: KnownOp): number | undefined =>
  Array.isArray(attributes["ksize"])
    ? (attributes["ksize"] as readonly number[]).reduce((all, size) => all * size, 1)
    : undefined;

/** Times as many as the op makes numbers. */
const each =
  (times: number): Flops =>
  ({ outputs }) =>
    times * count(outputs[0]!);
/** Times as many as it takes. */
const eachGiven =
  (times: number): Flops =>
  ({ inputs }) =>
    times * count(inputs[0]!);
/** A product and a sum for each tap: `over` says at which of the tensors' places the kernel is laid. */
const taps =
  (kernel: (op: KnownOp) => readonly number[], over: (op: KnownOp) => number): Flops =>
  (op) => {
    const sizes = kernel(op);
    return (2 * over(op) * sizes.reduce((all, size) => all * size, 1)) / last(sizes);
  };
const shapeIn = (at: number) => (op: KnownOp) => op.inputs[at]!.shape;
const shapeOut = (op: KnownOp) => op.outputs[0]!.shape;
const countIn = (at: number) => (op: KnownOp) => count(op.inputs[at]!);
const countOut = (op: KnownOp) => count(op.outputs[0]!);
/** The same where each channel has kernels of its own, [height, width, C, multiplier]. */
const depthwise =
  (kernel: (op: KnownOp) => readonly number[], over: (op: KnownOp) => number): Flops =>
  (op) =>
    2 * over(op) * kernel(op)[0]! * kernel(op)[1]!;
const product =
  (transposed: string): Flops =>
  (op) =>
    2 * countOut(op) * last(op.inputs[0]!.shape, op.attributes[transposed] === true ? 2 : 1);
const batchNorm: Flops = (op) => (op.attributes["is_training"] === false ? 2 : 7) * countOut(op);
const pooled: Flops = (op) => (window(op) === undefined ? undefined : countOut(op) * window(op)!);
const unpooled: Flops = (op) => (window(op) === undefined ? undefined : countIn(1)(op) * window(op)!);
const responseNorm: Flops = ({ outputs, attributes }) =>
  typeof attributes["depth_radius"] === "number"
    ? count(outputs[0]!) * (2 * attributes["depth_radius"] + 6)
    : undefined;

/** Functions that XLA compiles for the library, by the beginning of their names: operations for each number. */
const COMPILED: readonly (readonly [name: RegExp, times: number])[] = [
  [/^fused_geluExactGradient/, 11], // erf(x/√2): 2; its derivative: 6; dy/2 · (1 + …): 3
  [/^fused_geluExact/, 5], // erf(x/√2): 2; x/2 · (1 + …): 3
  [/^fused_geluTanhGradient/, 16], // tanh(x · (a·b·x² + a)): 5; its derivative: 8; dy/2 · (1 + …): 3
  [/^fused_geluTanh/, 8], // tanh(x · (a·b·x² + a)): 5; x/2 · (1 + …): 3
  [/^fused_layerNormGradients/, 19], // x̂: 7; the row's two means: 5; dx: 5; sums for γ and β: 2
];
const compiled: Flops = ({ inputs, attributes }) => {
  const times = COMPILED.find(([name]) => name.test(String(attributes["f"])))?.[1];
  return times === undefined ? undefined : times * count(inputs[0]!);
};

const composed: Flops = ({ outputs, attributes }) =>
  Array.isArray(attributes["op_names"]) ? attributes["op_names"].length * count(outputs[0]!) : undefined;

const group = (kind: OpKind, flops: Flops, names: string): [string, readonly [OpKind, Flops]][] =>
  names.split(" ").map((name) => [name, [kind, flops]]);

/**
 * What kinds of op compute. A sum, a product, a comparison, a root or an exponential is one operation; a fused op's
 * bias and activation are not counted beside its product. Ops that only move numbers compute none.
 */
export const FLOPS: ReadonlyMap<string, readonly [OpKind, Flops]> = new Map([
  ...group("convolution", taps(shapeIn(1), countOut), "Conv2D Conv3D"),
  ...group("convolution", taps(shapeIn(1), countIn(2)), "Conv2DBackpropInput Conv3DBackpropInputV2"),
  ...group("convolution", taps(shapeOut, countIn(2)), "Conv2DBackpropFilter Conv3DBackpropFilterV2"),
  ...group("convolution", depthwise(shapeIn(1), countOut), "DepthwiseConv2dNative"),
  ...group("convolution", depthwise(shapeIn(1), countIn(2)), "DepthwiseConv2dNativeBackpropInput"),
  ...group("convolution", depthwise(shapeOut, countIn(2)), "DepthwiseConv2dNativeBackpropFilter"),
  ...group("matrix product", product("transpose_a"), "MatMul"),
  ...group("matrix product", product("adj_x"), "BatchMatMul BatchMatMulV2 BatchMatMulV3"),
  ...group("normalization", batchNorm, "FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3"),
  ...group("normalization", each(9), "FusedBatchNormGrad FusedBatchNormGradV2 FusedBatchNormGradV3"),
  ...group("normalization", each(7), "LayerNorm"),
  ...group("normalization", responseNorm, "LRN"),
  ...group("normalization", each(5), "Softmax LogSoftmax"), // max, −, exp, sum, ÷
  ...group("normalization", eachGiven(5), "SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits"),
  ...group("reduction", eachGiven(1), "Sum Mean Max Min Prod BiasAddGrad ArgMax ArgMin Cumsum All Any"),
  ...group("reduction", eachGiven(2), "L2Loss"),
  ...group("reduction", pooled, "MaxPool AvgPool MaxPoolV2"),
  ...group("reduction", (op) => countIn(2)(op), "MaxPoolGrad"),
  ...group("reduction", unpooled, "AvgPoolGrad"),
  ...group("elementwise", (op) => (op.inputs.length - 1) * countOut(op), "AddN"),
  ...group("elementwise", each(1), "Add AddV2 Sub Mul RealDiv Div DivNoNan FloorDiv Mod FloorMod Maximum Minimum Pow"),
  ...group("elementwise", each(1), "BiasAdd Relu Neg Abs Square Sqrt Rsqrt Exp Expm1 Log Log1p Erf Tanh Sigmoid"),
  ...group(
    "elementwise",
    each(1),
    "Sin Cos Sign Floor Ceil Round Rint Reciprocal Softplus Elu Selu LeakyRelu ReluGrad",
  ),
  ...group("elementwise", each(1), "Greater GreaterEqual Less LessEqual Equal NotEqual IsFinite IsNan Select SelectV2"),
  ...group("elementwise", each(1), "Relu6Grad LeakyReluGrad EluGrad SeluGrad"),
  ...group("elementwise", each(2), "Relu6 ClipByValue SquaredDifference SqrtGrad SoftplusGrad"),
  ...group("elementwise", each(3), "TanhGrad SigmoidGrad RsqrtGrad"),
  ...group("elementwise", compiled, "PartitionedCall StatefulPartitionedCall"),
  ...group("elementwise", composed, "UnaryOpsComposition"),
  ...group("optimizer", eachGiven(12), "ResourceApplyAdam"), // moments: 3 and 4; √, + ε, ·, ÷, −: 5
  ...group("optimizer", eachGiven(4), "ResourceApplyMomentum ResourceApplyKerasMomentum"),
  ...group("optimizer", eachGiven(2), "ResourceApplyGradientDescent"),
  ...group("optimizer", eachGiven(11), "ResourceApplyRMSProp"),
  ...group("optimizer", eachGiven(1), "AssignAddVariableOp AssignSubVariableOp"),
  ...group("data movement", () => 0, "Transpose ConjugateTranspose Pad PadV2 MirrorPad Slice StridedSlice Concat"),
  ...group("data movement", () => 0, "ConcatV2 Pack Unpack Split SplitV Tile GatherV2 GatherNd Reverse ReverseV2"),
  ...group("data movement", () => 0, "Cast Copy Fill ZerosLike OnesLike OneHot Range BroadcastTo AssignVariableOp"),
  ...group(
    "data movement",
    () => 0,
    "StridedSliceGrad ScatterNd SpaceToDepth DepthToSpace SpaceToBatchND BatchToSpaceND",
  ),
  ...group("data movement", () => 0, "ExtractImagePatches LogicalAnd LogicalOr LogicalNot ResizeNearestNeighbor"),
]);
