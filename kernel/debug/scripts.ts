/** The scripts that V8 runs, and the texts that their authors wrote: cells, local modules, packages. */
import { basename } from "node:path";
import type { PreparedCell } from "../contract.js";
import { CODE_PREFIX, MODULE_MAP } from "../both/script-marks.js";
import type { CodePlace } from "../source/lines-with-code.js";
import { cellPath } from "./cell-path.js";
import type { Debugger, Inspector } from "./inspector.js";
import { kindOf, type Kind } from "./libraries.js";
import { Positions, type ScriptPosition } from "./positions.js";
import { pathOf } from "./script-url.js";
import { fileText, sourceBehind } from "./source-files.js";

/** One script of V8's. */
export interface Script {
  readonly id: string;
  /** As V8 has it. */
  readonly url: string;
  readonly kind: Kind;
  /** The author's text: a cell's path, or a file's. */
  readonly path: string;
  /** As readers know it: "Cell [3]", "tools/add.ts". */
  readonly title: string;
  /** Of a cell's run: its number in the kernel's life. */
  readonly cell?: PreparedCell;
  /** Undefined where the text is what runs. */
  readonly positions: Positions | undefined;
  /** The author's text, where it is not the file's. */
  readonly text: string | undefined;
}

/** A cell that ran, or is about to. */
interface KnownCell {
  readonly cell: PreparedCell;
  readonly title: string;
}

/** Knows every script by V8's number for it, and every cell's text by its path. */
export class Scripts {
  readonly #inspector: () => Inspector;
  readonly #parsed = new Map<string, Debugger.ScriptParsedEventDataType>();
  readonly #scripts = new Map<string, Promise<Script>>();
  readonly #cells = new Map<string, KnownCell>();
  readonly #texts = new Map<string, string>();
  /** Texts of cells that nobody has asked for yet: a path is a digest, which a cell need not wait for. */
  readonly #unnamed: string[] = [];

  readonly #codeOf: (text: string) => string;

  /** @param codeOf a cell's text without its magics, every position the same */
  constructor(inspector: () => Inspector, codeOf: (text: string) => string) {
    this.#inspector = inspector;
    this.#codeOf = codeOf;
  }

  /** V8's scripts in the order in which they came. */
  get parsed(): readonly Debugger.ScriptParsedEventDataType[] {
    return [...this.#parsed.values()];
  }

  add(script: Debugger.ScriptParsedEventDataType): void {
    this.#parsed.set(script.scriptId, script);
  }

  /** V8 tells its scripts again when the debugger is switched on again. */
  forget(): void {
    this.#parsed.clear();
    this.#scripts.clear();
  }

  addCell(cell: PreparedCell, title: string): void {
    this.#cells.set(cell.fileName, { cell, title });
    this.#unnamed.push(cell.source);
  }

  /** @returns the text's path */
  addText(text: string): string {
    const path = cellPath(text);
    this.#texts.set(path, text);
    return path;
  }

  /** A cell's text, by its path. */
  textOf(path: string): string | undefined {
    for (const text of this.#unnamed.splice(0)) this.addText(text);
    return this.#texts.get(path);
  }

  /** The cells with a text, each time that it ran. */
  cellsAt(path: string): PreparedCell[] {
    const text = this.textOf(path);
    return [...this.#cells.values()].map(({ cell }) => cell).filter(({ source }) => source === text);
  }

  /** The author's text behind a script. */
  script(id: string): Promise<Script> {
    const known = this.#scripts.get(id);
    if (known !== undefined) return known;
    const found = this.#find(id);
    this.#scripts.set(id, found);
    found.catch(() => this.#scripts.delete(id));
    return found;
  }

  /** The last one of a name. */
  async named(file: string): Promise<Script | undefined> {
    const path = pathOf(file);
    const parsed = this.parsed.findLast(({ url }) => url === file || pathOf(url) === path);
    return parsed && this.script(parsed.scriptId);
  }

  /** What the author wrote, as it is parsed; undefined where it cannot be read. */
  codeOf({ cell, text, path }: Script): string | undefined {
    return cell === undefined ? (text ?? fileText(path)) : this.#codeOf(cell.source);
  }

  async #find(id: string): Promise<Script> {
    const parsed = this.#parsed.get(id);
    const url = parsed?.url ?? "";
    const known = this.#cells.get(url);
    if (known !== undefined) {
      const { cell, title } = known;
      return {
        id,
        url,
        kind: "own",
        path: cellPath(cell.source),
        title,
        cell,
        positions: positionsOf(cell),
        text: cell.source,
      };
    }
    const path = pathOf(url);
    // the kernel's way to Node's `import()` goes by a file's name too: a line of its own
    const kind = parsed?.endLine === 0 && !path.includes("node_modules") ? "hidden" : kindOf(path);
    const file = { id, url, kind, path, title: basename(path), positions: undefined, text: undefined };
    const map = parsed?.sourceMapURL ?? "";
    if (map !== MODULE_MAP) {
      const source = kind === "hidden" || map === "" ? undefined : sourceBehind(path, map);
      return source === undefined ? file : { ...file, ...source, title: basename(source.path) };
    }
    const module = await this.#inspector().read("sourceOf", { value: path });
    if (module === null) return file;
    const { scriptSource } = await this.#inspector().post("Debugger.getScriptSource", { scriptId: id });
    const positions = new Positions(scriptSource, module.sourceMap, 0);
    return { ...file, title: module.title, positions, text: module.source };
  }
}

/** The way between a cell's text and what runs for it. */
export function positionsOf({ code, sourceMap }: PreparedCell): Positions | undefined {
  return sourceMap === "" ? undefined : new Positions(code, sourceMap, CODE_PREFIX.length);
}

/** An author's place of a script's; undefined for what the author did not write. */
export function authorPlace(script: Script, position: ScriptPosition): CodePlace | undefined {
  if (script.positions !== undefined) return script.positions.toAuthor(position);
  return { line: position.lineNumber + 1, column: position.columnNumber };
}
