/** What the kernel shows of a value: the last expression of a cell, or what `display` was given. */
import { isPromise } from "node:util/types";
import type { Bundle } from "../../contract.js";
import type { ErrorContext } from "../errors/error-context.js";
import { errorText } from "../errors/describe-error.js";
import { canvasBundle, elementBundle } from "./media.js";
import { ownBundle } from "./own-bundle.js";
import { cut, escapeHtml, isNativeError, isProxy, messageOf } from "./safe.js";
import { isRecordArray, tableHtml } from "./record-table.js";
import { isTensorLike, tensorText } from "./tensor-text.js";
import { LIMITS, toText } from "./text.js";

/**
 * Representations of `value` by MIME type; text/plain is always among them. In this order: the value's own
 * method under `Symbol.for("Jupyter.display")`, errors, tensors (anything with shape, dtype and dataSync),
 * elements (outerHTML), canvases (toDataURL), arrays of records (an HTML table), and text for everything.
 * Never throws; bounded in time and size for any value, except that a value's own method may do as it likes.
 * @param context how positions in errors are found; without it they are those of the running code
 * @returns plain JSON; a promise only where the value's own method is asynchronous
 */
export function toBundle(value: unknown, context?: ErrorContext): Bundle | Promise<Bundle> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return textBundle(toText(value));
  try {
    const rich = richBundle(value, context);
    if (isPromise(rich)) return rich.then((bundle) => bundle ?? textBundle(toText(value)));
    return rich ?? textBundle(toText(value));
  } catch (error) {
    return textBundle(`[${typeof value} that cannot be shown: ${cut(messageOf(error), 200)}]`);
  }
}

const withoutResult = new WeakSet<object>();

/** `value`, which from now on is no result to show: what it stands for is shown already. */
export function asNoResult<T extends object>(value: T): T {
  withoutResult.add(value);
  return value;
}

/** Whether a cell whose last expression is `value` has a result to show. */
export function isShown(value: unknown): boolean {
  return value !== undefined && !withoutResult.has(value as object);
}

function richBundle(value: object, context: ErrorContext | undefined): Bundle | Promise<Bundle | null> | null {
  const own = ownBundle(value, () => toText(value));
  if (own) return own;
  if (isNativeError(value)) return textBundle(cut(errorText(value, context), LIMITS.text));
  if (typeof value === "function") return null;
  if (isRecordArray(value))
    return { data: { "text/plain": toText(value), "text/html": tableHtml(value) }, metadata: {} };
  // Asking a proxy about itself runs its traps; its own display method above is the one question it gets.
  if (isProxy(value)) return null;
  if (isPromise(value)) return promiseBundle(toText(value));
  if (isTensorLike(value)) return textBundle(tensorText(value));
  return elementBundle(value) ?? canvasBundle(value);
}

/** One that is still pending says how its value is had. */
function promiseBundle(text: string): Bundle {
  if (!/^[^{]*\{\s*<pending>/.test(text)) return textBundle(text);
  const [before, word, behind] = ["a promise: write ", "await", " before it to wait for its value"];
  return {
    data: {
      "text/plain": `${text}\n${before}\`${word}\`${behind}`,
      "text/html": `<pre>${escapeHtml(text)}</pre>${before}<code>${word}</code>${behind}`,
    },
    metadata: {},
  };
}

function textBundle(text: string): Bundle {
  return { data: { "text/plain": text }, metadata: {} };
}
