import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import type { Tensor } from "@tensorflow/tfjs";
import { AttributeType } from "./attributes.js";
import { DType } from "./tensorflow-dtypes.js";
import type { TensorInfo } from "./eager.js";
import { undone } from "./terminated.js";

/** TensorFlow's dtypes that tfjs has no name for, and what they become. */
const BECOMES: ReadonlyMap<number, number> = new Map<number, number>([
  [DType.DOUBLE, DType.FLOAT],
  [DType.HALF, DType.FLOAT],
  [DType.BFLOAT16, DType.FLOAT],
  [DType.INT8, DType.INT32],
  [DType.INT16, DType.INT32],
  [DType.UINT16, DType.INT32],
]);

interface Internals {
  createOutputTensor(info: TensorInfo): Tensor;
}

/**
 * Makes tfjs-node's backend take outputs of dtypes that tfjs lacks, where it would throw: they are cast to float32 or
 * int32. int64 stays what it is (tfjs calls it int32, and its values are read as a BigInt64Array), without the line
 * that tfjs-node prints for each.
 */
export function adaptOutputs(backend: NodeJSKernelBackend): void {
  const internals = backend as unknown as Internals;
  const create = internals.createOutputTensor.bind(backend);
  internals.createOutputTensor = (info) => {
    const wanted = BECOMES.get(info.dtype);
    if (wanted !== undefined) return create(cast(backend, info, wanted));
    return info.dtype === DType.INT64 ? withoutWarning(() => create(info)) : create(info);
  };
}

function cast({ binding }: NodeJSKernelBackend, info: TensorInfo, wanted: number): TensorInfo {
  const attributes = [
    { name: "SrcT", type: AttributeType.TYPE, value: info.dtype },
    { name: "DstT", type: AttributeType.TYPE, value: wanted },
  ];
  try {
    return binding.executeOp("Cast", attributes, [info.id], 1)[0]!;
  } finally {
    binding.deleteTensor(info.id);
  }
}

function withoutWarning<Result>(work: () => Result): Result {
  const { warn } = console;
  console.warn = () => undefined;
  return undone(() => void (console.warn = warn), work);
}
