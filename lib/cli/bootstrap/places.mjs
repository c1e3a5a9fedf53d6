/** Whether Saccade runs in its checkout or in a project that it is installed in, and which folder that is. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * A checkout has the sources; what `npm pack` packs has not.
 * @param {string} packageFolder
 */
export function isCheckout(packageFolder) {
  return existsSync(join(packageFolder, "lib/index.ts"));
}

/**
 * The folder to work in: the checkout, for its own npm scripts. For who starts `saccade` by that name, as npx does, it
 * is the nearest folder above with a package.json, and else the one that he is in.
 * @param {string} packageFolder
 * @param {string} program as it was started, links unresolved
 * @param {string} folder where it was started
 */
export function workFolder(packageFolder, program, folder) {
  if (isCheckout(packageFolder) && basename(program) !== "saccade") return packageFolder;
  return [...upwards(folder)].find((one) => existsSync(join(one, "package.json"))) ?? folder;
}

/**
 * @param {string} folder
 * @returns {Generator<string>}
 */
function* upwards(folder) {
  yield folder;
  if (dirname(folder) !== folder) yield* upwards(dirname(folder));
}
