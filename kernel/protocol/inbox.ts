/** What the main thread sends, both ways of it put back into one order. */
import type { MessagePort } from "node:worker_threads";
import type { CellEvent, Json } from "../contract.js";
import type { Posted } from "../both/shared.js";
import { Kind, RingReader, type RingMemory } from "../both/ring.js";

/** Calls `receive` with every event of the main thread in the order in which they were sent. */
export function openInbox(port: MessagePort, memory: RingMemory, receive: (event: CellEvent) => void): void {
  const ring = new RingReader(memory);
  let parent: Json = null;
  let received = 0;

  const drain = (): void =>
    ring.drain((kind, text) => {
      if (kind === Kind.barrier) return Number(text) <= received; // its event is still on its way
      if (kind === Kind.parent) parent = JSON.parse(text) as Json;
      else receive({ type: "stream", name: kind === Kind.stdout ? "stdout" : "stderr", text, parent });
      return true;
    });

  port.on("message", (posted: Posted) => {
    if (posted !== null) {
      received = posted.number - 1;
      drain();
      receive(posted.event);
      received = posted.number;
    }
    drain();
  });
}
