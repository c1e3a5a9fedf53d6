import { inspect } from "node:util";
import { broadcast } from "../host.js";
import { DISPLAY, showsItself, type MimeBundle } from "../shown.js";

/** What is shown where only one representation can be, best first. */
const PREFERRED: readonly string[] = [
  "application/vnd.plotly.v1+json",
  "text/html",
  "image/svg+xml",
  "image/png",
  "text/markdown",
  "text/plain",
];

/**
 * Shows a value where the code runs: its whole MIME bundle in a kernel that takes one, its best
 * representation in tslab's own kernel, its text in a terminal.
 *
 * A value says how it looks by a method under `Symbol.for("Jupyter.display")` that returns a MIME
 * bundle; any other value is shown as text.
 * @throws TypeError when that method returns no bundle
 */
export function show(value: unknown): void {
  const bundle = toBundle(value);
  const publish = broadcast();
  if (publish) {
    void publish("display_data", { data: bundle, metadata: {} });
    return;
  }
  const display = tslabDisplay();
  if (display) {
    const mimeType = PREFERRED.find((type) => type in bundle) ?? Object.keys(bundle)[0]!;
    display.raw(mimeType, bundle[mimeType]);
    return;
  }
  console.log(textOf(bundle));
}

/**
 * A value's MIME bundle, text/plain at least for a value that does not show itself.
 * @throws TypeError when its method under `Symbol.for("Jupyter.display")` returns no bundle
 */
export function toBundle(value: unknown): MimeBundle {
  if (!showsItself(value)) return { "text/plain": plainText(value) };
  const bundle: unknown = value[DISPLAY]();
  if (
    !isObject(bundle) ||
    typeof (bundle as PromiseLike<unknown>).then === "function" ||
    Object.keys(bundle).length === 0
  ) {
    throw new TypeError(`show: Jupyter.display must return a MIME bundle, got ${inspect(bundle)}`);
  }
  return bundle as MimeBundle;
}

function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  // A tensor's own toString prints its values; inspect would print its handles.
  if (isObject(value) && "dataId" in value && "shape" in value) return String(value);
  return inspect(value, { depth: 4, maxArrayLength: 50 });
}

function textOf(bundle: MimeBundle): string {
  const text = bundle["text/plain"] ?? bundle["text/markdown"];
  return typeof text === "string" ? text : `(${Object.keys(bundle).join(", ")})`;
}

interface TslabDisplay {
  raw(mimeType: string, content: unknown): void;
}

/**
 * tslab's display, only inside tslab's own kernel: that kernel hands its cells a `require` of
 * theirs in globalThis.__tslab__, which gives the running kernel's tslab and no second copy.
 */
export function tslabDisplay(): TslabDisplay | undefined {
  const cell = (globalThis as { __tslab__?: { require?: (id: string) => { display?: TslabDisplay } } }).__tslab__;
  return cell?.require?.("tslab").display;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
