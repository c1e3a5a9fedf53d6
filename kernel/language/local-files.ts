/** Local modules that cells import, and what those import: watched by looking at them before each check. */
import { readFileSync, statSync } from "node:fs";
import { dirname, extname } from "node:path";
import { isLocal, locate } from "../both/locate.js";
import { children, parse, type Lang, type Node } from "../source/ast.js";

export interface FileChange {
  readonly path: string;
  readonly type: 1 | 2 | 3;
}

export class LocalFiles {
  readonly #stamps = new Map<string, string>();

  /** Adds a file and everything local that it imports. */
  add(path: string): void {
    if (this.#stamps.has(path) || path.includes("/node_modules/")) return;
    this.#stamps.set(path, stampOf(path));
    for (const one of importsOf(path)) this.add(one);
  }

  /** What changed since the last look. */
  changes(): FileChange[] {
    const found: FileChange[] = [];
    for (const [path, before] of this.#stamps) {
      const now = stampOf(path);
      if (now === before) continue;
      found.push({ path, type: now === "" ? 3 : before === "" ? 1 : 2 });
      this.#stamps.set(path, now);
      for (const one of importsOf(path)) this.add(one);
    }
    return found;
  }
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? "" : `${found.mtimeMs} ${found.size}`;
}

function importsOf(path: string): string[] {
  const extension = extname(path);
  if (!/^\.[mc]?[jt]sx?$/.test(extension) || stampOf(path) === "") return [];
  const lang = extension.replace(/^\.[mc]?/, "") as Lang;
  const found: string[] = [];
  const visit = (node: Node): void => {
    const specifier: unknown = node["source"]?.value;
    if (typeof specifier === "string" && isLocal(specifier)) found.push(locate(specifier, dirname(path)) ?? "");
    for (const child of children(node)) visit(child);
  };
  visit(parse(readFileSync(path, "utf8"), lang).program);
  return found.filter((one) => one !== "");
}
