/** Values in one line, for a debugger's list of variables. */
import { inspect, types } from "node:util";
import { cut, isArray, isProxy, isView, messageOf, read } from "./safe.js";
import { isTensorLike } from "./tensor-text.js";
import type { Look } from "../../both/looks.js";

const { keys, getOwnPropertyNames } = Object;

/** Characters of a line. */
const MAX_LENGTH = 300;
/** Elements of a tensor that are looked through. */
const MAX_READ = 1 << 24;

/** What one line says of a value: of a tensor its dtype, shape, range and count of NaN. */
export function oneLine(value: unknown): Look {
  if (typeof value === "object" && value !== null) return objectLine(value);
  if (typeof value === "function") return { text: textOf(value), type: "function", named: 0, indexed: 0 };
  return { text: textOf(value), type: value === null ? "null" : typeof value, named: 0, indexed: 0 };
}

function objectLine(value: object): Look {
  if (isProxy(value)) return { text: textOf(value), type: "Proxy", named: 0, indexed: 0 };
  const type = typeName(value);
  if (isTensorLike(value)) return { text: tensorLine(value), type, named: keys(value).length, indexed: 0 };
  const indexed = isArray(value) || isSequence(value) ? value.length : 0;
  const named = indexed > 0 ? keys(value).length - indexed : getOwnPropertyNames(value).length;
  const extra = types.isMap(value) || types.isSet(value) ? 1 : 0;
  return { text: textOf(value), type, named: Math.max(0, named) + extra, indexed };
}

/** Whether it has elements by number besides arrays: a typed array. */
export function isSequence(value: unknown): value is ArrayLike<unknown> {
  return isView(value) && !(value instanceof DataView);
}

function typeName(value: object): string {
  const name = read(read(value, "constructor"), "name");
  return typeof name === "string" && name !== "" ? name : "Object";
}

function textOf(value: unknown): string {
  const options = { depth: 1, maxArrayLength: 10, maxStringLength: MAX_LENGTH, breakLength: Infinity, compact: true };
  try {
    return cut(inspect(value, { ...options, customInspect: false }), MAX_LENGTH);
  } catch (error) {
    return `[${typeof value} that cannot be shown: ${cut(messageOf(error), 200)}]`;
  }
}

interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  dataSync(): ArrayLike<unknown>;
}

function tensorLine(tensor: TensorLike): string {
  const { shape, dtype } = tensor;
  const head = `${dtype} [${shape.join(", ")}]`;
  if (read(tensor, "isDisposed") === true) return `${head}, disposed`;
  const size = shape.reduce((product, length) => product * length, 1);
  if (size === 0 || size > MAX_READ || dtype === "string" || dtype === "complex64") return head;
  try {
    return `${head} ${rangeOf(tensor.dataSync())}`;
  } catch (error) {
    return `${head}, not readable: ${cut(messageOf(error), 200)}`;
  }
}

/** "0.5", "-1 … 2, 3 NaN", "all NaN". */
function rangeOf(data: ArrayLike<unknown>): string {
  let [low, high, nans] = [Infinity, -Infinity, 0];
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (Number.isNaN(value)) nans++;
    else {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (nans === data.length) return "all NaN";
  const range = low === high ? short(low) : `${short(low)} … ${short(high)}`;
  return nans === 0 ? range : `${range}, ${nans} NaN`;
}

function short(value: number): string {
  return Number.isInteger(value) ? `${value}` : `${Number(value.toPrecision(4))}`;
}
