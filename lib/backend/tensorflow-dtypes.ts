/** TensorFlow's numbers for its data types (tensorflow/c/tf_datatype.h). */
export const DType = {
  FLOAT: 1,
  DOUBLE: 2,
  INT32: 3,
  UINT8: 4,
  INT16: 5,
  INT8: 6,
  STRING: 7,
  COMPLEX64: 8,
  INT64: 9,
  BOOL: 10,
  BFLOAT16: 14,
  UINT16: 17,
  HALF: 19,
  RESOURCE: 20,
  VARIANT: 21,
  UINT32: 22,
  UINT64: 23,
} as const;

/** What a tensor's elements are read into or written from; strings travel as one Uint8Array each. */
export type TensorValues =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array
  | Uint8Array[];

type NumberArrayConstructor =
  | Float32ArrayConstructor
  | Float64ArrayConstructor
  | Int32ArrayConstructor
  | Uint8ArrayConstructor
  | Int16ArrayConstructor
  | Int8ArrayConstructor
  | Uint16ArrayConstructor
  | Uint32ArrayConstructor
  | BigInt64ArrayConstructor
  | BigUint64ArrayConstructor;

/** A dtype whose elements have a fixed width. */
export interface NumericDType {
  readonly name: string;
  /** Array whose memory layout is the tensor's. */
  readonly array: NumberArrayConstructor;
  /** Array elements per tensor element: 2 for complex numbers (real, imaginary), else 1. */
  readonly perElement: 1 | 2;
  /** Turns the raw array into one that JavaScript can use as numbers, where that is another one. */
  readonly decode?: (raw: Uint16Array) => Float32Array;
}

const NUMERIC: ReadonlyMap<number, NumericDType> = new Map<number, NumericDType>([
  [DType.FLOAT, { name: "float32", array: Float32Array, perElement: 1 }],
  [DType.DOUBLE, { name: "float64", array: Float64Array, perElement: 1 }],
  [DType.INT32, { name: "int32", array: Int32Array, perElement: 1 }],
  [DType.UINT8, { name: "uint8", array: Uint8Array, perElement: 1 }],
  [DType.INT16, { name: "int16", array: Int16Array, perElement: 1 }],
  [DType.INT8, { name: "int8", array: Int8Array, perElement: 1 }],
  [DType.COMPLEX64, { name: "complex64", array: Float32Array, perElement: 2 }],
  [DType.INT64, { name: "int64", array: BigInt64Array, perElement: 1 }],
  [DType.BOOL, { name: "bool", array: Uint8Array, perElement: 1 }],
  [DType.BFLOAT16, { name: "bfloat16", array: Uint16Array, perElement: 1, decode: decodeBfloat16 }],
  [DType.UINT16, { name: "uint16", array: Uint16Array, perElement: 1 }],
  [DType.HALF, { name: "float16", array: Uint16Array, perElement: 1, decode: decodeFloat16 }],
  [DType.UINT32, { name: "uint32", array: Uint32Array, perElement: 1 }],
  [DType.UINT64, { name: "uint64", array: BigUint64Array, perElement: 1 }],
]);

const OTHER_NAMES: ReadonlyMap<number, string> = new Map([
  [DType.STRING, "string"],
  [DType.RESOURCE, "resource"],
  [DType.VARIANT, "variant"],
]);

/**
 * The fixed-width dtype with TensorFlow's number `dtype`, or undefined for strings, resources, variants and unknown
 * ones.
 */
export function numericDType(dtype: number): NumericDType | undefined {
  return NUMERIC.get(dtype);
}

/** TensorFlow's name of a dtype, for messages: "float32", "string", … */
export function dtypeName(dtype: number): string {
  return NUMERIC.get(dtype)?.name ?? OTHER_NAMES.get(dtype) ?? `dtype ${dtype}`;
}

/** bfloat16 is the upper half of a float32. */
function decodeBfloat16(raw: Uint16Array): Float32Array {
  const bits = new Uint32Array(raw.length);
  for (let i = 0; i < raw.length; i++) bits[i] = raw[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** IEEE 754 binary16: 1 bit of sign, 5 of exponent (bias 15), 10 of fraction. */
function decodeFloat16(raw: Uint16Array): Float32Array {
  return Float32Array.from(raw, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
