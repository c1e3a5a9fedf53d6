/**
 * Runs execute requests one after another: busy, execute_input, what the cell puts out, the reply, idle. A failing
 * cell aborts what had been queued by then, and nothing that comes later.
 */
import type {
  CellEvent,
  CellOutcome,
  CellRequest,
  Checking,
  Debugging,
  Json,
  Language,
  Preparation,
  PreparedCell,
} from "../contract.js";
import { describeDiagnostics, warningText } from "../both/describe-diagnostics.js";
import type { CrashNote } from "./crash-note.js";
import { INTERRUPTED } from "../both/interrupted.js";
import type { History } from "./input-history.js";
import type { Output } from "./output.js";
import { declareCopies } from "./declare-copies.js";
import { cellTags, checkingOf } from "./cell-tags.js";
import type { Header, JsonObject, Message } from "./wire.js";
import { log } from "./log.js";

/** What an executor works with. */
export interface ExecutorOptions {
  readonly language: Language;
  readonly output: Output;
  readonly history: History;
  readonly crashNote: CrashNote;
  readonly send: (request: CellRequest) => void;
  readonly reply: (request: Message, type: string, content: JsonObject) => void;
  readonly debugging: Pick<Debugging, "runs" | "takeCopies">;
  /** Resolves when the main thread may be given a cell. */
  readonly ready: () => Promise<void>;
  /** Resolves when the cell's native output has been taken in. */
  readonly drained: () => Promise<void>;
}

/** Runs execute_requests one after the other: checks, hands to the main thread, replies. */
export class Executor {
  readonly #options: ExecutorOptions;
  #queue: Message[] = [];
  #pumping = false;
  #count = 0;
  #nextId = 1;
  #running: Message | undefined;
  /** What the kernel before this one left to tell. */
  #story: string;
  /** An interrupt came before the running cell was given to the main thread. */
  #interrupted = false;
  /** Goes on without waiting for the check of the running cell. */
  #leaveCheck: (() => void) | undefined;
  #waiting: { readonly id: number; readonly resolve: (event: Ended) => void } | undefined;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#story = options.crashNote.story;
  }

  get executionCount(): number {
    return this.#count;
  }

  /** The request whose cell runs now. */
  get running(): Message | undefined {
    return this.#running;
  }

  /** The module number of the cell that the main thread was given. */
  get waitsFor(): number | null {
    return this.#waiting?.id ?? null;
  }

  /** The header of the running request, else of the last one. */
  parent: Header | Record<string, never> = {};

  add(request: Message): void {
    this.#queue.push(request);
    if (!this.#pumping) void this.#pump();
  }

  /** The main thread ended a cell or an expression. */
  ended(event: Ended): void {
    if (this.#waiting?.id !== event.id) return;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve(event);
  }

  /** Ends a cell that is still being checked; one that runs is the main thread's to end. */
  interrupt(): void {
    this.#interrupted = true;
    this.#leaveCheck?.();
  }

  /** Ends the running cell with this outcome without waiting for the main thread, which is about to end. */
  abandon(outcome: CellOutcome): void {
    this.#queue = [];
    if (this.#waiting !== undefined) this.ended({ type: "done", id: this.#waiting.id, live: [], outcome });
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    for (let request = this.#queue.shift(); request !== undefined; request = this.#queue.shift()) {
      await this.#execute(request);
    }
    this.#pumping = false;
  }

  async #execute(request: Message): Promise<void> {
    const { output } = this.#options;
    this.#running = request;
    this.parent = request.header;
    this.#interrupted = false;
    output.status("busy", request.header);
    let content: JsonObject;
    try {
      content = await this.#outcome(request);
    } catch (error) {
      log(`a cell could not be run: ${String((error as Error)?.stack ?? error)}`);
      content = { ename: "KernelError", evalue: String(error), traceback: [String(error)], status: "error" };
      output.publish(
        "error",
        { ename: content["ename"], evalue: content["evalue"], traceback: content["traceback"] },
        request.header,
      );
    }
    const aborted =
      content["status"] === "error" && request.content["stop_on_error"] !== false ? this.#queue.splice(0) : [];
    output.flush();
    this.#options.reply(request, "execute_reply", content);
    output.status("idle", request.header);
    this.#running = undefined;
    for (const other of aborted) this.#abort(other);
  }

  #abort(request: Message): void {
    this.#options.output.status("busy", request.header);
    this.#options.reply(request, "execute_reply", { status: "aborted" });
    this.#options.output.status("idle", request.header);
  }

  async #outcome(request: Message): Promise<JsonObject> {
    const { language, output, history, debugging } = this.#options;
    const { code, silent = false, store_history = true, user_expressions = {}, allow_stdin = true } = request.content;
    if (typeof code !== "string")
      return this.#error(request, {
        ename: "TypeError",
        evalue: `execute_request: code must be a string, got ${typeof code}`,
        traceback: [],
      });
    if (code.trim() === "")
      return {
        status: "ok",
        execution_count: this.#count,
        user_expressions: await this.#evaluate(user_expressions, request),
        payload: [],
      };
    const stored = !silent && store_history !== false;
    const executionCount = stored ? ++this.#count : this.#count;
    if (!silent) output.publish("execute_input", { code, execution_count: executionCount }, request.header);
    if (stored) history.append(executionCount, code);
    if (this.#story !== "" && !silent) {
      output.stream("stderr", this.#story, request.header);
      this.#story = "";
      this.#options.crashNote.clear();
    }

    const unseen = { silent: true, allowStdin: false, executionCount, tags: [] };
    await declareCopies(language, debugging, this.#nextId++, (copies) =>
      this.#send({ type: "run", cell: copies, parent: request.header, ...unseen }),
    );
    const tags = cellTags(request.metadata);
    const preparation = await this.#prepare(code, checkingOf(tags));
    if (preparation === undefined) return this.#error(request, INTERRUPTED);
    if (!preparation.ok)
      return this.#error(
        request,
        describeDiagnostics(preparation.source, preparation.diagnostics, `Cell [${executionCount}]`),
      );
    const { cell } = preparation;
    if (!silent && cell.warnings.length > 0) {
      output.stream("stderr", warningText(cell.source, cell.warnings, `Cell [${executionCount}]`), request.header);
    }
    this.#options.crashNote.begin(executionCount, code);
    await debugging.runs(cell, `Cell [${executionCount}]`);
    const ended = await this.#send({
      type: "run",
      cell,
      parent: request.header,
      silent: silent === true,
      allowStdin: allow_stdin !== false,
      executionCount,
      tags,
    });
    if (ended.type !== "done") throw new Error("the main thread answered an expression instead of a cell");
    language.commit(cell.id, ended.live);
    await this.#options.drained();
    this.#options.crashNote.clear();
    if (ended.outcome.status === "error") return this.#error(request, ended.outcome);
    const results = await this.#evaluate(user_expressions, request);
    return { status: "ok", execution_count: executionCount, user_expressions: results, payload: ended.outcome.payload };
  }

  /** Undefined where an interrupt comes first, as a check can take long; what it finds later is forgotten. */
  async #prepare(code: string, checking: Checking): Promise<Preparation | undefined> {
    const { language } = this.#options;
    const id = this.#nextId++;
    const prepared = language.prepare(code, { checking, id });
    const left = new Promise<undefined>((resolve) => (this.#leaveCheck = () => resolve(undefined)));
    const first = await Promise.race([prepared, left]);
    this.#leaveCheck = undefined;
    if (first === undefined) void prepared.then(() => language.commit(id, [])).catch(() => undefined);
    return first;
  }

  async #evaluate(expressions: Json, request: Message): Promise<JsonObject> {
    const results: Record<string, Json> = {};
    for (const [name, source] of Object.entries(expressions ?? {})) {
      const preparation = await this.#options.language.prepare(String(source), { checking: "off", id: this.#nextId++ });
      if (!preparation.ok)
        results[name] = { status: "error", ...describeDiagnostics(preparation.source, preparation.diagnostics, name) };
      else {
        const ended = await this.#send({ type: "evaluate", cell: preparation.cell, parent: request.header });
        this.#options.language.commit(preparation.cell.id, []);
        results[name] =
          ended.type === "evaluated"
            ? ended.result
            : { status: "error", ename: "Error", evalue: "the cell was ended", traceback: [] };
      }
    }
    return results;
  }

  async #send(request: CellRequest & { readonly cell: PreparedCell }): Promise<Ended> {
    await this.#options.ready();
    if (this.#interrupted) return { type: "done", id: request.cell.id, live: [], outcome: INTERRUPTED };
    return new Promise((resolve) => {
      this.#waiting = { id: request.cell.id, resolve };
      this.#options.send(request);
    });
  }

  #error(
    request: Message,
    { ename, evalue, traceback }: { ename: string; evalue: string; traceback: readonly string[] },
  ): JsonObject {
    const content = { ename, evalue, traceback };
    if (request.content["silent"] !== true) this.#options.output.publish("error", content, request.header);
    return { status: "error", execution_count: this.#count, ...content };
  }
}

/** How a cell, or an expression of its user_expressions, came back from the main thread. */
export type Ended = Extract<CellEvent, { type: "done" | "evaluated" }>;
