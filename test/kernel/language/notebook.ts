/** A notebook in-process: the language engine and the scope, without sockets. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import vm from "node:vm";
import { createLanguage } from "../../../kernel/language/index.js";
import { each } from "../../../kernel/runtime/each.js";
import { createScopes } from "../../../kernel/runtime/scope.js";
import { unwinding } from "../../../kernel/runtime/unwinding.js";
import type { Checking, Diagnostic } from "../../../kernel/contract.js";

export interface Ran {
  readonly value: unknown;
  readonly hasValue: boolean;
  readonly error: unknown;
  readonly diagnostics: readonly Diagnostic[];
  /** Codes and messages of what stopped the cell. */
  readonly messages: readonly string[];
  readonly warnings: readonly string[];
}

/** Each file is written later than those before. */
let clock = 1_700_000_000;

export class Notebook {
  readonly folder: string;
  readonly language: ReturnType<typeof createLanguage>;
  readonly #scopes: ReturnType<typeof createScopes>;
  readonly #own: boolean;
  #id = 0;

  constructor(folder?: string, hangMs?: number, rolledUp?: boolean) {
    this.#own = folder === undefined;
    this.folder = folder ?? realpathSync(mkdtempSync(join(tmpdir(), "saccade-notebook-")));
    this.language = createLanguage({
      folder: this.folder,
      ...(hangMs === undefined ? {} : { hangMs }),
      ...(rolledUp === undefined ? {} : { rolledUp }),
    });
    this.#scopes = createScopes({
      folder: this.folder,
      waiting: {
        resume: (value) => value,
        each: (iterable) => each(iterable, (value) => value),
        proceed: () => undefined,
        unwinding,
      },
    });
  }

  /** Writes a file of the notebook's folder, line by line. */
  write(name: string, ...lines: readonly string[]): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, lines.join("\n"));
    utimesSync(path, ++clock, clock);
  }

  /** Puts a package into the folder's node_modules. */
  install(name: string, manifest: object, files: Readonly<Record<string, string>>): void {
    this.write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", ...manifest }));
    for (const [file, text] of Object.entries(files)) this.write(`node_modules/${name}/${file}`, text);
  }

  async run(source: string, checking: Checking = "error"): Promise<Ran> {
    const id = ++this.#id;
    const prepared = await this.language.prepare(source, { checking, id });
    const show = ({ code, message }: Diagnostic): string => `${code}: ${message}`;
    if (!prepared.ok)
      return {
        value: undefined,
        hasValue: false,
        error: undefined,
        diagnostics: prepared.diagnostics,
        messages: prepared.diagnostics.map(show),
        warnings: [],
      };
    const opened = this.#scopes.open(prepared.cell);
    let error: unknown;
    try {
      const main = new vm.Script(`(${prepared.cell.code}\n)`, {
        filename: prepared.cell.fileName,
      }).runInThisContext() as (scope: unknown) => Promise<void>;
      await main(opened.scope);
    } catch (thrown) {
      error = thrown;
    }
    this.language.commit(id, opened.close());
    return {
      value: opened.result?.value,
      hasValue: opened.result !== undefined,
      error,
      diagnostics: [],
      messages: [],
      warnings: prepared.cell.warnings.map(show),
    };
  }

  /** The text behind a local module's stack frames. */
  sourceOf(path: string): ReturnType<ReturnType<typeof createScopes>["sourceOf"]> {
    return this.#scopes.sourceOf(path);
  }

  /** Runs cells that must succeed; the last one's value. */
  async all(...cells: readonly string[]): Promise<unknown> {
    let value: unknown;
    for (const cell of cells) {
      const ran = await this.run(cell);
      if (ran.messages.length > 0) throw new Error(`${cell}\n${ran.messages.join("\n")}`);
      if (ran.error !== undefined) throw ran.error;
      value = ran.value;
    }
    return value;
  }

  async close(): Promise<void> {
    await this.language.close();
    if (this.#own) rmSync(this.folder, { recursive: true, force: true });
  }
}
