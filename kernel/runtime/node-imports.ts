/** What Node's own loader imports for cells and local modules: packages, and what is no text. */
import process from "node:process"; // a cell may replace the global one
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { withEveryName, type Namespace } from "./commonjs.js";
import { ownPackage } from "./module-meta.js";

/** What stands behind the specifier. */
export type ImportOptions = { readonly with?: Readonly<Record<string, string>> } | undefined;
/** `import()` as a file has it. */
export type NativeImport = (specifier: string, options?: ImportOptions) => Promise<Namespace>;

/** Node's own `import()`, as if written in `filename`. */
export function nativeImport(filename: string): NativeImport {
  const script = new vm.Script("(specifier, options) => import(specifier, options)", {
    filename,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const load = script.runInThisContext() as NativeImport;
  const { emitWarning } = process;
  process.emitWarning = () => undefined; // older Nodes call this loader experimental, at its first import
  try {
    void load("node:path");
  } finally {
    process.emitWarning = emitWarning;
  }
  return load;
}

/** @param path the file that it leads to */
export async function importByNode(
  request: string,
  path: string | undefined,
  options: ImportOptions,
  native: NativeImport,
): Promise<Namespace> {
  try {
    const namespace = await native(request, options);
    return path === undefined ? namespace : withEveryName(namespace, path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const absent = code === "ERR_MODULE_NOT_FOUND" && message.includes(`'${request.split("/")[0]}'`);
    const own = absent ? ownPackage(request) : undefined;
    if (own === undefined) throw error;
    return withEveryName((await import(pathToFileURL(own).href)) as Namespace, own);
  }
}
