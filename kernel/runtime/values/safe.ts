/**
 * Looking at values that may fight back: proxies, getters that throw, built-ins that a cell replaced.
 * The built-ins used here are kept from before any cell ran.
 */
import { types } from "node:util";

const { stringify, parse } = JSON;
const { isArray } = Array;
const isView = ArrayBuffer.isView;
const from = Array.from;

export const isProxy = types.isProxy;
export const isNativeError = types.isNativeError;
export { isArray, isView };

/** `object[key]`, or undefined where reading it throws. */
export function read(object: unknown, key: PropertyKey): unknown {
  if (object === null || object === undefined) return undefined;
  try {
    return (object as Record<PropertyKey, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** Whether `value` can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof read(value, "then") === "function";
}

/** Text of anything thrown, whatever its toString does. */
export function messageOf(error: unknown): string {
  const message = read(error, "message");
  if (typeof message === "string") return message;
  try {
    return String(error);
  } catch {
    return `a ${typeof error} that cannot be printed`;
  }
}

/**
 * A copy of `value` as JSON holds it: typed arrays as arrays, bigints as strings, what JSON lacks left out.
 * @throws TypeError where the value is cyclic, or its own toJSON throws
 */
export function toJson(value: unknown): unknown {
  const text = stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return `${item}`;
    if (isView(item) && !(item instanceof DataView)) return from(item as unknown as ArrayLike<unknown>);
    return item;
  });
  return text === undefined ? null : (parse(text) as unknown);
}

/** `text`, or its first `limit` characters and how many are missing; never half of a surrogate pair. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  const end = last >= 0xd800 && last < 0xdc00 ? limit - 1 : limit;
  return `${text.slice(0, end)}… ${text.length - end} more characters`;
}

/** `text` with the characters that HTML gives a meaning replaced. */
export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}
