/**
 * The main thread's way to the worker: stream text through the ring, everything else as numbered events. A barrier in
 * the ring before each event keeps both in one order.
 */
import type { MessagePort } from "node:worker_threads";
import type { CellEvent, Json } from "../contract.js";
import type { Posted } from "../both/shared.js";
import { Kind, RingWriter, type RingMemory } from "../both/ring.js";

const { parse, stringify } = JSON; // taken now: a cell may overwrite them

/** The main thread's way to the worker: prints through the ring, everything else by message, in one order. */
export class Channel {
  readonly #port: MessagePort;
  readonly #ring: RingWriter;
  #number = 0;
  #parent: Json | undefined;

  constructor(port: MessagePort, memory: RingMemory) {
    this.#port = port;
    this.#ring = new RingWriter(memory, () => port.postMessage(null satisfies Posted));
  }

  stream(name: "stdout" | "stderr", text: string, parent: Json): void {
    if (text === "") return;
    if (parent !== this.#parent) {
      this.#ring.write(Kind.parent, stringify(parent));
      this.#parent = parent;
    }
    this.#ring.write(Kind[name], text);
  }

  /** Sends an event; what cannot be cloned in its content (a function, a proxy) is sent as JSON sees it. */
  post(event: Exclude<CellEvent, { type: "stream" }>): void {
    const number = ++this.#number;
    this.#ring.write(Kind.barrier, `${number}`);
    try {
      this.#port.postMessage({ number, event } satisfies Posted);
    } catch (error) {
      if (event.type !== "publish" && event.type !== "evaluated") throw error;
      this.#port.postMessage(parse(stringify({ number, event })) as Posted);
    }
  }
}
