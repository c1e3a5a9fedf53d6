import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { Parser, type ReadEntry } from "tar";
import { checkFile, checkHash, DigestError, startHash, type Digest } from "./digest.js";

/** An archive that is damaged, or that holds what a dataset's archive never holds. */
export class ArchiveError extends Error {
  /** By which it is told from other errors. */
  override readonly name = "ArchiveError";
}

/** What an archive may hold at the most. */
export interface ReadArchiveOptions {
  /** Most bytes that the archive may unpack to. */
  readonly maxBytes: number;
  /** Most members it may have. Default 1,000. */
  readonly maxMembers?: number;
  /** What the archive's own bytes must hash to, checked on the way. */
  readonly digest?: Digest;
  readonly signal?: AbortSignal | undefined;
}

const CHUNK = 1 << 18;

/** Takes a member's bytes, in order. A chunk is only valid during the call. */
export type MemberSink = (chunk: Uint8Array) => void;

/**
 * Reads a .tar.gz as a stream; nothing of it is written to disk. `open` is called for each file in
 * it and returns where its bytes go, or undefined to pass over it. What came is to be trusted only
 * after the promise resolves: the digest is known at the end.
 * @throws DigestError when the archive's bytes are not the expected ones
 * @throws ArchiveError when the archive is damaged or cut off, when a member's path is absolute or
 *   leaves the archive's folder, when a member is not a plain file or folder (a link, a device), or
 *   when it unpacks to more than `maxBytes` or `maxMembers`
 */
export async function readArchive(
  file: string,
  options: ReadArchiveOptions,
  open: (path: string, sizeBytes: number) => MemberSink | undefined,
): Promise<void> {
  const { maxMembers = 1000 } = options;
  let members = 0;
  const parser = new Parser({
    strict: true,
    filter: () => true,
    onReadEntry(entry: ReadEntry) {
      const fail = (error: Error): void => {
        entry.resume();
        parser.abort(error);
      };
      if (++members > maxMembers)
        return fail(new ArchiveError(`readArchive: at most ${maxMembers} members are read, got more`));
      const problem = refusal(entry);
      if (problem) return fail(new ArchiveError(`readArchive: ${problem}`));
      try {
        const sink = entry.type === "Directory" ? undefined : open(normalise(entry.path), entry.size);
        if (sink) entry.on("data", sink);
        else entry.resume();
      } catch (error) {
        fail(error as Error);
      }
    },
  });
  await unpack("readArchive", ".tar.gz", file, options, (source) => feed(parser, source));
}

/**
 * Reads a .gz of one file as a stream. What came is to be trusted only after the promise resolves.
 * @throws DigestError when the file's bytes are not the expected ones
 * @throws ArchiveError when it is damaged or cut off, or unpacks to more than `maxBytes`
 */
export async function readGzip(
  file: string,
  options: Omit<ReadArchiveOptions, "maxMembers">,
  sink: MemberSink,
): Promise<void> {
  await unpack("readGzip", ".gz", file, options, async (source) => {
    for await (const chunk of source) sink(chunk);
  });
}

/** Feeds the unpacked bytes to `take`, and checks digest and size on the way. */
async function unpack(
  fn: string,
  kind: string,
  file: string,
  { maxBytes, digest, signal }: ReadArchiveOptions,
  take: (source: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const hash = digest && startHash(digest);
  let bytes = 0;
  const hashed = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      hash?.update(chunk);
      yield chunk;
    }
    if (hash) checkHash(hash, digest, file);
  };
  const limited = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new ArchiveError(`${fn}: must unpack to at most ${maxBytes} bytes, got more`);
      yield chunk;
    }
  };
  try {
    const archive = createReadStream(file, { highWaterMark: CHUNK });
    const gunzip = createGunzip({ chunkSize: CHUNK });
    await pipeline(archive, hashed, gunzip, limited, take, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    // Damaged bytes can look like anything, long before the digest is known: it is the reason that counts.
    if (digest && !(error instanceof DigestError)) await checkFile(file, digest);
    if (error instanceof ArchiveError) throw new ArchiveError(`${error.message} (${file})`);
    if (isDamage(error))
      throw new ArchiveError(`${fn}: must be a whole ${kind}, got ${(error as Error).message} (${file})`, {
        cause: error,
      });
    throw error;
  }
}

async function feed(parser: Parser, source: AsyncIterable<Buffer>): Promise<void> {
  let failure: Error | undefined;
  let ended: () => void = () => {};
  const end = new Promise<void>((resolve) => (ended = resolve));
  parser.on("error", (error: Error) => {
    failure ??= error;
    ended();
  });
  parser.on("end", () => ended());
  for await (const chunk of source) {
    parser.write(chunk);
    if (failure) throw failure;
  }
  parser.end();
  await end;
  if (failure) throw failure;
}

function refusal(entry: ReadEntry): string | undefined {
  const { path, type } = entry;
  if (!["File", "OldFile", "ContiguousFile", "Directory"].includes(type)) {
    return `a member must be a plain file or folder, got ${type} ${path}`;
  }
  if (path.includes("\\") || path.includes("\0") || /^(\/|[A-Za-z]:)/.test(path) || path.split("/").includes("..")) {
    return `a member's path must stay in the archive's folder, got ${path}`;
  }
  return undefined;
}

function normalise(path: string): string {
  return path.replace(/^(\.\/)+/, "");
}

function isDamage(error: unknown): boolean {
  const { code, tarCode } = error as { code?: string; tarCode?: string };
  return tarCode !== undefined || /^(Z_|TAR_)/.test(code ?? "");
}
