/** What cells and local modules import, as files: for the checker, whose cells lie in a folder of their own. */
import { resolve } from "node:path";
import { isDeclaration, isInstalled, isLocal, isTypeScript, locate, locateExactly } from "../both/locate-file.js";
import { CHECKED, isKernels, locatePackage, ownTarget } from "../both/packages.js";

/**
 * A specifier of the notebook's as the checker finds it from elsewhere: a relative one, a "#name" and the notebook's
 * own package by its path, all others as they are.
 */
export function fromAnywhere(specifier: string, folder: string): string {
  if (isLocal(specifier)) return locate(specifier, folder) ?? resolve(folder, specifier);
  if (isKernels(specifier)) return specifier; // found in every folder that cells are checked in
  const own = ownTarget(specifier, folder, CHECKED);
  if (own === undefined || !own.startsWith("/")) return own ?? specifier;
  const path = locateExactly(own) ?? own;
  return isDeclaration(path) ? path.replace(/\.d\.([mc]?)ts$/, ".$1js") : path; // declarations are not imported by name
}

/** The file of the user's own that an import leads to: a local one, or TypeScript of a package not installed. */
export function ownFile(specifier: string, folder: string): string | undefined {
  if (isLocal(specifier)) return locate(specifier, folder);
  const path = locatePackage(specifier, folder)?.path;
  return path !== undefined && isTypeScript(path) && !isInstalled(path) ? path : undefined;
}
