/**
 * The kernel's five zeromq sockets. Every send waits its turn (zeromq allows one at a time per socket and turns
 * asynchronous when a peer is slow); what is published before anyone listens is kept for the first subscriber.
 */
import * as zmq from "zeromq";
import type { Connection } from "./connection.js";
import { log } from "./log.js";

/** A ZeroMQ message of several parts. */
export type Frames = readonly (Uint8Array | string)[];
type Channel = "shell" | "control" | "stdin";

/** What is called for what arrives. */
export interface Handlers {
  message(channel: Channel, frames: readonly Buffer[]): void;
  /** A front end subscribed to iopub with this topic prefix. */
  subscribed(topic: string): void;
}

/** How long a closing socket tries to deliver what it holds, ms. */
const LINGER_MS = 1000;
/** Messages kept for the first subscriber, at most. */
const HELD = 10_000;

/** The five sockets of a kernel. */
export class Sockets {
  readonly #routers: Record<Channel, zmq.Router>;
  readonly #iopub = new zmq.XPublisher({ sendHighWaterMark: 0, linger: LINGER_MS, verbosity: "allSubs" });
  readonly #heartbeat = new zmq.Router({ linger: 0 });
  readonly #tails = new Map<zmq.Socket, Promise<void>>();
  readonly #loops: Promise<void>[] = [];
  #held: Frames[] | undefined = [];
  #closed = false;

  /** Binds at once, so that a waiting client's next attempt succeeds. */
  constructor(connection: Connection) {
    const router = (): zmq.Router =>
      new zmq.Router({ sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: LINGER_MS, handover: true });
    this.#routers = { shell: router(), control: router(), stdin: router() };
    for (const channel of ["shell", "control", "stdin"] as const)
      this.#routers[channel].bindSync(connection.endpoints[channel]);
    this.#iopub.bindSync(connection.endpoints.iopub);
    this.#heartbeat.bindSync(connection.endpoints.hb);
  }

  /** Starts reading. A handler that throws loses its message, never the loop. */
  listen(handlers: Handlers): void {
    for (const channel of ["shell", "control", "stdin"] as const) {
      this.#loops.push(read(this.#routers[channel], (frames) => handlers.message(channel, frames)));
    }
    this.#loops.push(read(this.#heartbeat, (frames) => void this.#send(this.#heartbeat, frames)));
    this.#loops.push(
      read(this.#iopub, ([frame]) => {
        if (frame?.[0] !== 1) return; // 1 subscribes, 0 leaves
        handlers.subscribed(frame.toString("utf8", 1));
        const held = this.#held;
        this.#held = undefined;
        for (const frames of held ?? []) void this.#send(this.#iopub, frames);
      }),
    );
  }

  send(channel: Channel, frames: Frames): Promise<void> {
    return this.#send(this.#routers[channel], frames);
  }

  /** Publishes on iopub; resolves when zeromq has taken the message. */
  publish(frames: Frames, held = true): Promise<void> {
    if (this.#held === undefined || !held) return this.#send(this.#iopub, frames);
    this.#held.push(frames);
    if (this.#held.length > HELD) this.#held.shift();
    return Promise.resolve();
  }

  /**
   * Sends what waits, closes, and resolves when no receive is pending: a thread that ends with one aborts the process,
   * as does a closed socket's refusal to send in a thread that is being ended. What comes later is dropped.
   */
  async close(): Promise<void> {
    const sent = Promise.all(this.#tails.values());
    await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, LINGER_MS))]);
    this.#closed = true;
    for (const socket of [...Object.values(this.#routers), this.#iopub, this.#heartbeat]) socket.close();
    await Promise.allSettled(this.#loops);
  }

  #send(socket: zmq.Router | zmq.XPublisher, frames: Frames): Promise<void> {
    const tail = (this.#tails.get(socket) ?? Promise.resolve())
      .then(() => (this.#closed ? undefined : socket.send(frames as (Uint8Array | string)[])))
      .catch(ignoreClosed);
    this.#tails.set(socket, tail);
    return tail;
  }
}

async function read(socket: zmq.Router | zmq.XPublisher, handle: (frames: readonly Buffer[]) => void): Promise<void> {
  while (!socket.closed) {
    try {
      const frames = await socket.receive();
      handle(frames as readonly Buffer[]);
    } catch (error) {
      if (!socket.closed) log(`a message was dropped: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function ignoreClosed(error: unknown): void {
  const code = (error as { code?: string }).code;
  if (code !== "EAGAIN" && code !== "EHOSTUNREACH" && code !== "ENOTSUP")
    log(`a message was not sent: ${String((error as Error)?.stack ?? error)}`);
}
