/** A contender's process: one JSON object per line goes in, one comes back. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

/** A child that is asked by lines of JSON and answers each by one. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  #waiting: { resolve(line: string): void; reject(error: Error): void } | undefined;
  #errors = "";

  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr!.on("data", (text: Buffer) => (this.#errors = (this.#errors + text.toString()).slice(-2_000)));
    this.#lines = createInterface({ input: this.#child.stdout! });
    this.#lines.on("line", (line) => {
      this.#waiting?.resolve(line);
      this.#waiting = undefined;
    });
    const ended = (why: string) => {
      this.#waiting?.reject(new Error(`${why}: ${this.#errors.trim().split("\n").slice(-3).join(" ")}`));
      this.#waiting = undefined;
    };
    this.#child.on("error", (error) => ended(error.message));
    this.#child.on("close", (code, signal) => ended(`the process ended with ${code ?? signal}`));
    this.#child.stdin!.on("error", () => undefined); // the close says more
  }

  /**
   * @param limitMs after which the process is ended
   * @returns the answer to `request`
   * @throws Error with the end of what the process wrote, where it dies or takes longer
   */
  async ask<Answer>(request: object, limitMs?: number): Promise<Answer> {
    const answer = new Promise<string>((resolve, reject) => (this.#waiting = { resolve, reject }));
    if (this.#child.exitCode !== null)
      throw new Error(`the process has ended with ${this.#child.exitCode}: ${this.#errors.trim().split("\n").at(-1)}`);
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    const timer =
      limitMs === undefined
        ? undefined
        : setTimeout(() => {
            this.#waiting?.reject(new Error(`no answer within ${limitMs / 1000} s`));
            this.#waiting = undefined;
            this.#child.kill("SIGKILL");
          }, limitMs);
    try {
      return JSON.parse(await answer) as Answer;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process and waits for it. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = new Promise<void>((resolve) => this.#child.once("close", () => resolve()));
    this.#child.kill("SIGKILL");
    await closed;
  }
}
