/**
 * Finds the file that a package's specifier means: as Node does (folders of packages, `exports`, `imports` with its
 * "#names", a package's own name), and as the checker does where Node finds none: an extension left out, a folder's
 * index, TypeScript sources.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, join } from "node:path";
import { isDeclaration, isFile, isLocal, isTypeScript, locate, locateExactly } from "./locate-file.js";

/** What `exports` or `imports` say of a name: a path, alternatives, one by condition, or that there is nothing. */
type Target = string | null | readonly Target[] | { readonly [condition: string]: Target };

interface Manifest {
  readonly folder: string;
  readonly name?: string;
  readonly main?: string;
  readonly types?: string;
  readonly exports?: Target;
  readonly imports?: Readonly<Record<string, Target>>;
}

/** The file that a specifier of a package means. */
export interface PackageFile {
  /** Without symbolic links. */
  readonly path: string;
  /** Node's own loader finds it by the same specifier. */
  readonly byNode: boolean;
}

/** The conditions that a module fulfils when it runs, beside "default". */
const RUNNING: ReadonlySet<string> = new Set(["node", "import", "node-addons", "module-sync"]);

/** Those that the checker fulfils. */
export const CHECKED: ReadonlySet<string> = new Set(["types", "import", "node"]);

/**
 * @param folder where the importing file lies
 * @returns undefined for what is no package's, and where there is no such file
 */
export function locatePackage(specifier: string, folder: string): PackageFile | undefined {
  if (!isPackage(specifier)) return undefined;
  const own = ownTarget(specifier, folder);
  if (own !== undefined) return own.startsWith("/") ? fileOf(own) : locatePackage(own, folder);
  const { name, path } = parts(specifier);
  for (const one of upwards(folder)) {
    const at = join(one, "node_modules", name);
    if (!existsSync(at)) continue;
    const found = manifestIn(at) ?? { folder: at };
    if (found.exports == null) return fromFolder(found, path);
    const target = fromExports(found, path, RUNNING);
    return target === undefined ? undefined : fileOf(target);
  }
  return undefined;
}

/**
 * What a specifier stands for that the importing file's own package explains: a "#name", or the package's own name.
 * @returns an absolute path, or another package's specifier; undefined where it explains nothing
 */
export function ownTarget(specifier: string, folder: string, conditions = RUNNING): string | undefined {
  if (!isPackage(specifier)) return undefined;
  const scope = scopeOf(folder);
  if (scope === undefined) return undefined;
  if (specifier.startsWith("#")) {
    const target = match(specifier, scope.imports ?? {}, conditions);
    return target?.startsWith("./") ? join(scope.folder, target) : (target ?? undefined);
  }
  const { name, path } = parts(specifier);
  return scope.name === name && scope.exports != null ? fromExports(scope, path, conditions) : undefined;
}

/** Whether the kernel brings it, where the notebook's folder has none. */
export function isKernels(specifier: string): boolean {
  return /^(saccade|tslab)(\/|$)/.test(specifier);
}

/** Neither a path, nor a URL, nor a module of Node's own. */
export function isPackage(specifier: string): boolean {
  return !isLocal(specifier) && !isBuiltin(specifier) && !/^[a-z][a-z\d+.-]*:/i.test(specifier);
}

/** "@a/b/c/d" → name "@a/b", path "./c/d". */
function parts(specifier: string): { readonly name: string; readonly path: string } {
  const all = specifier.split("/");
  const name = all.splice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  return { name, path: [".", ...all].join("/") };
}

function fromExports({ exports, folder }: Manifest, path: string, conditions: ReadonlySet<string>): string | undefined {
  const byPath =
    typeof exports === "object" &&
    exports !== null &&
    !Array.isArray(exports) &&
    Object.keys(exports).every((key) => key.startsWith("."));
  const target = match(
    path,
    (byPath ? exports : { ".": exports ?? null }) as Readonly<Record<string, Target>>,
    conditions,
  );
  return target?.startsWith("./") ? join(folder, target) : undefined;
}

/** A package without `exports`: any file of it. */
function fromFolder({ folder, main, types }: Manifest, path: string): PackageFile | undefined {
  if (path !== ".") {
    const found = locate(path, folder, "JavaScript");
    return found === undefined ? undefined : described(found, found === join(folder, path));
  }
  for (const one of [main, "index", types]) {
    const found = one === undefined ? undefined : locate(`./${one}`, folder, "JavaScript");
    if (found !== undefined && !isDeclaration(found)) return described(found, true);
  }
  return undefined;
}

function fileOf(path: string): PackageFile | undefined {
  const found = locateExactly(path);
  return found === undefined ? undefined : described(found, found === path);
}

function described(path: string, byNode: boolean): PackageFile {
  return { path: realpathSync(path), byNode: byNode && !isTypeScript(path) };
}

/** The target of the name's own key, else of the longest key with a star that fits; null where that forbids it. */
function match(
  name: string,
  targets: Readonly<Record<string, Target>>,
  conditions: ReadonlySet<string>,
): string | null | undefined {
  if (Object.hasOwn(targets, name) && !name.includes("*")) return choose(targets[name]!, "", conditions);
  const fits = Object.keys(targets).filter((key) => {
    const [before, after, more] = key.split("*");
    return (
      after !== undefined &&
      more === undefined &&
      name.length >= key.length &&
      name.startsWith(before!) &&
      name.endsWith(after)
    );
  });
  const [best] = fits.sort((a, b) => b.indexOf("*") - a.indexOf("*") || b.length - a.length);
  if (best === undefined) return undefined;
  const star = best.indexOf("*");
  return choose(targets[best]!, name.slice(star, name.length - (best.length - star - 1)), conditions);
}

/** undefined: no condition holds. */
function choose(target: Target, star: string, conditions: ReadonlySet<string>): string | null | undefined {
  if (typeof target === "string") return target.replaceAll("*", () => star);
  if (target === null) return null;
  if (Array.isArray(target))
    return (target as readonly Target[]).map((one) => choose(one, star, conditions)).find((one) => one != null);
  for (const [condition, one] of Object.entries(target)) {
    if (condition !== "default" && !conditions.has(condition)) continue;
    const found = choose(one as Target, star, conditions);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The package that a folder belongs to. */
function scopeOf(folder: string): Manifest | undefined {
  for (const one of upwards(folder)) {
    if (basename(one) === "node_modules") return undefined;
    const found = manifestIn(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

function manifestIn(folder: string): Manifest | undefined {
  const path = join(folder, "package.json");
  if (!isFile(path)) return undefined;
  try {
    return { ...(JSON.parse(readFileSync(path, "utf8")) as object), folder };
  } catch {
    return { folder }; // Node's own loader says what is wrong with it
  }
}

function* upwards(folder: string): Generator<string> {
  yield folder;
  if (dirname(folder) !== folder) yield* upwards(dirname(folder));
}
