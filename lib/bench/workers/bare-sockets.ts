/** Bytes between two processes of this machine by TCP and nothing else: what no averaging can be faster than. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What is written, and read, at once. */
const CHUNK = Buffer.alloc(1 << 20);

/**
 * Sends so many bytes to the other process while it receives as many.
 *
 * @param own the port that this process listens on
 * @param other the other's
 * @returns milliseconds from when both are there
 */
export async function exchange(bytes: number, own: number, other: number): Promise<number> {
  const server = createServer({ noDelay: true }).listen(own, "127.0.0.1");
  const called = once(server, "connection") as Promise<[Socket]>;
  const received = reading(bytes, await calling(other, bytes));
  const [socket] = await called;
  socket.write("\0"); // the other begins when it has this
  await received.begun;
  const start = performance.now();
  await Promise.all([writing(socket, bytes), received.all]);
  const ms = performance.now() - start;
  socket.end();
  server.close();
  return ms;
}

interface Call {
  readonly socket: Socket;
  onBytes: (count: number) => void;
}

/** Calls until the other listens. */
async function calling(port: number, bytes: number): Promise<Call> {
  const buffer = Buffer.alloc(Math.min(bytes + 1, CHUNK.length));
  for (;;) {
    const call: { onBytes: (count: number) => void; socket?: Socket } = { onBytes: () => undefined };
    const onread = { buffer, callback: (count: number) => (call.onBytes(count), true) };
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread });
    call.socket = socket;
    const failed = new Promise<false>((resolve) => socket.once("error", () => resolve(false)));
    if (await Promise.race([once(socket, "connect"), failed])) return call as Call;
    await sleep(20);
  }
}

function reading(bytes: number, call: Call): { readonly begun: Promise<void>; readonly all: Promise<void> } {
  let [begin, end] = [(): void => undefined, (): void => undefined];
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const all = new Promise<void>((resolve) => (end = resolve));
  let left = bytes + 1;
  call.onBytes = (count) => {
    left -= count;
    begin();
    if (left > 0) return;
    end();
    call.socket.end();
  };
  return { begun, all };
}

async function writing(socket: Socket, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= CHUNK.length) {
    if (!socket.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)))) await once(socket, "drain");
  }
}
