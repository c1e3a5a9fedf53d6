/** Child processes of set-up: recorded in the lock, ended with us, their output kept for the report of a failure. */
import { spawn } from "node:child_process";
import { recordChildren } from "./lock.mjs";

/**
 * @typedef {{ code: number | null, signal: string | null, output: string }} Ended
 * @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string, onOutput?: (text: string) => void,
 *   interrupt?: AbortSignal, inherit?: boolean }} JobOptions
 * @typedef {{ run(command: string, args: readonly string[], options?: JobOptions): Promise<Ended>,
 *   endAll(signal?: NodeJS.Signals): number }} Jobs
 */

/** Enough of a failed program's output to understand it. */
const KEPT_CHARACTERS = 20_000;

/**
 * @param {string} lockFile
 * @returns {Jobs}
 */
export function openJobs(lockFile) {
  /** @type {Map<number, AbortSignal | undefined>} */
  const running = new Map();
  return {
    endAll: (signal = "SIGTERM") => {
      // whoever interrupts a child does so at the first signal: it is ended by the second
      const ended = [...running].filter(([, interrupt]) => interrupt === undefined || interrupt.aborted);
      for (const [pid] of ended) signalGroup(pid, signal);
      return ended.length;
    },
    run: (command, args, options = {}) =>
      new Promise((resolve) => {
        let output = "";
        const child = spawn(command, args, {
          cwd: options.cwd,
          env: options.env ?? process.env,
          detached: true,
          stdio: options.inherit === true ? ["pipe", "inherit", "inherit"] : "pipe",
        });
        // one that does not read it says so by its exit code
        child.stdin?.on("error", () => undefined);
        child.stdin?.end(options.input);
        const { pid } = child;
        const interrupt = () => pid !== undefined && signalGroup(pid, "SIGINT");
        if (pid !== undefined) {
          running.set(pid, options.interrupt);
          recordChildren(lockFile, [...running.keys()]);
          options.interrupt?.addEventListener("abort", interrupt);
          if (options.interrupt?.aborted) interrupt();
        }
        const take = (/** @type {string} */ text) => {
          output = (output + text).slice(-KEPT_CHARACTERS);
          options.onOutput?.(text);
        };
        child.stdout?.setEncoding("utf8").on("data", take);
        child.stderr?.setEncoding("utf8").on("data", take);
        child.on("error", (error) => resolve({ code: null, signal: null, output: `${output}${error.message}` }));
        child.on("close", (code, signal) => {
          options.interrupt?.removeEventListener("abort", interrupt);
          if (pid !== undefined) {
            running.delete(pid);
            recordChildren(lockFile, [...running.keys()]);
          }
          resolve({ code, signal, output });
        });
      }),
  };
}

/**
 * @param {number} pid of a child, which leads its own group
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // it ended by itself in the meantime
  }
}

/**
 * Ends the children when we are told to end. A command with no child here, or with children that it interrupts, may
 * listen itself and end in its own time.
 * @param {Jobs} jobs
 */
export function endWithSignals(jobs) {
  for (const [signal, code] of /** @type {const} */ ([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ])) {
    process.on(signal, () => {
      if (jobs.endAll() > 0 || process.listenerCount(signal) === 1) process.exit(code);
    });
  }
}
