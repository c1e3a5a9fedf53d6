/** What a cell can use without importing it; kernel/runtime/globals.d.ts says the same to the type checker. */
import { clearOutput, display, setDisplayContext, updateDisplay } from "./display.js";
import type { ErrorContext } from "./errors/error-context.js";
import { html, md, svg } from "./markup.js";
import { capturedOutput } from "./magics.js";
import { progress } from "./progress.js";
import { adoptTslab } from "./tslab.js";

/** The kernel's globals by name. */
export const globals = { display, updateDisplay, clearOutput, html, svg, md, progress, capturedOutput };

/**
 * Sets the globals, and has tslab's displays come here. Called once, before the first cell.
 * @param context where texts behind displayed errors are found
 */
export function installGlobals(context?: ErrorContext): void {
  setDisplayContext(context);
  adoptTslab();
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
