import { DTYPE_BYTES, type Dtype } from "../../../safetensors/index.js";

/** How the numbers of a storage lie. */
export interface NumberType {
  /** As PyTorch calls it. */
  readonly called: string;
  /** Undefined where it is not read. */
  readonly dtype?: Dtype;
  /** Of one number. */
  readonly bytes: number;
}

const read = (called: string, dtype: Dtype): NumberType => ({ called, dtype, bytes: DTYPE_BYTES[dtype] });
const other = (called: string, bytes: number): NumberType => ({ called, bytes });

/** PyTorch's storages, by the type of their numbers. */
const STORAGES: Readonly<Record<string, NumberType>> = {
  DoubleStorage: read("float64", "F64"),
  FloatStorage: read("float32", "F32"),
  HalfStorage: read("float16", "F16"),
  BFloat16Storage: read("bfloat16", "BF16"),
  LongStorage: read("int64", "I64"),
  IntStorage: read("int32", "I32"),
  ShortStorage: read("int16", "I16"),
  CharStorage: read("int8", "I8"),
  ByteStorage: read("uint8", "U8"),
  BoolStorage: read("bool", "BOOL"),
  ComplexFloatStorage: read("complex64", "C64"),
  ComplexDoubleStorage: other("complex128", 16),
  QUInt8Storage: other("quint8", 1),
  QInt8Storage: other("qint8", 1),
  QInt32Storage: other("qint32", 4),
  QUInt4x2Storage: other("quint4x2", 1),
  QUInt2x4Storage: other("quint2x4", 1),
};

/** The types that came later, whose storages are of bytes. */
const LATER = [
  read("uint16", "U16"),
  read("uint32", "U32"),
  read("uint64", "U64"),
  read("float8_e4m3fn", "F8_E4M3"),
  read("float8_e5m2", "F8_E5M2"),
  read("float8_e4m3fnuz", "F8_E4M3FNUZ"),
  read("float8_e5m2fnuz", "F8_E5M2FNUZ"),
  read("float8_e8m0fnu", "F8_E8M0"),
  other("float4_e2m1fn_x2", 1),
  other("complex32", 4),
];

const BY_NAME = new Map([...Object.values(STORAGES), ...LATER].map((type) => [`torch ${type.called}`, type]));

/** Types without a storage of their own here. */
const BARE = [
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((bits) => [`uint${bits}`, `int${bits}`]),
  ...["bits8", "bits16", "bits1x8", "bits2x4", "bits4x2"],
  ...["per_tensor_affine", "per_tensor_symmetric", "per_channel_affine", "per_channel_symmetric"],
  "per_channel_affine_float_qparams",
];

const UNTYPED = "torch.storage UntypedStorage";

/** All names of storages and types, "module name". */
export const TYPE_NAMES: readonly string[] = [
  UNTYPED,
  ...BY_NAME.keys(),
  ...[...Object.keys(STORAGES), ...BARE].map((name) => `torch ${name}`),
];

/** @param name "torch FloatStorage" */
export function storageType(name: string): NumberType | undefined {
  if (name === UNTYPED) return other("bytes", 1);
  const own = name.replace(/^torch /, "");
  return Object.hasOwn(STORAGES, own) ? STORAGES[own] : undefined;
}

/** @param name "torch uint16" */
export function numberType(name: string): NumberType | undefined {
  return BY_NAME.get(name);
}
