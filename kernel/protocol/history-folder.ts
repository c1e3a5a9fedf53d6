import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** Where the kernel keeps its history: the library's own cache folder, by the same rule, which a test holds. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["SACCADE_CACHE"]) return resolve(env["SACCADE_CACHE"]);
  const base = env["XDG_CACHE_HOME"] ?? "";
  return join(isAbsolute(base) ? base : join(homedir(), ".cache"), "saccade");
}
