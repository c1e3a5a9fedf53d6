/** Breakpoints as front ends set them, and V8's for each script that runs their text. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { PreparedCell } from "../contract.js";
import { codePlaces, placeFrom, type CodePlace } from "../source/lines-with-code.js";
import { isCell } from "./cell-path.js";
import { isHit } from "./expressions.js";
import type { Inspector } from "./inspector.js";
import { kindOf, type Libraries } from "./libraries.js";
import type { ScriptPosition } from "./positions.js";
import { positionsOf, type Script, type Scripts } from "./scripts.js";
import { patternOf, pathOf } from "./script-url.js";
import { fileText } from "./source-files.js";

/** One breakpoint of a front end's. */
export interface Breakpoint {
  readonly id: number;
  readonly asked: DebugProtocol.SourceBreakpoint;
  /** Where it stops; undefined where its text has no code at or below its line, or is not known. */
  readonly place: CodePlace | undefined;
  /** How often it was met with its condition true. */
  hits: number;
}

/** What breakpoints are set with. */
export interface BreakpointOptions {
  readonly inspector: () => Inspector;
  readonly scripts: Scripts;
  readonly libraries: Libraries;
  /** A cell's text without its magics, every position the same. */
  readonly codeOf: (text: string) => string;
  /** Called when they are others, before V8 is told. */
  readonly changed: () => Promise<void>;
}

/** The breakpoints of all texts. */
export class Breakpoints {
  readonly #options: BreakpointOptions;
  readonly #byPath = new Map<string, readonly Breakpoint[]>();
  /** By V8's name for it. */
  readonly #set = new Map<string, { readonly path: string; readonly breakpoint: Breakpoint }>();
  #next = 1;
  #instrumentation: string | undefined;

  constructor(options: BreakpointOptions) {
    this.#options = options;
  }

  /** By their texts' paths. */
  get all(): ReadonlyMap<string, readonly Breakpoint[]> {
    return this.#byPath;
  }

  /** All of them, as debugInfo lists them. */
  list(): { source: string; breakpoints: DebugProtocol.SourceBreakpoint[] }[] {
    return [...this.#byPath].map(([source, all]) => ({
      source,
      breakpoints: all.map(({ asked, place }) => ({ ...asked, line: place?.line ?? asked.line })),
    }));
  }

  /**
   * Puts these in the place of all that the text had.
   * @throws RangeError for a condition of hits that cannot be read
   */
  async replace(
    path: string,
    asked: readonly DebugProtocol.SourceBreakpoint[],
  ): Promise<readonly DebugProtocol.Breakpoint[]> {
    for (const { hitCondition } of asked) if (hitCondition) isHit(hitCondition, 1);
    await this.#clear(path);
    const text = this.#options.scripts.textOf(path) ?? (isCell(path) ? undefined : fileText(path));
    const places = text === undefined ? [] : codePlaces(this.#options.codeOf(text));
    const all = asked.map((one): Breakpoint => {
      return { id: this.#next++, asked: one, place: placeFrom(places, one.line, (one.column ?? 1) - 1), hits: 0 };
    });
    if (all.length > 0) this.#byPath.set(path, all);
    const wasOn = this.#options.inspector().isOn;
    await this.#options.changed();
    if (wasOn) await this.#setAll(path);
    return all.map(({ id, asked: { line }, place }) => ({
      id,
      verified: place !== undefined,
      line: place?.line ?? line,
      source: { path },
      ...(place === undefined
        ? { message: text === undefined ? "this text is not known" : "no code here or below" }
        : {}),
    }));
  }

  /** Sets those of a cell that is about to run, or ran. */
  async setIn(cell: PreparedCell): Promise<void> {
    const path = this.#options.scripts.addText(cell.source);
    const all = this.#byPath.get(path);
    if (all === undefined) return;
    const positions = positionsOf(cell);
    const places = codePlaces(this.#options.codeOf(cell.source));
    for (const breakpoint of all) {
      const position = firstOf(places, breakpoint, (place) => positions?.toScript(place));
      if (position === undefined) continue;
      await this.#inV8(path, breakpoint, () =>
        this.#options.inspector().post("Debugger.setBreakpointByUrl", { url: cell.fileName, ...position }),
      );
    }
  }

  /** Sets those of a file whose script is about to run, or ran. */
  async setInScript({ id, path, positions, text }: Script): Promise<void> {
    const all = this.#byPath.get(path);
    const source = text ?? fileText(path);
    if (all === undefined || source === undefined) return;
    const places = codePlaces(source);
    for (const breakpoint of all) {
      const position = firstOf(places, breakpoint, (place) =>
        positions === undefined ? asItIs(place) : positions.toScript(place),
      );
      if (position === undefined) continue;
      await this.#inV8(path, breakpoint, () =>
        this.#options.inspector().post("Debugger.setBreakpoint", { location: { scriptId: id, ...position } }),
      );
    }
  }

  /** Those of ours that V8 stopped at. */
  met(ids: readonly string[]): Breakpoint[] {
    return ids.flatMap((id) => this.#set.get(id)?.breakpoint ?? []);
  }

  /** V8's debugger is on again. */
  async renew(): Promise<void> {
    for (const path of this.#byPath.keys()) await this.#setAll(path);
  }

  /** V8's debugger is off, and has forgotten its own. */
  lapse(): void {
    this.#set.clear();
    this.#instrumentation = undefined;
  }

  /** Forgets all of them. */
  forget(): void {
    this.#byPath.clear();
    this.lapse();
  }

  async #setAll(path: string): Promise<void> {
    for (const cell of this.#options.scripts.cellsAt(path)) await this.setIn(cell);
    if (runsAsItIs(path)) await this.#setAt(path);
    else if (!isCell(path)) await this.#setInLoaded(path);
    await this.#watchScripts();
  }

  async #clear(path: string): Promise<void> {
    this.#byPath.delete(path);
    for (const [breakpointId, one] of this.#set) {
      if (one.path !== path) continue;
      this.#set.delete(breakpointId);
      await this.#options.inspector().post("Debugger.removeBreakpoint", { breakpointId });
    }
  }

  /** Sets those of a package's JavaScript, whether or not it is loaded. */
  async #setAt(path: string): Promise<void> {
    const places = codePlaces(fileText(path) ?? "");
    const urlRegex = `^(?:file://)?${patternOf(path)}(?:[?#].*)?$`;
    for (const breakpoint of this.#byPath.get(path) ?? []) {
      const position = firstOf(places, breakpoint, asItIs);
      if (position === undefined) continue;
      await this.#inV8(path, breakpoint, () =>
        this.#options.inspector().post("Debugger.setBreakpointByUrl", { urlRegex, ...position }),
      );
    }
  }

  async #setInLoaded(path: string): Promise<void> {
    const { scripts } = this.#options;
    const name = nameOf(path);
    for (const { scriptId, url } of scripts.parsed) {
      if (nameOf(pathOf(url)) !== name) continue;
      const script = await scripts.script(scriptId);
      if (script.path === path) await this.setInScript(script);
    }
  }

  async #inV8(path: string, breakpoint: Breakpoint, set: () => Promise<{ breakpointId: string }>): Promise<void> {
    try {
      const { breakpointId } = await set();
      this.#set.set(breakpointId, { path, breakpoint });
    } catch {
      // V8 refuses a second one at a place: the first stops there
    }
  }

  /** A file that is still to be loaded: V8 stops before each script that has a map, for its breakpoints to be set. */
  async #watchScripts(): Promise<void> {
    const watched = [...this.#byPath.keys()].filter((path) => !isCell(path) && !runsAsItIs(path));
    await this.#options.libraries.watch(watched.map(nameOf));
    const needed = watched.length > 0;
    if (needed === (this.#instrumentation !== undefined)) return;
    const inspector = this.#options.inspector();
    if (this.#instrumentation !== undefined) {
      const breakpointId = this.#instrumentation;
      this.#instrumentation = undefined;
      return inspector.post("Debugger.removeBreakpoint", { breakpointId });
    }
    const instrumentation = "beforeScriptWithSourceMapExecution";
    const set: unknown = await inspector.post("Debugger.setInstrumentationBreakpoint", { instrumentation });
    this.#instrumentation = (set as { readonly breakpointId: string }).breakpointId; // not among Node's types
  }
}

/** Where a breakpoint's place, or the first behind it that runs, lies in the script. */
function firstOf(
  places: readonly CodePlace[],
  { asked, place }: Breakpoint,
  toScript: (place: CodePlace) => ScriptPosition | undefined,
): ScriptPosition | undefined {
  const first = place ?? placeFrom(places, asked.line);
  if (first === undefined) return undefined;
  for (const one of places) {
    if (one.line < first.line || (one.line === first.line && one.column < first.column)) continue;
    const position = toScript(one);
    if (position !== undefined) return position;
  }
  return undefined;
}

function asItIs({ line, column }: CodePlace): ScriptPosition {
  return { lineNumber: line - 1, columnNumber: column };
}

/** A file's name by which it and what was compiled from it are known. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
}

/** A package's JavaScript: Node loads it, and its name is its script's. */
function runsAsItIs(path: string): boolean {
  return kindOf(path) === "library" && /\.[cm]?js$/.test(path);
}
