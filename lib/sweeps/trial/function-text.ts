/** A function by its text, as another process is given it. */
import { isBuiltin } from "node:module";
import { runInNewContext } from "node:vm";
import { detachedPrelude } from "../../host.js";
import { freeVariables } from "./free-variables.js";

/** Names that Node has beside JavaScript's own, in every module. */
const NODES =
  "AbortController AbortSignal Blob BroadcastChannel Buffer ByteLengthQueuingStrategy CompressionStream " +
  "CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DecompressionStream Event EventTarget File " +
  "FormData Headers MessageChannel MessageEvent MessagePort Performance PerformanceEntry PerformanceMark " +
  "PerformanceMeasure PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming ReadableStream " +
  "Request Response SubtleCrypto TextDecoder TextDecoderStream TextEncoder TextEncoderStream TransformStream URL " +
  "URLSearchParams WebAssembly WritableStream atob btoa clearImmediate clearInterval clearTimeout console crypto " +
  "fetch global navigator performance process queueMicrotask setImmediate setInterval setTimeout structuredClone";

const GLOBALS = new Set([
  ...(runInNewContext("Object.getOwnPropertyNames(globalThis)") as string[]),
  ...NODES.split(" "),
  "globalThis",
  "undefined",
]);

/** What tools that translate TypeScript as it runs leave in a function's text, with what it stands for. */
const HELPERS: Readonly<Record<string, string>> = {
  __name: "const __name = (value) => value;", // esbuild's, of tsx
  __vite_ssr_dynamic_import__: "const __vite_ssr_dynamic_import__ = (specifier) => import(specifier);", // vitest's
};

/**
 * The text of a module whose default export is the function.
 *
 * @param fn the public function that takes it, and `argument` what it calls it
 * @throws TypeError for a function that has no text, and one that names what lies outside of it: it says which
 */
export function moduleText(fn: string, argument: string, given: (...args: never[]) => unknown): string {
  const expression = expressionOf(fn, argument, given);
  const prelude = detachedPrelude();
  const foreign = freeVariables(expression).filter((name) => !GLOBALS.has(name) && name !== prelude?.name);
  const helpers = foreign.filter((name) => name in HELPERS).map((name) => HELPERS[name]!);
  const outside = foreign.filter((name) => !(name in HELPERS));
  if (outside.length > 0) throw new TypeError(refusal(fn, argument, [...new Set(outside.map(asWritten))]));
  return [...(prelude ? [prelude.text] : []), ...helpers, `export default ${expression};`, ""].join("\n");
}

/** A method's text is no expression by itself. */
function expressionOf(fn: string, argument: string, given: (...args: never[]) => unknown): string {
  const text = Function.prototype.toString.call(given);
  for (const expression of [text, `Object.values({ ${text} })[0]`]) {
    try {
      freeVariables(expression);
      return `(${expression})`;
    } catch {
      // the other form
    }
  }
  const what = text.includes("[native code]") ? "a bound or native one" : `${text.slice(0, 60)}…`;
  throw new TypeError(`${fn}: ${argument} must be a function with a text of its own, got ${what}`);
}

function refusal(fn: string, argument: string, names: readonly string[]): string {
  const modules = names.filter(isBuiltin);
  const instead = modules.length > 0 ? `await import("node:${modules[0]}")` : 'await import("PACKAGE")';
  return (
    `${fn}: ${argument} must name only its arguments and globals, as it runs in another process, got ` +
    `${names.join(", ")} from outside: the library is its argument saccade, other packages come by ${instead} within ` +
    "it, data from setup as its argument shared, and numbers from config; or give the path of a module"
  );
}

/** How a name stands in the cell that a kernel translated: "$at_images" is images. */
function asWritten(name: string): string {
  if (/^\$import\d+$/.test(name)) return "an import of this cell";
  return name.replace(/^\$at_/, "").replace(/^__vi_import_\d+__$/, "an import of this file");
}
