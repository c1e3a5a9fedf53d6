/** `%%bash`: a script in a process group of its own, its output as it comes. */
import { spawn } from "node:child_process";
import process from "node:process"; // a cell may replace the global one
import { StringDecoder } from "node:string_decoder";
import { withGroup } from "../both/spawned.js";

/** What of the running cell a script needs. */
export interface BashHost {
  write(name: "stdout" | "stderr", text: string): void;
  readonly signal: AbortSignal | undefined;
}

/** Time that an interrupted script has to end by itself, in ms. */
const GRACE_MS = 2_000;

/** Node's own, taken before it is replaced: timers of an interrupted cell do not fire. */
const later = setTimeout;

/**
 * Runs `script` in the kernel's folder; resolves when it has ended with exit code 0. An interrupt goes to its whole
 * process group, as Ctrl-C does in a terminal.
 * @param args words behind `%%bash`: the script's own $1, $2, …
 * @throws Error with `exitCode` or `signal` where it ended otherwise, or where there is no bash
 */
export function runBash(script: string, args: string, host: BashHost): Promise<void> {
  const words = args.split(/\s+/).filter((word) => word !== "");
  return new Promise((resolve, reject) => {
    const argv = ["-c", script, "bash", ...words];
    const child = withGroup(() => spawn("bash", argv, { stdio: ["ignore", "pipe", "pipe"], detached: true }));
    for (const name of ["stdout", "stderr"] as const) {
      const decoder = new StringDecoder("utf8"); // a character may arrive in two pieces
      child[name].on("data", (chunk: Buffer) => host.write(name, decoder.write(chunk)));
      child[name].on("end", () => host.write(name, decoder.end()));
    }
    let killer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      killGroup(child.pid, "SIGINT");
      killer = later(() => killGroup(child.pid, "SIGKILL"), GRACE_MS);
    };
    if (host.signal?.aborted) stop();
    host.signal?.addEventListener("abort", stop, { once: true });
    child.on("error", (error) => {
      host.signal?.removeEventListener("abort", stop);
      reject(new Error(`%%bash: bash cannot be started, ${error.message}`, { cause: error }));
    });
    child.on("close", (code, signal) => {
      clearTimeout(killer);
      host.signal?.removeEventListener("abort", stop);
      if (code === 0) return resolve();
      const how = signal ? `ended by ${signal}` : `ended with exit code ${code}`;
      const error = new Error(`%%bash: the script must end with exit code 0, ${how}`);
      reject(Object.assign(error, signal ? { signal } : { exitCode: code }));
    });
  });
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}
