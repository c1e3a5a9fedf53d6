/** Checks a cell's text on the language server and reports in the cell's own positions. */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { isPackage } from "../both/packages.js";
import type { Diagnostic } from "../contract.js";
import type { CheckedText } from "./checked-text.js";
import { errorsIn, type FileErrors } from "./file-errors.js";
import type { LocalFile, LocalFiles } from "./local-files.js";
import { nearest, readable } from "./readable-messages.js";
import type { ParsedCell } from "../source/parse.js";
import type { Registry } from "./carried-names.js";
import { ServerGone, type Server, type ServerFinding } from "./server.js";
import { TextPositions } from "./text-positions.js";
import type { Workspace } from "./workspace.js";

/** What is wrong with a cell, and with files that it imports. */
interface Found {
  readonly cell: readonly ServerFinding[];
  readonly files: readonly FileErrors[];
}

/** What a checker works with. */
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

/** Checks cells on the language server; a text that was checked in the same surroundings is remembered. */
export class Checker {
  readonly #options: CheckerOptions;
  readonly #remembered = new Map<string, Found>();
  /** Files that ran since they, or one behind them, changed: what is wrong there was told. */
  readonly #accepted = new Set<string>();
  #restartsSeen = 0;

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  /** Sends what changed on disk to the server; called before anything is asked. */
  refresh(checked?: CheckedText): void {
    const { localFiles, server } = this.#options;
    for (const path of [...(checked?.localFiles ?? []), ...(checked?.takenFiles ?? [])]) localFiles.add(path);
    const changes = localFiles.changes();
    if (changes.length === 0) return;
    this.#remembered.clear();
    const changed = new Set(changes.map(({ path }) => path));
    for (const path of this.#accepted)
      if (localFiles.behind([path]).some((file) => changed.has(file.path))) this.#accepted.delete(path);
    server.changed(changes);
  }

  /** The cell runs, and with it what it has from local files. */
  accept(checked: CheckedText): void {
    this.refresh(checked);
    const files = this.#options.localFiles.behind([...checked.localFiles, ...checked.takenFiles]);
    for (const { path } of files) this.#accepted.add(path);
  }

  async check(cell: ParsedCell, checked: CheckedText): Promise<readonly Diagnostic[]> {
    this.refresh(checked);
    const over = this.#options.localFiles.behind(checked.localFiles).find((file) => file.over);
    if (over) return [this.#tooMuch(over, cell)];
    const notices: Diagnostic[] = [];
    let found: Found = { cell: [], files: [] };
    try {
      found = await this.#find(cell, checked);
    } catch (error) {
      if (!(error instanceof ServerGone)) throw error;
      notices.push(notice(`types were not checked: ${error.message}`));
    }
    const { restarts } = this.#options.server;
    if (restarts > this.#restartsSeen) notices.push(notice("the type checker had stopped and was started again"));
    this.#restartsSeen = restarts;
    return [
      ...notices,
      ...this.#reportCell(found.cell, checked),
      ...found.files.flatMap((one) => this.#reportFile(one)),
    ];
  }

  /** Of a file that no check reads. */
  #tooMuch({ path, over }: LocalFile, { specifiers }: ParsedCell): Diagnostic {
    const file = relative(this.#options.folder, path);
    const { start, end } = specifiers[0]!;
    return { severity: "error", code: "SyntaxError", message: `${file}: ${over!.message}`, start, end };
  }

  async #find(cell: ParsedCell, checked: CheckedText): Promise<Found> {
    const { server, localFiles } = this.#options;
    const key = `${cell.lang}\n${checked.text}`;
    const before = this.#remembered.get(key);
    if (before !== undefined && server.pid !== undefined) return before;
    const again = checked.takenFiles.filter((path) => !this.#accepted.has(path)); // they changed, and run again
    const files = localFiles.behind([...checked.localFiles, ...again]);
    const ask = (): Promise<Found> => this.#ask(cell.lang, checked, files);
    let found = await ask();
    const codes = codesOf(found);
    if (codes.some((code) => code === NO_SUCH_MODULE || NO_TYPES.has(code))) {
      const specifiers = [cell.specifiers.map(({ value }) => value), ...files.map(({ packages }) => packages)];
      const installed = this.#installed(specifiers.flat());
      if (installed.length > 0) {
        server.changed(installed.map((path) => ({ path, type: 1 })));
        found = await ask();
        if (codesOf(found).includes(NO_SUCH_MODULE)) {
          server.stop(); // it remembers that the package was missing
          found = await ask();
        }
      }
      return found; // not remembered: a package may be installed at any time
    }
    if (this.#remembered.size >= REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(key, found);
    return found;
  }

  async #ask(lang: "ts" | "tsx", { project, text }: CheckedText, behind: readonly LocalFile[]): Promise<Found> {
    const { server, workspace } = this.#options;
    const files = behind.filter(({ isChecked }) => isChecked).map(({ path }) => path);
    const document = workspace.document(lang, project);
    const answers = await server.askWith<{ items: ServerFinding[] }>(document, files, text, "textDocument/diagnostic");
    const [cell = [], ...inFiles] = answers.map(({ items }) => items.filter(({ severity }) => severity <= 2));
    return { cell, files: await Promise.all(files.map((path, i) => errorsIn(path, inFiles[i]!, server))) };
  }

  /** The package.json of packages, where they are there. */
  #installed(specifiers: readonly string[]): string[] {
    const found: string[] = [];
    for (const value of specifiers.filter(isPackage)) {
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

  #reportCell(found: readonly ServerFinding[], checked: CheckedText): Diagnostic[] {
    const positions = new TextPositions(checked.text);
    return found.flatMap((one) => {
      const start = checked.toSource(positions.offset(one.range.start));
      const end = checked.toSource(positions.offset(one.range.end));
      if (start === undefined) return []; // in the header: of an earlier cell, reported there
      return { ...diagnostic(one, this.#message(one.code, one.message), start, end), ...this.#hints(one) };
    });
  }

  #reportFile({ path, source, found }: FileErrors): Diagnostic[] {
    const { folder, workspace } = this.#options;
    const positions = new TextPositions(source);
    const file = { title: relative(folder, path), source };
    return found.map((one) => {
      const [start, end] = [positions.offset(one.range.start), positions.offset(one.range.end)];
      const found = diagnostic(one, readable(one.message, folder, workspace.cells), start, end);
      return { ...found, ...this.#hints(one), file };
    });
  }

  /** The checker's own advice; what only points to another place says nothing without it. */
  #hints({ relatedInformation = [] }: ServerFinding): Pick<Diagnostic, "hints"> {
    const { folder, workspace } = this.#options;
    const advice = relatedInformation.filter(({ message }) => !/\bhere\b|this file/.test(message));
    if (advice.length === 0) return {};
    return { hints: advice.map(({ message }) => readable(message, folder, workspace.cells)) };
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

function codesOf({ cell, files }: Found): number[] {
  return [cell, ...files.map(({ found }) => found)].flat().map(({ code }) => code);
}

function diagnostic(
  { severity, code }: ServerFinding,
  message: string,
  start: number,
  end: number = start,
): Diagnostic {
  const isError = severity === 1 && !NO_TYPES.has(code);
  return { severity: isError ? "error" : "warning", code: `TS${code}`, message, start, end: Math.max(end, start) };
}

function notice(message: string): Diagnostic {
  return { severity: "warning", code: "language-server", message, start: 0, end: 0 };
}
