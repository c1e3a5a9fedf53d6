/** A project whose children are interrupted, not ended, and whose progress says what of a plan is left. */
import type { Project } from "../../setup/project.js";

/** What ends a plan early, and by what. */
export interface Ending {
  readonly signal: AbortSignal;
  /** "Ctrl-C", "--minutes 90"; undefined where nothing has. */
  by(): string | undefined;
  /** Listens no more. */
  close(): void;
}

/** The first Ctrl-C, SIGTERM or SIGHUP, or the end of the time: the second signal ends the process as ever. */
export function listenForEnd(minutes: number | undefined, print: (line: string) => void): Ending {
  const controller = new AbortController();
  let by: string | undefined;
  const end = (what: string): void => {
    if (by !== undefined) return;
    by = what;
    print(`${what}: the running step is finished and the checkpoint written …`);
    controller.abort();
  };
  const listeners = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((name) => {
    const listener = (): void => end(name === "SIGINT" ? "Ctrl-C" : name);
    process.on(name, listener);
    return [name, listener] as const;
  });
  const timer = minutes === undefined ? undefined : setTimeout(() => end(`--minutes ${minutes}`), 60_000 * minutes);
  return {
    signal: controller.signal,
    by: () => by,
    close() {
      clearTimeout(timer);
      for (const [name, listener] of listeners) process.off(name, listener);
    },
  };
}

/** Between two lines of progress in a log. */
const LOG_MS = 60_000;

/** @param left what of the plan is left, after the run's own line */
export function interruptible(project: Project, signal: AbortSignal, left: () => string): Project {
  return {
    ...project,
    jobs: {
      run: (command, args, options) => project.jobs.run(command, args, { ...options, interrupt: signal }),
      endAll: (signal) => project.jobs.endAll(signal),
    },
    startProgress(name, state) {
      const text = async (): Promise<string> => `${await state()} · ${left()}`;
      if (process.stderr.isTTY) return project.startProgress(name, text);
      const say = async (): Promise<void> => void process.stderr.write(`  ${await text()}\n`);
      const timer = setInterval(() => void say(), LOG_MS);
      return { stop: () => clearInterval(timer) };
    },
  };
}
