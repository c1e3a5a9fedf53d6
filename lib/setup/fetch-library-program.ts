/** The program that a script's first tensor starts where TensorFlow's library is not in the cache: it fetches it. */
import { join } from "node:path";
import { cacheFolder } from "../files/cache-folder.js";
import { fetchLibrary } from "./fetch-library.js";
import { formatBytes } from "./project.js";
import { wheelFor } from "./wheels.js";

// CUDA's libraries are gigabytes: they come with set-up, which says so and is asked for.
const wheel = wheelFor(process.platform, process.arch, false);
const home = join(cacheFolder(), "tensorflow");
if (wheel === null) {
  console.error(`saccade: PyPI has no TensorFlow for ${process.platform}-${process.arch}`);
  process.exitCode = 1;
} else {
  const size = formatBytes(wheel.sizeBytes);
  console.error(`saccade: fetching TensorFlow ${wheel.version}, once for all projects: ${size}, into ${home}`);
  try {
    await fetchLibrary(wheel, home);
  } catch (error) {
    console.error(`saccade: it could not be fetched: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
