/**
 * Stream text on its way from the main thread to the worker: a ring of bytes in shared memory, so that a print costs
 * under a microsecond, is on its way while its cell still computes, and waits instead of being lost when the worker
 * is behind. Records are [length, kind, text]; a record counts only when the write position has passed it, so that a
 * termination in the middle of a write leaves nothing torn.
 */
import { Buffer } from "node:buffer"; // a cell may replace the global one

const CAPACITY = 1 << 22;
/** Bytes of a record's length and kind. */
const HEAD = 8;
/** Characters written at once; at most three bytes each, so that a record always fits. */
const PIECE = 1 << 18;
const WAIT_MS = 100;

/**
 * What a record holds. parent: the request header, as JSON, that following text belongs to; barrier: an event's number.
 */
export const Kind = { stdout: 0, stderr: 1, parent: 2, barrier: 3 } as const;

const Position = { written: 0, read: 1, awake: 2 } as const;

/** The ring itself: shared by both threads, its positions before its bytes. */
export type RingMemory = SharedArrayBuffer;

/** An empty ring. */
export function makeRing(): RingMemory {
  return new SharedArrayBuffer(12 + CAPACITY);
}

/** The main thread's end. */
export class RingWriter {
  readonly #positions: Int32Array;
  readonly #bytes: Buffer;
  readonly #wake: () => void;

  /** @param wake tells the reader that there is something; not called again before the reader has looked */
  constructor(memory: RingMemory, wake: () => void) {
    this.#positions = new Int32Array(memory, 0, 3);
    this.#bytes = Buffer.from(memory, 12);
    this.#wake = wake;
  }

  write(kind: number, text: string): void {
    for (let at = 0; at < text.length;) {
      let end = Math.min(at + PIECE, text.length);
      if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--; // never between surrogates
      this.#record(kind, at === 0 && end === text.length ? text : text.slice(at, end));
      at = end;
    }
  }

  #record(kind: number, text: string): void {
    const length = Buffer.byteLength(text);
    const size = (HEAD + length + 3) & ~3;
    let start = this.#positions[Position.written]!;
    const atEnd = CAPACITY - ((start >>> 0) % CAPACITY);
    const skipped = atEnd < size ? atEnd : 0; // a record lies in one piece: what is left at the end stays empty
    this.#waitFor(start, size + skipped);
    if (skipped >= HEAD) this.#bytes.writeInt32LE(-1, (start >>> 0) % CAPACITY);
    start = (start + skipped) | 0;
    const at = (start >>> 0) % CAPACITY;
    this.#bytes.writeInt32LE(length, at);
    this.#bytes.writeInt32LE(kind, at + 4);
    this.#bytes.write(text, at + HEAD, length, "utf8");
    Atomics.store(this.#positions, Position.written, (start + size) | 0);
    if (Atomics.exchange(this.#positions, Position.awake, 1) === 0) this.#wake();
  }

  #waitFor(start: number, size: number): void {
    for (;;) {
      const read = Atomics.load(this.#positions, Position.read);
      if (((start - read) | 0) + size <= CAPACITY) return;
      Atomics.wait(this.#positions, Position.read, read, WAIT_MS);
    }
  }
}

/** The worker's end. */
export class RingReader {
  readonly #positions: Int32Array;
  readonly #bytes: Buffer;

  constructor(memory: RingMemory) {
    this.#positions = new Int32Array(memory, 0, 3);
    this.#bytes = Buffer.from(memory, 12);
  }

  /** Hands out what was written, in order, until there is no more or `take` returns false, which leaves its record. */
  drain(take: (kind: number, text: string) => boolean): void {
    Atomics.store(this.#positions, Position.awake, 0);
    let read = this.#positions[Position.read]!;
    while (read !== Atomics.load(this.#positions, Position.written)) {
      const at = (read >>> 0) % CAPACITY;
      const left = CAPACITY - at;
      const length = left < HEAD ? -1 : this.#bytes.readInt32LE(at);
      if (length < 0) read = (read + left) | 0;
      else {
        if (!take(this.#bytes.readInt32LE(at + 4), this.#bytes.toString("utf8", at + HEAD, at + HEAD + length))) break;
        read = (read + ((HEAD + length + 3) & ~3)) | 0;
      }
      Atomics.store(this.#positions, Position.read, read);
    }
    Atomics.notify(this.#positions, Position.read);
  }
}
