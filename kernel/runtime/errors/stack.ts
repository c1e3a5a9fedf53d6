/** V8's stack text as frames in their authors' own positions. */
import { SourceMap, type SourceMapPayload } from "node:module";
import path from "node:path";
import process from "node:process"; // a cell may replace the global one
import { fileURLToPath } from "node:url";
import { KERNEL_FOLDER, PROJECT_FOLDER } from "../../folder.js";
import type { ErrorContext, SourceText } from "./error-context.js";

const MAX_FRAMES = 300;
const parseJson = JSON.parse;

/** One call of a stack, in the author's own positions. */
export interface Frame {
  /** Function's name, "" at the top level of a cell or module. */
  readonly name: string;
  readonly file: string;
  /** From 1, in the author's text. */
  readonly line: number;
  readonly column: number;
  /** own: a cell or local file; library: in node_modules; hidden: Node's, the kernel's or generated. */
  readonly kind: "own" | "library" | "hidden";
  /** The text that the position is in, where it is known. */
  readonly text?: SourceText | undefined;
}

/**
 * Frames of `stack`, innermost first.
 * @param header the error's "name: message", which may itself look like frames
 */
export function parseStack(stack: string, header: string, context?: ErrorContext): Frame[] {
  const frames: Frame[] = [];
  const start = header && stack.startsWith(header) ? header.length : 0;
  const lines = stack.slice(start, start + 100_000).split("\n");
  addParsePosition(stack, frames, context);
  for (let i = 0; i < lines.length && frames.length < MAX_FRAMES; i++) {
    const frame = parseFrame(lines[i] as string, context);
    if (frame) frames.push(frame);
  }
  return frames;
}

/** A frame of its line, "    at name (file:line:column)"; undefined for another. */
export function parseFrame(text: string, context?: ErrorContext): Frame | undefined {
  const match = /^\s+at (?:async )?(?:(.*) \()?(.*?)(?::(\d+):(\d+))?\)?$/.exec(text);
  if (!match) return undefined;
  const [, name = "", file = "", line, column] = match;
  if (line && column) return frameAt(functionName(name), fileOf(file), Number(line), Number(column), context);
  return file === "<anonymous>" || file === "native" ? { name, file, line: 0, column: 0, kind: "hidden" } : undefined;
}

/** "file:3", a code line and a caret before "SyntaxError: …" say where text did not parse. */
function addParsePosition(stack: string, frames: Frame[], context: ErrorContext | undefined): void {
  // Node puts the like before other errors, too
  const match = /^([^\n]+):(\d+)\n([^\n]*)\n([\t ]*)\^+\n+SyntaxError\b/.exec(stack);
  if (!match) return;
  const [, file = "", line, , indent = ""] = match;
  frames.push(frameAt("", fileOf(file), Number(line), indent.length + 1, context));
}

function frameAt(name: string, file: string, line: number, column: number, context: ErrorContext | undefined): Frame {
  const text = context?.sourceOf(file);
  if (!text) return { name, file, line, column, kind: kindOf(file) };
  if (!text.sourceMap) return { name, file, line, column, kind: "own", text };
  const entry = mapOf(text.sourceMap)?.findEntry(
    line - 1,
    Math.max(0, column - 1 - (line === 1 ? (text.prefix ?? 0) : 0)),
  );
  if (!entry || !("originalLine" in entry)) return { name, file, line, column, kind: "hidden" };
  return { name, file, line: entry.originalLine + 1, column: entry.originalColumn + 1, kind: "own", text };
}

let lastMap: { readonly json: string; readonly map: SourceMap } | undefined;

function mapOf(json: string): SourceMap | undefined {
  if (lastMap?.json === json) return lastMap.map;
  try {
    const map = new SourceMap(parseJson(json) as SourceMapPayload);
    lastMap = { json, map };
    return map;
  } catch {
    return undefined; // positions then stay those of the running code
  }
}

function kindOf(file: string): Frame["kind"] {
  if (/[\\/]node_modules[\\/]/.test(file) || isOwnLibrary(file)) return "library";
  if (file.startsWith("node:") || isKernels(file) || file === "<anonymous>" || file.startsWith("eval at"))
    return "hidden";
  return "own";
}

/** Whether a frame's file is the kernel's. */
export function isKernels(file: string): boolean {
  return file.startsWith(KERNEL_FOLDER);
}

/** The library that comes with the kernel: a package as any other. */
function isOwnLibrary(file: string): boolean {
  return OWN_LIBRARY.some((folder) => file.startsWith(folder));
}

const OWN_LIBRARY = ["lib", "dist/lib"].map((folder) => path.join(PROJECT_FOLDER, folder) + path.sep);

function fileOf(file: string): string {
  if (!file.startsWith("file://")) return file;
  try {
    return fileURLToPath(file.replace(/[?#].*$/, ""));
  } catch {
    return file;
  }
}

function functionName(name: string): string {
  return /(?:^|\.)<anonymous>$|^eval$/.test(name) ? "" : name.replace(/^(?:Object|Module|globalThis)\./, "");
}

/** The package that a library's frame is in: "@tensorflow/tfjs-core". */
export function packageOf(file: string): string {
  if (isOwnLibrary(file)) return "saccade";
  const inside = file.slice(file.lastIndexOf(`node_modules`) + "node_modules".length + 1).split(/[\\/]/);
  return inside[0]?.startsWith("@") ? `${inside[0]}/${inside[1] ?? ""}` : (inside[0] ?? "");
}

/** A file as readers know it: relative to the working folder where it is below that. */
export function shownPath(file: string): string {
  const folder = workingFolder();
  if (folder === undefined || !path.isAbsolute(file)) return file;
  const relative = path.relative(folder, file);
  return relative.startsWith("..") ? file : `./${relative}`;
}

/** Undefined where it is gone. */
function workingFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
