/**
 * Finds the file that a relative specifier means, as the checker would: with and without extension, folders, `.js` for
 * `.ts`. packages.ts does so for the other specifiers.
 */
import { existsSync, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const TYPED = [".ts", ".tsx", ".mts", ".cts"];
const PLAIN = [".js", ".jsx", ".mjs", ".cjs", ".json"];
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".jsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

/** Whether a specifier names a file, by a path or a file: URL, and no package. */
export function isLocal(specifier: string): boolean {
  return /^\.{1,2}(\/|$)/.test(specifier) || isAbsolute(specifier) || specifier.startsWith("file:");
}

/** Whether a file holds declarations alone: .d.ts, .d.mts or .d.cts. */
export function isDeclaration(path: string): boolean {
  return /\.d\.[mc]?ts$/.test(path);
}

/** Whether a file is TypeScript that runs. */
export function isTypeScript(path: string): boolean {
  return /\.[mc]?tsx?$/.test(path) && !isDeclaration(path);
}

/** Whether a file lies in a package that was installed. */
export function isInstalled(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path);
}

/**
 * @param first what is taken where both are there: a package's JavaScript was compiled from the TypeScript beside it
 * @returns the absolute path of the file, or undefined
 */
export function locate(
  specifier: string,
  folder: string,
  first: "TypeScript" | "JavaScript" = "TypeScript",
): string | undefined {
  const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : resolve(folder, specifier);
  const extensions = first === "TypeScript" ? [...TYPED, ...PLAIN] : [...PLAIN, ...TYPED];
  return (
    locateExactly(path) ??
    extensions.map((extension) => path + extension).find(isFile) ??
    extensions.map((extension) => join(path, `index${extension}`)).find(isFile)
  );
}

/** The file of this path, or the source that it is to be compiled from. */
export function locateExactly(path: string): string | undefined {
  if (isFile(path)) return path;
  for (const [extension, others] of Object.entries(SOURCES)) {
    if (!path.endsWith(extension)) continue;
    const found = others.map((other) => path.slice(0, -extension.length) + other).find(isFile);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a file, no folder, lies at the path. */
export function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** Tells a file's states apart; "" where there is none. */
export function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? "" : `${found.mtimeMs} ${found.size}`;
}
