/**
 * Everything published on iopub, in order. Stream text that follows on stream text of the same cell is joined,
 * and sent before anything else is, or after a moment.
 */
import type { Json } from "../contract.js";
import type { Sockets } from "./sockets.js";
import type { Wire } from "./wire.js";

/** How long stream text waits for more, ms. */
const JOIN_MS = 10;
/** Stream text is sent at once from this length on. */
const JOIN_LENGTH = 1 << 18;

interface Joined {
  readonly name: string;
  readonly parent: Json;
  parts: string[];
  length: number;
}

/** Publishes on iopub; pieces of a stream that come close together go as one message. */
export class Output {
  readonly #wire: Wire;
  readonly #sockets: Sockets;
  #joined: Joined | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(wire: Wire, sockets: Sockets) {
    this.#wire = wire;
    this.#sockets = sockets;
  }

  stream(name: string, text: string, parent: Json): void {
    let joined = this.#joined;
    if (joined === undefined || joined.name !== name || joined.parent !== parent) {
      this.flush();
      joined = this.#joined = { name, parent, parts: [], length: 0 };
    }
    joined.parts.push(text);
    joined.length += text.length;
    if (joined.length >= JOIN_LENGTH) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), JOIN_MS);
  }

  publish(type: string, content: Json, parent: Json, metadata?: Json, buffers?: readonly Uint8Array[]): void {
    this.flush();
    this.#send(type, content, parent, metadata, buffers);
  }

  status(state: "starting" | "busy" | "idle", parent: Json): void {
    this.publish("status", { execution_state: state }, parent);
  }

  /** Greets a new subscriber (JEP 65). */
  welcome(topic: string): void {
    void this.#sockets.publish(this.#wire.encode([topic], "iopub_welcome", { subscription: topic }, {}), false);
  }

  /** Sends the stream text that waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const joined = this.#joined;
    if (joined === undefined) return;
    this.#joined = undefined;
    this.#send("stream", { name: joined.name, text: joined.parts.join("") }, joined.parent);
  }

  #send(type: string, content: Json, parent: Json, metadata: Json = {}, buffers: readonly Uint8Array[] = []): void {
    const topic = `kernel.${this.#wire.session}.${type}`;
    void this.#sockets.publish(this.#wire.encode([topic], type, content, parent, metadata, buffers));
  }
}
