/**
 * Jupyter messages as zeromq frames: identities, "<IDS|MSG>", signature, header, parent header, metadata, content,
 * buffers. The signature is the HMAC-SHA256 of the four JSON frames; it is compared before any of them is parsed.
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { Json } from "../contract.js";

export const PROTOCOL_VERSION = "5.4";
const DELIMITER = Buffer.from("<IDS|MSG>");

/** What a message's content, metadata or parent can be. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** A type, not an interface: it is JSON. */
export type Header = {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
  readonly subshell_id?: string | null;
};

/** A message as it came in, its signature compared. */
export interface Message {
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  readonly parent: JsonObject;
  readonly metadata: JsonObject;
  readonly content: JsonObject;
  readonly buffers: readonly Uint8Array[];
}

/** Signs and checks the messages of one kernel session. */
export class Wire {
  readonly session = randomUUID();
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  header(type: string): Header {
    return {
      msg_id: randomUUID(),
      session: this.session,
      username: "kernel",
      date: new Date().toISOString(),
      msg_type: type,
      version: PROTOCOL_VERSION,
    };
  }

  /** Frames of one message. `first` are the receiver's identities, or the topic on iopub. */
  encode(
    first: readonly (Uint8Array | string)[],
    type: string,
    content: Json,
    parent: Json,
    metadata: Json = {},
    buffers: readonly Uint8Array[] = [],
  ): (Uint8Array | string)[] {
    const parts = [
      JSON.stringify(this.header(type)),
      JSON.stringify(parent ?? {}),
      JSON.stringify(metadata ?? {}),
      JSON.stringify(content ?? {}),
    ];
    return [...first, DELIMITER, this.#sign(parts), ...parts, ...buffers];
  }

  /**
   * The message that these frames hold.
   * @throws SyntaxError when they are no signed Jupyter message, or the signature is wrong.
   */
  decode(frames: readonly Buffer[]): Message {
    const at = frames.findIndex((frame) => frame.equals(DELIMITER));
    if (at < 0 || frames.length < at + 6)
      throw new SyntaxError(`message: must hold <IDS|MSG>, a signature and four parts, got ${frames.length} frames`);
    const signature = frames[at + 1]!;
    const parts = frames.slice(at + 2, at + 6);
    if (this.#key !== "") {
      const expected = Buffer.from(this.#sign(parts));
      if (signature.length !== expected.length || !timingSafeEqual(signature, expected))
        throw new SyntaxError("message: the signature must match the connection's key");
    }
    const [header, parent, metadata, content] = parts.map(parseObject) as [
      JsonObject,
      JsonObject,
      JsonObject,
      JsonObject,
    ];
    for (const field of ["msg_id", "msg_type"]) {
      if (typeof header[field] !== "string")
        throw new SyntaxError(`message: header.${field} must be a string, got ${typeof header[field]}`);
    }
    return {
      identities: frames.slice(0, at),
      header: header as unknown as Header,
      parent,
      metadata,
      content,
      buffers: frames.slice(at + 6),
    };
  }

  #sign(parts: readonly (Uint8Array | string)[]): string {
    if (this.#key === "") return "";
    const hmac = createHmac("sha256", this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  }
}

function parseObject(frame: Buffer): JsonObject {
  const value: unknown = JSON.parse(frame.toString("utf8"));
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new SyntaxError(`message: each part must be a JSON object, got ${JSON.stringify(value)?.slice(0, 40)}`);
  return value as JsonObject;
}
