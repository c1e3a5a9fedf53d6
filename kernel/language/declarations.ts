/**
 * The rolled-up declarations of dist/types, where set-up made them and they say what the real ones would: the kernel's
 * own packages, as the notebook's folder finds them, and a library that was not compiled since.
 */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { PROJECT_FOLDER } from "../folder.js";

/** The project's own folder. */
export const OWN = PROJECT_FOLDER;

/** The rolled-up declarations that a notebook's cells are checked with. */
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
  const foundIn = (name: string): string | undefined =>
    packageFolders.map((one) => join(one, name)).find((one) => existsSync(one));
  const known = new Map<string, boolean>();
  const isOwn = (name: string): boolean => {
    const found = known.has(name) ? undefined : foundIn(name);
    if (!known.has(name)) known.set(name, found !== undefined && realpathSync(found) === ownPackage(own, name));
    return known.get(name)!;
  };
  const node = foundIn("@types/node") === undefined || isOwn("@types/node") ? folder : undefined;
  if (node === undefined || isNewer(join(own, "dist/lib/index.d.ts"), stamp.mtimeMs)) return { node, paths: {} };
  const paths: Record<string, readonly string[]> = {};
  for (const [pattern, targets] of Object.entries(
    JSON.parse(readFileSync(join(folder, "paths.json"), "utf8")) as Record<string, string[]>,
  )) {
    const name = pattern.replace(/\/\*$/, "");
    if (name === "saccade" ? foundIn(name) === undefined || isOwn(name) : isOwn(name))
      paths[pattern] = targets.map((target) => join(folder, "entries", target));
  }
  return { node, paths };
}

/**
 * Where the kernel itself finds a package: in its checkout's node_modules, or, installed in a project, in that one's
 * unless it has its own. For `saccade`, the kernel's own folder.
 */
function ownPackage(folder: string, name: string, from = folder): string | undefined {
  if (name === "saccade") return realpathSync(folder);
  const found = join(from, "node_modules", name);
  if (existsSync(found)) return realpathSync(found);
  return dirname(from) === from ? undefined : ownPackage(folder, name, dirname(from));
}

/** The compiler writes all of a library's declarations anew, so that one tells for all. */
function isNewer(path: string, timeMs: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined || found.mtimeMs > timeMs;
}
