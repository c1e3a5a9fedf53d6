import { progressLine } from "./progress-line.js";

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

/** Downloads in one line, as {@link progressLine} shows it. */
export function downloadProgress(stream: NodeJS.WriteStream = process.stderr): DownloadProgress {
  const startMs = performance.now();
  const shown = progressLine(stream);
  return {
    update(received) {
      const text = (): string => line(received, (performance.now() - startMs) / 1000);
      shown.update(text, received.receivedBytes, received.totalBytes);
    },
    note: (text) => shown.note(text),
    end: (text) => shown.end(text),
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
