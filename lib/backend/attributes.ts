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
interface TensorAttribute {
  readonly shape: readonly number[];
  readonly dtype: number;
  readonly values: InputValues;
}

/** One attribute of an op, in the form of tfjs-node's `TFEOpAttr`; an array of values is a list. */
export interface OpAttribute {
  readonly name: string;
  /** One of {@link AttributeType}. */
  readonly type: number;
  /**
   * A SHAPE is an array of numbers (-1: unknown), a list of shapes an array of such; null is a shape of unknown rank.
   */
  readonly value: unknown;
}

/** How the names begin of the C functions that set the attributes of an eager op, and of an operation of a graph. */
type Setters = "TFE_OpSetAttr" | "TF_SetAttr";

/**
 * Sets one attribute of an eager op.
 *
 * @throws TypeError when the value does not fit the attribute's type
 */
export function setAttribute(c: CApi, op: Pointer, attribute: OpAttribute, status: Status): void {
  set(c, "TFE_OpSetAttr", op, attribute, status);
}

/**
 * Sets one attribute of an operation that is being added to a graph.
 *
 * @throws TypeError when the value does not fit the attribute's type
 */
export function setGraphAttribute(c: CApi, description: Pointer, attribute: OpAttribute, status: Status): void {
  set(c, "TF_SetAttr", description, attribute, status);
}

function set(c: CApi, prefix: Setters, op: Pointer, { name, type, value }: OpAttribute, status: Status): void {
  const one = (kind: "String" | "Int" | "Float" | "Bool" | "Type", ...values: unknown[]): void =>
    c[`${prefix}${kind}`](op, name, ...values);
  const list = (kind: "String" | "Int" | "Float" | "Bool" | "Type", ...values: unknown[]): void =>
    c[`${prefix}${kind}List`](op, name, ...values);
  // a graph's shapes are checked when the operation is finished
  const eagerStatus = prefix === "TFE_OpSetAttr" ? [status.pointer] : [];
  switch (type) {
    case AttributeType.STRING:
      return Array.isArray(value) ? list("String", ...toStrings(name, value)) : one("String", ...toBytes(name, value));
    case AttributeType.INT:
      return Array.isArray(value) ? list("Int", toInts(name, value), value.length) : one("Int", toInt(name, value));
    case AttributeType.FLOAT:
      return Array.isArray(value)
        ? list("Float", Float32Array.from(toNumbers(name, value)), value.length)
        : one("Float", toNumber(name, value));
    case AttributeType.BOOL:
      return Array.isArray(value)
        ? list("Bool", Uint8Array.from(value, Number), value.length)
        : one("Bool", value ? 1 : 0);
    case AttributeType.TYPE:
      return Array.isArray(value)
        ? list("Type", Int32Array.from(toNumbers(name, value)), value.length)
        : one("Type", toNumber(name, value));
    case AttributeType.SHAPE:
      if (isShapeList(value)) c[`${prefix}ShapeList`](op, name, ...toShapes(value), ...eagerStatus);
      else c[`${prefix}Shape`](op, name, ...toShape(name, value), ...eagerStatus);
      if (eagerStatus.length > 0) status.check(`executeOp: attribute ${name}`);
      return;
    case AttributeType.TENSOR:
      return withTensor(c, value as TensorAttribute, (tensor) => {
        c[`${prefix}Tensor`](op, name, tensor, status.pointer);
        status.check(`executeOp: attribute ${name}`);
      });
    case AttributeType.FUNCTION:
      return c[prefix === "TFE_OpSetAttr" ? "TFE_OpSetAttrFunctionName" : "TF_SetAttrFuncName"](
        op,
        name,
        ...toBytes(name, value),
      );
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
