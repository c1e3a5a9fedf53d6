import type { CApi, Pointer } from "./c-api.js";
import { DType, dtypeName, numericDType, type TensorValues } from "./tensorflow-dtypes.js";
import { deallocStrings, readStrings, STRING_BYTES, writeStrings } from "./strings.js";

/** What tfjs hands to a backend as a tensor's values. */
export type InputValues =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | BigInt64Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Uint32Array
  | readonly Uint8Array[];

/** Converts a JavaScript shape for C. */
export function toDims(shape: readonly number[]): BigInt64Array {
  const dims = new BigInt64Array(shape.length);
  for (let i = 0; i < shape.length; i++) dims[i] = BigInt(shape[i]!);
  return dims;
}

/** The number of elements of a shape; 1 for a scalar. */
function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dim of shape) size *= dim;
  return size;
}

/**
 * Makes a `TF_Tensor` in host memory with a copy of `values`. Whoever calls this ends it with {@link freeTensor}.
 *
 * int64 takes a BigInt64Array, or an Int32Array with two elements (low, high) for each, as tfjs-node does.
 *
 * @throws TypeError when `values` do not fit `dtype`; RangeError when their number does not fit `shape`
 */
export function makeTensor(c: CApi, shape: readonly number[], dtype: number, values: InputValues): Pointer {
  const size = sizeOf(shape);
  if (dtype === DType.STRING) return makeStringTensor(c, shape, size, values);
  const raw = toRaw(shape, dtype, size, values);
  const tensor: Pointer = c.TF_AllocateTensor(dtype, toDims(shape), shape.length, raw.byteLength);
  if (!tensor) throw new RangeError(`createTensor: no memory for ${dtypeName(dtype)} [${shape.join(", ")}]`);
  if (raw.byteLength > 0) c.memcpy(c.TF_TensorData(tensor), raw, raw.byteLength);
  return tensor;
}

/** Frees a tensor of {@link makeTensor}; its strings too, so no eager tensor may share them any more. */
export function freeTensor(c: CApi, tensor: Pointer): void {
  if (c.TF_TensorType(tensor) === DType.STRING) {
    deallocStrings(c, c.TF_TensorData(tensor), Number(c.TF_TensorElementCount(tensor)));
  }
  c.TF_DeleteTensor(tensor);
}

/**
 * Copies a `TF_Tensor`'s elements out: floats of 16 bits as Float32Array, small integers as Int32Array
 * (uint8 as Uint8Array), 64-bit integers as BigInt arrays, complex64 as interleaved pairs, bool as 0 and 1,
 * strings as one Uint8Array each, a resource handle as its bytes.
 *
 * @throws TypeError for a dtype that has no form in JavaScript
 */
export function readTensor(c: CApi, tensor: Pointer): TensorValues {
  const dtype: number = c.TF_TensorType(tensor);
  const data: Pointer = c.TF_TensorData(tensor);
  if (dtype === DType.STRING) return readStrings(c, data, Number(c.TF_TensorElementCount(tensor)));
  const bytes = Number(c.TF_TensorByteSize(tensor));
  const kind = numericDType(dtype);
  if (!kind && dtype !== DType.RESOURCE) {
    throw new TypeError(`tensorDataSync: a tensor of ${dtypeName(dtype)} cannot be read`);
  }
  const copy = new Uint8Array(bytes);
  if (bytes > 0) c.memcpy(copy, data, bytes);
  if (!kind) return copy;
  const raw = new kind.array(copy.buffer);
  if (kind.decode) return kind.decode(raw as Uint16Array);
  switch (dtype) {
    case DType.INT8:
    case DType.INT16:
    case DType.UINT16:
      return Int32Array.from(raw as Int16Array);
    case DType.UINT32:
      return Float64Array.from(raw as Uint32Array);
    default:
      return raw as TensorValues;
  }
}

function makeStringTensor(c: CApi, shape: readonly number[], size: number, values: InputValues): Pointer {
  if (!Array.isArray(values)) throw new TypeError("createTensor: a string tensor needs an array of Uint8Array");
  if (values.length !== size) throw mismatch("string", shape, size, values.length);
  const tensor: Pointer = c.TF_AllocateTensor(DType.STRING, toDims(shape), shape.length, size * STRING_BYTES);
  if (size > 0) writeStrings(c, c.TF_TensorData(tensor), values);
  return tensor;
}

function toRaw(shape: readonly number[], dtype: number, size: number, values: InputValues): ArrayBufferView {
  const kind = numericDType(dtype);
  if (!kind) throw new TypeError(`createTensor: cannot make a tensor of ${dtypeName(dtype)}`);
  if (values instanceof kind.array || (kind.array === Uint8Array && values instanceof Uint8ClampedArray)) {
    const typed = values as Float32Array;
    if (typed.length !== size * kind.perElement) throw mismatch(kind.name, shape, size * kind.perElement, typed.length);
    return typed;
  }
  if (dtype === DType.INT64 && values instanceof Int32Array) {
    if (values.length !== size * 2) throw mismatch("int64 as pairs of int32", shape, size * 2, values.length);
    return values;
  }
  if (!ArrayBuffer.isView(values) && !Array.isArray(values)) {
    throw new TypeError(`createTensor: values must be a typed array, got ${typeof values}`);
  }
  // tfjs itself writes plain arrays, and Uint8Array for int32 images.
  const numbers = values as ArrayLike<number | bigint | boolean>;
  if (numbers.length !== size * kind.perElement) {
    throw mismatch(kind.name, shape, size * kind.perElement, numbers.length);
  }
  if (kind.array === BigInt64Array || kind.array === BigUint64Array) {
    return kind.array.from(Array.from(numbers, (value) => BigInt(value)));
  }
  return (kind.array as Float64ArrayConstructor).from(Array.from(numbers, Number));
}

function mismatch(name: string, shape: readonly number[], wanted: number, got: number): RangeError {
  return new RangeError(`createTensor: ${name} [${shape.join(", ")}] needs ${wanted} values, got ${got}`);
}
