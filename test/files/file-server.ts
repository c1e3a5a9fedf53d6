import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a request gets; the default is the file, whole or by range. */
export type Answer = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => void;

export interface FileServer {
  readonly url: string;
  /** Headers of each request so far, with its path. */
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  close(): Promise<void>;
}

/**
 * Serves files by path on this machine. `answers` are used up one a request to a file (SHA256SUMS aside),
 * then `otherwise` is given.
 */
export async function serve(
  files: Readonly<Record<string, Buffer>>,
  answers: readonly Answer[] = [],
  otherwise: Answer = byRange,
): Promise<FileServer> {
  const requests: FileServer["requests"] = [];
  const queue = [...answers];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push({ path, headers: request.headers });
    const bytes = files[path];
    if (!bytes) return status(404)(request, response, Buffer.alloc(0));
    (path.endsWith("SHA256SUMS") ? whole : (queue.shift() ?? otherwise))(request, response, bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const ETAG = '"version-1"';

/** The file, or the part that is asked for when If-Range names its version. */
export const byRange: Answer = (request, response, bytes) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? NaN);
  if (Number.isNaN(start) || request.headers["if-range"] !== ETAG) return whole(request, response, bytes);
  if (start >= bytes.length) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  response.writeHead(206, {
    etag: ETAG,
    "content-length": bytes.length - start,
    "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
  });
  response.end(bytes.subarray(start));
};

/** The whole file, whatever range was asked for. */
export const whole: Answer = (_request, response, bytes) => {
  response.writeHead(200, { etag: ETAG, "content-length": bytes.length });
  response.end(bytes);
};

/** Half of what is asked for; the connection is cut when `received` says that the client has that much. */
export function cutWhen(received: (bytes: number) => Promise<void>): Answer {
  return (request, response, bytes) => {
    const start = request.headers["if-range"] === ETAG ? Number(/\d+/.exec(request.headers.range ?? "0")![0]) : 0;
    const half = start + Math.ceil((bytes.length - start) / 2);
    const headers = { etag: ETAG, "content-length": bytes.length - start };
    if (start === 0) response.writeHead(200, headers);
    else response.writeHead(206, { ...headers, "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` });
    response.write(bytes.subarray(start, half));
    void received(half).then(() => response.destroy());
  };
}

/** Other bytes of the same length. */
export const wrong: Answer = (request, response, bytes) => whole(request, response, Buffer.alloc(bytes.length, 7));

/** Headers and some bytes, then nothing more. */
export const hang: Answer = (_request, response, bytes) => {
  response.writeHead(200, { etag: ETAG, "content-length": bytes.length });
  response.write(bytes.subarray(0, 10));
};

export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (_request, response) => void response.writeHead(code, headers).end();
}
