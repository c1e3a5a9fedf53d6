/** Which file a specifier leads to, and whose loader runs it. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { isInstalled, isLocal, isTypeScript, locate } from "../both/locate-file.js";
import { locatePackage } from "../both/packages.js";
import { notFound } from "./module-meta.js";

/** Where a specifier leads. */
interface Lead {
  /** Where that is a file. */
  readonly path?: string;
  /** Whether our loader runs it, and not Node's. */
  readonly ours?: boolean;
  /** What Node's loader is asked for. */
  readonly request: string;
}

/** @throws an error as Node's own where there is no such file */
export function find(specifier: string, folder: string): Lead {
  if (!isLocal(specifier)) {
    const found = locatePackage(specifier, folder);
    if (found === undefined) return { request: specifier };
    const { path, byNode } = found;
    return {
      path,
      ours: isTypeScript(path) || path.endsWith(".json"),
      request: byNode ? specifier : pathToFileURL(path).href,
    };
  }
  const path = locate(specifier, folder);
  if (path === undefined) throw notFound(`Cannot find module '${specifier}' from ${folder}`);
  const ours =
    isTypeScript(path) ||
    path.endsWith(".json") ||
    !(isInstalled(path) || path.endsWith(".node") || path.endsWith(".wasm"));
  return { path, ours, request: pathToFileURL(path).href };
}

/** A `.js` file without any module syntax, where no package.json says otherwise. */
export async function isCommonJs(path: string): Promise<boolean> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      const type = (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { type?: string }).type;
      if (type === "module") return false;
      if (type === "commonjs") return true;
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(folder) === folder) break;
    }
  }
  const { isModule } = await import("../source/ast.js");
  return !isModule(readFileSync(path, "utf8"));
}
