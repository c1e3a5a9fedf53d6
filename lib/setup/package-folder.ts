import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * The folder of a package, as Saccade finds it: some do not let their package.json be imported.
 *
 * @param packageFolder Saccade's own
 * @returns undefined where the package is not installed
 */
export function folderOfPackage(name: string, packageFolder: string): string | undefined {
  const folders = createRequire(join(packageFolder, "package.json")).resolve.paths(name) ?? [];
  return folders.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, "package.json")));
}
