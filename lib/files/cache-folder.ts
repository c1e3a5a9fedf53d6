import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/**
 * The folder for what is fetched once and kept between projects: TensorFlow's library, data sets.
 *
 * @returns `SACCADE_CACHE` where that is set, else `saccade` in `XDG_CACHE_HOME`, else `~/.cache/saccade`
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.SACCADE_CACHE) return resolve(env.SACCADE_CACHE);
  // The XDG base directory specification: a relative path is invalid and to be ignored.
  const base = env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : join(homedir(), ".cache");
  return join(base, "saccade");
}
