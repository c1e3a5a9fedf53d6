import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

export const ROOT = new URL("../..", import.meta.url).pathname;

/** Source files of a folder, as paths from the root: "lib/train/fit.ts". */
export function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(ts|mjs)$/.test(path))
    .map((path) => join(folder, path))
    .sort();
}

/** What each file imports of the project's own files, types too. */
export function importGraph(folders: readonly string[]): Map<string, string[]> {
  return new Map(folders.flatMap(sources).map((file) => [file, importsOf(file)]));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.\.?\/[^"]+)"/g)].map((match) => match[1]!);
  return specifiers.map((specifier) => {
    const path = relative(ROOT, resolve(ROOT, dirname(file), specifier));
    return existsSync(join(ROOT, path)) ? path : path.replace(/\.js$/, ".ts");
  });
}

/** A path from a file back to itself for each circle found; none: the imports form a tree of dependencies. */
export function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) return void found.push([...path.slice(start), file]);
    if (done.has(file)) return;
    path.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return found;
}
