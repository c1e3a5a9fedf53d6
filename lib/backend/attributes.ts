import type { CApi, Pointer } from "./c-api.js";
import type { Status } from "./status.js";
import { type InputValues, freeTensor, makeTensor, toDims } from "./tensors.js";

/** TensorFlow's numbers for the kinds of an op's attributes (`TF_AttrType`). */
export const AttributeType = {
  STRING: 0,
  INT: 1,
  FLOAT: 2,
  BOOL: 3,
  TYPE: 4,
  SHAPE: 5,
  TENSOR: 6,
  FUNCTION: 8,
} as const;

/** A constant given as an attribute. */
export interface TensorAttribute {
  readonly shape: readonly number[];
  readonly dtype: number;
  readonly values: InputValues;
}

/** One attribute of an op, in the form of tfjs-node's `TFEOpAttr`; an array of values is a list. */
export interface OpAttribute {
  readonly name: string;
  /** One of {@link AttributeType}. */
  readonly type: number;
  /** A SHAPE is an array of numbers (-1: unknown), a list of shapes an array of such; null is a shape of unknown rank. */
  readonly value: unknown;
}

/**
 * Sets one attribute of an eager op.
 *
 * @throws TypeError when the value does not fit the attribute's type
 */
export function setAttribute(c: CApi, op: Pointer, attribute: OpAttribute, status: Status): void {
  const { name, type, value } = attribute;
  switch (type) {
    case AttributeType.STRING:
      return Array.isArray(value) ? setStringList(c, op, name, value) : setString(c, op, name, value);
    case AttributeType.INT:
      return Array.isArray(value)
        ? c.TFE_OpSetAttrIntList(op, name, BigInt64Array.from(value, toInt(name)), value.length)
        : c.TFE_OpSetAttrInt(op, name, toInt(name)(value));
    case AttributeType.FLOAT:
      return Array.isArray(value)
        ? c.TFE_OpSetAttrFloatList(op, name, Float32Array.from(value, toNumber(name)), value.length)
        : c.TFE_OpSetAttrFloat(op, name, toNumber(name)(value));
    case AttributeType.BOOL:
      return Array.isArray(value)
        ? c.TFE_OpSetAttrBoolList(op, name, Uint8Array.from(value, Number), value.length)
        : c.TFE_OpSetAttrBool(op, name, value ? 1 : 0);
    case AttributeType.TYPE:
      return Array.isArray(value)
        ? c.TFE_OpSetAttrTypeList(op, name, Int32Array.from(value, toNumber(name)), value.length)
        : c.TFE_OpSetAttrType(op, name, toNumber(name)(value));
    case AttributeType.SHAPE:
      return setShape(c, op, name, value, status);
    case AttributeType.TENSOR:
      return setTensor(c, op, name, value as TensorAttribute, status);
    case AttributeType.FUNCTION:
      return c.TFE_OpSetAttrFunctionName(op, name, ...bytesOf(name, value));
    default:
      throw new TypeError(`executeOp: attribute ${name} has the unknown type ${type}`);
  }
}

function setString(c: CApi, op: Pointer, name: string, value: unknown): void {
  c.TFE_OpSetAttrString(op, name, ...bytesOf(name, value));
}

function setStringList(c: CApi, op: Pointer, name: string, values: readonly unknown[]): void {
  const buffers = values.map((value) => bytesOf(name, value)[0]);
  const lengths = BigUint64Array.from(buffers, (buffer) => BigInt(buffer.byteLength));
  c.TFE_OpSetAttrStringList(op, name, buffers, lengths, buffers.length);
}

function setShape(c: CApi, op: Pointer, name: string, value: unknown, status: Status): void {
  if (value === null) {
    c.TFE_OpSetAttrShape(op, name, null, -1, status.pointer);
  } else if (!Array.isArray(value)) {
    throw new TypeError(`executeOp: attribute ${name} must be a shape, got ${String(value)}`);
  } else if (value.length > 0 && value.every((item) => item === null || Array.isArray(item))) {
    const dims = value.map((item) => (item === null ? null : toDims(item)));
    const ranks = Int32Array.from(value, (item) => (item === null ? -1 : item.length));
    c.TFE_OpSetAttrShapeList(op, name, dims, ranks, value.length, status.pointer);
  } else {
    c.TFE_OpSetAttrShape(op, name, toDims(value), value.length, status.pointer);
  }
  status.check(`executeOp: attribute ${name}`);
}

function setTensor(c: CApi, op: Pointer, name: string, value: TensorAttribute, status: Status): void {
  const tensor = makeTensor(c, value.shape, value.dtype, value.values);
  try {
    c.TFE_OpSetAttrTensor(op, name, tensor, status.pointer);
    status.check(`executeOp: attribute ${name}`);
  } finally {
    freeTensor(c, tensor);
  }
}

/** A string attribute may be any bytes; text goes as UTF-8. */
function bytesOf(name: string, value: unknown): [bytes: Uint8Array, length: number] {
  if (typeof value !== "string" && !(value instanceof Uint8Array)) {
    throw new TypeError(`executeOp: attribute ${name} must be a string, got ${typeof value}`);
  }
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  return [bytes, bytes.byteLength];
}

function toInt(name: string): (value: unknown) => bigint {
  return (value) => {
    if (typeof value === "bigint") return value;
    if (typeof value === "boolean") return value ? 1n : 0n;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw new TypeError(`executeOp: attribute ${name} must be an integer, got ${String(value)}`);
    }
    return BigInt(Math.trunc(value));
  };
}

function toNumber(name: string): (value: unknown) => number {
  return (value) => {
    if (typeof value !== "number") {
      throw new TypeError(`executeOp: attribute ${name} must be a number, got ${String(value)}`);
    }
    return value;
  };
}
