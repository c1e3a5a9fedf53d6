/**
 * TypeScript 7's language server in a process of its own: started, spoken to, and started again when it dies or hangs.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { pathToFileURL } from "node:url";
import {
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from "vscode-jsonrpc/node";
import { isTypeScript } from "../both/locate-file.js";
import { serverProgram } from "./server-program.js";

/** A request unanswered for so long means that the server hangs. */
const HANG_MS = 10_000;

/** Names of packages that a cell has not imported are not offered: looking for them takes up to a second. */
const PREFERENCES = { suggest: { autoImports: false }, preferences: { includeCompletionsForModuleExports: false } };

/** What the connection itself answers in the server's place. */
const BROKEN_PIPE: readonly number[] = [
  ErrorCodes.MessageWriteError,
  ErrorCodes.MessageReadError,
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.ConnectionInactive,
];

/** A place as the language server protocol says it: both from 0, `character` in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** One of its diagnostics; severity 1 is an error, 2 a warning. */
export interface ServerFinding {
  readonly severity: number;
  readonly code: number;
  readonly message: string;
  readonly range: { readonly start: Position; readonly end: Position };
  /** What belongs to it: advice, and other places. */
  readonly relatedInformation?: readonly { readonly message: string }[];
}

interface Running {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  /** Rejects when the process has gone. */
  readonly gone: Promise<never>;
  readonly ready: Promise<unknown>;
  /** Versions of the documents it has open. */
  readonly open: Map<string, number>;
}

/** TypeScript's language server in its own process: started by the first question, again where it died or hangs. */
export class Server {
  readonly #root: string;
  readonly #hangMs: number;
  #running: Running | undefined;
  #closed = false;
  /** How often it had to be started again. */
  restarts = 0;

  constructor(root: string, hangMs: number = HANG_MS) {
    this.#root = root;
    this.#hangMs = hangMs;
  }

  /** Process id, while it lives. */
  get pid(): number | undefined {
    return this.#running?.process.pid;
  }

  /**
   * Shows a document's text and asks about it; both again, once, of a new server if the first dies or hangs.
   * @throws Error if the new one fails as well
   */
  async ask<T>(file: string, text: string, method: string, params: object = {}): Promise<T> {
    const [answer] = await this.askWith<T>(file, [], text, method, params);
    return answer!;
  }

  /** The same, and at once about files that the document imports; the document's answer is the first. */
  async askWith<T>(
    file: string,
    imported: readonly string[],
    text: string,
    method: string,
    params: object = {},
  ): Promise<readonly T[]> {
    try {
      return await this.#ask<T>([file, ...imported], text, method, params);
    } catch (error) {
      if (this.#closed || !(error instanceof ServerGone)) throw error;
      this.stop();
      this.restarts++;
      return this.#ask<T>([file, ...imported], text, method, params);
    }
  }

  /** Asks about a file as part of the project that its own tsconfig.json makes, which is not kept. */
  async askAlone<T>(file: string, text: string, method: string): Promise<T> {
    const textDocument = { uri: pathToFileURL(file).href };
    return this.#within(this.#connected(), async (connection) => {
      const opened = { ...textDocument, languageId: languageOf(file), version: 1, text };
      void connection.sendNotification("textDocument/didOpen", { textDocument: opened }).catch(() => undefined);
      const answer = connection.sendRequest<T>(method, { textDocument });
      void connection.sendNotification("textDocument/didClose", { textDocument }).catch(() => undefined);
      return answer;
    });
  }

  /** A request that belongs to no document, of the server as it is. */
  async request<T>(method: string, params: object): Promise<T> {
    return this.#within(this.#connected(), (connection) => connection.sendRequest<T>(method, params));
  }

  /** Tells of files that came, changed or went (1, 2, 3). */
  changed(files: readonly { readonly path: string; readonly type: 1 | 2 | 3 }[]): void {
    if (files.length === 0 || this.#running === undefined) return;
    void this.#running.connection
      .sendNotification("workspace/didChangeWatchedFiles", {
        changes: files.map(({ path, type }) => ({ uri: pathToFileURL(path).href, type })),
      })
      .catch(() => undefined);
  }

  /** Ends the process; the next request starts another. */
  stop(): void {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    running.connection.dispose();
    running.process.kill("SIGKILL");
  }

  close(): void {
    this.#closed = true;
    this.stop();
  }

  /** @param files the first is shown with this text, and imports the others */
  async #ask<T>(files: readonly string[], text: string, method: string, params: object): Promise<T[]> {
    const running = this.#connected();
    const [uri = "", ...imported] = files.map((file) => pathToFileURL(file).href);
    return this.#within(running, async (connection) => {
      const version = (running.open.get(uri) ?? 0) + 1;
      running.open.set(uri, version);
      if (version === 1)
        void connection
          .sendNotification("textDocument/didOpen", {
            textDocument: { uri, languageId: languageOf(uri), version, text },
          })
          .catch(() => undefined);
      else
        void connection
          .sendNotification("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ text }] })
          .catch(() => undefined); // a dead server is noticed by its exit
      const about = (one: string): Promise<T> =>
        connection.sendRequest<T>(method, { textDocument: { uri: one }, ...params });
      return Promise.all([uri, ...imported].map(about)); // sent before anyone shows another text
    });
  }

  async #within<T>(running: Running, work: (connection: MessageConnection) => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<never>(
      (_, reject) =>
        (timer = setTimeout(() => reject(new ServerGone(`no answer in ${this.#hangMs} ms`)), this.#hangMs)),
    );
    try {
      return await Promise.race([running.ready.then(() => work(running.connection)), running.gone, hung]);
    } catch (error) {
      // All but the server's own answers mean that its pipe has broken, which can be felt before its exit is told.
      if (error instanceof ServerGone || (error instanceof ResponseError && !BROKEN_PIPE.includes(error.code)))
        throw error;
      throw new ServerGone(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  #connected(): Running {
    if (this.#closed) throw new Error("language server: closed");
    return (this.#running ??= this.#spawn());
  }

  #spawn(): Running {
    // It ends by itself when its stdin closes, so it never outlives the kernel.
    const child = spawn(serverProgram(), ["--lsp", "--stdio"], {
      cwd: this.#root,
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, GOGC: "40" },
    });
    const connection = createMessageConnection(
      new StreamMessageReader(child.stdout!),
      new StreamMessageWriter(child.stdin!),
    );
    const open = new Map<string, number>();
    const gone = new Promise<never>((_, reject) => {
      const end = (why: string): void => {
        if (this.#running?.process === child) this.#running = undefined;
        reject(new ServerGone(why));
      };
      child.on("exit", (code, signal) => end(`ended with ${signal ?? `exit code ${code}`}`));
      child.on("error", (error) => end(error.message));
    });
    gone.catch(() => undefined);
    child.stdin!.on("error", () => undefined);
    connection.onError(() => undefined);
    connection.onRequest((method, params) =>
      method === "workspace/configuration"
        ? ((params as { items?: unknown[] }).items ?? []).map(() => PREFERENCES)
        : null,
    );
    connection.listen();
    const ready = connection
      .sendRequest("initialize", {
        processId: process.pid,
        rootUri: pathToFileURL(this.#root).href,
        initializationOptions: {
          preferences: { includeCompletionsForModuleExports: false, suggest: { autoImports: false } },
        },
        capabilities: {
          workspace: { configuration: true },
          textDocument: {
            diagnostic: { relatedInformation: true },
            definition: { linkSupport: true },
            hover: { contentFormat: ["markdown"] },
            completion: { completionItem: { documentationFormat: ["markdown"], snippetSupport: false } },
          },
        },
      })
      .then(() => connection.sendNotification("initialized", {}));
    ready.catch(() => undefined);
    return { process: child, connection, gone, ready, open };
  }
}

/** The process ended or stopped answering. */
export class ServerGone extends Error {
  constructor(why: string) {
    super(`language server: ${why}`);
    this.name = "ServerGone";
  }
}

function languageOf(file: string): string {
  const typed = isTypeScript(file) ? "typescript" : "javascript";
  return file.endsWith("x") ? `${typed}react` : typed;
}
