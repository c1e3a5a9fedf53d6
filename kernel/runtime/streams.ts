/** process.stdout and process.stderr of cells: whole Writables whose text goes to the cell that writes. */
import { Buffer } from "node:buffer"; // a cell may replace the global one
import process from "node:process"; // a cell may replace the global one
import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { Channel } from "./channel.js";
import { currentTask } from "./task.js";

type Callback = (error?: Error | null) => void;

class CellStream extends Writable {
  readonly fd: number;
  readonly isTTY = false;
  readonly #name: "stdout" | "stderr";
  readonly #channel: Channel;
  readonly #decoder = new StringDecoder("utf8");

  constructor(name: "stdout" | "stderr", fd: number, channel: Channel) {
    super({ decodeStrings: false });
    this.#name = name;
    this.fd = fd;
    this.#channel = channel;
  }

  /** Sends at once; Writable's own buffering would let a busy cell's text wait for its end. */
  override write(chunk: unknown, encoding?: BufferEncoding | Callback, callback?: Callback): boolean {
    const done = typeof encoding === "function" ? encoding : callback;
    writeText(this.#channel, this.#name, this.#text(chunk, typeof encoding === "string" ? encoding : "utf8"));
    if (done !== undefined) process.nextTick(done, null);
    return true;
  }

  /** Stays open, as a terminal does. */
  override end(...rest: unknown[]): this {
    const done = rest.find((each) => typeof each === "function") as Callback | undefined;
    const [chunk, encoding] = rest;
    if (chunk !== undefined && typeof chunk !== "function")
      this.write(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8", done);
    else if (done !== undefined) process.nextTick(done);
    return this;
  }

  override _destroy(error: Error | null, callback: Callback): void {
    callback(error);
  }

  #text(chunk: unknown, encoding: BufferEncoding): string {
    if (typeof chunk === "string")
      return encoding === "utf8" || (encoding as string) === "utf-8"
        ? chunk
        : this.#decoder.write(Buffer.from(chunk, encoding));
    if (ArrayBuffer.isView(chunk))
      return this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    throw new TypeError(`process.${this.#name}.write: chunk must be a string or bytes, got ${typeof chunk}`);
  }
}

/** Sends stream text of the running code to its cell, or to what captures that. */
export function writeText(channel: Channel, name: "stdout" | "stderr", text: string): void {
  const task = currentTask();
  if (task?.captured !== undefined) task.captured[name] += text;
  else channel.stream(name, text, task?.parent ?? null);
}

/** Puts the streams in place; before anything has used `console`. */
export function installStreams(channel: Channel): void {
  for (const [name, fd] of [
    ["stdout", 1],
    ["stderr", 2],
  ] as const) {
    const stream = new CellStream(name, fd, channel);
    Object.defineProperty(process, name, { get: () => stream, configurable: true, enumerable: true });
  }
  // These streams never fail: console need not listen for errors around each line, which took half its time.
  (console as unknown as { _ignoreErrors: boolean })._ignoreErrors = false;
}
