/** The scripts that V8 runs, and the texts that their authors wrote: cells, local modules, packages. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { PreparedCell } from "../contract.js";
import { CODE_PREFIX, MODULE_MAP } from "../both/script-marks.js";
import { KERNEL_FOLDER, PROJECT_FOLDER } from "../folder.js";
import type { CodePlace } from "../source/lines-with-code.js";
import { cellPath } from "./cell-path.js";
import type { Debugger, Inspector } from "./inspector.js";
import { Positions, type ScriptPosition } from "./positions.js";

/** own: a cell or a local module; library: in node_modules; hidden: Node's, the kernel's, or generated. */
type Kind = "own" | "library" | "hidden";

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

  constructor(inspector: () => Inspector) {
    this.#inspector = inspector;
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
    const path = url.startsWith("file://") ? fileURLToPath(url.replace(/[?#].*$/, "")) : url;
    // the kernel's way to Node's `import()` goes by a file's name too: a line of its own
    const kind = parsed?.endLine === 0 && !path.includes("node_modules") ? "hidden" : kindOf(path);
    const isModule = kind === "own" && parsed?.sourceMapURL === MODULE_MAP;
    const module = isModule ? await this.#inspector().read("sourceOf", { value: path }) : null;
    if (module === null) return { id, url, kind, path, title: basename(path), positions: undefined, text: undefined };
    const { scriptSource } = await this.#inspector().post("Debugger.getScriptSource", { scriptId: id });
    const positions = new Positions(scriptSource, module.sourceMap, 0);
    return { id, url, kind, path, title: module.title, positions, text: module.source };
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

/** A file's text; undefined where it cannot be read. */
export function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function kindOf(path: string): Kind {
  if (path === "" || path.startsWith("node:") || path.startsWith(KERNEL_FOLDER) || path.startsWith("evalmachine"))
    return "hidden";
  if (/[\\/]node_modules[\\/]/.test(path) || LIBRARY.some((folder) => path.startsWith(folder))) return "library";
  return "own";
}

/** The library that comes with the kernel: a package as any other. */
const LIBRARY = [`${PROJECT_FOLDER}/lib/`, `${PROJECT_FOLDER}/dist/lib/`];

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** V8's patterns for scripts that are never stopped in. */
export function skippedScripts(libraries: boolean): string[] {
  const folders = libraries ? LIBRARY.map(escape) : [];
  const own = [KERNEL_FOLDER, pathToFileURL(KERNEL_FOLDER).href].map(escape);
  return ["^$", "^node:", ...own, ...folders, ...(libraries ? ["/node_modules/"] : [])];
}
