/**
 * Whether what runs can come to where it is to stop. V8's debugger is on only then: while it is, each `await` costs
 * some microseconds more.
 */
import { codePlaces } from "../source/lines-with-code.js";
import type { Breakpoints } from "./breakpoints.js";
import { isInFunction } from "./caught.js";
import { isCell } from "./cell-path.js";
import type { Scripts } from "./scripts.js";

/** What is looked at. */
export interface ReachOptions {
  readonly scripts: Scripts;
  readonly breakpoints: Breakpoints;
  /** A cell's text without its magics, every position the same. */
  readonly codeOf: (text: string) => string;
}

/** A local file, or what a text does not say: there may be a `debugger;` in it. */
const LOADS =
  /\b(?:from|import|require)\s*\(?\s*["'`](?:\.{0,2}\/|\.{1,2}["'`]|file:)|\b(?:import|require)\s*\(\s*(?!["'`])/;
const STATEMENT = /\bdebugger\b/;

/** Knows the cells that ran, and of the last one that it may still run. */
export class Reach {
  readonly #options: ReachOptions;
  #running = "";
  /** What ran and was not looked at yet. */
  #ran: string[] = [];
  #lasts = false;

  constructor(options: ReachOptions) {
    this.#options = options;
  }

  /** A cell begins. */
  begins(text: string): void {
    this.#ran.push(this.#running);
    this.#running = text;
  }

  /** Whether a breakpoint or a `debugger;` may be met. */
  get isOpen(): boolean {
    for (const text of this.#ran.splice(0)) this.#lasts ||= LOADS.test(text) || this.#statesInFunction(text);
    return this.#lasts || LOADS.test(this.#running) || STATEMENT.test(this.#running) || this.#meetsBreakpoint();
  }

  #meetsBreakpoint(): boolean {
    const { scripts, breakpoints, codeOf } = this.#options;
    return [...breakpoints.all].some(([path, all]) => {
      if (!isCell(path)) return true;
      const text = scripts.textOf(path);
      if (text === undefined) return false;
      if (text === this.#running) return true;
      if (scripts.cellsAt(path).length === 0) return false;
      const code = codeOf(text);
      return all.some(({ place }) => place === undefined || isInFunction(code, place));
    });
  }

  #statesInFunction(text: string): boolean {
    if (!STATEMENT.test(text)) return false;
    const code = this.#options.codeOf(text);
    const lines = code.split("\n");
    return codePlaces(code).some((place) => {
      return lines[place.line - 1]!.startsWith("debugger", place.column) && isInFunction(code, place);
    });
  }
}
