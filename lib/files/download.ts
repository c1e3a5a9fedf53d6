import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withFileName } from "./disk-full.js";
import { checkFile, DigestError, type Digest } from "./digest.js";
import { attempt, TransferError, type Validator } from "./download-attempt.js";
import { downloadProgress, type DownloadProgress } from "./download-progress.js";
import { withLock } from "./file-lock.js";

/** The file cannot be had from this address: not there, refused, or no answer after all attempts. */
export class UnavailableError extends Error {
  /** By which it is told from other errors. */
  override readonly name = "UnavailableError";
}

/** A host without a name or a route seldom gets one within seconds; a reader without network should not wait. */
const UNREACHABLE_ATTEMPTS = 2;

/** What is fetched, and how patiently. */
export interface DownloadOptions {
  /** What the whole file must hash to. */
  readonly digest: Digest;
  /** Most bytes that are taken. */
  readonly maxBytes: number;
  /** Tries in a row that bring nothing new before giving up. Default 5. */
  readonly attempts?: number;
  /** Wait before the second try, ms; doubled each time. Default 500. */
  readonly backoffMs?: number;
  /** Longest wait that a server may ask for by Retry-After, ms. Default 10,000. */
  readonly maxWaitMs?: number;
  /** How long a connection may bring nothing, ms. Default 30,000. */
  readonly stallMs?: number;
  /** Default: a line in the terminal. */
  readonly progress?: DownloadProgress | undefined;
  /** Stops it; what has come is kept, and resumed by the next call. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings a file from a URL to `target`, whole and checked, or not at all: it is written beside the
 * target and renamed at the end. What an earlier run left is resumed; a second process waits for the first.
 * @throws UnavailableError when the server has no such file, or does not give it after all attempts
 * @throws DigestError when the bytes are not the expected ones; they are removed
 */
export async function download(url: string, target: string, options: DownloadOptions): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const progress = options.progress ?? downloadProgress();
  const onWait = (): void => progress.note(`${url}: another process is fetching it; waiting`);
  await withLock(`${target}.lock`, { signal: options.signal, onWait }, async () => {
    if (await exists(target)) return; // the process waited for has brought it
    const resumed = (await sizeOf(partialOf(target))) > 0;
    await transfer(url, target, options, progress);
    try {
      await verify(target, url, options.digest);
    } catch (error) {
      if (!(error instanceof DigestError) || !resumed) throw error;
      await transfer(url, target, options, progress); // what was left over may have been the wrong part
      await verify(target, url, options.digest);
    }
    await rename(partialOf(target), target);
    await rm(validatorOf(target), { force: true });
  });
}

/** Tries until the partial file is whole. */
async function transfer(
  url: string,
  target: string,
  options: DownloadOptions,
  progress: DownloadProgress,
): Promise<void> {
  const { attempts = 5, backoffMs = 500, maxWaitMs = 10_000, stallMs = 30_000, maxBytes, signal } = options;
  const partial = partialOf(target);
  const startMs = performance.now();
  let failures = 0;
  for (;;) {
    signal?.throwIfAborted();
    const before = await sizeOf(partial);
    try {
      await attempt({
        url,
        partial,
        startByte: before,
        maxBytes,
        stallMs,
        progress,
        signal,
        validator: await readValidator(target, url),
        keep: (validator) => writeFile(validatorOf(target), JSON.stringify({ url, validator })),
      });
      progress.end(
        `${url}: ${((await sizeOf(partial)) / 1e6).toFixed(1)} MB, ` +
          `${((performance.now() - startMs) / 1000).toFixed(1)} s`,
      );
      return;
    } catch (error) {
      progress.end();
      signal?.throwIfAborted();
      if (!(error instanceof TransferError)) throw withFileName(error, target);
      failures = (await sizeOf(partial)) > before ? 1 : failures + 1;
      const enough = error.unreachable ? Math.min(attempts, UNREACHABLE_ATTEMPTS) : attempts;
      if (error.final || failures >= enough) {
        const tries = error.final ? "" : ` after ${failures} attempts`;
        throw new UnavailableError(`download: ${url} cannot be had${tries}: ${error.message}`, { cause: error });
      }
      const wait = Math.min(error.retryAfterMs ?? backoffMs * 2 ** (failures - 1), maxWaitMs);
      progress.note(`${url}: ${error.message}; trying again in ${(wait / 1000).toFixed(1)} s`);
      await sleep(wait, undefined, { signal });
    }
  }
}

async function verify(target: string, url: string, digest: Digest): Promise<void> {
  const partial = partialOf(target);
  try {
    await checkFile(partial, digest, url);
  } catch (error) {
    await rm(partial, { force: true });
    await rm(validatorOf(target), { force: true });
    throw error instanceof DigestError ? new DigestError(`${error.message}; the download was removed`) : error;
  }
}

function partialOf(target: string): string {
  return `${target}.partial`;
}

function validatorOf(target: string): string {
  return `${target}.partial.json`;
}

/** What the server called the version that the partial file is of; undefined when it is of another URL. */
async function readValidator(target: string, url: string): Promise<Validator | undefined> {
  try {
    const kept = JSON.parse(await readFile(validatorOf(target), "utf8")) as { url?: string; validator?: Validator };
    return kept.url === url ? kept.validator : undefined;
  } catch {
    return undefined; // none was kept, or it was cut off in writing: the download starts anew
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await exists(path)) ? (await stat(path)).size : 0;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
