/** How values show themselves as a cell's result: the one place that knows `Symbol.for("Jupyter.display")`. */

/** Representations of one value by MIME type, as a Jupyter display_data message carries them. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** A value says how it looks by a method under this symbol that returns a MIME bundle. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/** A value that shows itself. */
export interface ShowsItself {
  /** How it looks, by MIME type. */
  [DISPLAY](): MimeBundle;
}

/**
 * The same value with a method that tells a notebook how to show it as a cell's result, in place of all its fields. The
 * method is not among them: JSON, copies and comparisons do not see it.
 */
export function shownAs<Value extends object>(value: Value, show: (value: Value) => MimeBundle): Value & ShowsItself {
  return Object.defineProperty(value, DISPLAY, {
    value(this: Value) {
      return show(this);
    },
    configurable: true,
    writable: true,
  }) as Value & ShowsItself;
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

/** "1,234,567" */
export function grouped(value: number): string {
  return value.toLocaleString("en");
}
