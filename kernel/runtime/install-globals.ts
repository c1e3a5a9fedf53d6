/** What a cell can use without importing it; kernel/runtime/globals.d.ts says the same to the type checker. */
import { clearOutput, display, setDisplayContext, updateDisplay } from "./display.js";
import type { ErrorContext } from "./errors/error-context.js";
import { html, md, svg } from "./markup.js";
import { capturedOutput } from "./run-magics.js";
import { progress } from "./progress-bar.js";
import { adoptTslab } from "./tslab.js";
import { hideAsyncMarks } from "./values/async-marks.js";
import { comms } from "./widgets/comms.js";
import { answerControl } from "./widgets/control.js";
import * as widgets from "./widgets/index.js";

/** The kernel's globals by name. */
export const globals = { display, updateDisplay, clearOutput, html, svg, md, progress, capturedOutput, comms, widgets };

/**
 * Sets the globals, answers the widgets' control target, and has tslab's displays come here. Called once, before the
 * first cell.
 * @param context where texts behind displayed errors are found
 */
export function installGlobals(context?: ErrorContext): void {
  setDisplayContext(context);
  adoptTslab();
  answerControl();
  hideAsyncMarks();
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
