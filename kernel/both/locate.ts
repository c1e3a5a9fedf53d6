/**
 * Finds the file that a relative specifier means, as the checker would: with and without extension, folders, `.js` for
 * `.ts`.
 */
import { existsSync, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"];
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".jsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

export function isLocal(specifier: string): boolean {
  return /^\.{1,2}(\/|$)/.test(specifier) || isAbsolute(specifier) || specifier.startsWith("file:");
}

/** Absolute path of the file, or undefined. */
export function locate(specifier: string, folder: string): string | undefined {
  const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : resolve(folder, specifier);
  if (isFile(path)) return path;
  for (const [extension, others] of Object.entries(SOURCES)) {
    if (!path.endsWith(extension)) continue;
    const found = others.map((other) => path.slice(0, -extension.length) + other).find(isFile);
    if (found !== undefined) return found;
  }
  return (
    EXTENSIONS.map((extension) => path + extension).find(isFile) ??
    EXTENSIONS.map((extension) => join(path, `index${extension}`)).find(isFile)
  );
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
