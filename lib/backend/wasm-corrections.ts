import * as tf from "@tensorflow/tfjs";
import type { WrongCalls } from "./borrowed-kernels.js";

type Call = Parameters<tf.KernelFunc>[0];

const someInput = ({ inputs }: Call, test: (dtype: tf.DataType) => boolean): boolean =>
  Object.values(inputs).some((input) => input !== undefined && test(input.dtype));
const hasText = (call: Call): boolean => someInput(call, (dtype) => dtype === "string");
const isNotFloat = (call: Call): boolean => someInput(call, (dtype) => dtype !== "float32");
const attribute = ({ attrs }: Call, name: string): unknown => (attrs as Record<string, unknown> | undefined)?.[name];
const hasBroadcastBias = ({ inputs }: Call): boolean => {
  const bias = (inputs as { bias?: tf.TensorInfo }).bias;
  return bias !== undefined && bias !== null && bias.shape.length !== 1;
};
const isPaddedByWindow = ({ inputs, attrs }: Call): boolean => {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolAttrs;
  const info = tf.backend_util.computePool2DInfo(
    (inputs as { x: tf.Tensor4D }).x.shape,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { top, bottom, left, right } = info.padInfo;
  return Math.max(top, bottom) >= info.effectiveFilterHeight || Math.max(left, right) >= info.effectiveFilterWidth;
};

/**
 * What tfjs-backend-wasm 4.22 computes wrongly without a word, or refuses although tfjs has it: found with tfjs-core's
 * own specs.
 */
export const WRONG_ON_WASM: WrongCalls = {
  // It takes 1e-38 for the least value that a pooling window can have: all zeros after relu get no gradient, say.
  MaxPoolGrad: null,
  MaxPool3D: null,
  MaxPool3DGrad: null,
  MaxPoolWithArgmax: null,
  // It leaves memory as it was where a window lies in the padding alone.
  MaxPool: isPaddedByWindow,
  AvgPool: isPaddedByWindow,
  // It writes int32 into the output, whatever its dtype.
  OneHot: (call) => (attribute(call, "dtype") ?? "int32") !== "int32",
  // It keeps the lowest byte: 256 becomes false, 3 stays 3.
  Cast: (call) => attribute(call, "dtype") === "bool",
  // It makes NaN the lower bound, and so hides a run that diverged.
  ClipByValue: null,
  // It compares the bytes of addresses.
  Equal: hasText,
  NotEqual: hasText,
  Less: hasText,
  LessEqual: hasText,
  Greater: hasText,
  GreaterEqual: hasText,
  Tile: hasText,
  SparseToDense: hasText,
  BatchMatMul: isNotFloat,
  _FusedMatMul: hasBroadcastBias,
  FusedConv2D: hasBroadcastBias,
  FusedDepthwiseConv2D: hasBroadcastBias,
};
