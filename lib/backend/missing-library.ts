/** Fetching TensorFlow's library when the first tensor finds none, for scripts that no set-up ran before. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { inCheckout } from "../files/own-folder.js";

/**
 * Whether the first tensor may fetch it: in a project that Saccade is installed in. A checkout's commands set it up,
 * and who names a library of his own wants no other.
 */
export function mayFetch(): boolean {
  return !inCheckout() && !process.env.SACCADE_TENSORFLOW;
}

/** Fetches it, in a process of its own, as a tensor cannot wait for a promise. How far it is goes to standard error. */
export function fetchLibrary(): void {
  const program = fileURLToPath(new URL("../setup/fetch-library-program.js", import.meta.url));
  spawnSync(process.execPath, [program], { stdio: ["ignore", 2, 2] });
}
