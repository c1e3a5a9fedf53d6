/** Modules of the user's own that cells import, and what those import: looked at before each check. */
import { readFileSync } from "node:fs";
import { dirname, extname } from "node:path";
import { isInstalled, isTypeScript, stampOf } from "../both/locate-file.js";
import { isPackage } from "../both/packages.js";
import { children, parse, type Lang, type Node } from "../source/ast.js";
import { overLimit, type OverLimit } from "../source/limits.js";
import { ownFile } from "./specifiers.js";

/** A file that appeared (1), changed (2) or went (3), by the numbers of the language server protocol. */
export interface FileChange {
  readonly path: string;
  readonly type: 1 | 2 | 3;
}

interface Seen {
  readonly stamp: string;
  /** Own files that it imports. */
  readonly files: readonly string[];
  /** Packages that it imports. */
  readonly packages: readonly string[];
  /** Its types are checked: TypeScript, or JavaScript that says so. */
  readonly isChecked: boolean;
  /** Why it is not read: it is too large or too deep. */
  readonly over?: OverLimit | undefined;
}

/** A file as it was looked at. */
export type LocalFile = Pick<Seen, "packages" | "isChecked" | "over"> & { readonly path: string };

/** The user's own files that cells import, and what became of them since they were last looked at. */
export class LocalFiles {
  readonly #seen = new Map<string, Seen>();

  /** Adds a file and all of the user's own that it imports. */
  add(path: string): void {
    if (this.#seen.has(path) || isInstalled(path)) return;
    this.#look(path);
  }

  /** What changed since the last look. */
  changes(): FileChange[] {
    const found: FileChange[] = [];
    for (const [path, { stamp }] of this.#seen) {
      const now = stampOf(path);
      if (now === stamp) continue;
      found.push({ path, type: now === "" ? 3 : stamp === "" ? 1 : 2 });
      this.#look(path);
    }
    return found;
  }

  /** These files and all behind them, each once: what a file imports comes before it. */
  behind(paths: readonly string[]): LocalFile[] {
    const found: LocalFile[] = [];
    const visited = new Set<string>();
    const visit = (path: string): void => {
      const seen = this.#seen.get(path);
      if (seen === undefined || visited.has(path)) return;
      visited.add(path);
      seen.files.forEach(visit);
      if (seen.stamp !== "") found.push({ path, ...seen });
    };
    paths.forEach(visit);
    return found;
  }

  #look(path: string): void {
    const seen = { stamp: stampOf(path), ...read(path) };
    this.#seen.set(path, seen);
    for (const one of seen.files) this.add(one);
  }
}

function read(path: string): Omit<Seen, "stamp"> {
  const extension = extname(path);
  if (!/^\.[mc]?[jt]sx?$/.test(extension) || stampOf(path) === "") return { files: [], packages: [], isChecked: false };
  const text = readFileSync(path, "utf8");
  const over = overLimit(text);
  if (over) return { files: [], packages: [], isChecked: false, over };
  const specifiers = new Set<string>();
  const visit = (node: Node): void => {
    const specifier: unknown = node["source"]?.value;
    if (typeof specifier === "string") specifiers.add(specifier);
    for (const child of children(node)) visit(child);
  };
  visit(parse(text, extension.replace(/^\.[mc]?/, "") as Lang).program);
  const files = [...specifiers].flatMap((one) => ownFile(one, dirname(path)) ?? []);
  const isChecked = isTypeScript(path) || /^\s*\/\/\s*@ts-check\b/m.test(text);
  return { files, packages: [...specifiers].filter(isPackage), isChecked };
}
