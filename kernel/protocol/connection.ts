/** The connection file that a front end writes: where to bind, and the key that signs messages. */
import { readFileSync } from "node:fs";

type SocketName = "shell" | "control" | "stdin" | "iopub" | "hb";

/** What the connection file says: the key that signs messages, and where each socket is bound. */
export interface Connection {
  readonly key: string;
  readonly endpoints: Readonly<Record<SocketName, string>>;
}

const NAMES: readonly SocketName[] = ["shell", "control", "stdin", "iopub", "hb"];

/**
 * Reads a connection file (transport tcp or ipc).
 * @throws TypeError when it is no connection file, or signs by anything but hmac-sha256.
 */
export function readConnection(path: string): Connection {
  const file = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  const transport = file["transport"] ?? "tcp";
  if (transport !== "tcp" && transport !== "ipc")
    throw new TypeError(`connection file: transport must be tcp or ipc, got ${String(transport)}`);
  const key = file["key"] ?? "";
  if (typeof key !== "string") throw new TypeError(`connection file: key must be a string, got ${typeof key}`);
  const scheme = file["signature_scheme"] ?? "hmac-sha256";
  if (key !== "" && scheme !== "hmac-sha256")
    throw new TypeError(`connection file: signature_scheme must be hmac-sha256, got ${String(scheme)}`);
  const ip = file["ip"] ?? "127.0.0.1";
  const endpoints = {} as Record<SocketName, string>;
  for (const name of NAMES) {
    const port = file[`${name}_port`];
    if (typeof port !== "number")
      throw new TypeError(`connection file: ${name}_port must be a number, got ${String(port)}`);
    endpoints[name] = transport === "tcp" ? `tcp://${String(ip)}:${port}` : `ipc://${String(ip)}-${port}`;
  }
  return { key, endpoints };
}
