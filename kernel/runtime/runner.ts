/** Runs cells on the main thread, and ends them: by their own end, by an error, or by an interrupt from outside. */
import vm from "node:vm";
import type { CellOutcome, CellRequest, Json, OpenScope, Scopes } from "../contract.js";
import type { Channel } from "./channel.js";
import { displaysSettled } from "./display.js";
import type { CellSources } from "./errors/cell-sources.js";
import { describeError } from "./errors/describe-error.js";
import { forgetInput } from "./input.js";
import { runMagics, type MagicHost } from "./magics.js";
import { setLatest, Task, within } from "./task.js";
import { isShown, toBundle } from "./values/to-bundle.js";

type Run = Extract<CellRequest, { type: "run" | "evaluate" }>;

interface Running {
  readonly request: Run;
  readonly task: Task;
  readonly opened: OpenScope;
  readonly payload: Json[];
}

export interface RunnerOptions {
  readonly channel: Channel;
  readonly scopes: Scopes;
  readonly errors: CellSources;
}

export const INTERRUPTED: CellOutcome = { status: "error", ename: "KeyboardInterrupt", evalue: "the cell was interrupted", traceback: ["\u001b[31mKeyboardInterrupt\u001b[0m: the cell was interrupted"] };

export class Runner {
  readonly #options: RunnerOptions;
  #running: Running | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** The task of the running cell. */
  get task(): Task | undefined {
    return this.#running?.task;
  }

  run(request: Run): void {
    const task = new Task(request.parent, request.type === "run" && request.allowStdin);
    const running: Running = { request, task, opened: this.#options.scopes.open(request.cell), payload: [] };
    this.#options.channel.capture = undefined; // an interrupted cell could not end its own
    this.#options.errors.add(request.cell, request.type === "run" ? `Cell [${request.executionCount}]` : "expression", 1);
    this.#running = running;
    setLatest(task);
    within(task, () => void this.#work(running)); // a termination may unwind it: who waits hears of it by `end`
  }

  /** Ends the running cell from outside. */
  interrupt(): void {
    const running = this.#running;
    if (running !== undefined) this.#end(running, INTERRUPTED);
  }

  async #work(running: Running): Promise<void> {
    const { cell } = running.request;
    try {
      const main = new vm.Script(`(${cell.code}\n)`, { filename: cell.fileName }).runInThisContext() as (scope: unknown) => Promise<void>;
      if (running.request.type === "evaluate") {
        await main(running.opened.scope);
        return this.#endEvaluation(running, await this.#expression(running.opened.result?.value));
      }
      await runMagics(cell.magics ?? [], this.#magicHost(running), async () => {
        await main(running.opened.scope);
        await this.#showResult(running);
      });
      await displaysSettled();
      this.#end(running, { status: "ok", payload: running.payload });
    } catch (error) {
      this.#end(running, { status: "error", ...describeError(error, this.#options.errors) });
    }
  }

  async #showResult(running: Running): Promise<void> {
    const { request, opened } = running;
    if (request.type !== "run" || request.silent || opened.result === undefined || !isShown(opened.result.value)) return;
    const { data, metadata } = await toBundle(opened.result.value, this.#options.errors);
    if (this.#running !== running) return; // interrupted while the value showed itself
    this.#options.channel.post({ type: "publish", message: "execute_result", content: { execution_count: request.executionCount, data, metadata }, metadata: {}, buffers: [], parent: null });
  }

  #magicHost({ task, payload }: Running): MagicHost {
    const { channel, scopes } = this.#options;
    return {
      write: (name, text) => channel.stream(name, text, task.parent),
      capture: (into) => {
        channel.capture = { parent: task.parent, into };
        return () => (channel.capture = undefined);
      },
      reset: () => scopes.reset(),
      payload: (item) => payload.push(item),
      signal: task.controller.signal,
    };
  }

  async #expression(value: unknown): Promise<Json> {
    const { data, metadata } = await toBundle(value, this.#options.errors);
    return { status: "ok", data, metadata };
  }

  #endEvaluation(running: Running, result: Json): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    running.opened.close();
    this.#options.channel.post({ type: "evaluated", id: running.request.cell.id, result });
  }

  #end(running: Running, outcome: CellOutcome): void {
    if (this.#running !== running) return;
    if (running.request.type === "evaluate") return this.#endEvaluation(running, outcome as unknown as Json);
    forgetInput();
    const live = running.opened.close();
    this.#running = undefined;
    this.#options.channel.post({ type: "done", id: running.request.cell.id, live, outcome });
  }
}
