/** Every way out passes here: the worker closes its sockets first, as a socket still being read aborts the process. */
import process from "node:process"; // a cell may replace the global one
import type { Channel } from "./channel.js";
import { Slot, type Shared } from "../both/shared.js";

/** A worker that has not closed after this long is left behind, ms. */
const GRACE_MS = 3000;

/** What a process that aborted itself ends with, in a shell's words. */
const ABORTED = 134;

type Exit = (code?: number) => never;

/** How the process ends. */
export interface Ways {
  /** Ends the process with code 0, after its "exit" listeners: also where a cell has replaced what that takes. */
  readonly end: () => void;
}

/**
 * Lets what a cell calls to end the process, `process.exit` or `process.abort`, end the kernel with its output
 * kept.
 */
export function installExit(channel: Channel, shared: Shared): Ways {
  const target = process as unknown as { reallyExit: Exit; exit: Exit; abort: () => never };
  const { reallyExit, exit } = target;
  const leave = (code: number, call: string): never => {
    if (Atomics.load(shared, Slot.closed) === 0) {
      channel.post({ type: "exit", code, call });
      Atomics.wait(shared, Slot.closed, 0, GRACE_MS);
    }
    return Reflect.apply(reallyExit, process, [code]);
  };
  target.reallyExit = (code = 0) => leave(code, `process.exit(${code})`);
  target.abort = () => leave(ABORTED, "process.abort()");
  return {
    end: () => {
      try {
        Reflect.apply(exit, process, [0]);
      } catch {
        // an "exit" listener threw
      }
      Reflect.apply(reallyExit, process, [0]);
    },
  };
}
