import { Worker } from "node:worker_threads";
import koffi from "koffi";

const [PR_SET_PDEATHSIG, SIGKILL] = [1, 9];

/**
 * Ends this process as soon as the one that started it has ended, however that was and whatever this one computes.
 *
 * @param parent the number of the process that started it
 */
export function endWithParent(parent: number): void {
  process.on("disconnect", () => process.exit(1));
  if (!killedByKernel()) watchFromThread(parent);
  if (process.ppid !== parent) process.exit(1); // it had ended before
}

function killedByKernel(): boolean {
  if (process.platform !== "linux") return false;
  try {
    const prctl = koffi
      .load(null)
      .func("int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)");
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) === 0;
  } catch {
    return false;
  }
}

/** A loop of the main thread's does not hold it up. */
function watchFromThread(parent: number): void {
  const text = `setInterval(() => process.ppid === ${parent} || process.kill(process.pid, "SIGKILL"), 500)`;
  new Worker(text, { eval: true }).unref();
}
