import { checkArguments, oneOf, tagOf, type Rule } from "../checks.js";
import { fromSmallFloat, isSmallFloat, type SmallFloatDtype } from "./small-floats.js";

/** The names that safetensors gives to types of numbers. */
export type Dtype =
  | ("F64" | "F32" | "F16" | "BF16")
  | ("I64" | "I32" | "I16" | "I8" | "U64" | "U32" | "U16" | "U8" | "BOOL" | "C64")
  | ("F8_E4M3" | "F8_E5M2" | "F8_E4M3FNUZ" | "F8_E5M2FNUZ" | "F8_E8M0" | "F6_E2M3" | "F6_E3M2" | "F4");

/** The types that are written too. */
export type WrittenDtype = Exclude<Dtype, SmallFloatDtype | SplitByte>;

/** Types of 4 and 6 bits, whose bytes are not taken apart. */
type SplitByte = "F4" | "F6_E2M3" | "F6_E3M2";

/**
 * F16, BF16 and the floats of one byte are held as the float32 that equals them, BOOL as 0 and 1, C64 as float32, the
 * real part and the imaginary one in turn; F4 and F6 as the file's bytes.
 */
export type TensorValues =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** Bytes of one number in the file. */
export const DTYPE_BYTES: Readonly<Record<Dtype, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  C64: 8,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2FNUZ: 1,
  F8_E8M0: 1,
  F6_E2M3: 0.75,
  F6_E3M2: 0.75,
  F4: 0.5,
};

const DTYPES = Object.keys(DTYPE_BYTES) as readonly Dtype[];
const someBuffer: Rule = { what: "an ArrayBuffer", holds: (value) => tagOf(value) === "ArrayBuffer" };

const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
  C64: Float32Array,
} as const;

const HALVES = ["F16", "BF16"] as const;

export const WRITTEN_DTYPES: readonly WrittenDtype[] = [...(Object.keys(ARRAYS) as (keyof typeof ARRAYS)[]), ...HALVES];

/** What becomes Infinity as a half, from so large on: half a step above the largest. */
export const BEYOND_HALF: Readonly<Record<"F16" | "BF16", number>> = {
  F16: 65_520,
  BF16: 2 ** 127 * (2 - 2 ** -8),
};

/**
 * Numbers from the file's bytes, which the result may share.
 *
 * @throws RangeError for an unknown type, or bytes that are no whole number of its numbers
 */
export function decode(dtype: Dtype, bytes: ArrayBuffer): TensorValues {
  checkArguments("decode", { dtype, bytes }, { dtype: oneOf(DTYPES), bytes: someBuffer });
  if (bytes.byteLength % DTYPE_BYTES[dtype] !== 0)
    throw new RangeError(
      `decode: bytes must be whole numbers of ${DTYPE_BYTES[dtype]} bytes for ${dtype}, got ${bytes.byteLength}`,
    );
  if (dtype === "BF16") return fromBfloat16(new Uint16Array(bytes));
  if (dtype === "F16") return fromFloat16(new Uint16Array(bytes));
  if (isSmallFloat(dtype)) return fromSmallFloat(dtype, new Uint8Array(bytes));
  return dtype in ARRAYS ? new ARRAYS[dtype as keyof typeof ARRAYS](bytes) : new Uint8Array(bytes);
}

/** The file's bytes; F16 and BF16 round to the nearest, ties to even. */
export function encode(dtype: WrittenDtype, values: TensorValues): Uint8Array {
  const stored =
    dtype === "BF16"
      ? toBfloat16(values as Float32Array)
      : dtype === "F16"
        ? toFloat16(values as Float32Array)
        : values;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

/** Values in an array that stand for one number of the type. */
export function valuesEach(dtype: WrittenDtype): 1 | 2 {
  return dtype === "C64" ? 2 : 1;
}

/** Whether an array can be written as this type. */
export function holds(dtype: WrittenDtype, values: TensorValues): boolean {
  return tagOf(values) === (dtype === "BF16" || dtype === "F16" ? Float32Array : ARRAYS[dtype]).name;
}

function fromBfloat16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

function toBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (bit, i) =>
    Number.isNaN(values[i]) ? 0x7fc0 : (bit + 0x7fff + ((bit >>> 16) & 1)) >>> 16,
  );
}

function fromFloat16(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
}

function toFloat16(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    const sign = Object.is(Math.sign(value), -0) || value < 0 ? 0x8000 : 0;
    const size = Math.abs(value);
    if (Number.isNaN(value)) return 0x7e00;
    if (size >= 65520) return sign | 0x7c00;
    const exponent = Math.max(-14, Math.floor(Math.log2(size || 2 ** -24)));
    const units = roundHalfEven(size * 2 ** (10 - exponent)); // 1,024 to 2,048, below 1,024 where it is subnormal
    // 1,024 and 2,048 carry into the exponent
    return units < 1024 ? sign | units : sign | (((exponent + 14) << 10) + units);
  });
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
