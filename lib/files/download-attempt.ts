import { open } from "node:fs/promises";
import type { DownloadProgress } from "./download-progress.js";

/** What a server calls one version of a file, for If-Range: a strong ETag or a Last-Modified date. */
export type Validator = string;

/** One try failed. */
export class TransferError extends Error {
  override readonly name = "TransferError";
  constructor(
    message: string,
    /** Whether another try would be in vain. */
    readonly final: boolean,
    /** How long the server asks to wait, ms. */
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whether no connection came about at all. */
  get unreachable(): boolean {
    const code = ((this.cause as Error | undefined)?.cause as NodeJS.ErrnoException | undefined)?.code;
    return ["ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH", "ECONNREFUSED"].includes(code ?? "");
  }
}

/** One request for a file, or for the rest of it. */
export interface Attempt {
  readonly url: string;
  /** The file that grows. */
  readonly partial: string;
  /** Its size now. */
  readonly startByte: number;
  /** The version it is a part of; without one the transfer starts from byte 0. */
  readonly validator: Validator | undefined;
  readonly maxBytes: number;
  readonly stallMs: number;
  readonly progress: DownloadProgress;
  readonly signal: AbortSignal | undefined;
  /** Called before the first byte of a version is written. */
  keep(validator: Validator | undefined): Promise<void>;
}

/**
 * One request. Resumes by Range where the partial file is of a known version; takes the whole file
 * where the server ignores ranges or has another version.
 * @throws TransferError when the file is not whole afterwards
 */
export async function attempt(request: Attempt): Promise<void> {
  const { url, startByte, validator, signal } = request;
  const resuming = startByte > 0 && validator !== undefined;
  const stall = new AbortController();
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (resuming) Object.assign(headers, { range: `bytes=${startByte}-`, "if-range": validator });
  const timer = setTimeout(() => stall.abort(), request.stallMs);
  try {
    const response = await fetch(url, {
      headers,
      signal: signal ? AbortSignal.any([signal, stall.signal]) : stall.signal,
    });
    try {
      await receive(response, request, resuming, () => timer.refresh());
    } finally {
      await response.body?.cancel().catch(() => {}); // it may have failed already, with the error that counts
    }
  } catch (error) {
    if (error instanceof TransferError || signal?.aborted || isFileError(error)) throw error;
    const reason = stall.signal.aborted ? `nothing came for ${request.stallMs / 1000} s` : networkReason(error);
    throw new TransferError(reason, false, undefined, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function receive(response: Response, request: Attempt, resuming: boolean, alive: () => void): Promise<void> {
  const { startByte, partial, maxBytes, progress, url } = request;
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
  if (resuming && response.status === 416 && Number(range?.[2]) === startByte) return; // it was whole already
  const appending = resuming && response.status === 206;
  if (!appending && response.status !== 200) {
    if (response.status === 416 || response.status === 206) {
      await request.keep(undefined); // forget the version, so that the next try starts from byte 0
      throw new TransferError(`HTTP ${response.status} to a request for the rest of the file`, false);
    }
    throw statusError(response);
  }
  if (appending && Number(range?.[1]) !== startByte) {
    await request.keep(undefined);
    throw new TransferError(`asked for bytes from ${startByte}, got ${response.headers.get("content-range")}`, false);
  }
  const length = response.headers.get("content-length");
  const start = appending ? startByte : 0;
  const total = length === null ? undefined : start + Number(length);
  if (total !== undefined && total > maxBytes) throw tooLarge(maxBytes, total);
  if (!appending) await request.keep(versionOf(response));
  const file = await open(partial, appending ? "a" : "w");
  let size = start;
  try {
    if (!response.body) throw new TransferError("the answer had no body", false);
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      alive();
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes, size);
      await file.writeFile(chunk);
      progress.update({ name: url, receivedBytes: size, startBytes: start, totalBytes: total });
    }
  } finally {
    await file.close();
  }
  if (total !== undefined && size < total)
    throw new TransferError(`the connection ended at byte ${size} of ${total}`, false);
}

function tooLarge(maxBytes: number, size: number): TransferError {
  return new TransferError(`the file must be at most ${maxBytes} bytes, got ${size} or more`, true);
}

function statusError(response: Response): TransferError {
  const { status } = response;
  const seconds = response.headers.get("retry-after");
  const again = status === 408 || status === 429 || status >= 500;
  return new TransferError(
    `HTTP ${status} ${response.statusText}`.trim(),
    !again,
    again && seconds ? retryAfterMs(seconds) : undefined,
  );
}

/** Retry-After is a number of seconds or a date. */
function retryAfterMs(value: string): number | undefined {
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function versionOf(response: Response): Validator | undefined {
  const tag = response.headers.get("etag");
  if (tag && !tag.startsWith("W/")) return tag; // a weak tag does not promise equal bytes
  return response.headers.get("last-modified") ?? undefined;
}

function networkReason(error: unknown): string {
  const cause = (error as Error).cause;
  return cause instanceof Error && cause.message
    ? cause.message
    : cause
      ? String((cause as { code?: unknown }).code ?? cause)
      : (error as Error).message;
}

function isFileError(error: unknown): boolean {
  return (
    (typeof (error as NodeJS.ErrnoException).syscall === "string" && "path" in (error as object)) ||
    (error as NodeJS.ErrnoException).code === "ENOSPC"
  );
}
