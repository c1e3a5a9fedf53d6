import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  START_VARIABLE,
  type FromProcess,
  type ProcessStart,
  type Returned,
  type ToProcess,
  type TrialError,
  type TrialOrder,
} from "./trial-messages.js";
import type { TrialOutput } from "./trial-output.js";

/** What is told of a trial that runs. */
export interface TrialListener {
  /** A report. @returns why the trial is to stop; undefined where it goes on */
  report(step: number, metrics: Readonly<Record<string, number>>): string | undefined;
  /** Where what the process prints goes. */
  readonly output: TrialOutput;
}

/** A process could not be made ready. */
export class UnreadyError extends Error {
  override readonly name = "UnreadyError";
  constructor(readonly reason: TrialError) {
    super(reason.message);
  }
}

/** How a trial came to an end. */
export type TrialOutcome =
  | ({ readonly kind: "returned" } & Returned)
  | { readonly kind: "lost"; readonly why: string; readonly seconds: number };

/** Bytes of what a process printed that an error may show. */
const TAIL = 2_000;

/** A child that runs one trial after the other. */
export class TrialProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;
  readonly #ready: Promise<boolean>;
  #listener: TrialListener | undefined;
  #settle: ((outcome: TrialOutcome) => void) | undefined;
  #beganMs = 0;
  #tail = "";
  #how: string | undefined;
  #isClosed = false;

  constructor(start: ProcessStart, threads: number) {
    this.#child = spawn(
      process.execPath,
      [...inherited(), fileURLToPath(new URL("trial-worker.js", import.meta.url))],
      {
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        serialization: "advanced", // NaN and infinities stay what they are
        detached: true, // in a group of its own: Ctrl-C is the sweep's, and what a trial has started ends with it
        env: { ...process.env, ...threadLimits(threads), [START_VARIABLE]: JSON.stringify(start) },
      },
    );
    this.#ready = new Promise((resolve, reject) => {
      const fail = (message: string): void => reject(new UnreadyError({ message }));
      this.#child.on("message", (message: FromProcess) => {
        if (message.type === "ready") resolve(message.pinned);
        else if (message.type === "unready") reject(new UnreadyError(message.error));
        else this.#told(message);
      });
      this.#child.once("error", (error) => fail(`the process could not be started: ${error.message}`));
      this.#child.once("close", () => fail(`${this.#how}${this.#said()}`));
    });
    this.#ready.catch(() => undefined);
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on("data", (bytes: Buffer) => {
        this.#tail = (this.#tail + bytes.toString()).slice(-TAIL);
        this.#listener?.output.write(bytes);
      });
    this.#closed = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => {
        this.#how = howText(code, signal);
        this.#killGroup(); // what it has started would keep its pipes open
      });
      this.#child.once("error", () => resolve());
      this.#child.once("close", () => {
        this.#isClosed = true;
        this.#end({ kind: "lost", why: `${this.#how}${this.#said()}`, seconds: this.#seconds() });
        resolve();
      });
    });
  }

  /**
   * Once it can run trials.
   *
   * @returns whether it is pinned to its cores
   * @throws UnreadyError where it cannot be started, or the trial's module or set-up fails
   */
  ready(): Promise<boolean> {
    return this.#ready;
  }

  /** Runs one trial; a process that ends meanwhile is an outcome. */
  run(order: TrialOrder, listener: TrialListener): Promise<TrialOutcome> {
    this.#listener = listener;
    this.#beganMs = performance.now();
    this.#tail = "";
    return new Promise((resolve) => {
      this.#settle = resolve;
      if (this.#isClosed) this.#end({ kind: "lost", why: `${this.#how}`, seconds: 0 });
      this.#send({ type: "run", ...order });
    });
  }

  /** Tells the trial that runs to stop. */
  stop(why: string): void {
    this.#send({ type: "stop", why });
  }

  /** Ends the process and what it has started, and waits for it. */
  async end(): Promise<void> {
    if (this.isAlive) {
      this.#killGroup();
      this.#child.kill("SIGKILL"); // where there are no groups
    }
    await this.#closed;
  }

  get isAlive(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  #killGroup(): void {
    try {
      process.kill(-this.#child.pid!, "SIGKILL");
    } catch {
      // it is empty
    }
  }

  #told(message: Exclude<FromProcess, { readonly type: "ready" | "unready" }>): void {
    if (message.type === "end") {
      const { type: _, ...returned } = message;
      this.#end({ kind: "returned", ...returned });
    } else if (message.type === "report") {
      const why = this.#listener?.report(message.step, message.metrics);
      if (why !== undefined) this.stop(why);
      this.#send({ type: "heard", report: message.report });
    }
  }

  #end(outcome: TrialOutcome): void {
    this.#settle?.(outcome);
    this.#settle = this.#listener = undefined;
  }

  #send(message: ToProcess): void {
    if (this.#child.connected) this.#child.send(message, () => undefined); // its end says more
  }

  #seconds(): number {
    return (performance.now() - this.#beganMs) / 1000;
  }

  /** The end of what it printed. */
  #said(): string {
    const lines = this.#tail.trim().split("\n").slice(-5).join("\n");
    return lines === "" ? "" : `\nIt printed last:\n${lines}`;
  }
}

function howText(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === "SIGKILL") return "the process was killed (SIGKILL; where memory ran out, by the system)";
  return signal === null ? `the process ended with exit code ${code}` : `the process ended by ${signal}`;
}

/** What Node was started with that a child needs to load what its parent could: loaders of other languages, mostly. */
function inherited(): string[] {
  const own: string[] = [];
  const { execArgv } = process;
  for (let i = 0; i < execArgv.length; i++) {
    const [name = "", value] = execArgv[i]!.split("=", 2);
    if (!["--import", "--require", "-r", "--loader", "--experimental-loader", "-C", "--conditions"].includes(name))
      continue;
    own.push(...(value === undefined ? [name, execArgv[++i]!] : [execArgv[i]!]));
  }
  return own;
}

/** TensorFlow's and OpenMP's, unless the user's environment says another number. */
function threadLimits(threads: number): NodeJS.ProcessEnv {
  const names = ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? String(threads)]));
}
