/** Type errors inside the modules of the user's own that a cell imports. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Server, ServerFinding } from "./server.js";

export interface FileErrors {
  readonly path: string;
  /** The text that the positions are of. */
  readonly source: string;
  readonly found: readonly ServerFinding[];
}

/**
 * What is wrong with a file by the checker's options, which are strict; of that, where a tsconfig.json of the user's
 * own is about the file, what is wrong by that one too.
 * @param found by the checker's options
 */
export async function errorsIn(path: string, found: readonly ServerFinding[], server: Server): Promise<FileErrors> {
  const source = readFileSync(path, "utf8");
  if (found.length === 0 || !hasOptions(dirname(path))) return { path, source, found };
  const { items } = await server.askAlone<{ items: ServerFinding[] }>(path, source, "textDocument/diagnostic");
  const known = new Set(items.filter(({ severity }) => severity <= 2).map(keyOf));
  return { path, source, found: found.filter((one) => known.has(keyOf(one))) };
}

function keyOf({ code, range }: ServerFinding): string {
  return `${code} ${range.start.line} ${range.start.character}`;
}

function hasOptions(folder: string): boolean {
  if (["tsconfig.json", "jsconfig.json"].some((name) => existsSync(join(folder, name)))) return true;
  return dirname(folder) !== folder && hasOptions(dirname(folder));
}
