/** The layout of a float of one byte: a sign unless there is none, then exponent and fraction. */
interface SmallFloat {
  readonly exponentBits: number;
  readonly fractionBits: number;
  readonly bias: number;
  /** The bytes that stand for no number. */
  readonly special: (byte: number) => number | undefined;
}

const nanAt =
  (...bytes: readonly number[]) =>
  (byte: number): number | undefined =>
    bytes.includes(byte) ? NaN : undefined;

/** As in IEEE 754: the highest exponent is infinity, and NaN with a fraction. */
const ieee = (byte: number): number | undefined => {
  if ((byte & 0x7c) !== 0x7c) return undefined;
  if ((byte & 3) !== 0) return NaN;
  return byte & 0x80 ? -Infinity : Infinity;
};

/**
 * The types of one byte that safetensors names.
 *
 * Source: Micikevicius et al. 2022, table 1 (E4M3, E5M2); OCP Microscaling Formats 1.0, §5.4.1 (E8M0); Noune et al.
 * 2022 (FNUZ: no infinity, no negative zero, whose byte is NaN).
 */
const SMALL_FLOATS = {
  F8_E4M3: { exponentBits: 4, fractionBits: 3, bias: 7, special: nanAt(0x7f, 0xff) },
  F8_E5M2: { exponentBits: 5, fractionBits: 2, bias: 15, special: ieee },
  F8_E4M3FNUZ: { exponentBits: 4, fractionBits: 3, bias: 8, special: nanAt(0x80) },
  F8_E5M2FNUZ: { exponentBits: 5, fractionBits: 2, bias: 16, special: nanAt(0x80) },
} as const satisfies Record<string, SmallFloat>;

export type SmallFloatDtype = keyof typeof SMALL_FLOATS | "F8_E8M0";

export function isSmallFloat(dtype: string): dtype is SmallFloatDtype {
  return dtype === "F8_E8M0" || Object.hasOwn(SMALL_FLOATS, dtype);
}

/** The float32 that equals each byte. */
export function fromSmallFloat(dtype: SmallFloatDtype, bytes: Uint8Array): Float32Array {
  const value = dtype === "F8_E8M0" ? powerOfTwo : (byte: number) => valueOf(SMALL_FLOATS[dtype], byte);
  const table = Float32Array.from({ length: 256 }, (_, byte) => value(byte));
  return Float32Array.from(bytes, (byte) => table[byte]!);
}

function valueOf({ exponentBits, fractionBits, bias, special }: SmallFloat, byte: number): number {
  const found = special(byte);
  if (found !== undefined) return found;
  const sign = byte & 0x80 ? -1 : 1;
  const exponent = (byte >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (byte & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

/** E8M0 has an exponent alone. */
function powerOfTwo(byte: number): number {
  return byte === 255 ? NaN : 2 ** (byte - 127);
}
