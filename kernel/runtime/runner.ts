/** Runs cells on the main thread, and ends them: by their own end, by an error, or by an interrupt from outside. */
import { setImmediate as turn } from "node:timers/promises";
import vm from "node:vm";
import type { CellOutcome, CellRequest, Json } from "../contract.js";
import { CODE_PREFIX } from "../both/script-marks.js";
import type { OpenScope, Scopes } from "./cell-scope.js";
import { mendBuiltIns } from "./built-ins.js";
import type { Channel } from "./channel.js";
import { endChildren } from "./watch-children.js";
import { displaysSettled } from "./display.js";
import type { CellSources } from "./errors/cell-sources.js";
import { describeError } from "./errors/describe-error.js";
import { publish } from "./notebook-symbols.js";
import { forgetInput } from "./input.js";
import { INTERRUPTED } from "../both/interrupted.js";
import { silently } from "../both/internal-binding.js";
import { runMagics, type MagicHost } from "./run-magics.js";
import { afterWork, isWorking } from "./native-work.js";
import { writeText } from "./streams.js";
import { setLatest, Task, within } from "./task.js";
import { hasToUnwind, unwind } from "./unwinding.js";
import { isShown, toBundle } from "./values/to-bundle.js";

type Run = Extract<CellRequest, { type: "run" | "evaluate" }>;

interface Running {
  readonly request: Run;
  readonly task: Task;
  readonly opened: OpenScope;
  readonly payload: Json[];
}

/** What a runner works with. */
export interface RunnerOptions {
  readonly channel: Channel;
  readonly scopes: Scopes;
  readonly errors: CellSources;
}

/** What `import()` in a cell's code means; Node warns at its first use that the option is young. */
const IMPORT = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;

/** Runs cells, each as a task of its own, and says how they ended. */
export class Runner {
  readonly #options: RunnerOptions;
  #running: Running | undefined;
  /** The cell that ended last: a termination may strike before its end is told. */
  #ended: { readonly id: number; readonly live: readonly string[] } | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    silently(() => void new vm.Script(`import("node:vm")`, { importModuleDynamically: IMPORT }).runInThisContext());
  }

  /** The task of the running cell. */
  get task(): Task | undefined {
    return this.#running?.task;
  }

  run(request: Run): void {
    try {
      this.#start(request);
    } catch (error) {
      // A cell before has broken a built-in that starting takes.
      this.#running = undefined;
      this.#options.channel.post({
        type: "done",
        id: request.cell.id,
        live: [],
        outcome: { status: "error", ...describeError(error) },
      });
    }
  }

  /**
   * Ends the running cell from outside, or when asked again. One whose native work is under way ends with that, one
   * that has `finally` blocks to run with those.
   */
  interrupt(again: boolean): void {
    this.#mend();
    const running = this.#running;
    if (running?.task.interrupted === false) return; // it waits for work that ends by itself
    if (running !== undefined && (again || (!isWorking(running.task) && !hasToUnwind(running.task))))
      this.#end(running, INTERRUPTED);
  }

  /**
   * Ends the cell of a task whose work has ended that ends by itself: who waited for it takes what it gave in this
   * turn, and nothing comes after.
   */
  async finish(task: Task): Promise<void> {
    task.ending = true;
    await turn();
    if (task.interrupted) return; // by another interrupt
    task.interrupted = true;
    if (this.#running?.task !== task) return;
    this.interrupt(false);
    this.unwind();
  }

  /** Runs what an interrupted cell still has to run. */
  unwind(): void {
    const running = this.#running;
    if (running?.task.interrupted !== true || running.task.unwinding !== undefined) return;
    const unwound = (): void => {
      if (this.#running === running) void unwind(running.task).then(() => this.#end(running, INTERRUPTED));
    };
    if (isWorking(running.task)) afterWork(running.task, unwound);
    else unwound();
  }

  /** Ends a cell whose start was terminated before it was noted here, or whose end before it was told. */
  endLost(id: number): void {
    if (this.#running?.request.cell.id === id) return;
    const live = this.#ended?.id === id ? this.#ended.live : [];
    this.#options.channel.post({ type: "done", id, live, outcome: INTERRUPTED });
  }

  /** Ends the running cell with this error. */
  fail(error: unknown): void {
    const running = this.#running;
    if (running !== undefined) this.#end(running, { status: "error", ...describeError(error, this.#options.errors) });
  }

  #start(request: Run): void {
    const task = new Task(request.parent, request.type === "run" && request.allowStdin);
    const running: Running = { request, task, opened: this.#options.scopes.open(request.cell), payload: [] };
    this.#options.errors.add(
      request.cell,
      request.type === "run" ? `Cell [${request.executionCount}]` : "expression",
      CODE_PREFIX.length,
    );
    this.#running = running;
    setLatest(task);
    within(task, () => void this.#work(running)); // a termination may unwind it: who waits hears of it by `end`
  }

  async #work(running: Running): Promise<void> {
    const { request } = running;
    try {
      await runMagics(request.cell.magics ?? [], this.#magicHost(running), () => this.#evaluate(running));
      this.#end(running, isInterrupted(running) ? INTERRUPTED : { status: "ok", payload: running.payload });
    } catch (error) {
      const isReason = isInterrupted(running) && error === running.task.controller.signal.reason;
      this.#end(running, isReason ? INTERRUPTED : { status: "error", ...describeError(error, this.#options.errors) });
    }
  }

  async #evaluate(running: Running): Promise<void> {
    const { request, opened } = running;
    const { cell } = request;
    const main = new vm.Script(`${CODE_PREFIX}${cell.code}\n)`, {
      filename: cell.fileName,
      importModuleDynamically: IMPORT,
    }).runInThisContext() as (scope: unknown) => Promise<void>;
    try {
      await main(opened.scope);
    } finally {
      this.#mend();
    }
    await displaysSettled();
    if (isInterrupted(running)) return;
    const { result } = opened;
    if (request.type === "run" && (request.silent || result === undefined || !isShown(result.value))) return;
    const { data, metadata } = await toBundle(result?.value, this.#options.errors);
    if (this.#running !== running) return; // interrupted while the value showed itself
    if (request.type === "evaluate") this.#endEvaluation(running, { status: "ok", data, metadata });
    else publish(this.#options.channel, "execute_result", { execution_count: request.executionCount, data, metadata });
  }

  #mend(): void {
    const told = mendBuiltIns();
    if (told !== "") writeText(this.#options.channel, "stderr", told);
  }

  #magicHost({ task, payload }: Running): MagicHost {
    return {
      write: (name, text) => writeText(this.#options.channel, name, text),
      capture: (into) => {
        const before = task.captured;
        task.captured = into;
        return () => (task.captured = before);
      },
      reset: () => this.#options.scopes.reset(),
      payload: (item) => void payload.push(item),
      signal: task.controller.signal,
    };
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
    if (running.task.interrupted) endChildren(running.task, this.#options.channel);
    const { id } = running.request.cell;
    const live = running.opened.close();
    this.#ended = { id, live };
    this.#running = undefined;
    this.#options.channel.post({ type: "done", id, live, outcome });
  }
}

/** Also where the cell goes on for a moment, with what its work gave that ended by itself. */
function isInterrupted({ task }: Running): boolean {
  return task.controller.signal.aborted;
}
