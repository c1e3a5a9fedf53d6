/**
 * `error.stack` in the author's own positions, without the kernel's frames: what a cell logs itself, a value that holds
 * an error and `console.trace` say the same lines as an error that ends the cell.
 */
import type { CellSources } from "./cell-sources.js";
import { isKernels, parseFrame, type Frame } from "./stack.js";

/** Frames that an error keeps: those of a library between a cell and what fails are more than V8's ten. */
const STACK_DEPTH = 200;

const { toString: describe } = Error.prototype;
const { apply } = Reflect;

/** Has V8 format stacks so, on this thread, from now on. */
export function mapStacks(sources: CellSources): void {
  Error.stackTraceLimit = STACK_DEPTH;
  Error.prepareStackTrace = (error, sites) => {
    const lines = sites.map((site) => `    at ${site}`);
    try {
      return [headOf(error), ...mapped(lines, sources)].join("\n");
    } catch {
      return [headOf(error), ...lines].join("\n"); // a cell broke a built-in
    }
  };
}

/** "RangeError: too big", as V8 says it. */
function headOf(error: unknown): string {
  try {
    return apply(describe, error, []) as string;
  } catch {
    return "<error>";
  }
}

function mapped(lines: readonly string[], sources: CellSources): string[] {
  const kept: string[] = [];
  let end = 0;
  for (const line of lines) {
    const frame = parseFrame(line, sources);
    if (frame && (isKernels(frame.file) || (frame.text === undefined && sources.sourceOf(frame.file)))) continue;
    kept.push(frame?.text ? ownLine(line, frame, sources) : line);
    if (frame && frame.kind !== "hidden") end = kept.length;
  }
  // Behind the last of the author's and of libraries are Node's that run the kernel.
  return end === 0 ? kept : kept.slice(0, end);
}

function ownLine(line: string, frame: Frame, sources: CellSources): string {
  const place = `${sources.titleOf(frame.text!)}:${frame.line}:${frame.column}`;
  const mark = /^\s+at async /.test(line) ? "async " : "";
  return `    at ${mark}${frame.name ? `${frame.name} (${place})` : place}`;
}
