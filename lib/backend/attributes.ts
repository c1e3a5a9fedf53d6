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
      return Array.isArray(value)
        ? c.TFE_OpSetAttrStringList(op, name, ...toStrings(name, value))
        : c.TFE_OpSetAttrString(op, name, ...toBytes(name, value));
    case AttributeType.INT:
      return Array.isArray(value)
        ? c.TFE_OpSetAttrIntList(op, name, toInts(name, value), value.length)
        : c.TFE_OpSetAttrInt(op, name, toInt(name, value));
    case AttributeType.FLOAT:
      return Array.isArray(value)
        ? c.TFE_OpSetAttrFloatList(op, name, Float32Array.from(toNumbers(name, value)), value.length)
        : c.TFE_OpSetAttrFloat(op, name, toNumber(name, value));
    case AttributeType.BOOL:
      return Array.isArray(value)
        ? c.TFE_OpSetAttrBoolList(op, name, Uint8Array.from(value, Number), value.length)
        : c.TFE_OpSetAttrBool(op, name, value ? 1 : 0);
    case AttributeType.TYPE:
      return Array.isArray(value)
        ? c.TFE_OpSetAttrTypeList(op, name, Int32Array.from(toNumbers(name, value)), value.length)
        : c.TFE_OpSetAttrType(op, name, toNumber(name, value));
    case AttributeType.SHAPE:
      if (isShapeList(value)) c.TFE_OpSetAttrShapeList(op, name, ...toShapes(value), status.pointer);
      else c.TFE_OpSetAttrShape(op, name, ...toShape(name, value), status.pointer);
      return status.check(`executeOp: attribute ${name}`);
    case AttributeType.TENSOR:
      return withTensor(c, value as TensorAttribute, (tensor) => {
        c.TFE_OpSetAttrTensor(op, name, tensor, status.pointer);
        status.check(`executeOp: attribute ${name}`);
      });
    case AttributeType.FUNCTION:
      return c.TFE_OpSetAttrFunctionName(op, name, ...toBytes(name, value));
    default:
      throw new TypeError(`executeOp: attribute ${name} has the unknown type ${type}`);
  }
}

/**
 * Sets one attribute of an operation that is being added to a graph.
 *
 * @throws TypeError when the value does not fit the attribute's type
 */
export function setGraphAttribute(c: CApi, description: Pointer, attribute: OpAttribute, status: Status): void {
  const { name, type, value } = attribute;
  switch (type) {
    case AttributeType.STRING:
      return Array.isArray(value)
        ? c.TF_SetAttrStringList(description, name, ...toStrings(name, value))
        : c.TF_SetAttrString(description, name, ...toBytes(name, value));
    case AttributeType.INT:
      return Array.isArray(value)
        ? c.TF_SetAttrIntList(description, name, toInts(name, value), value.length)
        : c.TF_SetAttrInt(description, name, toInt(name, value));
    case AttributeType.FLOAT:
      return Array.isArray(value)
        ? c.TF_SetAttrFloatList(description, name, Float32Array.from(toNumbers(name, value)), value.length)
        : c.TF_SetAttrFloat(description, name, toNumber(name, value));
    case AttributeType.BOOL:
      return Array.isArray(value)
        ? c.TF_SetAttrBoolList(description, name, Uint8Array.from(value, Number), value.length)
        : c.TF_SetAttrBool(description, name, value ? 1 : 0);
    case AttributeType.TYPE:
      return Array.isArray(value)
        ? c.TF_SetAttrTypeList(description, name, Int32Array.from(toNumbers(name, value)), value.length)
        : c.TF_SetAttrType(description, name, toNumber(name, value));
    case AttributeType.SHAPE:
      return isShapeList(value)
        ? c.TF_SetAttrShapeList(description, name, ...toShapes(value))
        : c.TF_SetAttrShape(description, name, ...toShape(name, value));
    case AttributeType.TENSOR:
      return withTensor(c, value as TensorAttribute, (tensor) => {
        c.TF_SetAttrTensor(description, name, tensor, status.pointer);
        status.check(`attribute ${name}`);
      });
    case AttributeType.FUNCTION:
      return c.TF_SetAttrFuncName(description, name, ...toBytes(name, value));
    default:
      throw new TypeError(`executeOp: attribute ${name} has the unknown type ${type}`);
  }
}

/** A string attribute may be any bytes; text goes as UTF-8. */
function toBytes(name: string, value: unknown): [bytes: Uint8Array, length: number] {
  if (typeof value !== "string" && !(value instanceof Uint8Array)) {
    throw new TypeError(`executeOp: attribute ${name} must be a string, got ${typeof value}`);
  }
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  return [bytes, bytes.byteLength];
}

function toStrings(name: string, values: readonly unknown[]): [Uint8Array[], BigUint64Array, number] {
  const buffers = values.map((value) => toBytes(name, value)[0]);
  return [buffers, BigUint64Array.from(buffers, (buffer) => BigInt(buffer.byteLength)), buffers.length];
}

function isShapeList(value: unknown): value is readonly (readonly number[] | null)[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => item === null || Array.isArray(item));
}

function toShape(name: string, value: unknown): [BigInt64Array | null, number] {
  if (value === null) return [null, -1];
  if (!Array.isArray(value)) throw new TypeError(`executeOp: attribute ${name} must be a shape, got ${String(value)}`);
  return [toDims(value), value.length];
}

function toShapes(value: readonly (readonly number[] | null)[]): [(BigInt64Array | null)[], Int32Array, number] {
  const dims = value.map((shape) => (shape === null ? null : toDims(shape)));
  return [dims, Int32Array.from(value, (shape) => (shape === null ? -1 : shape.length)), value.length];
}

function withTensor(c: CApi, { shape, dtype, values }: TensorAttribute, use: (tensor: Pointer) => void): void {
  const tensor = makeTensor(c, shape, dtype, values);
  try {
    use(tensor);
  } finally {
    freeTensor(c, tensor);
  }
}

function toInt(name: string, value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new TypeError(`executeOp: attribute ${name} must be an integer, got ${String(value)}`);
  }
  return BigInt(Math.trunc(value));
}

function toInts(name: string, values: readonly unknown[]): BigInt64Array {
  return BigInt64Array.from(values, (value) => toInt(name, value));
}

function toNumber(name: string, value: unknown): number {
  if (typeof value !== "number") {
    throw new TypeError(`executeOp: attribute ${name} must be a number, got ${String(value)}`);
  }
  return value;
}

function toNumbers(name: string, values: readonly unknown[]): number[] {
  return values.map((value) => toNumber(name, value));
}
