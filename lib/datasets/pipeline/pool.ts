import { Worker } from "node:worker_threads";
import { ImageError } from "./decode.js";
import type { Answer, Order, WorkerStart } from "./messages.js";

/** One pass: batches are ordered, and taken in any order. */
export interface Run {
  order(order: Order): void;
  /** Waits until a batch is made. @returns its images */
  take(batch: number): Promise<number>;
  /** Gives up what has not begun and waits for what has. */
  end(): Promise<void>;
}

interface Waiting {
  resolve(length: number): void;
  reject(error: Error): void;
}

/** Worker threads that take orders as they become free. */
export class WorkerPool {
  readonly #workers: readonly Worker[];
  readonly #free: Worker[];
  #queue: Order[] = [];
  #busy = 0;
  #running = false;
  /** Why no batch can be made any more. */
  #failure: Error | undefined;
  #made = new Map<number, number | Error>();
  #waiting = new Map<number, Waiting>();
  #idle: () => void = () => {};

  constructor(start: WorkerStart, count: number) {
    this.#workers = Array.from({ length: count }, () => {
      const worker = new Worker(new URL("./pipeline-worker.js", import.meta.url), { workerData: start, execArgv: [] });
      worker.on("message", (answer: Answer) => this.#answered(worker, answer));
      worker.on("error", (error) =>
        this.#fail(new Error(`pipeline: a worker failed: ${error.message}`, { cause: error })),
      );
      worker.on("exit", (code) => this.#fail(new Error(`pipeline: a worker ended with code ${code}`)));
      worker.unref();
      return worker;
    });
    this.#free = [...this.#workers];
  }

  begin(): Run {
    if (this.#failure) throw this.#failure;
    if (this.#running) throw new Error("pipeline: one epoch must end before the next, got another under way");
    this.#running = true;
    this.#made = new Map();
    return { order: (order) => this.#order(order), take: (batch) => this.#take(batch), end: () => this.#end() };
  }

  async close(): Promise<void> {
    this.#fail(new Error("pipeline: it must be open, got a closed one"));
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #order(order: Order): void {
    this.#queue.push(order);
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && this.#free.length > 0) {
      const worker = this.#free.pop()!;
      worker.ref(); // the process stays while a batch is being made
      worker.postMessage(this.#queue.shift()!);
      this.#busy++;
    }
  }

  #answered(worker: Worker, answer: Answer): void {
    worker.unref();
    this.#free.push(worker);
    this.#busy--;
    const result = "error" in answer ? revive(answer.error) : answer.length;
    const waiting = this.#waiting.get(answer.order.batch);
    if (waiting) this.#waiting.delete(answer.order.batch);
    else this.#made.set(answer.order.batch, result);
    if (result instanceof Error) waiting?.reject(result);
    else waiting?.resolve(result);
    this.#dispatch();
    if (this.#busy === 0) this.#idle();
  }

  async #take(batch: number): Promise<number> {
    const made = this.#made.get(batch);
    this.#made.delete(batch);
    if (made instanceof Error) throw made;
    if (made !== undefined) return made;
    if (this.#failure) throw this.#failure;
    return new Promise((resolve, reject) => this.#waiting.set(batch, { resolve, reject }));
  }

  async #end(): Promise<void> {
    this.#queue = [];
    if (this.#busy > 0 && !this.#failure) await new Promise<void>((resolve) => (this.#idle = resolve));
    this.#running = false;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
    this.#idle();
  }
}

function revive({ name, message }: { readonly name: string; readonly message: string }): Error {
  // the pipeline was called, which decodes
  return name === "ImageError"
    ? new ImageError(message.replace(/^decodeImage: /, "pipeline: "))
    : Object.assign(new Error(message), { name });
}
