/**
 * The rolled-up declarations of dist/types, where set-up made them and they say what the real ones would: the kernel's
 * own packages, as the notebook's folder finds them, and a library that was not compiled since.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's own folder. */
export const OWN = fileURLToPath(new URL(/[\\/]dist[\\/]/.test(import.meta.url) ? "../../.." : "../..", import.meta.url)).replace(/[\\/]$/, "");

export interface Declarations {
  /** Folder whose `node` holds the language's library and Node's types; undefined where the notebook has its own. */
  readonly node: string | undefined;
  /** `paths` of a tsconfig.json, for `saccade` and what it brings. */
  readonly paths: Readonly<Record<string, readonly string[]>>;
}

/**
 * @param own the project's folder
 * @param packageFolders the node_modules that packages are looked for in, in order
 */
export function findDeclarations(own: string, packageFolders: readonly string[]): Declarations {
  const folder = join(own, "dist/types");
  const stamp = statSync(join(folder, ".stamp"), { throwIfNoEntry: false });
  if (stamp === undefined) return { node: undefined, paths: {} };
  const foundIn = (name: string): string | undefined => packageFolders.map((one) => join(one, name)).find((one) => existsSync(one));
  const isOwn = (name: string): boolean => {
    const found = foundIn(name);
    return found !== undefined && realpathSync(found) === realpathSync(join(own, "node_modules", name));
  };
  const node = foundIn("@types/node") === undefined || isOwn("@types/node") ? folder : undefined;
  if (node === undefined || newest(join(own, "dist/lib")) > stamp.mtimeMs) return { node, paths: {} };
  const paths: Record<string, readonly string[]> = {};
  for (const [pattern, targets] of Object.entries(JSON.parse(readFileSync(join(folder, "paths.json"), "utf8")) as Record<string, string[]>)) {
    const name = pattern.replace(/\/\*$/, "");
    if (name === "saccade" ? foundIn(name) === undefined || isOwn(name) : isOwn(name)) paths[pattern] = targets.map((target) => join(folder, "entries", target));
  }
  return { node, paths };
}

/** When the last declaration file below a folder was written, in milliseconds. */
function newest(folder: string): number {
  let last = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) last = Math.max(last, newest(path));
    else if (entry.name.endsWith(".d.ts")) last = Math.max(last, statSync(path).mtimeMs);
  }
  return last;
}
