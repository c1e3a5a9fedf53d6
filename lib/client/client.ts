/** A Jupyter client for any kernel: requests collected by parent, raw sends, heartbeat, stdin, interrupts. */
import { randomUUID } from "node:crypto";
import { Dealer, Subscriber } from "zeromq";
import { address, type Channel, type Connection } from "./process.js";
import { PATIENCE_MS, Request, type Outcome } from "./request.js";
import { decode, encode, makeHeader, type Content, type Message } from "./message-frames.js";

/** The fields of an execute_request but its code, in camelCase. */
export interface ExecuteOptions {
  readonly silent?: boolean;
  readonly storeHistory?: boolean;
  readonly userExpressions?: Readonly<Record<string, string>>;
  readonly allowStdin?: boolean;
  readonly stopOnError?: boolean;
  readonly metadata?: Content;
  /** Liveness limit, ms. */
  readonly limitMs?: number;
}

type RequestChannel = "shell" | "control" | "stdin";

/** One front end's four sockets and heartbeat, connected to a kernel that may be shared with others. */
export class KernelClient {
  readonly session = randomUUID();
  readonly requests = new Map<string, Request>();
  /** Published messages whose parent is no request of this client. */
  readonly strays: Message[] = [];
  /** Every message in order of arrival. */
  readonly received: Message[] = [];
  /** How many of them had a wrong signature. */
  wronglySigned = 0;
  /** Answers input requests; without it they are left unanswered. */
  onInput: ((prompt: string, password: boolean, message: Message) => string | Promise<string>) | undefined;
  readonly #sockets: Record<RequestChannel | "hb", Dealer>;
  readonly #iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  readonly #sending = new Map<Dealer, Promise<void>>();
  readonly #beats: { readonly sentAt: number; readonly resolve: (ms: number) => void }[] = [];
  readonly #watchers = new Set<(message: Message) => void>();
  readonly #stdinConnected: Promise<void>;
  #closed = false;

  constructor(readonly connection: Connection) {
    const routingId = randomUUID(); // one identity on all channels: kernels send input_request to the shell's
    const dealer = (): Dealer => new Dealer({ linger: 0, routingId, sendHighWaterMark: 0, receiveHighWaterMark: 0 });
    this.#sockets = { shell: dealer(), control: dealer(), stdin: dealer(), hb: dealer() };
    // Listened for before connecting: to a kernel that runs already, the handshake can be over in an instant.
    this.#stdinConnected = new Promise((resolve) => this.#sockets.stdin.events.on("handshake", () => resolve()));
    for (const [channel, socket] of Object.entries(this.#sockets))
      socket.connect(address(connection, channel as Channel));
    this.#iopub.connect(address(connection, "iopub"));
    this.#iopub.subscribe();
    for (const channel of ["shell", "control", "stdin"] as const) void this.#read(channel, this.#sockets[channel]);
    void this.#read("iopub", this.#iopub);
    void this.#readHeartbeat();
  }

  /** Sends a signed request and returns at once; await its `.done()` or `.replied()`. */
  request(
    type: string,
    content: Content = {},
    options: {
      channel?: RequestChannel;
      metadata?: Content;
      buffers?: readonly Uint8Array[];
      parent?: Partial<Message["header"]>;
    } = {},
  ): Request {
    const header = makeHeader(type, this.session);
    const request = new Request(header.msg_id, type);
    this.requests.set(header.msg_id, request);
    this.sendFrames(
      options.channel ?? "shell",
      encode(this.connection.key, header, options.parent ?? {}, options.metadata ?? {}, content, options.buffers),
    );
    return request;
  }

  /** Sends frames as they are: forged, torn or senseless ones too. */
  sendFrames(channel: RequestChannel, frames: readonly (Buffer | string)[]): void {
    this.#enqueue(this.#sockets[channel], frames);
  }

  start(code: string, options: ExecuteOptions = {}): Request {
    return this.request(
      "execute_request",
      {
        code,
        silent: options.silent ?? false,
        store_history: options.storeHistory ?? !(options.silent ?? false),
        user_expressions: options.userExpressions ?? {},
        allow_stdin: options.allowStdin ?? this.onInput !== undefined,
        stop_on_error: options.stopOnError ?? true,
      },
      { metadata: options.metadata ?? {} },
    );
  }

  /** Runs a cell to its reply and idle. */
  execute(code: string, options: ExecuteOptions = {}): Promise<Outcome> {
    return this.start(code, options).done(options.limitMs);
  }

  /** The content of the reply to any request. */
  async ask(
    type: string,
    content: Content = {},
    options: { channel?: RequestChannel; limitMs?: number } = {},
  ): Promise<Content> {
    return (await this.request(type, content, options).replied(options.limitMs)).content;
  }

  complete(code: string, cursor = [...code].length): Promise<Content> {
    return this.ask("complete_request", { code, cursor_pos: cursor });
  }

  inspect(code: string, cursor = [...code].length, detail = 0): Promise<Content> {
    return this.ask("inspect_request", { code, cursor_pos: cursor, detail_level: detail });
  }

  async isComplete(code: string): Promise<Content> {
    return this.ask("is_complete_request", { code });
  }

  /** One heartbeat: ms until its echo. */
  heartbeat(limitMs = PATIENCE_MS): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`heartbeat: no echo within ${limitMs} ms`)), limitMs);
      this.#beats.push({
        sentAt: performance.now(),
        resolve: (ms) => {
          clearTimeout(timer);
          resolve(ms);
        },
      });
      this.#enqueue(this.#sockets.hb, ["", "ping"]);
    });
  }

  /** Waits for any message that `test` accepts, from now on. */
  next(test: (message: Message) => boolean, limitMs = PATIENCE_MS): Promise<Message> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#watchers.delete(watcher);
        reject(new Error(`next: no such message within ${limitMs} ms`));
      }, limitMs);
      const watcher = (message: Message): void => {
        if (!test(message)) return;
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        resolve(message);
      };
      this.#watchers.add(watcher);
    });
  }

  /**
   * Asks kernel_info until both its reply and its idle status have come, so that nothing published later is missed,
   * and waits for the stdin channel: a kernel's question to a socket that is still connecting is lost.
   * @throws Error where neither comes within `limitMs`.
   */
  async ready(limitMs = PATIENCE_MS): Promise<Content> {
    const end = performance.now() + limitMs;
    for (;;) {
      try {
        const info = (await this.request("kernel_info_request").done(1_000)).reply.content;
        await this.#stdinConnected;
        return info;
      } catch (error) {
        if (performance.now() > end) throw error;
      }
    }
  }

  close(): void {
    this.#closed = true;
    for (const socket of [...Object.values(this.#sockets), this.#iopub]) socket.close();
  }

  /** zeromq refuses a second send while one is under way. */
  #enqueue(socket: Dealer, frames: readonly (Buffer | string)[]): void {
    const sent = (this.#sending.get(socket) ?? Promise.resolve()).then(() =>
      socket.send(frames as (Buffer | string)[]),
    );
    this.#sending.set(
      socket,
      sent.catch(() => {}),
    );
  }

  async #read(channel: string, socket: Dealer | Subscriber): Promise<void> {
    try {
      for await (const frames of socket) this.#take(decode(this.connection.key, channel, frames as Buffer[]));
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }

  #take(message: Message): void {
    this.received.push(message);
    if (!message.signed) this.wronglySigned++;
    if (message.type === "input_request") void this.#answer(message);
    else {
      const request = this.requests.get(message.parent.msg_id ?? "");
      if (request) request.take(message);
      else if (message.channel === "iopub") this.strays.push(message);
    }
    for (const watcher of [...this.#watchers]) watcher(message);
  }

  async #answer(message: Message): Promise<void> {
    if (!this.onInput) return;
    const value = await this.onInput(
      message.content["prompt"] as string,
      message.content["password"] as boolean,
      message,
    );
    this.request("input_reply", { value, status: "ok" }, { channel: "stdin", parent: message.header });
  }

  async #readHeartbeat(): Promise<void> {
    try {
      for await (const _ of this.#sockets.hb) {
        const beat = this.#beats.shift();
        beat?.resolve(performance.now() - beat.sentAt);
      }
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }
}
