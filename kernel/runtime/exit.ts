/** Every way out passes here: the worker closes its sockets first, as a socket still being read aborts the process. */
import type { Channel } from "./channel.js";
import { Slot, type Shared } from "../both/shared.js";

/** A worker that has not closed after this long is left behind, ms. */
const GRACE_MS = 3000;

type Exit = (code?: number) => never;

export function installExit(channel: Channel, shared: Shared): void {
  const target = process as unknown as { reallyExit: Exit };
  const leave = target.reallyExit;
  target.reallyExit = (code = 0) => {
    if (Atomics.load(shared, Slot.closed) === 0) {
      channel.post({ type: "exit", code });
      Atomics.wait(shared, Slot.closed, 0, GRACE_MS);
    }
    return Reflect.apply(leave, process, [code]);
  };
}
