import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The folder for what is fetched once and kept between projects: TensorFlow's library, data sets.
 *
 * @returns `SACCADE_CACHE` where that is set, else `~/.cache/saccade`
 */
export function cacheFolder(): string {
  return process.env.SACCADE_CACHE || join(homedir(), ".cache", "saccade");
}
