/** `import.meta` and `require` of a cell or a local module. */
import { createRequire, isBuiltin } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CellScope } from "./cell-scope.js";
import type { OwnRequires } from "./commonjs.js";
import { isInstalled, isLocal, isTypeScript, locate } from "../both/locate-file.js";
import { isKernels, isPackage, locatePackage } from "../both/packages.js";

const ownRequire = createRequire(import.meta.url);

/** The file of a package that the kernel brings. */
export function ownPackage(specifier: string): string | undefined {
  return isKernels(specifier) ? ownRequire.resolve(specifier) : undefined;
}

/** @param main whether it is a cell's */
export function metaOf(filename: string, main: boolean): CellScope["meta"] {
  const { href: url } = pathToFileURL(filename);
  return {
    url,
    dirname: dirname(filename),
    filename,
    main,
    resolve: (specifier: string, parent?: string | URL) =>
      resolve(String(specifier), parent === undefined ? url : String(parent)),
  };
}

/**
 * The URL of what `import` would load.
 * @throws Error with code ERR_MODULE_NOT_FOUND for a package that is not there
 */
function resolve(specifier: string, parent: string): string {
  if (isBuiltin(specifier)) return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
  const filename = fileURLToPath(parent);
  if (!isPackage(specifier)) {
    const file = isLocal(specifier) ? locate(specifier, dirname(filename)) : undefined;
    return file === undefined ? new URL(specifier, parent).href : pathToFileURL(file).href;
  }
  const path = locatePackage(specifier, dirname(filename))?.path ?? ownPackage(specifier);
  if (path === undefined) throw notFound(`Cannot find package '${specifier}' imported from ${filename}`);
  return pathToFileURL(path).href;
}

/** The error of a module that is not there, with the code that Node gives its own. */
export function notFound(message: string): Error {
  return Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });
}

/**
 * `require` for a file: its own CommonJS and JSON by the kernel's loader, packages by Node. It throws a TypeError for
 * TypeScript, and for what is not there what Node throws.
 */
export function requireFrom(filename: string, requires: OwnRequires): NodeJS.Require {
  const require = createRequire(filename);
  const ours = (specifier: string): unknown => {
    const path = isLocal(specifier)
      ? locate(specifier, dirname(filename))
      : locatePackage(specifier, dirname(filename))?.path;
    if (path !== undefined && isTypeScript(path))
      throw new TypeError(
        `require: TypeScript is loaded by import only, got ${specifier}; ` +
          `write import … from "${specifier}" or await import("${specifier}")`,
      );
    if (path !== undefined && isLocal(specifier) && !isInstalled(path)) return requires.load(path, require).exports;
    try {
      return require(specifier);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND" || !isKernels(specifier)) throw error;
      return ownRequire(specifier);
    }
  };
  return Object.assign(ours, {
    resolve: require.resolve,
    cache: require.cache,
    extensions: require.extensions,
    main: require.main,
  }) as NodeJS.Require;
}
