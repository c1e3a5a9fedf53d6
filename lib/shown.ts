/** Representations of one value by MIME type. */
export type Shown = Readonly<Record<string, unknown>>;

const DISPLAY = Symbol.for("Jupyter.display");

/**
 * The same value with a method that tells a notebook how to show it as a cell's result, in place of all its fields. The
 * method is not among them: JSON, copies and comparisons do not see it.
 */
export function shownAs<Value extends object>(value: Value, show: (value: Value) => Shown): Value {
  return Object.defineProperty(value, DISPLAY, {
    value(this: Value) {
      return show(this);
    },
    configurable: true,
    writable: true,
  });
}

/** "32 × 32 × 3" */
export function sizesText(sizes: readonly (number | null)[]): string {
  return sizes.map((size) => size ?? "?").join(" × ");
}

/** "1,234,567" */
export function grouped(value: number): string {
  return value.toLocaleString("en");
}
