/** Specs of tfjs-core that fail on our binding, with the reason. The suite runs them and expects them to fail. */
interface Exclusion {
  readonly reason: string;
  /** Full names, as Jasmine prints them. */
  readonly specs: readonly string[];
  /** Left out where the specs fail every time. */
  readonly sometimes?: boolean;
}

const EXCLUSIONS: readonly Exclusion[] = [
  {
    reason:
      "tfjs-node's pooling and transposed convolution kernels take only 'valid' and 'same' padding; they " +
      "say so in their error. Pad the input first.",
    specs: [
      "avgPool3d test-tensorflow {} x=[1,2,2,2,1] f=[2,2,2] s=1 p=1 roundingMode=floor",
      "avgPool3d test-tensorflow {} x=[1,1,1,1,1] f=[2,2,2] s=1 p=2",
      "avgPool test-tensorflow {} x=[3,3,1] f=[3,3] s=1 p=explicit",
      "avgPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 default dimRoundingMode",
      "avgPool test-tensorflow {} x=[2,2,3] f=[1,1] s=2 p=1 dimRoundingMode=floor",
      "avgPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=floor",
      "avgPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=round",
      "avgPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=ceil",
      "avgPool test-tensorflow {} gradient x=[3,3,1] f=[3,3] s=1 p=explicit",
      "conv2dTranspose test-tensorflow {} input=3x3x1,d2=1,f=2,s=2,p=explicit",
      "conv2dTranspose test-tensorflow {} gradient input=[1,3,3,1] f=[2,2,2,1] s=[1,1] p=explicit",
      "maxPool3d test-tensorflow {} x=[1,2,2,2,1] f=[2,2,2] s=1 p=1 roundingMode=floor",
      "maxPool test-tensorflow {} x=[3,3,1] f=[3,3] s=1 p=explicit",
      "maxPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 default dimRoundingMode",
      "maxPool test-tensorflow {} x=[2,2,3] f=[1,1] s=2 p=1 dimRoundingMode=floor",
      "maxPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=floor",
      "maxPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=round",
      "maxPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=ceil",
      "maxPoolBackprop test-tensorflow {} gradient x=[3,3,1] f=3 s=1 p=explicit",
      "pool test-tensorflow {} max x=[3,3,1] f=[3,3] s=1 d=1 p=explicit",
      "pool test-tensorflow {} max x=[3,3,1] f=[3,3] s=3 d=1 p=explicit defualt dimRoundingMode",
      "pool test-tensorflow {} max x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=floor",
      "pool test-tensorflow {} max x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=round",
      "pool test-tensorflow {} max x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=ceil",
      "pool test-tensorflow {} max x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding",
      "pool test-tensorflow {} avg x=[3,3,1] f=[3,3] s=1 d=1 p=explicit",
      "pool test-tensorflow {} avg x=[3,3,1] f=[3,3] s=3 d=1 p=explicit defualt dimRoundingMode",
      "pool test-tensorflow {} avg x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=floor",
      "pool test-tensorflow {} avg x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=round",
      "pool test-tensorflow {} avg x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=ceil",
      "pool test-tensorflow {} avg x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding",
    ],
  },
  {
    reason: "TensorFlow refuses a pooling window larger than its input, where tfjs returns an empty tensor.",
    specs: ["avgPool3d test-tensorflow {} x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid"],
  },
  {
    reason:
      "oneDNN finds no algorithm for the gradient of an 8×8 convolution with this padding, and TensorFlow " +
      "passes its error on.",
    specs: ["conv2dTranspose test-tensorflow {} input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4"],
  },
  {
    reason: "TensorFlow's Diag takes no bool, and says so in its error.",
    specs: ["diag test-tensorflow {} bool"],
  },
  {
    reason: "TensorFlow's Einsum computes the trace that tfjs has not implemented.",
    specs: ["einsum test-tensorflow {} 2d matrix calculate trace: duplicate axes not implemented yet"],
  },
  {
    reason: "TensorFlow's Einsum sums over an output label that no input has, where tfjs refuses it.",
    specs: ["einsum test-tensorflow {} nonexistent dimension throws error"],
  },
  {
    reason: "tfjs-node's fused convolution takes only NHWC, and says so in its error.",
    specs: [
      "fused conv2d test-tensorflow {} basic in NCHW",
      "fused conv2d test-tensorflow {} basic in NCHW with scalar bias",
      "fused conv2d test-tensorflow {} basic in NCHW with 1-D bias",
      "fused conv2d test-tensorflow {} basic in NCHW with bias and multiple batches",
      "fused conv2d test-tensorflow {} basic in NCHW with scalar PReLU actiavation",
      "fused conv2d test-tensorflow {} basic in NCHW with 1-D PReLU actiavation",
      "fused conv2d test-tensorflow {} basic in NCHW with 3-D PReLU actiavation",
      "fused conv2d test-tensorflow {} basic in NCHW with full 3-D PReLU actiavation",
      "fused conv2d test-tensorflow {} im2row in NCHW",
      "fused conv2d test-tensorflow {} im2row in NCHW with scalar bias",
      "fused conv2d test-tensorflow {} im2row in NCHW with 1-D bias",
      "fused conv2d test-tensorflow {} im2row in NCHW with scalar PReLU actiavation weights",
      "fused conv2d test-tensorflow {} im2row in NCHW with 1-D PReLU actiavation weights",
      "fused conv2d test-tensorflow {} im2row in NCHW with 3-D PReLU actiavation weights",
      "fused conv2d test-tensorflow {} im2row in NCHW with full 3-D PReLU actiavation weights",
      "fused conv2d test-tensorflow {} batch in NCHW",
      "fused conv2d test-tensorflow {} batch in NCHW with scalar bias",
      "fused conv2d test-tensorflow {} batch in NCHW with 1-D bias",
      "fused conv2d test-tensorflow {} batch in NCHW with scalar PReLU actiavation weights",
      "fused conv2d test-tensorflow {} batch in NCHW with 1-D PReLU actiavation weights",
      "fused conv2d test-tensorflow {} batch in NCHW with 3-D PReLU actiavation weights",
      "fused conv2d test-tensorflow {} batch in NCHW with full 3-D PReLU actiavation weights",
    ],
  },
  {
    reason: "TensorFlow compares strings only for equality, and says so in its error.",
    specs: [
      "greaterEqual test-tensorflow {} should support string comparison",
      "greater test-tensorflow {} should support string comparison",
      "lessEqual test-tensorflow {} should support string comparison",
      "less test-tensorflow {} should support string comparison",
    ],
  },
  {
    reason: "TensorFlow's LeakyRelu and IsNan (which Step uses) take floating point only, and say so in their error.",
    specs: ["leakyrelu test-tensorflow {} int32", "step kernel test-tensorflow {} with int32 tensor"],
  },
  {
    reason: "TensorFlow's Multinomial advances its generator between two calls with the same seed.",
    sometimes: true, // two draws are equal by chance
    specs: ["multinomial test-tensorflow {} creates the same data given the same seed"],
  },
  {
    reason:
      "TensorFlow wants the last axis of the indices to be the index depth, [n, 1] where tfjs lets [n] " +
      "pass, and says so in its error.",
    specs: [
      "scatterND test-tensorflow {} should work for 2d",
      "scatterND test-tensorflow {} should work for simple 1d",
      "scatterND test-tensorflow {} should work for multiple 1d",
      "scatterND test-tensorflow {} should sum the duplicated indices",
      "scatterND test-tensorflow {} should work for tensorLike input",
    ],
  },
  {
    reason: "TensorFlow's Sign keeps a NaN, where tfjs makes it 0.",
    specs: [
      "sign test-tensorflow {} basic",
      "sign test-tensorflow {} does not propagate NaNs",
      "sign test-tensorflow {} accepts a tensor-like object",
    ],
  },
  {
    reason: "For arguments around 1e9 TensorFlow's tan differs from JavaScript's in the eighth digit.",
    specs: ["tan test-tensorflow {} numbers exceed float32 precision"],
  },
  {
    reason: "TensorFlow's Unique takes every NaN for a value of its own.",
    specs: ["unique test-tensorflow {} 1d tensor with NaN and Infinity"],
  },
];

/** Specs that fail in addition when every kernel is compiled. */
const COMPILED_EXCLUSIONS: readonly Exclusion[] = [
  {
    reason: "A graph refuses the op when it is added, with another text than the eager op has.",
    specs: [
      "einsum test-tensorflow {} mismatched dimensions throws error",
      "einsum test-tensorflow {} incorrect number of tensors throws error",
    ],
  },
  {
    reason: "The text is TensorFlow's: tfjs-node reads the indices to check them, which a trace cannot.",
    specs: ["gather test-tensorflow {} throws when index is out of bound"],
  },
  {
    reason: "In a graph oneDNN computes softmax, and of a row with a NaN it returns 0 at the other places.",
    specs: ["softmax test-tensorflow {} Propagates NaNs"],
  },
  {
    reason: "tfjs' count of tensors per kernel is of eager kernels, and switched off when they are compiled.",
    specs: ["Detects memory leaks in kernels test-tensorflow {} Detects memory leak in a kernel"],
  },
];

/** All exclusions by the full name of the spec. @param compiled whether every kernel is compiled */
export function exclusionsBySpec(compiled: boolean): ReadonlyMap<string, Exclusion> {
  const tables = compiled ? [...EXCLUSIONS, ...COMPILED_EXCLUSIONS] : EXCLUSIONS;
  return new Map(tables.flatMap((exclusion) => exclusion.specs.map((spec) => [spec, exclusion] as const)));
}
