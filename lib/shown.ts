/**
 * How values show themselves: as a cell's result by `Symbol.for("Jupyter.display")`, to console.log by
 * `Symbol.for("nodejs.util.inspect.custom")`. The one place that knows these.
 */

import { escapeHtml } from "./escape-html.js";

/** Representations of one value by MIME type, as a Jupyter display_data message carries them. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** A value says how it looks by a method under this symbol that returns a MIME bundle. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/** What Node's console asks a value for. A page has no console that does. */
const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** What Node tells of how it writes a value. */
interface InspectOptions {
  readonly colors?: boolean;
}

/** A value that shows itself. */
export interface ShowsItself {
  /** How it looks, by MIME type. */
  [DISPLAY](): MimeBundle;
}

/**
 * The same value with methods that tell a notebook how to show it as a cell's result, and console.log what to write, in
 * place of all its fields. They are not among these: JSON, copies and comparisons do not see them. The fields
 * themselves are written by `console.dir(value, { customInspect: false })`.
 *
 * @param inText what console.log writes. Default the bundle's text/plain
 */
export function shownAs<Value extends object>(
  value: Value,
  show: (value: Value) => MimeBundle,
  inText: (value: Value, options: InspectOptions) => unknown = (shown) => show(shown)["text/plain"],
): Value & ShowsItself {
  const hidden = (method: unknown) => ({ value: method, configurable: true, writable: true });
  return Object.defineProperties(value, {
    [DISPLAY]: hidden(function (this: Value) {
      return show(this);
    }),
    [INSPECT]: hidden(function (this: Value, depth: number, options: InspectOptions, inspect: Inspect) {
      const text = depth < 0 ? undefined : textOf(() => inText(this, options));
      return text ?? inspect(this, { ...options, depth, customInspect: false });
    }),
  }) as Value & ShowsItself;
}

type Inspect = (value: unknown, options: object) => string;

/** Undefined where there is none: a value whose fields were changed by hand is still to be seen. */
function textOf(write: () => unknown): string | undefined {
  try {
    const text = write();
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value has such a method. What it returns is a bundle only if the value keeps its word. */
export function showsItself(value: unknown): value is ShowsItself {
  const canHold = (typeof value === "object" && value !== null) || typeof value === "function";
  return canHold && typeof (value as Partial<ShowsItself>)[DISPLAY] === "function";
}

/** "32 × 32 × 3" */
export function sizesText(sizes: readonly (number | null)[]): string {
  return sizes.map((size) => size ?? "?").join(" × ");
}

/** "12.3 %" */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** "1,234,567" */
export function grouped(value: number): string {
  return value.toLocaleString("en");
}

/** Lines beside a bar: how much of how much is done, the whole undefined where nobody knows it. */
export function progressBundle(lines: readonly string[], done: number, whole: number | undefined): MimeBundle {
  const share = whole === undefined ? "" : ` max="${whole}" value="${done}"`;
  return {
    "text/html": `<progress${share}></progress> ${lines.map(escapeHtml).join("<br>")}`,
    "text/plain": lines.join("\n"),
  };
}
