import { closeSync, openSync, writeSync } from "node:fs";

/** Bytes of what a trial prints that are kept. */
const MOST_BYTES = 1_000_000;

/** What a trial prints, in a file that is made with the first of it. */
export class TrialOutput {
  readonly #path: string;
  #file: number | undefined;
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  write(bytes: Uint8Array): void {
    const room = MOST_BYTES - this.#bytes;
    if (room <= 0 || bytes.length === 0) return;
    this.#file ??= openSync(this.#path, "a");
    writeSync(this.#file, bytes, 0, Math.min(room, bytes.length));
    this.#bytes += bytes.length;
    if (this.#bytes >= MOST_BYTES) writeSync(this.#file, `\n… only the first ${MOST_BYTES} bytes are kept\n`);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#bytes = MOST_BYTES; // what comes late is no other trial's
  }
}

/** Where what this process prints goes, in place of its standard output and errors. */
export class OwnOutput {
  #file: TrialOutput | undefined;

  /** Takes over both streams; what is printed between two trials goes where it did. */
  constructor() {
    for (const stream of [process.stdout, process.stderr]) {
      const before = stream.write.bind(stream) as (...args: unknown[]) => boolean;
      const write = (...args: unknown[]): boolean => {
        if (!this.#file) return before(...args);
        const [chunk, encoding] = args as [string | Uint8Array, unknown];
        const coding = typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8";
        this.#file.write(typeof chunk === "string" ? Buffer.from(chunk, coding) : chunk);
        const done = args.at(-1);
        if (typeof done === "function") queueMicrotask(done as () => void);
        return true;
      };
      stream.write = write as typeof stream.write;
    }
  }

  /** @param path of the file that it goes to from now on; undefined: none */
  to(path: string | undefined): void {
    this.#file?.close();
    this.#file = path === undefined ? undefined : new TrialOutput(path);
  }
}
