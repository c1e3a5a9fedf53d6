/** `npm run clean`: names what it frees, and frees it. The next command sets up again what it needs. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { commandOf, readCommandLine } from "./command-line.js";
import { cacheFolder } from "../files/cache-folder.js";
import { diskBytes } from "../files/disk-bytes.js";
import { formatBytes, type Places } from "../setup/project.js";

/** What of the cache folder can be fetched again; anything else there (a kernel's history) is the user's. */
const REFETCHED = ["tensorflow", "datasets", "pip"];

const USAGE = {
  command: "clean",
  does: "Frees the disk that set-up took, and names what it frees.",
  options: {
    cache: { does: "the cache folder too, which other clones share" },
    all: { does: "the cache folder and a checkout's node_modules too" },
    "dry-run": { does: "says what would be freed, and frees nothing" },
  },
} as const;

/** What is removed. */
export interface CleanOptions {
  /** The cache folder too, which other clones share. */
  readonly cache: boolean;
  /** The cache folder and node_modules too. */
  readonly all: boolean;
}

export const run = commandOf(
  USAGE,
  (args) => readCommandLine(USAGE, args),
  async ({ values }, project) => {
    return await project.withLock(project.lockFile, async () => {
      const paths = cleanedPaths(project, cacheFolder(), {
        cache: values.cache === true,
        all: values.all === true,
      });
      const sizes = paths.map((path) => diskBytes(path));
      const dry = values["dry-run"] === true;
      if (paths.length === 0) {
        console.log("There is nothing to free.");
        return 0;
      }
      console.log(dry ? "This would be freed:" : "This is freed:");
      paths.forEach((path, index) => console.log(`  ${formatBytes(sizes[index] ?? 0).padStart(8)}  ${path}`));
      if (!dry) for (const path of paths) rmSync(path, { recursive: true, force: true });
      const total = formatBytes(sizes.reduce((sum, size) => sum + size, 0));
      const more = project.root === project.packageFolder ? "; --all also node_modules" : "";
      const stays = ` The cache folder ${cacheFolder()} stays (--cache frees it too, for all clones${more}).`;
      const taken = values.cache === true || values.all === true;
      console.log(`${dry ? "Together" : "Freed"} ${total}.${taken ? "" : stays}`);
      return 0;
    });
  },
);

/**
 * Existing paths that clean frees. node_modules last: until then the program can still be read. In a project of one's
 * own, `dist` and node_modules are not ours.
 */
export function cleanedPaths(
  { root, packageFolder }: Places,
  cache: string,
  { cache: withCache, all }: CleanOptions,
): string[] {
  const state = existsSync(join(root, ".saccade"))
    ? readdirSync(join(root, ".saccade")).filter((name) => !name.startsWith("lock"))
    : [];
  const leftovers = existsSync(join(cache, "tensorflow"))
    ? readdirSync(join(cache, "tensorflow")).filter((name) => name.endsWith(".partial"))
    : [];
  const checkout = root === packageFolder;
  const paths = [
    ...[
      ...(checkout ? [".venv", ".venv-integration", ".venv-bench"] : []),
      ...state.map((name) => join(".saccade", name)),
      "notebooks/.output",
      ...(checkout ? ["dist"] : []),
    ].map((name) => join(root, name)),
    ...(withCache || all
      ? REFETCHED.map((name) => join(cache, name))
      : leftovers.map((name) => join(cache, "tensorflow", name))),
    ...(all && checkout ? [join(root, "node_modules")] : []),
  ];
  return paths.filter((path) => existsSync(path));
}
