import { extname, relative } from "node:path";

/** Counts what a walk over a folder leaves out, by kind, with an example of each. */
export class PassedOver {
  readonly #kinds = new Map<string, { count: number; readonly first: string }>();

  constructor(readonly root: string) {}

  /** @param kind as it is counted: ".heic", "link" */
  add(kind: string, path: string): void {
    const found = this.#kinds.get(kind);
    if (found) found.count++;
    else this.#kinds.set(kind, { count: 1, first: relative(this.root, path) });
  }

  /** A file by its name's end, in lower case. */
  addFile(path: string): void {
    this.add(extname(path).toLowerCase() || "without an extension", path);
  }

  /** "2 .heic (such as a/1.heic), 1 link (a/b)", the most frequent first; empty where nothing was left out. */
  toString(): string {
    const kinds = [...this.#kinds].sort(([, a], [, b]) => b.count - a.count);
    return kinds
      .map(([kind, { count, first }]) => `${count} ${kind} (${count > 1 ? "such as " : ""}${first})`)
      .join(", ");
  }
}
