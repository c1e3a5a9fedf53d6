/** The main thread's way to the worker. Waits where the worker has too much to pass on, so that nothing is lost. */
import type { MessagePort } from "node:worker_threads";
import type { CellEvent, Json } from "../contract.js";
import { Slot, type Shared } from "./shared.js";

/** Characters of stream text under way, at most; one text may be longer. */
const UNDER_WAY = 1 << 23;

export class Channel {
  readonly #port: MessagePort;
  readonly #shared: Shared;

  constructor(port: MessagePort, shared: Shared) {
    this.#port = port;
    this.#shared = shared;
  }

  stream(name: "stdout" | "stderr", text: string, parent: Json): void {
    if (text === "") return;
    for (;;) {
      const unsent = Atomics.load(this.#shared, Slot.unsent);
      if (unsent <= UNDER_WAY) break;
      Atomics.wait(this.#shared, Slot.unsent, unsent, 100);
    }
    Atomics.add(this.#shared, Slot.unsent, text.length);
    this.#port.postMessage({ type: "stream", name, text, parent });
  }

  /** Sends an event; what cannot be cloned in its content (a function, a proxy) is sent as JSON sees it. */
  post(event: Exclude<CellEvent, { type: "stream" }>): void {
    try {
      this.#port.postMessage(event);
    } catch (error) {
      if (event.type !== "publish" && event.type !== "evaluated") throw error;
      this.#port.postMessage(parse(stringify(event)));
    }
  }
}

const { parse, stringify } = JSON; // taken now: a cell may overwrite them
