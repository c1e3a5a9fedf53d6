/** How far a download is. */
export interface Received {
  /** The file's name. */
  readonly name: string;
  /** Bytes on disk. */
  readonly receivedBytes: number;
  /** Bytes that were on disk before this connection. */
  readonly startBytes: number;
  /** undefined where the server does not say. */
  readonly totalBytes: number | undefined;
}

/** Shows a download as it goes. */
export interface DownloadProgress {
  /** Called as bytes arrive. */
  update(received: Received): void;
  /** Something the reader should know. */
  note(text: string): void;
  /** Ends the line that was being updated, with a last word where there is one. */
  end(text?: string): void;
}

const UPDATE_MS = { terminal: 100, elsewhere: 10_000 };

/** On a terminal one line updated in place; elsewhere a line every ten seconds. Written to standard error. */
export function downloadProgress(stream: NodeJS.WriteStream = process.stderr): DownloadProgress {
  const startMs = performance.now();
  let shownMs = stream.isTTY ? -Infinity : startMs;
  let open = false;
  const newLine = (text: string): void => {
    stream.write(`${open ? "\n" : ""}${text}\n`);
    open = false;
  };
  return {
    update(received) {
      const now = performance.now();
      if (now - shownMs < (stream.isTTY ? UPDATE_MS.terminal : UPDATE_MS.elsewhere)) return;
      shownMs = now;
      const text = line(received, (now - startMs) / 1000);
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${text.slice(0, Math.max(1, (stream.columns || 80) - 1))}`);
        open = true;
      } else newLine(text);
    },
    note: newLine,
    end(text) {
      if (text !== undefined) newLine(text);
      else if (open) newLine("");
    },
  };
}

/** "cifar-10-binary.tar.gz: 85.0 of 170.1 MB (50 %), 12.3 MB/s, 7 s left" */
export function line({ name, receivedBytes, startBytes, totalBytes }: Received, seconds: number): string {
  const rate = (receivedBytes - startBytes) / Math.max(seconds, 1e-3);
  const file = name.slice(name.lastIndexOf("/") + 1);
  if (totalBytes === undefined) return `${file}: ${megabytes(receivedBytes)} MB, ${megabytes(rate)} MB/s`;
  const percent = Math.floor((100 * receivedBytes) / totalBytes);
  const left = rate > 0 ? `, ${Math.ceil((totalBytes - receivedBytes) / rate)} s left` : "";
  return (
    `${file}: ${megabytes(receivedBytes)} of ${megabytes(totalBytes)} MB (${percent} %), ` +
    `${megabytes(rate)} MB/s${left}`
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
