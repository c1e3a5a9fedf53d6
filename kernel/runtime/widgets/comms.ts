/** Comms: channels between a cell's code and the front end, opened by either side. */
import { randomUUID } from "node:crypto";
import type { CellRequest, Json } from "../../contract.js";
import { broadcaster } from "../display.js";
import { toJson } from "../values/safe.js";

/** A message on a comm. */
export interface CommMessage {
  readonly data: Json;
  readonly metadata: Json;
  readonly buffers: readonly Uint8Array[];
}

/** What a comm message carries. */
export interface CommPayload {
  readonly data?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly buffers?: readonly (ArrayBufferView | ArrayBuffer)[];
}

/** Called with each message of a comm. */
export type CommHandler = (message: CommMessage) => unknown;
type CommRequest = Extract<CellRequest, { readonly type: "comm" }>;

/** One open channel. */
export class Comm {
  readonly #handlers = new Set<CommHandler>();
  readonly #closers = new Set<CommHandler>();
  readonly #closed: () => void;
  #open = true;

  constructor(
    readonly id: string,
    readonly target: string,
    closed: () => void,
  ) {
    this.#closed = closed;
  }

  /** Whether neither side has closed it. */
  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * Sends a message to the front end.
   * @throws Error on a closed comm
   */
  send(data: unknown, payload: Omit<CommPayload, "data"> = {}): void {
    if (!this.#open) throw new Error(`comm ${this.target}: must be open to send, got a closed one`);
    broadcast("comm_msg", { comm_id: this.id }, { ...payload, data });
  }

  /** Calls `handler` with every message; its output belongs to that message. Returns the undoing. */
  onMessage(handler: CommHandler): () => void {
    return add(this.#handlers, handler);
  }

  /** Calls `handler` when the front end closes the comm. Returns the undoing. */
  onClose(handler: CommHandler): () => void {
    return add(this.#closers, handler);
  }

  /** Tells the front end that nothing more comes. */
  close(payload: CommPayload = {}): void {
    if (!this.#open) return;
    this.#end();
    broadcast("comm_close", { comm_id: this.id }, payload);
  }

  /** For the kernel: a message of the front end. */
  async receive(type: CommRequest["message"], message: CommMessage): Promise<void> {
    if (type === "comm_close") this.#end();
    await callAll(type === "comm_close" ? this.#closers : this.#handlers, message);
  }

  #end(): void {
    this.#open = false;
    this.#closed();
  }
}

/** All comms of a kernel. */
export class Comms {
  readonly #open = new Map<string, Comm>();
  readonly #targets = new Map<string, (comm: Comm, message: CommMessage) => unknown>();

  /** Opens a comm to what the front end has registered under `target`. */
  open(target: string, payload: CommPayload & { readonly id?: string } = {}): Comm {
    if (typeof target !== "string" || target === "")
      throw new TypeError(`comms.open: target must be a name, got ${String(target)}`);
    const comm = this.#add(payload.id ?? randomUUID().replaceAll("-", ""), target);
    broadcast("comm_open", { comm_id: comm.id, target_name: target }, payload);
    return comm;
  }

  /** Calls `handler` when the front end opens a comm to `target`. Returns the undoing. */
  register(target: string, handler: (comm: Comm, message: CommMessage) => unknown): () => void {
    this.#targets.set(target, handler);
    return () => {
      if (this.#targets.get(target) === handler) this.#targets.delete(target);
    };
  }

  /** Open comms: id and target. */
  list(): { readonly id: string; readonly target: string }[] {
    return [...this.#open.values()].map(({ id, target }) => ({ id, target }));
  }

  /**
   * For the kernel: a comm message of the front end. One to an unknown target is closed, as the protocol asks; one to
   * an unknown comm is dropped.
   * @throws what a handler throws, after all were called
   */
  async receive(request: CommRequest): Promise<void> {
    const content = request.content as {
      readonly comm_id?: Json;
      readonly target_name?: Json;
      readonly data?: Json;
    } | null;
    const id = content?.comm_id;
    if (typeof id !== "string") return;
    const message: CommMessage = { data: content?.data ?? {}, metadata: request.metadata, buffers: request.buffers };
    if (request.message !== "comm_open") return this.#open.get(id)?.receive(request.message, message);
    const target = content?.target_name;
    const handler = typeof target === "string" ? this.#targets.get(target) : undefined;
    if (typeof target !== "string" || !handler) return void broadcast("comm_close", { comm_id: id }, {});
    await handler(this.#add(id, target), message);
  }

  #add(id: string, target: string): Comm {
    const comm = new Comm(id, target, () => this.#open.delete(id));
    this.#open.set(id, comm);
    return comm;
  }
}

/** The kernel's comms; `comms` in a cell. */
export const comms = new Comms();

function add(handlers: Set<CommHandler>, handler: CommHandler): () => void {
  handlers.add(handler);
  return () => void handlers.delete(handler);
}

async function callAll(handlers: ReadonlySet<CommHandler>, message: CommMessage): Promise<void> {
  const results = await Promise.allSettled([...handlers].map(async (handler) => handler(message)));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

function broadcast(
  type: "comm_open" | "comm_msg" | "comm_close",
  content: Record<string, unknown>,
  payload: CommPayload,
): void {
  const data = payload.data === undefined ? {} : toJson(payload.data);
  broadcaster("comm")(type, { ...content, data }, payload.metadata ?? {}, (payload.buffers ?? []).map(bytes));
}

function bytes(buffer: ArrayBufferView | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}
