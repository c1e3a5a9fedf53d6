/**
 * The two small interfaces that the kernel's rooms meet at. Nothing here runs.
 *
 *   worker thread                                     main thread
 *   protocol/  ── Language ──>  language/             runtime/
 *       │                       (owns TypeScript 7's
 *       │                        server process)
 *       └───────────────── CellRequest / CellEvent over a MessagePort ──────> runs the user's code
 *
 * Positions are UTF-16 offsets into the cell's own text; protocol/ converts to and from Jupyter's code points.
 */

/** JSON-like data, as it crosses the wire. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A MIME bundle: representation by MIME type, and metadata. */
export interface Bundle {
  readonly data: Readonly<Record<string, Json>>;
  readonly metadata: Readonly<Record<string, Json>>;
}

/** What a type error does: stops the cell, is printed as a warning, or is not looked for. */
export type Checking = "error" | "warn" | "off";

/** A finding of the parser or the checker, in the cell's own positions. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** "TypeError" never: checker findings are "TS2322" and so on, parser findings "SyntaxError". */
  readonly code: string;
  /** Message with names of cell files rewritten, did-you-mean included. */
  readonly message: string;
  /** What may be done about it, a line each. */
  readonly hints?: readonly string[];
  readonly start: number;
  readonly end: number;
  /** The local module that the positions are of, where they are not the cell's. */
  readonly file?: {
    /** As a reader knows it: "tools/add.ts". */
    readonly title: string;
    readonly source: string;
  };
}

/** A magic before a cell's first statement: language/with-magics.ts finds it, runtime/run-magics.ts runs it. */
export interface Magic {
  /** "time", "bash", …: without its percent signs. */
  readonly name: string;
  /** The rest of its line. */
  readonly args: string;
  /** The rest of the cell, where that is the magic's own text (%%bash). */
  readonly body?: string;
  /** What cells have declared, for %who. */
  readonly names?: readonly { readonly name: string; readonly type: string; readonly cell: number }[];
}

/** A cell ready to run. */
export interface PreparedCell {
  /** The cell's module number, unique in the kernel's life (not the execution count). */
  readonly id: number;
  /** File name that stack frames of this cell carry, e.g. "cell-12.ts". */
  readonly fileName: string;
  /** The cell's own text, for code frames. */
  readonly source: string;
  /** An expression whose value is `(cell: CellScope) => Promise<void>`: types erased, uses rewritten. */
  readonly code: string;
  /** Source map (JSON, version 3) from `code` to `source`. */
  readonly sourceMap: string;
  /** Value names the cell declares at its top level. */
  readonly declares: readonly string[];
  /** Warnings to print before the cell runs. */
  readonly warnings: readonly Diagnostic[];
  /** Run by runtime/run-magics.ts around the cell: `runMagics(cell.magics ?? [], host, run)`. */
  readonly magics?: readonly Magic[];
}

/** A cell made ready to run, or why it cannot be: its errors, with positions in `source`. */
export type Preparation =
  | { readonly ok: true; readonly cell: PreparedCell }
  | {
      readonly ok: false;
      readonly source: string;
      readonly fileName: string;
      readonly diagnostics: readonly Diagnostic[];
    };

/** One offer for what stands at the cursor. */
export interface CompletionItem {
  readonly text: string;
  /** The server's kind as Jupyter's experimental type: "function", "class", "property", "keyword", "path", … */
  readonly type: string;
  readonly signature?: string;
}

/** Offers, each in place of the cell's text from `start` to `end`, UTF-16 offsets. */
export interface Completion {
  readonly items: readonly CompletionItem[];
  readonly start: number;
  readonly end: number;
}

/** Whether a front end's Enter runs the cell or begins a new line (is_complete_reply). */
export interface Completeness {
  readonly status: "complete" | "incomplete" | "invalid" | "unknown";
  /** Indent of the next line, for "incomplete". */
  readonly indent: string;
}

/** The language room's door; lives on the worker thread, every call answers while a cell computes. */
export interface Language {
  /** Starts the server; resolves when the first check can be asked for. */
  start(): Promise<void>;
  /**
   * Parses, checks and erases one cell. Nothing of it is carried on before `commit`; `complete` and `inspect` see its
   * names meanwhile.
   */
  prepare(source: string, options: { readonly checking: Checking; readonly id: number }): Promise<Preparation>;
  /** After every cell that was prepared: which of its names came to be (all of them unless it threw). */
  commit(id: number, live: readonly string[]): void;
  complete(source: string, offset: number): Promise<Completion>;
  /** Markdown and plain text about the name at the offset, or null. */
  inspect(source: string, offset: number, detail: 0 | 1): Promise<Bundle | null>;
  isComplete(source: string): Completeness;
  /** Names that later cells can use, with the type each has now (for %who). */
  names(): Promise<readonly { readonly name: string; readonly type: string; readonly cell: number }[]>;
  /** Forgets every earlier cell. */
  reset(): void;
  /** Ends the server and removes its temporary folder; also safe when it died. */
  close(): Promise<void>;
}

/** language/index.ts exports `createLanguage: CreateLanguage`; `folder` is the notebook's. */
export type CreateLanguage = (options: { readonly folder: string }) => Language;

/** The debug room's door; lives on the worker thread, every request is answered while a cell is stopped. */
export interface Debugging {
  /** The answer to a debug_request, whatever that holds; it never rejects. */
  answer(content: Json): Promise<Json>;
  /** A cell is about to run, or an expression: resolves when its breakpoints are set. */
  runs(cell: PreparedCell, title: string): Promise<void>;
  /** TypeScript that declares what a front end has copied out of functions since; "" for nothing. */
  takeCopies(): string;
  /** Whether the main thread stands at a line. */
  readonly stopped: boolean;
  /** Has the main thread go on from there and stop nowhere, until `arm`. */
  leave(): void;
  /**
   * Ends what runs on the main thread where V8 has ended a call of the debugger's in its place.
   * @param isNeeded asked when the main thread stands for it
   */
  strike(isNeeded: () => boolean): Promise<void>;
  arm(): Promise<void>;
  close(): void;
}

/** What a debugger is made with. */
export interface DebuggingOptions {
  /** Publishes a debug_event. */
  readonly event: (content: Json) => void;
  /** A cell's text without its magics, every position the same. */
  readonly codeOf: (text: string) => string;
}

/** debug/index.ts exports `createDebugging: CreateDebugging`. */
export type CreateDebugging = (options: DebuggingOptions) => Debugging;

/** Worker → main. */
export type CellRequest =
  | {
      readonly type: "run";
      readonly cell: PreparedCell;
      readonly parent: Json;
      readonly silent: boolean;
      readonly allowStdin: boolean;
      readonly executionCount: number;
      readonly tags: readonly string[];
    }
  /** A user expression, asked after its cell was committed. */
  | { readonly type: "evaluate"; readonly cell: PreparedCell; readonly parent: Json }
  | {
      readonly type: "comm";
      readonly message: "comm_open" | "comm_msg" | "comm_close";
      readonly content: Json;
      readonly metadata: Json;
      readonly buffers: readonly Uint8Array[];
      readonly parent: Json;
    }
  | { readonly type: "input"; readonly value: string }
  /** Answered by writing `number` into shared memory, when everything that is to end has ended. */
  | {
      readonly type: "interrupt";
      readonly number: number;
      /** The cell that the worker waits for: its start may have been struck too. */
      readonly cell: number | null;
    }
  /** No termination is under way any more: `finally` blocks of what was interrupted may run. */
  | { readonly type: "unwind" }
  | { readonly type: "shutdown"; readonly restart: boolean };

/** How a cell ended. */
export type CellOutcome =
  | { readonly status: "ok"; readonly payload: readonly Json[] }
  | {
      readonly status: "error";
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    };

/** Main → worker. `parent` is the request header the output belongs to; null is the running cell's. */
export type CellEvent =
  | { readonly type: "stream"; readonly name: "stdout" | "stderr"; readonly text: string; readonly parent: Json }
  | {
      readonly type: "publish";
      readonly message: Published;
      readonly content: Json;
      readonly metadata: Json;
      readonly buffers: readonly Uint8Array[];
      readonly parent: Json;
    }
  /** `blocking`: the main thread waits in Atomics.wait for the answer. */
  | { readonly type: "input"; readonly prompt: string; readonly password: boolean; readonly blocking: boolean }
  | { readonly type: "done"; readonly id: number; readonly live: readonly string[]; readonly outcome: CellOutcome }
  | { readonly type: "evaluated"; readonly id: number; readonly result: Json }
  | { readonly type: "comm_handled"; readonly parent: Json }
  /** A cell's child process; `group`: one of the kernel's own that leads a process group. */
  | { readonly type: "child"; readonly pid: number; readonly state: "started" | "group" | "over" }
  /** The children of a cell that was interrupted; `unnoted`: one that was never told of is among them. */
  | { readonly type: "end_children"; readonly pids: readonly number[]; readonly unnoted: boolean }
  /** `call`: what a cell called, "process.exit(3)". */
  | { readonly type: "exit"; readonly code: number; readonly call: string };

/** What user code may publish on iopub. */
export type Published =
  | "display_data"
  | "update_display_data"
  | "clear_output"
  | "execute_result"
  | "error"
  | "comm_open"
  | "comm_msg"
  | "comm_close";
