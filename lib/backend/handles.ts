import type { Pointer } from "./c-api.js";
import type { Context } from "./context.js";
import { DType } from "./tensorflow-dtypes.js";
import { type InputValues, freeTensor, makeTensor } from "./tensors.js";

/** Makes an eager tensor with a copy of `values`, on the device where ops will want it. */
export function makeHandle(context: Context, shape: readonly number[], dtype: number, values: InputValues): Pointer {
  const { c, status } = context;
  const tensor = makeTensor(c, shape, dtype, values);
  try {
    const handle: Pointer = c.TFE_NewTensorHandle(tensor, status.pointer);
    status.check("createTensor");
    if (dtype === DType.STRING) return replaceHandle(context, handle, copyStrings);
    // GPU kernels want int32 (shapes, axes) in host memory.
    const staysOnHost = dtype === DType.INT32 || context.device.type === "CPU";
    return staysOnHost ? handle : replaceHandle(context, handle, copyToDevice);
  } finally {
    freeTensor(c, tensor);
  }
}

function replaceHandle(
  context: Context,
  handle: Pointer,
  copy: (context: Context, handle: Pointer) => Pointer,
): Pointer {
  try {
    return copy(context, handle);
  } finally {
    context.c.TFE_DeleteTensorHandle(handle);
  }
}

function copyToDevice({ c, pointer, status, device }: Context, handle: Pointer): Pointer {
  const copy: Pointer = c.TFE_TensorHandleCopyToDevice(handle, pointer, device.name, status.pointer);
  status.check("createTensor");
  return copy;
}

/**
 * Strings that C made are never freed by TensorFlow, and ops such as Identity share them; those that an op
 * made are freed with the last tensor that holds them. So the tensor we keep is an op's copy.
 */
function copyStrings({ c, pointer, status }: Context, handle: Pointer): Pointer {
  const op: Pointer = c.TFE_NewOp(pointer, "DeepCopy", status.pointer);
  status.check("createTensor");
  try {
    c.TFE_OpAddInput(op, handle, status.pointer);
    c.TFE_OpSetAttrType(op, "T", DType.STRING);
    const outputs = new BigUint64Array(1);
    c.TFE_Execute(op, outputs, [1], status.pointer);
    status.check("createTensor");
    return outputs[0]!;
  } finally {
    c.TFE_DeleteOp(op);
  }
}

/** The shape of an eager tensor. Waits for the op that makes it, where that runs on. */
export function shapeOf({ c, status }: Context, handle: Pointer): number[] {
  const rank: number = c.TFE_TensorHandleNumDims(handle, status.pointer);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) shape.push(Number(c.TFE_TensorHandleDim(handle, i, status.pointer)));
  status.check("shape");
  return shape;
}
