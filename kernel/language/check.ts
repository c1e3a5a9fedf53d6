/** Checks a cell's text on the language server and reports in the cell's own positions. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isBuiltin } from "node:module";
import type { Diagnostic } from "../contract.js";
import type { CheckedText } from "./checked-text.js";
import type { LocalFiles } from "./local-files.js";
import { nearest, readable } from "./messages.js";
import type { ParsedCell } from "../source/parse.js";
import type { Registry } from "./registry.js";
import { ServerGone, type Position, type Server } from "./server.js";
import { TextPositions } from "./text-positions.js";
import type { Workspace } from "./workspace.js";

interface Found {
  readonly severity: number;
  readonly code: number;
  readonly message: string;
  readonly range: { readonly start: Position; readonly end: Position };
}

export interface CheckerOptions {
  readonly folder: string;
  readonly workspace: Workspace;
  readonly server: Server;
  readonly registry: Registry;
  readonly localFiles: LocalFiles;
}

/** Checks remembered; a notebook's cells run again and again. */
const REMEMBERED = 500;
const CANNOT_FIND_NAME = new Set([2304, 2552, 2503, 2693]);
const NO_SUCH_MODULE = 2307;
const NO_TYPES = new Set([7016]);
const NOT_ASSIGNABLE_IMPORT = 2632;

export class Checker {
  readonly #options: CheckerOptions;
  readonly #remembered = new Map<string, readonly Found[]>();
  #restartsSeen = 0;

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  /** Sends what changed on disk to the server; called before anything is asked. */
  refresh(checked?: CheckedText): void {
    const { localFiles, server } = this.#options;
    for (const path of checked?.localFiles ?? []) localFiles.add(path);
    const changes = localFiles.changes();
    if (changes.length === 0) return;
    this.#remembered.clear();
    server.changed(changes);
  }

  async check(cell: ParsedCell, checked: CheckedText): Promise<readonly Diagnostic[]> {
    this.refresh(checked);
    const notices: Diagnostic[] = [];
    let found: readonly Found[] = [];
    try {
      found = await this.#find(cell, checked);
    } catch (error) {
      if (!(error instanceof ServerGone)) throw error;
      notices.push(notice(`types were not checked: ${error.message}`));
    }
    const { restarts } = this.#options.server;
    if (restarts > this.#restartsSeen) notices.push(notice("the type checker had stopped and was started again"));
    this.#restartsSeen = restarts;
    return [...notices, ...this.#report(found, checked)];
  }

  async #find(cell: ParsedCell, checked: CheckedText): Promise<readonly Found[]> {
    const { server, workspace } = this.#options;
    const key = `${cell.lang}\n${checked.text}`;
    const before = this.#remembered.get(key);
    if (before !== undefined && server.pid !== undefined) return before;
    const ask = async (): Promise<readonly Found[]> =>
      (
        await server.ask<{ items: Found[] }>(
          workspace.document(cell.lang, checked.project),
          checked.text,
          "textDocument/diagnostic",
        )
      ).items.filter((one) => one.severity <= 2);
    let found = await ask();
    if (found.some((one) => one.code === NO_SUCH_MODULE || NO_TYPES.has(one.code))) {
      const installed = this.#installed(cell);
      if (installed.length > 0) {
        server.changed(installed.map((path) => ({ path, type: 1 })));
        found = await ask();
        if (found.some((one) => one.code === NO_SUCH_MODULE)) {
          // it remembers that the package was missing
          server.stop();
          found = await ask();
        }
      }
      return found; // not remembered: a package may be installed at any time
    }
    if (this.#remembered.size >= REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(key, found);
    return found;
  }

  /** The package.json of packages that the cell imports, where they are there. */
  #installed(cell: ParsedCell): string[] {
    const found: string[] = [];
    for (const { value } of cell.specifiers) {
      if (value.startsWith(".") || value.startsWith("/") || isBuiltin(value)) continue;
      const name = value
        .split("/")
        .slice(0, value.startsWith("@") ? 2 : 1)
        .join("/");
      for (const folder of this.#options.workspace.packageFolders) {
        const path = join(folder, name, "package.json");
        if (existsSync(path))
          found.push(path, join(this.#options.workspace.cells, "node_modules", name, "package.json"));
      }
    }
    return found;
  }

  #report(found: readonly Found[], checked: CheckedText): Diagnostic[] {
    const positions = new TextPositions(checked.text);
    const reported: Diagnostic[] = [];
    for (const { range, code, message, severity } of found) {
      const start = checked.toSource(positions.offset(range.start));
      const end = checked.toSource(positions.offset(range.end));
      if (start === undefined) continue; // in the header: of an earlier cell, reported there
      reported.push({
        severity: severity === 1 && !NO_TYPES.has(code) ? "error" : "warning",
        code: `TS${code}`,
        message: this.#message(code, message),
        start,
        end: Math.max(end ?? start, start),
      });
    }
    return reported;
  }

  #message(code: number, message: string): string {
    const { folder, workspace, registry } = this.#options;
    const text = readable(message, folder, workspace.cells);
    const name = /'([^']+)'/.exec(text)?.[1];
    if (name === undefined) return text;
    if (code === NOT_ASSIGNABLE_IMPORT && registry.values.has(name))
      return `Cannot assign to '${name}' because it is a constant.`;
    if (!CANNOT_FIND_NAME.has(code) || text.includes("Did you mean")) return text;
    const meant = nearest(name, registry.names());
    return meant === undefined ? text : `${text} Did you mean '${meant}'?`;
  }
}

function notice(message: string): Diagnostic {
  return { severity: "warning", code: "language-server", message, start: 0, end: 0 };
}
