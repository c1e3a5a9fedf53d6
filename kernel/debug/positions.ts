/** The way between an author's text and the JavaScript that runs for it. */
import { allGeneratedPositionsFor, LEAST_UPPER_BOUND, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { CodePlace } from "../source/lines-with-code.js";

/** As V8 counts: both from 0. */
export interface ScriptPosition {
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** What the rewrite puts before a statement on its line: it is stopped at before that. */
const PUT_BEFORE = /(?:\$cell\.result\(+|const \$default = )$/;

/** Between one text and its JavaScript, both ways. */
export class Positions {
  readonly #map: TraceMap;
  readonly #lines: readonly string[];
  readonly #prefix: number;

  /** @param prefix characters that stand before the code on the script's first line */
  constructor(code: string, map: string, prefix: number) {
    this.#map = new TraceMap(map);
    this.#lines = code.split("\n");
    this.#prefix = prefix;
  }

  /** Undefined for what the author did not write. */
  toAuthor({ lineNumber, columnNumber }: ScriptPosition): CodePlace | undefined {
    const column = Math.max(0, columnNumber - (lineNumber === 0 ? this.#prefix : 0));
    const at = { line: lineNumber + 1, column };
    const before = originalPositionFor(this.#map, at);
    // a statement that begins with what the rewrite put there
    const found = before.line === null ? originalPositionFor(this.#map, { ...at, bias: LEAST_UPPER_BOUND }) : before;
    return found.line === null ? undefined : { line: found.line, column: found.column };
  }

  /** Where the script is to be stopped for a place of the author's text; undefined where nothing runs for it. */
  toScript(place: CodePlace): ScriptPosition | undefined {
    const source = this.#map.sources[0];
    if (source == null) return undefined;
    const [found] = allGeneratedPositionsFor(this.#map, { source, ...place, bias: LEAST_UPPER_BOUND }).sort(
      (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    );
    if (found === undefined || found.line === null) return undefined;
    const before = this.#lines[found.line - 1]?.slice(0, found.column) ?? "";
    const column = found.column - (PUT_BEFORE.exec(before)?.[0].length ?? 0);
    return { lineNumber: found.line - 1, columnNumber: column + (found.line === 1 ? this.#prefix : 0) };
  }
}
